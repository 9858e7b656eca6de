/** One SSH connection per node for the whole run, shared by every resource in the provider process. */
import type { Client, ClientChannel } from "ssh2";
import { jumpHostKey } from "../abandoned.ts";
import { adviceFor } from "../lab/liveness.ts";
import { missingOfWayTo, noWay } from "../lab/way.ts";
import { AccessFailure } from "./access-failure.ts";
import { type Connection, connect, type Endpoint } from "./connect.ts";
import { messageOf, StepError } from "./error.ts";
import type { JumpHost, NodeHandle } from "./node-handle.ts";

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

/** Connections to jump hosts, each shared by all nodes behind it. */
const jumps = new Map<string, Promise<Connection>>();

/** A host that is not known yet: a node's handle less what is learned from the first connection. */
export interface Newcomer extends Omit<NodeHandle, "hostKey" | "jump" | "incarnation"> {
  /** Host keys known beforehand as in known_hosts, one a line; absent to accept the one the host shows. */
  hostKey?: string;
  /** The jump host, whose key may be learned as well. */
  jump?: Omit<JumpHost, "hostKey"> & { hostKey?: string };
}

/**
 * Connects to a host whose key may not be known yet, and keeps the connection for the steps that come.
 *
 * @param handleOf makes the node's handle out of the keys that were seen
 * @throws AccessFailure that says at which stage it failed
 */
export async function introduce(
  host: Newcomer,
  handleOf: (hostKey: string, jumpHostKey: string) => NodeHandle,
): Promise<NodeHandle> {
  const { jump } = host;
  const way = jump === undefined ? undefined : await jumpTo({ ...jump, hostKey: jump.hostKey ?? "" });
  const connection = await connect({ ...host, hostKey: host.hostKey ?? "" }, way?.client);
  const handle = handleOf(connection.hostKey, way?.hostKey ?? "");
  if (pool.has(keyOf(handle))) connection.client.end();
  else keep(handle, Promise.resolve(connection.client));
  return handle;
}

/**
 * Makes sure that there is a connection to a node; the steps that come use it.
 *
 * @throws AccessFailure that says at which stage it failed
 */
export async function ensureConnected(node: NodeHandle): Promise<void> {
  await lineTo(node).client;
}

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
    throw unreachable(line, node, step, error);
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

/** Remembers that a node stopped answering, ends its connection, and gives the error: the first one says what to do about it. */
export function declareSilent(node: NodeHandle, step: string, reason: string): StepError {
  const line = pool.get(keyOf(node));
  if (line?.silent !== undefined) return new StepError(node.name, step, reason);
  const error = new StepError(node.name, step, reason + labAdvice(node));
  if (line === undefined) return error;
  line.silent = error;
  line.client.then((client) => client.destroy()).catch(() => undefined);
  for (const wake of line.waiting.splice(0)) wake();
  return error;
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
  for (const jump of jumps.values()) jump.then(({ client }) => client.destroy()).catch(() => undefined);
  pool.clear();
  jumps.clear();
}

/** What tells the connection to a node from all others. */
export function keyOf(node: NodeHandle): string {
  const way = node.jump === undefined ? [] : [loginOf(node.jump)];
  return [loginOf(node), node.incarnation, ...way].join(" ");
}

function lineTo(node: NodeHandle): Line {
  return pool.get(keyOf(node)) ?? keep(node, open(node));
}

function keep(node: NodeHandle, client: Promise<Client>): Line {
  const key = keyOf(node);
  const line: Line = { client, open: 0, waiting: [] };
  line.client.then(
    (open) => open.once("close", () => line.silent === undefined && pool.get(key) === line && pool.delete(key)),
    () => pool.get(key) === line && pool.delete(key),
  );
  pool.set(key, line);
  return line;
}

async function open(node: NodeHandle): Promise<Client> {
  const missing = node.lab === undefined ? [] : missingOfWayTo(node.lab);
  // Without it packets would go elsewhere, and nobody would answer until a deadline is over.
  if (missing.length > 0) throw new AccessFailure("reach", noWay(missing));
  const { client } = await connect(node, node.jump === undefined ? undefined : (await jumpTo(node.jump)).client);
  return client;
}

/** The connection to a jump host: one for all nodes behind it. */
async function jumpTo(recorded: JumpHost): Promise<Connection> {
  const jump = { ...recorded, hostKey: jumpHostKey(recorded) };
  const key = loginOf(jump);
  const existing = jumps.get(key);
  if (existing !== undefined) return await existing;
  const connection = connect(jump).catch((error) => {
    throw asJumpFailure(error);
  });
  const forgetIt = (): boolean => jumps.get(key) === connection && jumps.delete(key);
  connection.then(({ client }) => client.once("close", forgetIt), forgetIt);
  jumps.set(key, connection);
  return await connection;
}

function loginOf({ user, host, port, hostKey, identityFile }: Endpoint): string {
  return [user, host, port, hostKey, identityFile ?? "agent"].join(" ");
}

/** What is wrong with a jump host is told as such: a node behind it has no part in it. */
function asJumpFailure(error: unknown): AccessFailure {
  const mismatch = error instanceof AccessFailure ? error.mismatch : undefined;
  return new AccessFailure("jump", `the jump host fails: ${messageOf(error)}`, mismatch);
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
function unreachable(line: Line, node: NodeHandle, step: string, cause: unknown): StepError {
  if (line.unreachable !== undefined)
    return new StepError(node.name, step, `not tried, as there is no connection (${line.unreachable.step})`);
  line.unreachable = new StepError(node.name, step, messageOf(cause) + labAdvice(node), "", { cause });
  return line.unreachable;
}

/** What to do about a lab node that cannot be reached; empty for any other host, which is its owner's. */
function labAdvice({ lab, name, incarnation }: NodeHandle): string {
  return lab === undefined ? "" : adviceFor(lab, name, incarnation);
}

function silence(node: NodeHandle, step: string, first: StepError): StepError {
  return new StepError(node.name, step, `not tried, as the node stopped answering before (${first.step})`);
}
