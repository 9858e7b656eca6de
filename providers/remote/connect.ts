/** Opens one SSH connection: directly or through a jump host, with the host key checked, or told when none is known. */
import { readFileSync } from "node:fs";
import type { Duplex } from "node:stream";
import type { Client, ConnectConfig, ServerHostKeyAlgorithm } from "ssh2";
import { AccessFailure, type AccessStage } from "./access-failure.ts";
import { messageOf } from "./error.ts";
import { algorithmsOf, fingerprint, keysOf, keyText } from "./host-key.ts";

/** Seconds for the TCP connection and the SSH handshake. */
const connectSeconds = 10;

/** Milliseconds between signs of life, and how many may be missing: a host that died is noticed before a long step's deadline. */
const liveness = { keepaliveInterval: 10_000, keepaliveCountMax: 3 };

/** Where and as whom to log in. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Known host keys as in known_hosts, one a line; empty to accept any, for one who remembers it. */
  readonly hostKey: string;
  readonly identityFile?: string;
}

/** An open connection, and the host key that was seen. */
export interface Connection {
  readonly client: Client;
  /** As in known_hosts, `<type> <base64>`. */
  readonly hostKey: string;
}

/**
 * Connects to a host.
 *
 * @param through an open connection to the jump host, where the host is not reached directly
 * @throws AccessFailure that says at which stage it failed, and why
 */
export async function connect(to: Endpoint, through?: Client): Promise<Connection> {
  // Loaded with the first connection: a preview needs none.
  const ssh2 = await import("ssh2");
  const credentials = keyOrAgent(to, (text) => {
    const key = ssh2.default.utils.parseKey(text);
    return key instanceof Error ? key.message : fingerprint(keyText(key.getPublicSSH()));
  });
  const sock = through === undefined ? undefined : await forwarded(through, to);
  return await new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    let seen = "";
    const fail = (error: AccessFailure): void => reject(error);
    client.once("ready", () => {
      client.setNoDelay(true);
      resolve({ client, hostKey: seen });
    });
    client.on("error", (error) => fail(failureOf(to, error, credentials.what)));
    client.once("close", () => fail(failure(to, "reach", "the connection was closed")));
    const hostVerifier = (blob: Buffer): boolean => {
      seen = keyText(blob);
      const known = keysOf(to.hostKey);
      if (known.length === 0 || known.includes(seen)) return true;
      fail(mismatch(to, known, seen));
      return false;
    };
    const target = { host: to.host, port: to.port, username: to.user, ...(sock === undefined ? {} : { sock }) };
    try {
      client.connect({ ...target, ...credentials.config, ...transport(to), hostVerifier });
    } catch (error) {
      fail(failure(to, "login", messageOf(error)));
    }
  });
}

/** Deadlines of the connection, and algorithms that OpenSSL does natively, as the handshakes of many nodes share one thread. */
function transport({ hostKey }: Endpoint): ConnectConfig {
  const known = algorithmsOf(keysOf(hostKey)) as ServerHostKeyAlgorithm[];
  return {
    readyTimeout: connectSeconds * 1000,
    ...liveness,
    algorithms: {
      cipher: { prepend: ["aes128-gcm@openssh.com"], append: [], remove: [] },
      ...(known.length === 0 ? {} : { serverHostKey: known }),
    },
  };
}

/** What a login is made with, and how an error names it. */
interface Credentials {
  readonly config: ConnectConfig;
  readonly what: string;
}

/** The private key, or the agent that the user's environment names: its socket is another one in every session. */
function keyOrAgent(to: Endpoint, fingerprintOf: (text: Buffer) => string): Credentials {
  const { identityFile } = to;
  if (identityFile !== undefined) {
    const privateKey = privateKeyOf(to, identityFile);
    const about = fingerprintOf(privateKey);
    if (!about.includes("SHA256:"))
      throw failure(
        to,
        "login",
        `the private key ${identityFile} cannot be used: ${about}. A key with a passphrase belongs into an SSH agent: ssh-add ${identityFile}, and configure no key file`,
      );
    return { config: { privateKey }, what: `the key ${identityFile} (${about})` };
  }
  const { SSH_AUTH_SOCK: agent } = process.env;
  // An empty one is how environments take it away.
  if (agent === undefined || agent === "")
    throw failure(to, "login", "no private key is configured, and no SSH agent runs (SSH_AUTH_SOCK is not set)");
  return { config: { agent }, what: "the keys of the SSH agent" };
}

function privateKeyOf(to: Endpoint, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw failure(to, "login", `the private key cannot be read: ${messageOf(error)}`);
  }
}

/** A stream to a host through the jump host. */
async function forwarded(jump: Client, to: Endpoint): Promise<Duplex> {
  return await new Promise((resolve, reject) => {
    const late = failure(to, "reach", `no answer within ${connectSeconds} s, through the jump host`);
    const timer = setTimeout(() => reject(late), connectSeconds * 1000);
    jump.forwardOut("127.0.0.1", 0, to.host, to.port, (error, stream) => {
      clearTimeout(timer);
      if (error === undefined) resolve(stream);
      else reject(forwardingFailure(to, error));
    });
  });
}

/** `reason` is OpenSSH's: 1 where forwarding is not allowed, 2 where the connection failed (RFC 4254, section 5.1). */
function forwardingFailure(to: Endpoint, error: Error & { reason?: unknown }): AccessFailure {
  const text = error.message.replace("(SSH) Channel open failure: ", "");
  if (error.reason === 1) return failure(to, "jump", `the jump host does not allow connections on to it: ${text}`);
  return failure(to, "reach", `the jump host does not get through to it: ${text}`);
}

/** What the error codes of a socket say, in words (errno(3), getaddrinfo(3)). */
const socketErrors: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused: no SSH server listens there",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "no route to its network",
  ETIMEDOUT: "no answer",
  ECONNRESET: "the connection was reset",
  ENOTFOUND: "the name has no address",
  EAI_AGAIN: "the name has no address: no name server answers",
};

function failureOf(to: Endpoint, error: Error & { level?: string; code?: string }, what: string): AccessFailure {
  const { level, code, message } = error;
  if (level === "client-timeout") return failure(to, "reach", `no answer within ${connectSeconds} s`);
  if (level === "client-authentication") return failure(to, "login", `the login was refused with ${what}`);
  if (level === "agent") return failure(to, "login", `the SSH agent does not work: ${message}`);
  if (message.includes("no matching host key format"))
    return failure(to, "host key", `it has no host key of the type on record (${algorithmsOf(keysOf(to.hostKey))})`);
  return failure(to, "reach", socketErrors[code ?? ""] ?? message);
}

function mismatch(to: Endpoint, known: readonly string[], seen: string): AccessFailure {
  const about = { expected: known.map(fingerprint), given: fingerprint(seen), key: seen };
  const text = `the host key is not the one on record: expected ${about.expected.join(" or ")}, given ${about.given}. Where the host was made anew on purpose, give its key in the configuration; else someone may be in between`;
  return new AccessFailure("host key", prefixed(to, text), about);
}

function failure(to: Endpoint, stage: AccessStage, reason: string): AccessFailure {
  return new AccessFailure(stage, prefixed(to, reason));
}

function prefixed({ user, host, port }: Endpoint, reason: string): string {
  return `no SSH connection to ${user}@${host} port ${port}: ${reason}`;
}
