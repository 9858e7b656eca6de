/**
 * The folder in which nodepool tells the nodes of a job of each other: a file for the primary's addresses and one for
 * those of the subnodes, separated by whitespace, once the private and once the public ones.
 */
import { join } from "node:path/posix";
import { parseAddress } from "../../addresses.ts";
import type { LocalFiles } from "../../local-files.ts";
import type { Violation } from "../../violation.ts";
import { exampleAddress, fileLine, type ListedHost, type Listing, type Origin } from "./listed.ts";

/** Names of the files in the folder. */
export const nodepoolFiles = {
  primary: "primary_node_private",
  subnodes: "sub_nodes_private",
  primaryPublic: "primary_node",
  subnodesPublic: "sub_nodes",
  identity: "id_rsa",
} as const;

/** A word of a file, and the line it stands in, counted from 1. */
interface Word {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/**
 * The hosts of a nodepool folder: the primary, then the subnodes in their order. Files of public addresses are
 * used where they are there; no file of subnodes means that there are none.
 *
 * @param folder absolute path
 * @param given the folder as the configuration writes it
 */
export function nodepoolHosts(folder: string, given: string, files: LocalFiles): Listing {
  const read = (name: string): readonly Word[] => wordsOf(join(folder, name), files);
  const primary = join(folder, nodepoolFiles.primary);
  if (files.text(primary) === undefined) {
    const expected = `a folder with files that can be read, ${nodepoolFiles.primary} and ${nodepoolFiles.subnodes} among them; else the hosts themselves`;
    const write = `hosts: [ { address: ${exampleAddress(0)} } ]`;
    return { hosts: [], problems: [{ path: "nodes.inventory.nodepool", expected, given, write }] };
  }
  const privates = [read(nodepoolFiles.primary), read(nodepoolFiles.subnodes)] as const;
  const publics = [read(nodepoolFiles.primaryPublic), read(nodepoolFiles.subnodesPublic)] as const;
  const problems = [
    ...[nodepoolFiles.subnodes, nodepoolFiles.primaryPublic, nodepoolFiles.subnodesPublic].flatMap((name) =>
      unreadable(join(folder, name), files),
    ),
    ...oneWord(primary, privates[0]),
    ...sameCount(privates[0].slice(0, 1), publics[0], "primary"),
    ...sameCount(privates[1], publics[1], "subnodes"),
    ...privates.flat().flatMap(notAnAddress),
  ];
  const hosts = privates.flatMap((words, group) => words.map((word, index) => hostOf(word, publics[group]?.[index])));
  return { hosts, problems };
}

/** A file that is there and cannot be read tells of something that is not to be passed over. */
function unreadable(file: string, files: LocalFiles): readonly Violation[] {
  if (files.text(file) !== undefined || !files.isThere(file)) return [];
  const expected = "a file that this user can read, or none";
  return [{ path: file, expected, given: "a file that cannot be read", write: `chmod a+r ${file}` }];
}

function wordsOf(file: string, files: LocalFiles): readonly Word[] {
  return (files.text(file) ?? "").split("\n").flatMap((content, index) =>
    content
      .split(/\s+/)
      .filter((text) => text !== "")
      .map((text) => ({ file, line: index + 1, text })),
  );
}

function hostOf(address: Word, reached: Word | undefined): ListedHost {
  const origin: Origin = {
    at: (key) => {
      const { file, line } = key === "host" ? (reached ?? address) : address;
      return fileLine(file, line);
    },
    write: (_key, value) => String(value),
  };
  return { origin, address: address.text, ...(reached === undefined ? {} : { host: reached.text }) };
}

function oneWord(file: string, words: readonly Word[]): readonly Violation[] {
  if (words.length === 1) return [];
  return [
    {
      path: fileLine(file, words[1]?.line ?? 1),
      expected: "the primary's address, and nothing else",
      given: words.length === 0 ? "nothing" : words.map(({ text }) => text).join(" "),
      write: words[0]?.text ?? exampleAddress(0),
    },
  ];
}

/** A file of public addresses has one for each private one, in the same order; no file has none. */
function sameCount(privates: readonly Word[], publics: readonly Word[], who: string): readonly Violation[] {
  const [first] = publics;
  if (first === undefined || publics.length === privates.length) return [];
  return [
    {
      path: fileLine(first.file, first.line),
      expected: `as many public addresses as the ${who} have private ones, ${privates.length}, in the same order`,
      given: publics.map(({ text }) => text).join(" "),
      write: privates.map(({ text }, index) => publics[index]?.text ?? text).join(" "),
    },
  ];
}

function notAnAddress({ file, line, text }: Word, index: number): readonly Violation[] {
  if (parseAddress(text) !== undefined) return [];
  const path = fileLine(file, line);
  return [{ path, expected: "IP addresses, separated by whitespace", given: text, write: exampleAddress(index) }];
}
