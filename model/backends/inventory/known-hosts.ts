/** Host keys out of OpenSSH's known_hosts (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
import { createHmac } from "node:crypto";
import { SSH_PORT } from "../../ssh-port.ts";

/** Types of keys, the one that is preferred where a host has several first, as OpenSSH does. */
export const hostKeyTypes = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "ssh-rsa",
] as const;

/** The key of a host as `<type> <base64>`; undefined when the file knows none of a type we can check. */
export function knownHostKey(text: string, host: string, port: number): string | undefined {
  const name = port === SSH_PORT ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
  const keys = text.split("\n").flatMap((line) => {
    const [names = "", type = "", key = ""] = line.trim().split(/\s+/);
    // Marked lines are of certificate authorities or of revoked keys, and comments are none.
    return /^[@#]/.test(names) || key === "" || !namesHost(names, name) ? [] : [{ type, key }];
  });
  const found = hostKeyTypes.map((type) => keys.find((key) => key.type === type)).find((key) => key !== undefined);
  return found === undefined ? undefined : `${found.type} ${found.key}`;
}

function namesHost(names: string, host: string): boolean {
  if (names.startsWith("|1|")) return isHashOf(names, host);
  const patterns = names.toLowerCase().split(",");
  const matches = (pattern: string): boolean => patternOf(pattern).test(host);
  return (
    patterns.some((pattern) => !pattern.startsWith("!") && matches(pattern)) &&
    !patterns.some((pattern) => pattern.startsWith("!") && matches(pattern.slice(1)))
  );
}

/** Names may be hashed: `|1|<salt>|<HMAC-SHA1 of the name>`. */
function isHashOf(hashed: string, host: string): boolean {
  const [, , salt = "", hash = ""] = hashed.split("|");
  return createHmac("sha1", Buffer.from(salt, "base64")).update(host).digest("base64") === hash;
}

function patternOf(pattern: string): RegExp {
  const text = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${text}$`);
}
