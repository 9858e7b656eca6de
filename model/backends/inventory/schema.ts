/** The shape of `nodes.inventory`. */
import { z } from "zod";
import { parseAddress } from "../../addresses.ts";
import { asText, field, integer, text, texts } from "../../schema/fields.ts";
import { SSH_PORT } from "../../ssh-port.ts";
import { HIGHEST_NODE_NUMBER } from "../../vni.ts";
import { hostKeyTypes } from "./known-hosts.ts";
import { exampleAddress } from "./listed.ts";

const EXAMPLE_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEE";

/** What can stand in files of SSH's and on command lines as one word; letters and digits first, so that none is an option. */
const hostPattern = /^[A-Za-z0-9:][\w.:%-]*$/;
const userPattern = /^[A-Za-z_][\w.-]*$/;
const keyPattern = new RegExp(`^(?:${hostKeyTypes.join("|")}) [A-Za-z0-9+/]+=*$`);

const ADDRESS = "the host's address in the network that tunnels use: an IPv4 or IPv6 address";
const HOST_KEY = `the host's public key, <type> <base64>, of a type ${hostKeyTypes.join(", ")}`;

const address = field(
  z.string().refine((given) => parseAddress(given) !== undefined, { error: ADDRESS }),
  {
    expected: ADDRESS,
    example: exampleAddress(0),
    repair: (given) =>
      asText(given)
        ?.trim()
        .replace(/\/\d+$/, ""),
  },
);
const host = field(z.string().regex(hostPattern), {
  expected: "the name or address that SSH reaches the host at",
  example: exampleAddress(0),
  repair: (given) => asText(given)?.trim(),
});
const port = integer({ what: "the TCP port of SSH", least: 1, most: 65_535, example: SSH_PORT });
const user = field(z.string().regex(userPattern), {
  expected: "a login name: root, or a user with passwordless sudo",
  example: "root",
  repair: (given) => asText(given)?.trim(),
});
const identityFile = text("the path of a private key; without one the SSH agent's keys are used", "~/.ssh/id_ed25519");
const hostKey = field(
  z
    .string()
    .refine((given) => keyPattern.test(keyOf(given) ?? ""), { error: HOST_KEY })
    .transform((given) => keyOf(given) ?? given),
  {
    expected: HOST_KEY,
    example: EXAMPLE_KEY,
  },
);

const number = integer({
  what: "the node's number (0: the primary, N: subnode-N)",
  least: 0,
  most: HIGHEST_NODE_NUMBER,
  example: 0,
});

const hostShape = field(
  z.strictObject({
    number: number.exactOptional(),
    address,
    host: host.exactOptional(),
    port: port.exactOptional(),
    user: user.exactOptional(),
    identityFile: identityFile.exactOptional(),
    hostKey: hostKey.exactOptional(),
  }),
  {
    expected: "a host: a mapping with its address, and if need be number, host, port, user, identityFile, hostKey",
    example: { address: exampleAddress(0) },
    repair: (given) => (typeof given === "string" ? { address: given.trim() } : undefined),
  },
);

/** `nodes.inventory` as the user writes it. Where the hosts are listed is a rule of its own. */
export const optionsShape = z.strictObject({
  hosts: z.array(hostShape).exactOptional(),
  nodepool: text("the path of a nodepool folder", "/etc/nodepool").exactOptional(),
  file: text("the path of an Ansible inventory", "inventory.yaml").exactOptional(),
  user: user.default("root"),
  port: port.default(SSH_PORT),
  identityFile: identityFile.exactOptional(),
  privateKey: text("the text of a private key, as a secret", "a-private-key").exactOptional(),
  knownHosts: text("the path of a known_hosts file", "~/.ssh/known_hosts").exactOptional(),
  jump: z
    .strictObject({
      host,
      port: port.default(SSH_PORT),
      user: user.default("root"),
      identityFile: identityFile.exactOptional(),
      hostKey: hostKey.exactOptional(),
    })
    .exactOptional(),
  abandon: texts("the names of nodes whose hosts are gone for good", ["subnode-1"])
    .refine((names) => names.every((name) => /^(?:primary|subnode-[1-9]\d*)$/.test(name)), {
      error: "names of nodes, such as [subnode-1]",
    })
    .default([]),
});

export type InventoryOptions = z.output<typeof optionsShape>;

/** What a listed host's facts from a file have to be like: the patterns of the configuration's own fields. */
export const factChecks = { host, user, port, number, hostKey } as const;

/** Type and key of a public key, also out of a line of known_hosts or of a `.pub` file. */
function keyOf(given: string): string | undefined {
  const words = given.trim().split(/\s+/);
  const at = words.findIndex((word) => (hostKeyTypes as readonly string[]).includes(word));
  return at < 0 || words[at + 1] === undefined ? undefined : `${words[at]} ${words[at + 1]}`;
}
