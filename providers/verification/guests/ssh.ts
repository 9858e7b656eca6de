/** The SSH servers of a node's guests and the keys of a check: made for one run, gone with it. */
import { namespaceName, probeFolder } from "../../../model/guests/names.ts";
import type { ProbeNode } from "../../../model/guests/plan.ts";
import { lines, type ShellText, sh } from "../../remote/quote.ts";
import { generateSshKey, type SshKeyPair } from "../../remote/ssh-key.ts";
import { againSeconds, type Turn } from "../asking.ts";

/** Name under which the guests' host key is known to the clients. */
const HOST_ALIAS = "multinode-probe";

/** Variable that a guest's SSH server gives a login, so that the login tells which guest it reached. */
export const GUEST_VARIABLE = "MULTINODE_PROBE_GUEST";

/** Seconds an SSH connection may take to be made. */
const connectSeconds = { first: 5, again: againSeconds } as const satisfies Record<Turn, number>;

/** Key pairs of one run. */
export interface ProbeKeys {
  readonly host: SshKeyPair;
  readonly client: SshKeyPair;
}

/** New keys. */
export function makeKeys(): ProbeKeys {
  return { host: generateSshKey(HOST_ALIAS), client: generateSshKey(HOST_ALIAS) };
}

/** The names of the files that `startSshServers` reads from its standard input, in this order. */
const files = ["host", "client", "authorized", "known"] as const;

/** Line that ends a file on standard input. */
const END = "--end-of-file--";

/** What `startSshServers` reads: keys never stand on a command line, where others could read them. */
export function keysAsInput({ host, client }: ProbeKeys): string {
  const texts: Readonly<Record<(typeof files)[number], string>> = {
    host: host.privateKey,
    client: client.privateKey,
    authorized: client.publicKey,
    known: `${HOST_ALIAS} ${host.publicKey}`,
  };
  return files.map((file) => `${texts[file].trim()}\n${END}\n`).join("");
}

/** Script lines that write the files and start a server in each guest. */
export function startSshServers(environment: string, node: ProbeNode): ShellText {
  const folder = probeFolder(environment);
  return lines(
    sh`for file in ${files}; do while IFS= read -r line && [ "$line" != ${END} ]; do printf '%s\n' "$line"; done >${folder}/$file; done`,
    // Without PAM no login is recorded with a session manager; but then a locked root cannot log in.
    sh`pam=no; ! grep -q '^root:!' /etc/shadow 2>/dev/null || pam=yes`,
    ...node.guests.map(({ letter, name }) => {
      const configuration = [
        `HostKey ${folder}/host`,
        `AuthorizedKeysFile ${folder}/authorized`,
        `PidFile ${folder}/sshd-${letter}.pid`,
        "PermitRootLogin prohibit-password",
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
        "UseDNS no",
        "PrintMotd no",
        `SetEnv ${GUEST_VARIABLE}=${name}`,
      ];
      const file = `${folder}/sshd-${letter}`;
      return lines(
        sh`printf '%s\n' ${configuration} "UsePAM $pam" >${file}`,
        sh`ip netns exec ${namespaceName(environment, letter)} "$(command -v sshd)" -f ${file} -E ${`${file}.log`} </dev/null || exit 1`,
      );
    }),
  );
}

/** An SSH client's command line to a guest, without the command to run there. */
export function sshTo(environment: string, address: string, turn: Turn): ShellText {
  const folder = probeFolder(environment);
  const options = [
    "BatchMode=yes",
    "IdentitiesOnly=yes",
    `IdentityFile=${folder}/client`,
    `UserKnownHostsFile=${folder}/known`,
    "GlobalKnownHostsFile=/dev/null",
    `HostKeyAlias=${HOST_ALIAS}`,
    "StrictHostKeyChecking=yes",
    `ConnectTimeout=${connectSeconds[turn]}`,
    "LogLevel=ERROR",
  ].flatMap((option) => ["-o", option]);
  return sh`ssh -F none ${options} ${`root@${address}`}`;
}
