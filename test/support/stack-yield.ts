/** What a stack gives to its users, in a form in which two stacks can be compared. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { type NodeFacts, nodeFacts } from "./node-facts.ts";
import type { TestStack } from "./stack.ts";

/**
 * Outputs, files and what is on the nodes, with a word for whatever differs between two stacks of the same plan.
 *
 * @param names of the stack's nodes, the primary first
 * @param reach how its nodes are looked at as root, where its own login is not root's
 */
export async function comparableYield(
  environment: TestStack,
  names: readonly string[],
  reach: Pick<TestStack, "on" | "name"> = environment,
): Promise<Record<string, unknown>> {
  const outputs = JSON.parse((await environment.succeed(["stack", "output", "--json"])).stdout);
  const { nodes, overlays, topology } = outputs;
  const facts: NodeFacts[] = await Promise.all(names.map((name) => nodeFacts(reach, name, true)));
  const files = Object.fromEntries(
    readdirSync(environment.generated)
      .filter((name) => !/^(login_key|verification)/.test(name))
      .map((name) => [name, readFileSync(join(environment.generated, name), "utf8")]),
  );
  expect(outputs.verification.failed).toEqual([]);
  const { address: primary } = nodes[0] as { address: string };
  return JSON.parse(
    (nodes as { name: string; address: string }[])
      .reduce(
        (text, { name, address }) => text.replaceAll(address, `<${name}>`),
        JSON.stringify({ nodes, overlays, topology, facts, files, verified: outputs.verification.checks }),
      )
      .replaceAll(primary.replaceAll(".", "_"), "<primary>")
      .replaceAll(environment.project.folder, "<project>")
      .replaceAll(environment.name, "<stack>")
      .replaceAll(/AAAA[\w+/]+=*/g, "<key>")
      .replaceAll(/(?:IdentityFile|User|IdentitiesOnly) [^ ]+?\\n/g, "")
      .replaceAll(/ansible_user: [\w-]+/g, ""),
  );
}
