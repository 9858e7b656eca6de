/** How the command plugin reaches a node. */
import { existsSync, readFileSync } from "node:fs";
import type { types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { JumpHost, NodeHandle } from "../../providers/remote/node-handle.ts";

/** Seconds for each attempt to connect. */
const PER_DIAL_SECONDS = 10;

/**
 * Attempts to connect. The plugin's burn out within seconds: the wait for a host that is not up yet is made before, by the
 * resources that give its handle.
 */
const DIAL_ERRORS = 5;

/**
 * The connection to a node, all of it secret: host keys checked, and the private key's text or the user's SSH agent. Nothing but
 * what is named here is in it, as the plugin shows in its errors what it does not know.
 */
export function connectionTo(node: pulumi.Input<NodeHandle>): pulumi.Output<types.input.remote.ConnectionArgs> {
  const connection = pulumi.output(node).apply((handle): types.input.remote.ConnectionArgs => {
    const { jump } = handle;
    return { ...endOf(handle), ...(jump === undefined ? {} : { proxy: endOf(jump) }) };
  });
  return pulumi.secret(connection);
}

function endOf({ host, port, user, hostKey, identityFile }: NodeHandle | JumpHost) {
  // The key of a lab that went with a reboot is missing in a preview, which is not to fail for it.
  const hasKey = identityFile !== undefined && existsSync(identityFile);
  const key = hasKey ? { privateKey: readFileSync(identityFile, "utf8") } : {};
  return { host, port, user, hostKey, ...key, perDialTimeout: PER_DIAL_SECONDS, dialErrorLimit: DIAL_ERRORS };
}
