/** Where things are in this project. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";

/** Absolute path of the project's folder, the one of Pulumi.yaml. */
export const projectFolder = dirname(dirname(import.meta.dirname));

/** Everything the project makes on this machine outside of node_modules; ignored by git. */
export const workFolder = join(projectFolder, ".multinode");

/** The project's name, which is also the namespace of its configuration keys. */
export function projectName(folder = projectFolder): string {
  const text = readFileSync(join(folder, "Pulumi.yaml"), "utf8");
  const { name } = parse(text) as { name: string };
  return name;
}
