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

/** Seconds until the plugin gives up a host that does not answer. */
export const DIAL_SECONDS = PER_DIAL_SECONDS * DIAL_ERRORS;

/**
 * The plugin asks the SSH agent that the user's environment names even where it has a key, and fails in every step where there is
 * none: better said before anything is made.
 *
 * @throws RunError without a stack trace
 */
export function requireAgentThatIsThere(socket = process.env.SSH_AUTH_SOCK): void {
  if (socket === undefined || socket === "" || existsSync(socket)) return;
  throw new pulumi.RunError(`SSH_AUTH_SOCK names an SSH agent that is not there. Pulumi's command plugin, which runs devstack, asks it for keys.
    expected  the socket of an agent, or no SSH_AUTH_SOCK
    given     ${socket}
    write     unset SSH_AUTH_SOCK`);
}

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
