/**
 * A project of its own for a test: a temporary folder with copies of the program and the tools, its own state, its own
 * passphrase and its own folder for temporary files, so that tests run side by side and never touch the checkout.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decideEnvironment, fileBackend, forShell, pulumiHome } from "../../tools/pulumi/environment.ts";
import { findPulumi } from "../../tools/pulumi/locate.ts";
import { projectFolder } from "../../tools/support/project.ts";

/** Prefix of the name of every test project's folder: what a killed test run left behind is known by it. */
export const PROJECT_PREFIX = "multinode-test-";

/** What a Pulumi project of ours consists of. */
const PARTS = ["index.ts", "components", "model", "providers", "tools", "package.json", "tsconfig.json", "Pulumi.yaml"];

/** Scope of our workspace's packages. */
const OWN_SCOPE = "@devstack-multinode";

/** A temporary project. */
export interface TestProject {
  /** Absolute path of the project's folder. */
  readonly folder: string;
  /** Where the project's processes put temporary files, so that leftovers can be told from other tests' files. */
  readonly temporary: string;
  /** Environment for `pulumi` and the tools; nothing else of the surroundings decides. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Makes a project; the caller removes it with `removeProject`. */
export async function makeProject(): Promise<TestProject> {
  const folder = mkdtempSync(join(tmpdir(), PROJECT_PREFIX));
  for (const part of PARTS) cpSync(join(projectFolder, part), join(folder, part), { recursive: true });
  linkDependencies(folder);
  const temporary = join(folder, "tmp");
  const state = join(folder, ".multinode", ".state");
  mkdirSync(temporary);
  mkdirSync(state, { recursive: true });
  const { PULUMI_CONFIG_PASSPHRASE_FILE: _, PULUMI_STACK: __, ...surroundings } = process.env;
  const environment = {
    ...surroundings,
    TMPDIR: temporary,
    PULUMI_BACKEND_URL: fileBackend(state),
    PULUMI_CONFIG_PASSPHRASE: "of the tests",
    NODE_COMPILE_CACHE: join(folder, ".multinode", ".cache", "node"),
  };
  const found = await findPulumi(pulumiHome(), process.env.PATH ?? "");
  if (found === null) throw new Error("expected a Pulumi that set-up installed; given none. Write: npm run setup");
  const decision = decideEnvironment({
    environment,
    project: folder,
    pulumiFolder: found.folder,
    pulumiHome: pulumiHome(),
    loggedIn: false,
  });
  return { folder, temporary, environment: definedOnly({ ...environment, ...forShell(decision, folder) }) };
}

/** Links to the checkout's dependencies, but for our own workspace: a test's resources run the copy made for it. */
function linkDependencies(folder: string): void {
  const installed = join(projectFolder, "node_modules");
  const links = join(folder, "node_modules");
  mkdirSync(join(links, OWN_SCOPE), { recursive: true });
  for (const name of readdirSync(installed).filter((entry) => entry !== OWN_SCOPE)) {
    symlinkSync(join(installed, name), join(links, name));
  }
  symlinkSync(join(folder, "providers"), join(links, OWN_SCOPE, "providers"));
}

/** Removes a project's folder. */
export function removeProject({ folder }: TestProject): void {
  rmSync(folder, { recursive: true, force: true });
}

function definedOnly(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
