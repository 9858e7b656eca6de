/** The command plugin for tests: the official one where it is installed, else the stand-in of this folder. */
import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { pulumiHome } from "../../tools/pulumi/environment.ts";
import type { TestProject } from "./project.ts";

/** Folder of the stand-in. */
const standIn = join(import.meta.dirname, "..", "command-plugin");

/** The project with a command plugin within reach. */
export function withCommandPlugin(project: TestProject): TestProject {
  const plugins = join(pulumiHome(), "plugins");
  const isInstalled = existsSync(plugins) && readdirSync(plugins).some((name) => name.startsWith("resource-command-v"));
  if (isInstalled) return project;
  const { PATH = "" } = project.environment;
  return { ...project, environment: { ...project.environment, PATH: `${PATH}${delimiter}${standIn}` } };
}
