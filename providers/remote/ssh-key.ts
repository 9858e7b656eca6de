/** New SSH keys. */
import { generateKeyPairSync, randomBytes } from "node:crypto";

/** Name of the algorithm (RFC 8709). */
const ALGORITHM = "ssh-ed25519";

/** Characters in a line of the private key's text, as ssh-keygen writes it. */
const LINE_LENGTH = 70;

/** Bytes that an unencrypted private key is padded to a multiple of (OpenSSH's PROTOCOL.key). */
const BLOCK_SIZE = 8;

/** A key pair as OpenSSH writes it: the public key as one line, the private key as a file. */
export interface SshKeyPair {
  readonly publicKey: string;
  readonly privateKey: string;
}

/**
 * Makes a key pair in OpenSSH's format (PROTOCOL.key in OpenSSH's source), which Node's own exports do not have; of those that
 * ssh2's generator makes, OpenSSH refuses about one in 400.
 */
export function generateSshKey(comment: string): SshKeyPair {
  const { d = "", x = "" } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  const [seed, point] = [Buffer.from(d, "base64url"), Buffer.from(x, "base64url")];
  const publicBlob = Buffer.concat([field(ALGORITHM), field(point)]);
  // Twice the same number: how a reader of an encrypted key sees that the passphrase was right.
  const number = randomBytes(4);
  const secret = [number, number, publicBlob, field(Buffer.concat([seed, point])), field(comment)];
  const used = secret.reduce((sum, { length }) => sum + length, 0);
  const padding = Buffer.from(Array.from({ length: -used & (BLOCK_SIZE - 1) }, (_, index) => index + 1));
  const key = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    field("none"),
    field("none"),
    field(""),
    count(1),
    field(publicBlob),
    field(Buffer.concat([...secret, padding])),
  ]);
  const text = key.toString("base64").replaceAll(new RegExp(`.{${LINE_LENGTH}}(?=.)`, "g"), "$&\n");
  return {
    publicKey: `${ALGORITHM} ${publicBlob.toString("base64")} ${comment}`,
    privateKey: `-----BEGIN OPENSSH PRIVATE KEY-----\n${text}\n-----END OPENSSH PRIVATE KEY-----\n`,
  };
}

/** A number as SSH writes it: 32 bits, highest byte first (RFC 4251, section 5). */
function count(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A string as SSH writes it: its length in front (RFC 4251, section 5). */
function field(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([count(bytes.length), bytes]);
}
