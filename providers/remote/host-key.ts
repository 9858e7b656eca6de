/** Host keys: how they are compared, and shown to people. */
import { createHash } from "node:crypto";

/** Signature algorithms by the type of a host key, where they are not called the same (RFC 8332, section 3). */
const signatures: Readonly<Record<string, readonly string[]>> = {
  "ssh-rsa": ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"],
};

/** The keys in a text with a `<type> <base64>` on each line; comments after them are left out. */
export function keysOf(text: string): readonly string[] {
  return text
    .split("\n")
    .map((line) => line.trim().split(/\s+/).slice(0, 2).join(" "))
    .filter((key) => key !== "");
}

/** A key as a server sends it (RFC 4253, section 6.6), in the form of known_hosts. */
export function keyText(blob: Buffer): string {
  const length = blob.readUInt32BE(0);
  return `${blob.toString("latin1", 4, 4 + length)} ${blob.toString("base64")}`;
}

/** `<type> SHA256:<base64 without padding>`, the way OpenSSH writes a fingerprint. */
export function fingerprint(key: string): string {
  const [type = "", base64 = ""] = key.split(" ");
  const digest = createHash("sha256").update(Buffer.from(base64, "base64")).digest("base64");
  return `${type} SHA256:${digest.replace(/=+$/, "")}`;
}

/** The algorithms a server may sign with, so that it shows the key of a type that is known, and not its favourite one. */
export function algorithmsOf(keys: readonly string[]): readonly string[] {
  return [...new Set(keys.map((key) => key.split(" ")[0] ?? ""))].flatMap((type) => signatures[type] ?? [type]);
}
