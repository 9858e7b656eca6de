/** Reads what a host printed about itself. Whatever it printed, something comes of it: a host may be of any age and kind. */
import type { FactLink, FactSwitch, HostFacts } from "../../model/preflight/facts.ts";
import { markOf } from "../drivers/openvswitch-marks.ts";
import { parseTable, settingsMap } from "../drivers/ovsdb.ts";
import { describeOtherStacks, findOtherStacks } from "../host/other-stacks.ts";
import { parseMark } from "../mark.ts";

/** Opens what one part prints, followed by the part's name. */
export const opening = "--devstack-multinode fact--";

/** When the look began and ended, in seconds since 1970 by this machine's clock. */
export interface LookTimes {
  readonly before: number;
  readonly after: number;
}

/** @param environment `<stack>-<id>` of this stack */
export function parseFacts(output: string, environment: string, times: LookTimes): HostFacts {
  const texts = byPart(output);
  const text = (part: string): string => texts.get(part)?.trim() ?? "";
  const marks = linesOf(text("marks")).filter(isReadable);
  const others = findOtherStacks(marks.join("\n"), environment);
  const openVswitch = parseSwitch(text("switch"), marks);
  const links = parseLinks(text("links"));
  return {
    ...parseSystem(text("system")),
    hostname: text("hostname"),
    clockAhead: clockAhead(Number(text("clock")), times),
    programs: new Set(linesOf(text("programs"))),
    ...(openVswitch === undefined ? {} : { openVswitch }),
    ...(links === undefined ? {} : { links }),
    routes: linesOf(text("routes")).flatMap(parseRoutes),
    sockets: linesOf(text("sockets")).flatMap(parseSocket),
    free: Object.fromEntries(linesOf(text("space")).flatMap(parseSpace)),
    hasIpv6: text("ipv6") === "0",
    hasTun: text("tun") === "there",
    hasRunDevstack: text("devstack") === "begun",
    otherStacks: describeOtherStacks(others),
    otherStackNames: others.map(({ stack }) => stack),
  };
}

function byPart(output: string): ReadonlyMap<string, string> {
  const parts = output.split(opening).slice(1);
  return new Map(
    parts.map((part) => {
      const end = part.indexOf("\n");
      return [part.slice(0, end), part.slice(end + 1)];
    }),
  );
}

function parseSystem(text: string): Pick<HostFacts, "systems" | "systemName"> {
  const value = (key: string): string => new RegExp(`^${key}="?([^"\n]*)`, "m").exec(text)?.[1] ?? "";
  return { systems: `${value("ID")} ${value("ID_LIKE")}`.trim().split(/\s+/), systemName: value("PRETTY_NAME") };
}

/** The host's clock was read, in whole seconds, at some time of the look: no more than what that leaves open counts. */
function clockAhead(clock: number, { before, after }: LookTimes): number {
  if (clock > after) return clock - after;
  return clock + 1 < before ? clock + 1 - before : 0;
}

/** The part of `ip -j -d address show` that is used. */
interface PrintedLink {
  readonly ifname: string;
  readonly address?: string;
  readonly ifalias?: string;
  readonly addr_info?: readonly { readonly local?: string; readonly prefixlen?: number; readonly scope?: string }[];
  readonly linkinfo?: {
    readonly info_kind?: string;
    readonly info_data?: { readonly port?: number; readonly external?: boolean };
  };
}

function parseLinks(text: string): readonly FactLink[] | undefined {
  return parseJson<PrintedLink>(text)?.map(({ ifname, address, ifalias, addr_info, linkinfo }) => {
    const owner = parseMark(ifalias ?? "")?.environment;
    const { port, external } = linkinfo?.info_data ?? {};
    return {
      name: ifname,
      mac: address ?? "",
      addresses: (addr_info ?? [])
        .filter(({ scope, local }) => scope !== "link" && local !== undefined)
        .map(({ local, prefixlen }) => `${local}/${prefixlen}`),
      ...(owner === undefined ? {} : { owner }),
      ...(linkinfo?.info_kind === "vxlan" ? { vxlan: { port: port ?? 0, external: external === true } } : {}),
    };
  });
}

/** Routes of every table; those that only say what an address of the host's own is are left out. */
function parseRoutes(text: string): readonly { destination: string; device: string }[] {
  const routes = parseJson<{ type?: string; dst?: string; dev?: string }>(text) ?? [];
  return routes
    .filter(({ type, dst }) => (type ?? "unicast") === "unicast" && dst !== undefined && dst !== "default")
    .map(({ dst, dev }) => ({ destination: dst ?? "", device: dev ?? "nowhere" }));
}

/**
 * A line of `ss -H -l -u -n -p`: state, two queues, local address and port, the peer's, and `users:(("<process>",pid=…`. A
 * socket of the kernel's own names no process; which interface holds it is seen there.
 */
function parseSocket(line: string): readonly { port: number; process: string }[] {
  const local = line.trim().split(/\s+/)[3] ?? "";
  const process = /users:\(\("([^"]+)"/.exec(line)?.[1];
  return process === undefined ? [] : [{ port: Number(local.slice(local.lastIndexOf(":") + 1)), process }];
}

/** A folder, and `df`'s line of its file system: device, size, used, free (in KiB), … */
function parseSpace(line: string): readonly [string, number][] {
  const words = line.split(/\s+/);
  const [folder = "", free] = [words[0], words[4]];
  return free === undefined || !/^\d+$/.test(free) ? [] : [[folder, Number(free) * 1024]];
}

/** An Open vSwitch too old to print tables as JSON is told of as such, and not by a failure to read it. */
function isReadable(line: string): boolean {
  const [kind = ""] = line.split(" ");
  return !["bridge", "interface"].includes(kind) || isJson(line.slice(kind.length));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function parseSwitch(text: string, marks: readonly string[]): FactSwitch | undefined {
  if (text === "") return undefined;
  const datapaths = /^\[(.*)\]$/m
    .exec(text)?.[1]
    ?.split(/[,\s"]+/)
    .filter((word) => word !== "");
  const table = marks.find((line) => line.startsWith("bridge "));
  const rows = table === undefined ? [] : parseTable(table.slice("bridge ".length));
  return {
    version: /\(Open vSwitch\) (\d+(?:\.\d+)*)/.exec(text)?.[1] ?? "",
    ...(datapaths === undefined ? {} : { datapaths }),
    bridges: Object.fromEntries(rows.map((row) => [row.name, markOf(settingsMap(row.external_ids))?.environment])),
  };
}

function parseJson<Row>(text: string): readonly Row[] | undefined {
  try {
    const found: unknown = JSON.parse(text);
    return Array.isArray(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

function linesOf(text: string): readonly string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}
