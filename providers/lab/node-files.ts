/** The files a lab node boots with, and the lab's key pair. */
import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { local } from "./commands.ts";
import { identityFile, nodeFolder } from "./folders.ts";
import { withLock } from "./lock.ts";
import type { NodeSpec } from "./node-spec.ts";

/** Writes them into the node's folder, with a new host key. */
export async function writeNodeFiles(lab: string, spec: NodeSpec): Promise<void> {
  const folder = nodeFolder(lab, spec.name);
  const etc = join(folder, "etc");
  mkdirSync(join(folder, "root"), { recursive: true, mode: 0o700 });
  mkdirSync(etc, { mode: 0o700 });
  await ensureIdentity(lab);
  await makeKey(`make ${spec.name}'s host key`, spec.hostname, join(etc, "ssh_host_ed25519_key"));
  copyFileSync(`${identityFile(lab)}.pub`, join(etc, "authorized_keys"));
  chmodSync(join(etc, "authorized_keys"), 0o600);
  copyFileSync(join(import.meta.dirname, "init.sh"), join(etc, "init.sh"));
  writeFileSync(join(etc, "sshd_config"), sshdConfig);
  if (spec.firstBoot !== undefined) writeFileSync(join(etc, "first-boot.sh"), spec.firstBoot, { mode: 0o600 });
}

/** The lab's key pair is made by the first node that needs it; two of them may come at once. */
async function ensureIdentity(lab: string): Promise<void> {
  await withLock(join(lab, "locks", "identity"), async () => {
    if (existsSync(`${identityFile(lab)}.pub`)) return;
    rmSync(`${identityFile(lab)}.new`, { force: true });
    await makeKey("make the lab's key", "devstack-multinode lab", `${identityFile(lab)}.new`);
    renameSync(`${identityFile(lab)}.new`, identityFile(lab));
    renameSync(`${identityFile(lab)}.new.pub`, `${identityFile(lab)}.pub`);
  });
}

/** Makes a key pair without a passphrase: the private key in the file, the public one beside it. */
async function makeKey(step: string, comment: string, file: string): Promise<void> {
  await local(step, "ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", file]);
}

/**
 * Password logins are off; without PAM a login costs no look for a session manager that lab nodes lack. Limits other
 * than those of connections starting at once stay at OpenSSH's defaults, as on a host.
 */
const sshdConfig = `HostKey /run/multinode/ssh_host_ed25519_key
AuthorizedKeysFile /run/multinode/authorized_keys .ssh/authorized_keys
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
MaxStartups 100
PidFile /run/sshd.pid
Subsystem sftp internal-sftp
`;
