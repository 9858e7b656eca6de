/** Connections as the command plugin makes them: a few attempts, host keys checked where one is given. */
import { existsSync } from "node:fs";
import type { Duplex } from "node:stream";
import { Client, type ConnectConfig } from "ssh2";

/** An end of a connection, with the names of the plugin's schema. */
export interface End {
  readonly host: string;
  readonly port?: number;
  readonly user?: string;
  readonly privateKey?: string;
  readonly hostKey?: string;
  readonly agentSocketPath?: string;
  /** Seconds. */
  readonly perDialTimeout?: number;
  readonly dialErrorLimit?: number;
}

/** A connection, direct or through a proxy. */
export interface Connection extends End {
  readonly proxy?: End;
}

/** Milliseconds between signs of life, and how many may be missing: a dead host is noticed within half a minute. */
const liveness = { keepaliveInterval: 10_000, keepaliveCountMax: 3 };

/** The plugin's own defaults. */
const defaults = { port: 22, user: "root", perDialTimeout: 15, dialErrorLimit: 10 };

/** Connects, gives the client to `use`, and ends the connection. */
export async function connected<T>(connection: Connection, use: (client: Client) => Promise<T>): Promise<T> {
  const { proxy } = connection;
  if (proxy === undefined) return await closing(await dial(connection), use);
  return await closing(await dial(proxy), async (outer) => {
    const { host, port = defaults.port } = connection;
    const channel = await new Promise<Duplex>((resolve, reject) => {
      outer.forwardOut("127.0.0.1", 0, host, port, (error, stream) => (error ? reject(error) : resolve(stream)));
    });
    return await closing(await dial(connection, channel), use);
  });
}

async function closing<T>(client: Client, use: (client: Client) => Promise<T>): Promise<T> {
  try {
    return await use(client);
  } finally {
    client.end();
  }
}

async function dial(end: End, sock?: Duplex): Promise<Client> {
  const { dialErrorLimit = defaults.dialErrorLimit } = end;
  for (let attempts = 1; ; attempts++) {
    try {
      return await dialOnce(end, sock);
    } catch (error) {
      if (attempts >= dialErrorLimit || sock !== undefined) {
        throw new Error(`after ${attempts} failed attempts: ${String(error)}`, { cause: error });
      }
    }
  }
}

function dialOnce(end: End, sock: Duplex | undefined): Promise<Client> {
  const { host, port = defaults.port, user = defaults.user, perDialTimeout = defaults.perDialTimeout } = end;
  const agent = end.agentSocketPath ?? process.env.SSH_AUTH_SOCK ?? "";
  // The official one asks the agent beside a key, too.
  if (agent !== "" && !existsSync(agent)) throw new Error(`dial unix ${agent}: connect: no such file or directory`);
  const expected = end.hostKey?.split(" ").find((word) => word.startsWith("AAAA"));
  const config: ConnectConfig = {
    host,
    port,
    username: user,
    readyTimeout: perDialTimeout * 1000,
    ...liveness,
    ...(sock === undefined ? {} : { sock: sock as NonNullable<ConnectConfig["sock"]> }),
    ...(end.privateKey === undefined ? { agent } : { privateKey: end.privateKey }),
    ...(expected === undefined ? {} : { hostVerifier: (key: Buffer) => key.toString("base64") === expected }),
  };
  return new Promise((resolve, reject) => {
    const client = new Client();
    client.once("ready", () => resolve(client));
    client.on("error", reject);
    client.connect(config);
  });
}
