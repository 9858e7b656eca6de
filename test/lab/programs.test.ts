/** What a machine and its nodes need not have: nothing calls a program that set-up does not install. */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeProject, removeProject, type TestProject } from "../support/project.ts";
import { TestStack } from "../support/stack.ts";

describe("a lab without `sysctl`, which no package of the lab's brings", () => {
  let project: TestProject;
  let stack: TestStack;

  beforeAll(async () => {
    project = withoutProgram(await makeProject(), "sysctl");
    stack = new TestStack(project, { nodes: { lab: { subnodes: 1 } } });
    await stack.init();
  });
  afterAll(async () => {
    await stack?.remove();
    if (project !== undefined) removeProject(project);
  });

  it("comes up, and is proven by guests on nodes without it", async () => {
    await stack.up();
    for (const node of ["primary", "subnode-1"]) await stack.on(node, "rm $(command -v sysctl) && ! command -v sysctl");
    const { code, all } = await stack.tool("verify", stack.name);
    expect(code, all).toBe(0);
    // Red when a node cannot carry guests, which is told in a note and proves less.
    const report = JSON.parse(readFileSync(join(stack.generated, "verification.json"), "utf8"));
    expect(report.note).toBeUndefined();
    expect(report.results.map(({ kind }: { kind: string }) => kind)).toContain("guest-ping");
  });
});

/** The project with folders on its PATH in place of those with the program, which have all else that is in them. */
function withoutProgram(project: TestProject, program: string): TestProject {
  const { PATH = "" } = project.environment;
  const folders = PATH.split(":").map((folder, index) => {
    if (!existsSync(join(folder, program))) return folder;
    const copy = join(project.folder, `path-${index}`);
    mkdirSync(copy);
    for (const name of readdirSync(folder).filter((one) => one !== program))
      symlinkSync(join(folder, name), join(copy, name));
    return copy;
  });
  return { ...project, environment: { ...project.environment, PATH: folders.join(":") } };
}
