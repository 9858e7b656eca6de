/** Reads what `ip -j -d address show` prints of one interface; both drivers need it. */

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
