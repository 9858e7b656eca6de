/** SSH host keys in a server's console log, where cloud-init prints them (cloud-init's `keys-to-console`). */

/** Types of keys, the preferred first; the one a client asks for depends on it, so one is enough. */
const preference = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"];

const KEYS = /-----BEGIN SSH HOST KEY KEYS-----\s*([\s\S]*?)-----END SSH HOST KEY KEYS-----/g;

/**
 * The host key, as `<type> <base64>`, of the last boot that a console log tells of; undefined when it tells of none.
 * Kernel messages may stand between the lines.
 */
export function hostKeyIn(console: string): string | undefined {
  const last = [...console.matchAll(KEYS)].at(-1)?.[1] ?? "";
  const keys = [...last.matchAll(/^\s*([\w@.-]+) ([A-Za-z0-9+/]+=*)(?:\s|$)/gm)].map(([, type, key]) => ({
    type,
    key,
  }));
  for (const type of preference) {
    const found = keys.find((key) => key.type === type);
    if (found !== undefined) return `${found.type} ${found.key}`;
  }
  return undefined;
}
