/** What a stack keeps secret, and where it is found in clear text. */
import type { TestStack } from "./stack.ts";

/** Every secret value of the nodes' local.conf, read from the state with the passphrase. */
export async function secretsOf(environment: TestStack): Promise<readonly string[]> {
  const maps = await secretOutputs<Record<string, string>>(environment, "LocalConf", "secrets");
  return [...new Set(maps.flatMap((map) => Object.values(map)))];
}

/** A line of every private key that the stack has made: the last full one, which is of the secret part. */
export async function privateKeyLines(environment: TestStack): Promise<readonly string[]> {
  const keys = await secretOutputs<string>(environment, "KeyPair", "privateKey");
  return keys.map((key) => key.trimEnd().split("\n").at(-3) ?? "");
}

/** Where secrets stand in clear text: `<place>: …<what is around it>`, one for each. */
export function leaksOf(places: Readonly<Record<string, string>>, secrets: readonly string[]): readonly string[] {
  return Object.entries(places).flatMap(([place, content]) =>
    secrets.flatMap((secret) => {
      const at = content.indexOf(secret);
      return at < 0 ? [] : [`${place}: …${content.slice(Math.max(0, at - 200), at + secret.length)}`];
    }),
  );
}

/** A secret output of all resources of a type that have it. */
async function secretOutputs<Value>(environment: TestStack, type: string, output: string): Promise<readonly Value[]> {
  const { stdout } = await environment.succeed(["stack", "export", "--show-secrets"]);
  const { resources } = JSON.parse(stdout).deployment as {
    resources: { type: string; outputs?: Record<string, { plaintext?: string }> }[];
  };
  return resources
    .filter((resource) => resource.type.endsWith(`:${type}`))
    .flatMap(({ outputs }) => outputs?.[output]?.plaintext ?? [])
    .map((text) => JSON.parse(text) as Value);
}
