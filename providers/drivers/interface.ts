/** What both drivers need of an interface: reads what `ip -j -d address show` prints of it, and removes addresses. */
import { lines, type ShellText, sh } from "../remote/quote.ts";

/** The part of its answer we use. */
export interface InterfaceOfIp {
  mtu: number;
  flags: string[];
  ifalias?: string;
  addr_info: { family: string; local: string; prefixlen: number; scope: string }[];
}

/** The interface, or undefined when nothing was printed: there is none. */
export function parseInterface(text: string): InterfaceOfIp | undefined {
  if (text.trim() === "") return undefined;
  const [found] = JSON.parse(text) as InterfaceOfIp[];
  return found;
}

/** Whether somebody set it up. */
export function isUp(link: InterfaceOfIp): boolean {
  return link.flags.includes("UP");
}

/** Its addresses with prefix length, those the kernel gives by itself left out. */
export function foundAddresses(link: InterfaceOfIp): string[] {
  return link.addr_info.filter(({ scope }) => scope !== "link").map(({ local, prefixlen }) => `${local}/${prefixlen}`);
}

/**
 * Removes addresses; missing ones count as removed. By itself the kernel would take all other addresses of a range away
 * with the one that came first, ours and floating ones among them.
 */
export function deleteAddresses(name: string, addresses: readonly string[]): ShellText {
  return lines(
    sh`echo 1 >/proc/sys/net/ipv4/conf/${name}/promote_secondaries`,
    sh`printf '%s\n' ${addresses.map((address) => `address delete ${address} dev ${name}`)} | ip -force -batch - 2>/dev/null || true`,
  );
}
