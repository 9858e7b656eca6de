/** A stack for a test: a unique name, a free underlay range, the real Pulumi, and clean-up registered at creation. */
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect } from "vitest";
import { parse, stringify } from "yaml";
import { labsFolder } from "../../providers/lab/folders.ts";
import { sweepLab } from "../../providers/lab/sweep.ts";
import { type Change, changesOf } from "./changes.ts";
import { makeProject, removeProject, type TestProject } from "./project.ts";
import { randomRange } from "./ranges.ts";

/**
 * Configuration keys without their namespace, as a stack's file holds them; `nodes.lab.underlay` is filled in where no other
 * backend is named.
 */
export interface TestConfig {
  readonly flavor?: string;
  readonly nodes?:
    | { readonly lab: Readonly<Record<string, unknown>> }
    | { readonly backend: "inventory"; readonly inventory: Readonly<Record<string, unknown>> }
    | { readonly backend: "openstack"; readonly openstack: Readonly<Record<string, unknown>> };
  readonly overlay?: Readonly<Record<string, unknown>>;
  readonly devstack?: Readonly<Record<string, unknown>>;
  readonly verify?: string;
}

/** What a run of a program gave. */
export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, as a terminal shows them. */
  readonly all: string;
  readonly seconds: number;
}

/** A resource as `pulumi stack export` shows it. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** The state of a stack, as far as tests look at it. */
export interface State {
  readonly resources: readonly StateResource[];
  readonly pending: readonly unknown[];
  /** The whole export as text, secrets encrypted. */
  readonly text: string;
}

/** Seconds a command on a node may take. */
const COMMAND_SECONDS = 60;

/** A stack in a project of its own. */
export class TestStack {
  readonly name: string;
  readonly project: TestProject;
  /** Seconds after which a run of Pulumi counts as hanging. */
  protected readonly runSeconds: number = 120;
  #config: TestConfig;
  readonly #underlay: string;

  constructor(project: TestProject, config: TestConfig, name = `t${randomBytes(3).toString("hex")}`) {
    this.name = name;
    this.project = project;
    this.#config = config;
    this.#underlay = randomRange();
    this.configure(config);
  }

