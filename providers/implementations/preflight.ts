/** Stand-in until the branch `preflight` is merged. */
import { createHash } from "node:crypto";
import { accept, difference, type Implementation } from "../implementation.ts";
import type { PreflightHost, PreflightInputs, PreflightOutputs } from "../preflight.ts";
import type { NodeHandle } from "../remote/node-handle.ts";

export const preflight: Implementation<PreflightInputs, PreflightOutputs> = {
  check: accept,
  diff: async (_id, olds, news) => difference(olds, news, [], ["hosts"]),
  create: async ({ hosts }) => ({ id: "preflight", outs: { hosts, handles: await Promise.all(hosts.map(handleOf)) } }),
  read: async (id, outs) => ({ id, props: outs, inputs: { hosts: outs.hosts } }),
  update: async (_id, _olds, { hosts }) => ({ outs: { hosts, handles: await Promise.all(hosts.map(handleOf)) } }),
  delete: async () => {},
};

async function handleOf({ number: _, ...host }: PreflightHost): Promise<NodeHandle> {
  const hostKey = host.hostKey ?? (await learn(host.host, host.port));
  const incarnation = createHash("sha256").update(hostKey).digest("hex").slice(0, 12);
  return { ...host, hostKey, incarnation } as NodeHandle;
}

async function learn(host: string, port: number): Promise<string> {
  const ssh2 = await import("ssh2");
  return await new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    client.on("error", reject);
    client.connect({
      host,
      port,
      username: "nobody",
      hostVerifier: (key: Buffer) => {
        const length = key.readUInt32BE(0);
        resolve(`${key.subarray(4, 4 + length).toString()} ${key.toString("base64")}`);
        return false;
      },
    });
  });
}
