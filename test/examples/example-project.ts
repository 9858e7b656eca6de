/** A project for tests of the examples: as a fresh clone has it, with what `npm start` needs beside the program. */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "../../tools/support/project.ts";
import { makeProject, type TestProject } from "../support/project.ts";

/** Makes a project whose npm scripts and examples work; the caller removes it with `removeProject`. */
export async function makeExampleProject(): Promise<TestProject> {
  const project = await makeProject();
  for (const part of ["examples", "package-lock.json"]) {
    cpSync(join(projectFolder, part), join(project.folder, part), { recursive: true });
  }
  return project;
}
