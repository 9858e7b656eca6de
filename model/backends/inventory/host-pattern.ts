/** Host patterns of Ansible's inventories: one word that may stand for several hosts, and may have a port behind it. */
import { HIGHEST_NODE_NUMBER } from "../../vni.ts";

/** What a pattern stands for. */
export interface HostPattern {
  readonly names: readonly string[];
  /** Port of SSH, for all of them. */
  readonly port?: number;
}

/** What is expected of a pattern, for messages. */
export const patternExpected =
  "a host's name or address, in brackets where a port follows an IPv6 address; ranges in it as [1:3], [a:c] or [10:20:5]";

/** Letters that ranges run through, in their order. */
const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** Reads a pattern; undefined where a range in it cannot be expanded, or has more hosts than there can be nodes. */
export function readPattern(pattern: string): HostPattern | undefined {
  const [, bracketed, bracketedPort] = /^\[([^\]]+)\]:(\d+)$/.exec(pattern) ?? [];
  if (bracketed !== undefined) return { names: [bracketed], port: Number(bracketedPort) };
  const [, host = pattern, port] = /^((?:[^:[\]]|\[[^\]]*\])+):(\d+)$/.exec(pattern) ?? [];
  const names = namesOf(host);
  return names === undefined ? undefined : { names, ...(port === undefined ? {} : { port: Number(port) }) };
}

function namesOf(pattern: string): readonly string[] | undefined {
  const [, before = "", range, after = ""] = /^(.*?)\[([^\]]*)\](.*)$/.exec(pattern) ?? [];
  if (range === undefined) return [pattern];
  const members = membersOf(range);
  const rests = namesOf(after);
  if (members === undefined || rests === undefined) return undefined;
  if (members.length * rests.length > HIGHEST_NODE_NUMBER + 1) return undefined;
  return members.flatMap((member) => rests.map((rest) => `${before}${member}${rest}`));
}

/** `<from>:<to>[:<step>]`, of numbers or of letters; numbers are as wide as one that begins with 0. */
function membersOf(range: string): readonly string[] | undefined {
  const [, from = "", to = "", step = "1"] = /^(\w*):(\w+)(?::(\d+))?$/.exec(range) ?? [];
  const [first, last, format] = /^[A-Za-z]$/.test(from)
    ? [
        letters.indexOf(from),
        /^[A-Za-z]$/.test(to) ? letters.indexOf(to) : -1,
        (index: number) => letters.charAt(index),
      ]
    : [
        number(from || "0"),
        number(to),
        (value: number) => String(value).padStart(from.startsWith("0") ? from.length : 1, "0"),
      ];
  const count = Math.floor((last - first) / Number(step)) + 1;
  if (!(count >= 1 && count <= HIGHEST_NODE_NUMBER + 1)) return undefined;
  return Array.from({ length: count }, (_, index) => format(first + index * Number(step)));
}

/** Not a number where there are other characters than digits. */
function number(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}
