/** One SSH connection per node for the whole run, shared by every resource in the provider process. */
import { readFileSync } from "node:fs";
import type { Client, ClientChannel, ConnectConfig } from "ssh2";
import { messageOf, StepError } from "./error.ts";
import type { NodeHandle } from "./node-handle.ts";

/** Seconds for the TCP connection and the SSH handshake. */
const connectSeconds = 10;

/**
 * Channels open at once on a connection: half of OpenSSH's MaxSessions, 10 by default. The server counts a closed one
 * until it has read all that came with the closing, and that can hold as many openings.
 */
const channelLimit = 5;

/** A connection and the work waiting for one of its channels. */
interface Line {
  client: Promise<Client>;
  open: number;
  waiting: (() => void)[];
  /** Set when the node stopped answering: later steps of this run fail at once instead of waiting again. */
  silent?: StepError;
  /** The first step that failed because there was no connection: it alone says why. */
  unreachable?: StepError;
}

const pool = new Map<string, Line>();

/**
 * Opens a channel on the node's connection, once one is free, runs the command in it and gives what `use` makes of it.
 * `use` is called the moment the channel is open: a short command's exit can be in the very same packet.
 */
export async function inChannel<T>(
  node: NodeHandle,
  step: string,
  command: string,
  use: (channel: ClientChannel) => Promise<T>,
): Promise<T> {
  const line = lineTo(node);
  if (line.silent !== undefined) throw silence(node, step, line.silent);
  const client = await line.client.catch((error) => {
    throw unreachable(line, node, step, messageOf(error));
  });
  await turn(line);
  if (line.silent !== undefined) throw silence(node, step, line.silent);
  return await new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error !== undefined) {
        release(line);
        reject(new StepError(node.name, step, `the SSH connection to ${node.host} failed: ${error.message}`));
        return;
      }
      channel.once("close", () => release(line));
      resolve(use(channel));
    });
  });
}

/** Remembers that a node stopped answering and ends its connection. */
export function declareSilent(node: NodeHandle, error: StepError): void {
  const line = pool.get(keyOf(node));
  if (line === undefined || line.silent !== undefined) return;
  line.silent = error;
  line.client.then((client) => client.destroy()).catch(() => undefined);
  for (const wake of line.waiting.splice(0)) wake();
}

/** Forgets the connection to a node, so that the next step opens a new one. */
export function forget(node: NodeHandle): void {
  const line = pool.get(keyOf(node));
  pool.delete(keyOf(node));
  line?.client.then((client) => client.destroy()).catch(() => undefined);
}

/** Ends every connection; for programs that want to exit. */
export function closeConnections(): void {
  for (const line of pool.values()) line.client.then((client) => client.destroy()).catch(() => undefined);
  pool.clear();
}

function keyOf(node: NodeHandle): string {
  return [node.user, node.host, node.port, node.hostKey, node.incarnation].join(" ");
}

function lineTo(node: NodeHandle): Line {
  const key = keyOf(node);
  const existing = pool.get(key);
  if (existing !== undefined) return existing;
  const line: Line = { client: connect(node), open: 0, waiting: [] };
  line.client.then(
    (client) => client.once("close", () => line.silent === undefined && pool.get(key) === line && pool.delete(key)),
    () => pool.get(key) === line && pool.delete(key),
  );
  pool.set(key, line);
  return line;
}

async function connect(node: NodeHandle): Promise<Client> {
  // Loaded with the first connection: a preview needs none.
  const ssh2 = await import("ssh2");
  return await new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    const fail = (reason: string): void => {
      reject(new Error(`no SSH connection to ${node.user}@${node.host} port ${node.port}: ${reason}`));
    };
    client.once("ready", () => {
      client.setNoDelay(true);
      resolve(client);
    });
    client.on("error", (error) => fail(error.message));
    client.once("close", () => fail("the connection was closed"));
    try {
      client.connect({ ...credentials(node), ...checkedHostKey(node, fail), ...transport });
    } catch (error) {
      fail(messageOf(error));
    }
  });
}

/** Deadlines of the connection, and algorithms that OpenSSL does natively, as the handshakes of many nodes share one thread. */
const transport: ConnectConfig = {
  readyTimeout: connectSeconds * 1000,
  algorithms: { cipher: { prepend: ["aes128-gcm@openssh.com"], append: [], remove: [] } },
};

function credentials(node: NodeHandle): ConnectConfig {
  return { host: node.host, port: node.port, username: node.user, ...keyOrAgent(node.identityFile) };
}

/** The private key, or the agent that the user's environment names: its socket is another one in every session. */
function keyOrAgent(identityFile: string | undefined): ConnectConfig {
  if (identityFile !== undefined) return { privateKey: readFileSync(identityFile) };
  const { SSH_AUTH_SOCK: agent } = process.env;
  if (agent === undefined)
    throw new Error("no private key is configured, and no SSH agent runs (SSH_AUTH_SOCK is not set)");
  return { agent };
}

function checkedHostKey(node: NodeHandle, fail: (reason: string) => void): ConnectConfig {
  const expected = node.hostKey.split(" ")[1] ?? "";
  return {
    hostVerifier: (key: Buffer) => {
      const same = key.toString("base64") === expected;
      if (!same) {
        fail(
          "the host key is not the one on record. If the node was made anew on purpose, run `pulumi up --refresh`; else someone may be in between",
        );
      }
      return same;
    },
  };
}

/** Waits for a free channel. */
async function turn(line: Line): Promise<void> {
  while (line.open >= channelLimit && line.silent === undefined) {
    await new Promise<void>((wake) => line.waiting.push(wake));
  }
  line.open++;
}

function release(line: Line): void {
  line.open--;
  line.waiting.shift()?.();
}

/** All steps share the connection: the first that fails with it says why, the others only what was not tried for that reason. */
function unreachable(line: Line, node: NodeHandle, step: string, reason: string): StepError {
  if (line.unreachable !== undefined)
    return new StepError(node.name, step, `not tried, as there is no connection (${line.unreachable.step})`);
  line.unreachable = new StepError(node.name, step, reason);
  return line.unreachable;
}

function silence(node: NodeHandle, step: string, first: StepError): StepError {
  return new StepError(node.name, step, `not tried, as the node stopped answering before (${first.step})`);
}
