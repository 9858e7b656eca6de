/** SSH servers on a lab node beside the lab's own, with host keys and options of their own. */
import type { NodeHandle } from "../../providers/remote/node-handle.ts";
import { on } from "./lab-nodes.ts";

/**
 * Starts an SSH server, in place of the one that was started at this port before.
 *
 * @param keys types of its host keys, made anew
 * @param options as in sshd_config(5)
 * @returns its host keys as in known_hosts
 */
export async function startSshServer(
  node: NodeHandle,
  port: number,
  keys: readonly string[] = ["ed25519"],
  options: readonly string[] = [],
): Promise<readonly string[]> {
  const folder = `/root/sshd-${port}`;
  const files = keys.map((type) => `${folder}/${type}`);
  const settings = [
    "AuthorizedKeysFile=/run/multinode/authorized_keys",
    "UsePAM=no",
    `PidFile=${folder}/pid`,
    ...options,
  ];
  await on(
    node,
    `set -e; ${stopping(port)}; mkdir -p ${folder}
    ${keys.map((type, index) => `ssh-keygen -q -t ${type} -N '' -C '' -f ${files[index]}`).join("\n")}
    /usr/sbin/sshd -f /dev/null -p ${port} ${files.map((file) => `-h ${file}`).join(" ")} ${settings.map((one) => `-o '${one}'`).join(" ")}`,
  );
  const shown = await on(node, `cat ${files.map((file) => `${file}.pub`).join(" ")}`);
  return shown
    .trim()
    .split("\n")
    .map((line) => line.split(" ").slice(0, 2).join(" "));
}

/** Ends it, and its sessions. */
export async function stopSshServer(node: NodeHandle, port: number): Promise<void> {
  await on(node, stopping(port));
}

function stopping(port: number): string {
  return `if [ -d /root/sshd-${port} ]; then kill "$(cat /root/sshd-${port}/pid)"; while ss -Hltn sport = :${port} | grep -q .; do :; done; rm -rf /root/sshd-${port}; fi`;
}
