/** The command plugin for tests: the official one where it is installed, else the stand-in of this folder. */
import { delimiter, join } from "node:path";
import { commandVersion, pluginPlaces } from "../../tools/pulumi/command-plugin.ts";
import { pulumiHome } from "../../tools/pulumi/environment.ts";
import { isProgram } from "../../tools/pulumi/locate.ts";
import type { TestProject } from "./project.ts";

/** Folder of the stand-in. */
const standIn = join(import.meta.dirname, "..", "command-plugin");

/** The project with a command plugin within reach. */
export function withCommandPlugin(project: TestProject): TestProject {
  const { PATH = "" } = project.environment;
  if (pluginPlaces(pulumiHome(), PATH, commandVersion()).some(isProgram)) return project;
  return { ...project, environment: { ...project.environment, PATH: `${PATH}${delimiter}${standIn}` } };
}
