/** Ranges of addresses that this machine uses already. */
import { addressBits, type Family, freeRange } from "../../model/addresses.ts";
import { ipJson } from "./commands.ts";

/** A range, and what has it. */
export interface RangeInUse {
  /** As a CIDR. */
  readonly range: string;
  /** The interface; `a route` where it leads to none. */
  readonly by: string;
}

/** Where the routes of all tables lead, default routes aside; addresses of this machine are among them, as local routes. */
export async function rangesInUse(family: Family): Promise<readonly RangeInUse[]> {
  const option = family === "IPv6" ? "-6" : "-4";
  const command = [option, "route", "show", "table", "all"];
  const routes = await ipJson<{ dst: string; dev?: string }>("look for ranges in use", command);
  return routes
    .filter(({ dst }) => dst !== "default")
    .map(({ dst, dev }) => ({
      range: dst.includes("/") ? dst : `${dst}/${addressBits[family]}`,
      by: dev ?? "a route",
    }));
}

/** An IPv4 range that nothing on this machine routes to: the wanted one, or the nearest of its size. */
export async function freeRangeHere(wanted: string): Promise<string> {
  const used = await rangesInUse("IPv4");
  return freeRange(
    used.map(({ range }) => range),
    wanted,
  );
}
