/**
 * The environment in which `pulumi` runs for this project. `decideEnvironment` decides from facts;
 * `prepareEnvironment` gathers the facts and makes the passphrase file and the state folder where they are needed.
 */
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join, resolve, sep } from "node:path";
import { quoteWord } from "../../providers/remote/quote.ts";
import { projectFolder } from "../support/project.ts";
import { type FoundPulumi, findPulumi, installFolder, launcherFolder } from "./locate.ts";

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment depends on. */
export interface EnvironmentFacts {
  readonly environment: Environment;
  /** Absolute path of the project. */
  readonly project: string;
  /** Folder of the `pulumi` in use. */
  readonly pulumiFolder: string;
  /** Pulumi's own folder. Where HOME is not the user's, as in some pipelines, builds of Pulumi differ in what they take for it. */
  readonly pulumiHome: string;
  /** Whether `pulumi login` chose a backend. */
  readonly loggedIn: boolean;
}

/** What to set, and which files that presumes. */
export interface EnvironmentDecision {
  /** Variables to set; the rest stays as it is. */
  readonly set: Readonly<Record<string, string>>;
  /** The passphrase file to make when missing; null when the user brings a passphrase. */
  readonly passphraseFile: string | null;
  /** The state folder to make when missing; null when the state is elsewhere. */
  readonly stateFolder: string | null;
}

/**
 * Operations that Pulumi runs side by side; its own default is four for each processor. Ours mostly wait for nodes, for
 * `stack.sh` up to 90 minutes: there is room for all nodes that the seed's public range has addresses for.
 */
const OPERATIONS_AT_ONCE = 256;

/**
 * Where the project's own backend is, as Pulumi wants it. Pulumi takes the path as it is: nothing is to be escaped. Without
 * files of metadata beside those of the state: they are not written in one piece, and one that a kill left empty makes
 * the whole state unreadable.
 */
export function fileBackend(folder: string): string {
  return `file://${folder}?metadata=skip`;
}

function withoutOptions(url: string | undefined): string | undefined {
  return url?.replace(/\?.*$/, "");
}

/** Decides the environment; asks nobody. What the user has set wins. */
export function decideEnvironment(facts: EnvironmentFacts): EnvironmentDecision {
  const { environment, project, pulumiFolder } = facts;
  const set: Record<string, string> = {
    PATH: frontOfPath(environment.PATH ?? "", [pulumiFolder, join(project, NPM_PROGRAMS)], project),
    PULUMI_HOME: facts.pulumiHome,
    PULUMI_SKIP_UPDATE_CHECK: environment.PULUMI_SKIP_UPDATE_CHECK || "true",
    PULUMI_PARALLEL: environment.PULUMI_PARALLEL || String(OPERATIONS_AT_ONCE),
    NODE_COMPILE_CACHE: environment.NODE_COMPILE_CACHE || join(project, ".multinode", ".cache", "node"),
    // The SDK's ts-node compiles nothing here, yet it would leave a folder of empty ones among the temporary files.
    TS_NODE_CACHE: environment.TS_NODE_CACHE || "false",
  };
  // An empty passphrase is one too: it is set.
  const ownPassphrase =
    environment.PULUMI_CONFIG_PASSPHRASE !== undefined || Boolean(environment.PULUMI_CONFIG_PASSPHRASE_FILE);
  const passphrase = join(project, ".multinode", ".passphrase");
  if (!ownPassphrase) set.PULUMI_CONFIG_PASSPHRASE_FILE = passphrase;
  const state = join(project, ".multinode", ".state");
  const ownBackend = Boolean(environment.PULUMI_BACKEND_URL) || facts.loggedIn;
  if (!ownBackend) set.PULUMI_BACKEND_URL = fileBackend(state);
  const backend = set.PULUMI_BACKEND_URL ?? environment.PULUMI_BACKEND_URL;
  const usesState = withoutOptions(backend) === withoutOptions(fileBackend(state));
  const usesPassphrase =
    !ownPassphrase ||
    (environment.PULUMI_CONFIG_PASSPHRASE === undefined && environment.PULUMI_CONFIG_PASSPHRASE_FILE === passphrase);
  return { set, passphraseFile: usesPassphrase ? passphrase : null, stateFolder: usesState ? state : null };
}

/**
 * A PATH that begins with the given folders and has none twice. What npm put there for its script alone (the
 * `node_modules/.bin` of this and every outer folder, its own `node-gyp-bin`) is not for the user's shell, and
 * launchers of ours are for nobody else: another project's tends that one's killed runs, and our commands tend to this one's themselves.
 */
export function frontOfPath(path: string, folders: readonly string[], project: string): string {
  const isForeign = (folder: string): boolean =>
    folder.endsWith(join(sep, "node-gyp-bin")) ||
    folder.endsWith(join(sep, launcherFolder)) ||
    (folder.endsWith(NPM_PROGRAMS) && isWithin(project, folder.slice(0, -NPM_PROGRAMS.length)));
  const rest = path.split(delimiter).filter((folder) => folder !== "" && !isForeign(folder));
  return [...new Set([...folders, ...rest])].join(delimiter);
}

/** What a decision sets, for whoever types `pulumi` in a shell: the project's launcher comes first. */
export function forShell({ set }: EnvironmentDecision, project: string): Readonly<Record<string, string>> {
  return { ...set, PATH: [join(project, launcherFolder), set.PATH].join(delimiter) };
}

const NPM_PROGRAMS = join(sep, "node_modules", ".bin");

function isWithin(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(outer + sep);
}

/** `export NAME=value`, safe for any value in any POSIX shell. */
export function exportLine(name: string, value: string): string {
  return `export ${name}=${quoteWord(value)}`;
}

/** Absolute path of Pulumi's own folder: `PULUMI_HOME`, or `~/.pulumi`. */
export function pulumiHome(environment: Environment = process.env): string {
  return resolve(environment.PULUMI_HOME || join(homedir(), ".pulumi"));
}

/** Whether `pulumi login` was used: its credentials file then names a current backend. */
export function isLoggedIn(home: string): boolean {
  try {
    const { current } = JSON.parse(readFileSync(join(home, "credentials.json"), "utf8")) as { current?: string };
    return Boolean(current);
  } catch {
    return false;
  }
}

/**
 * Decides the environment for this process and makes the files it presumes. `known` spares the search for `pulumi`
 * to a caller that has just done it.
 */
export async function prepareEnvironment(known?: FoundPulumi): Promise<EnvironmentDecision> {
  const home = pulumiHome();
  const found = known ?? (await findPulumi(home, process.env.PATH ?? ""));
  const decision = decideEnvironment({
    environment: process.env,
    project: projectFolder,
    pulumiFolder: found?.folder ?? installFolder(home),
    pulumiHome: home,
    loggedIn: isLoggedIn(home),
  });
  if (decision.stateFolder !== null) {
    mkdirSync(decision.stateFolder, { recursive: true });
    // The state holds generated keys, encrypted: nobody else on the machine needs to see even that.
    chmodSync(decision.stateFolder, 0o700);
  }
  if (decision.passphraseFile !== null) makePassphrase(decision.passphraseFile);
  return decision;
}

/** Makes the passphrase file (mode 0600) when missing; two at once agree on one, because a hard link replaces nothing. */
function makePassphrase(path: string): void {
  if (existsSync(path)) return;
  mkdirSync(join(path, ".."), { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${randomBytes(24).toString("base64url")}\n`, { mode: 0o600 });
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