  /** The range of the underlay as a CIDR. */
  get underlay(): string {
    const chosen = labOptions(this.#config).underlay;
    return typeof chosen === "string" ? chosen : this.#underlay;
  }

  /** The stack's folder of generated files. */
  get generated(): string {
    return join(this.project.folder, ".multinode", this.name);
  }

  /** Writes the stack's file; a salt that Pulumi put in stays. */
  configure(config: TestConfig): void {
    this.#config = config;
    const path = join(this.project.folder, `Pulumi.${this.name}.yaml`);
    const kept = existsSync(path) ? { encryptionsalt: parse(readFileSync(path, "utf8")).encryptionsalt } : {};
    const whole = {
      flavor: "neutron-dvr",
      ...config,
      nodes: isOnLab(config) ? { lab: { underlay: this.#underlay, ...labOptions(config) } } : config.nodes,
    };
    const keys = Object.entries(whole).map(([key, value]) => [`devstack-multinode:${key}`, value]);
    writeFileSync(path, stringify({ ...kept, config: Object.fromEntries(keys) }));
  }

  /** Makes the stack's empty state. */
  async init(): Promise<void> {
    await this.succeed(["stack", "init", "--no-select", this.name]);
  }

  /** Sets a configuration value that Pulumi keeps encrypted; the path is that of a key without namespace. */
  async setSecret(path: string, value: string): Promise<void> {
    const result = await this.run("pulumi", ["config", "set", "--secret", "--path", path, "--stack", this.name], value);
    expect(result.code, result.all).toBe(0);
  }

  /** Runs `pulumi` for this stack, whatever comes of it. */
  async pulumi(...args: readonly string[]): Promise<RunResult> {
    const named = args[0] === "stack" && args[1] === "init" ? args : [...args, "--stack", this.name];
    return await this.run("pulumi", named);
  }

  /** Runs `pulumi` for this stack, expecting it to work. */
  async succeed(args: readonly string[]): Promise<RunResult> {
    const result = await this.pulumi(...args);
    expect(result.code, `pulumi ${args.join(" ")}\n${result.all}`).toBe(0);
    return result;
  }

  /** `pulumi up`, expecting it to work. */
  async up(...flags: readonly string[]): Promise<RunResult> {
    return await this.succeed(["up", "--yes", "--skip-preview", ...flags]);
  }

  /** `pulumi destroy`, expecting it to work. */
  async destroy(...flags: readonly string[]): Promise<RunResult> {
    return await this.succeed(["destroy", "--yes", "--skip-preview", ...flags]);
  }

  /** What `pulumi preview` says will happen; resources that stay as they are left out. */
  async preview(...flags: readonly string[]): Promise<readonly Change[]> {
    const { stdout } = await this.succeed(["preview", "--json", ...flags]);
    return changesOf(stdout);
  }

  /** Runs one of the project's tools, as the npm scripts do: `start`, `destroy`, … */
  async tool(name: string, ...args: readonly string[]): Promise<RunResult> {
    return await this.run(process.execPath, [join(this.project.folder, "tools", `${name}.ts`), ...args]);
  }

  /** Runs a program in the project's folder and environment. */
  async run(program: string, args: readonly string[], input = ""): Promise<RunResult> {
    const started = Date.now();
    const { folder, environment } = this.project;
    const result = await execa(program, [...args], {
      cwd: folder,
      env: environment,
      extendEnv: false,
      input,
      all: true,
      reject: false,
      timeout: this.runSeconds * 1000,
      forceKillAfterDelay: 5000,
    });
    const seconds = (Date.now() - started) / 1000;
    const late = result.timedOut ? `\n(ended by the test after ${this.runSeconds} s)` : "";
    const { stdout, stderr, all } = result;
    return { code: result.exitCode ?? -1, stdout, stderr, all: all + late, seconds };
  }

  /** Runs a command on a node over `ssh -F`, as a user would, whatever comes of it. */
  async attempt(node: string, command: string): Promise<RunResult> {
    const config = join(this.generated, "ssh_config");
    return await this.run("timeout", [String(COMMAND_SECONDS), "ssh", "-F", config, node, command]);
  }

  /** Runs a command on a node that has to succeed, and gives what it printed. */
  async on(node: string, command: string): Promise<string> {
    const result = await this.attempt(node, command);
    expect(result.code, `on ${node}: ${command}\n${result.all}`).toBe(0);
    return result.stdout;
  }

  /** The stack's state, secrets encrypted. */
  async state(): Promise<State> {
    const { stdout } = await this.succeed(["stack", "export"]);
    const { deployment } = JSON.parse(stdout);
    return { resources: deployment.resources ?? [], pending: deployment.pending_operations ?? [], text: stdout };
  }

  /** Names of the lab's nodes' folders of this stack on this machine, one a lab. */
  labs(): readonly { readonly stack: string; readonly id: string }[] {
    return labFolders().flatMap((folder) => {
      const [, id] = new RegExp(`^${this.name}-([0-9a-f]{6})$`).exec(folder) ?? [];
      return id === undefined ? [] : [{ stack: this.name, id }];
    });
  }

  /** Removes the stack from the machine, also one whose destroy fails. */
  async remove(): Promise<void> {
    try {
      if (this.labs().length > 0) await this.pulumi("destroy", "--yes", "--skip-preview");
    } finally {
      for (const lab of this.labs()) await sweepLab(lab);
    }
  }
}

function isOnLab({ nodes }: TestConfig): boolean {
  return nodes === undefined || "lab" in nodes;
}

function labOptions({ nodes }: TestConfig): Readonly<Record<string, unknown>> {
  return nodes !== undefined && "lab" in nodes ? nodes.lab : {};
}

/**
 * Declares a stack for the tests of a file or a `describe`; it is made before them and removed after them, whatever they
 * did. Use the result inside tests only.
 */
export function testStack(config: TestConfig = {}, project?: () => TestProject): () => TestStack {
  let stack: TestStack | undefined;
  beforeAll(async () => {
    stack = new TestStack(project?.() ?? (await makeProject()), config);
    await stack.init();
  });
  afterAll(async () => {
    await stack?.remove();
    if (stack !== undefined && project === undefined) removeProject(stack.project);
  });
  return () => {
    if (stack === undefined) throw new Error("the stack is made before the first test, not before");
    return stack;
  };
}

/** Names of the folders of all labs on this machine. The folder they are in goes with the last one, at any moment. */
export function labFolders(): readonly string[] {
  try {
    return readdirSync(labsFolder);
  } catch {
    return [];
  }
}
