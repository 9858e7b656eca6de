/** A server's status, and the wait for its SSH. */
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { hostKeyIn } from "../../model/openstack/host-keys.ts";
import { SSH_PORT } from "../../model/ssh-port.ts";
import type { AnsweringServerInputs } from "../openstack-cloud.ts";
import { StepError } from "../remote/error.ts";
import type { Session } from "./session.ts";

/** Milliseconds one connection may take until the server's greeting, and between two tries. */
const greetingMs = 5000;
const tryInterval = 500;

/** Lines of the console log in a message, and those asked for in the search for host keys. */
const shownLines = 15;

/** What nova tells of a server. */
export interface ServerFacts {
  readonly status: string;
  readonly fault?: { readonly message?: string };
}

/** A server by its id; undefined where it is deleted. */
export async function serverOf(session: Session, id: string): Promise<ServerFacts | undefined> {
  return ((await session.get("compute", `/servers/${encodeURIComponent(id)}`)) as { server: ServerFacts } | undefined)
    ?.server;
}

/** Waits for a server's SSH and gives its host key as the console log has it, or an empty text.
 * @throws StepError with the server's fault, or the tail of its console log */
export async function answering(session: Session, wanted: AnsweringServerInputs): Promise<string> {
  const { node, server, host, seconds } = wanted;
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    refuseBroken(node, server, await serverOf(session, server));
    if (await greets(host)) return hostKeyIn(await consoleOf(session, server)) ?? "";
    if (Date.now() > deadline) {
      const log = (await consoleOf(session, server)).trimEnd().split("\n").slice(-shownLines).join("\n");
      const reason = `no SSH at ${host} port ${SSH_PORT} within ${seconds} s (nodes.openstack.sshSeconds); the end of the console log:`;
      throw new StepError(node, "boot", reason, log === "" ? "(the cloud gives none)" : log);
    }
    await pause(tryInterval);
  }
}

function refuseBroken(node: string, id: string, server: ServerFacts | undefined): void {
  if (server === undefined) {
    throw new StepError(node, "boot", `its server ${id} is deleted; \`pulumi up --refresh\` makes a new one`);
  }
  if (server.status !== "ERROR") return;
  const fault = server.fault?.message ?? "the cloud tells no fault";
  throw new StepError(
    node,
    "boot",
    `its server ${id} is in ERROR: ${fault}
    write     pulumi up --replace "$(pulumi stack --show-urns | grep -o 'urn:.*compute/instance:Instance::${node}$')"   to make a new one`,
  );
}

/** Whether an SSH server says hello at a host. */
async function greets(host: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ host, port: SSH_PORT });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(greetingMs, () => end(false));
    socket.once("data", (data) => end(data.toString("latin1").startsWith("SSH-")));
    socket.once("error", () => end(false));
    socket.once("close", () => end(false));
  });
}

async function consoleOf(session: Session, id: string): Promise<string> {
  const path = `/servers/${encodeURIComponent(id)}/action`;
  const { body } = await session.request("compute", "POST", path, { "os-getConsoleOutput": {} });
  const output = (body as { output?: unknown } | undefined)?.output;
  return typeof output === "string" ? output : "";
}
