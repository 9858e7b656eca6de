/** devstack on the nodes: put there, run in order, and taken back before the nodes are. */
import { createRequire } from "node:module";
import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { planRun, type RunPlan } from "../model/devstack-run/plan.ts";
import { stackUser } from "../model/host/account.ts";
import { logicalName } from "../model/naming.ts";
import type { RunStep } from "../model/settings.ts";
import { DevstackLogs } from "../providers/devstack-logs.ts";
import { remotePathOf, scriptPath, stepArguments } from "../providers/devstack-run/script.ts";
import { DevstackRun } from "../providers/devstack-run.ts";
import { sh } from "../providers/remote/quote.ts";
import type { PlannedOnNodesArgs } from "./built-on-nodes.ts";
import { connectionTo, DIAL_SECONDS, requireAgentThatIsThere } from "./devstack-run/connection.ts";
import type { TestNode } from "./nodes/node-set.ts";

/** Seconds that the engine waits for a step beyond the step's own limit: connecting, and ending what is late. */
const GRACE_SECONDS = 120;

/** Seconds that a step's script may take to begin once the plugin is connected. */
const START_SECONDS = 10;

/** What runs of devstack are made from. */
export interface DevstackRunsArgs extends PlannedOnNodesArgs {
  /** The environment's folder on this machine, for logs. */
  readonly folder: pulumi.Input<string>;
  /** Of every node, in their order: another one whenever what its local.conf says was written anew. */
  readonly contents: readonly pulumi.Output<string>[];
  /** What has to be in place before devstack starts. */
  readonly after: readonly pulumi.Resource[];
}

/** A node with what its steps need. */
interface Member {
  readonly node: TestNode;
  readonly run: DevstackRun;
  /** The script on the node. */
  readonly script: pulumi.Resource;
  /** Another one means that the node has to be stacked again. */
  readonly id: pulumi.Output<string>;
}

/** A step on one node. */
interface StepOnNode {
  readonly step: Exclude<RunStep, "unstack">;
  readonly member: Member;
  /** The step's own arguments, the limit included. */
  readonly own: readonly (string | number)[];
  /** What makes the step run again when it changes. */
  readonly id: pulumi.Input<string>;
  readonly after: readonly pulumi.Resource[];
}

/** Runs devstack where the settings ask for it; gives what was made, for what comes after. */
export function runDevstack(args: DevstackRunsArgs): readonly pulumi.Resource[] {
  const run = planRun(args.settings, args.plan);
  return run === undefined ? [] : [new DevstackRuns("devstack-runs", args, run)];
}

/**
 * The primary's stack.sh comes first. The subnodes' start together when it, every checkout and every certificate are there, so
 * that one that fails keeps no other from starting. The computes are discovered last.
 */
class DevstackRuns extends pulumi.ComponentResource {
  readonly #remote: typeof command.remote;
  readonly #run: RunPlan;
  readonly #mark: pulumi.Input<string>;
  readonly #folder: pulumi.Input<string>;

  constructor(name: string, args: DevstackRunsArgs, run: RunPlan, options: pulumi.ComponentResourceOptions = {}) {
    super("devstack-multinode:devstack:Runs", name, {}, options);
    requireAgentThatIsThere();
    // Whoever does not run devstack does not need the plugin, which is asked for as soon as its SDK is loaded.
    this.#remote = createRequire(import.meta.url)("@pulumi/command").remote;
    this.#run = run;
    this.#mark = args.mark;
    this.#folder = args.folder;
    const members = args.nodes.map((node, index) => this.#member(args, node, index));
    const [primary, ...subnodes] = members;
    if (primary === undefined) throw new Error("a stack has a primary");
    const { seconds, usesTls, repository, ref } = run;

    const checkouts = members.map((member) => {
      const own = [repository, ref, seconds.checkout];
      return this.#step({ step: "checkout", member, own, id: member.run.generation, after: [] });
    });
    const first = this.#stack("primary", [primary], ({ id }) => id, checkouts);
    const certificates = (usesTls ? subnodes : []).map((member) => {
      const own = [primary.node.planned.hostname, seconds.certificates];
      const id = pulumi.interpolate`${member.run.generation} ${primary.id}`;
      return this.#step({ step: "certificates", member, own, id, after: [...first, ...checkouts] });
    });
    // A primary that is stacked again has new databases, in which the computes have to register.
    const idOf = ({ id }: Member) => pulumi.interpolate`${id} ${primary.id}`;
    const rest = this.#stack("subnodes", subnodes, idOf, [...first, ...certificates]);
    const everyId = pulumi.all(members.map(({ id }) => id)).apply((ids) => ids.join(" "));
    const own = [run.computes, seconds.discover];
    this.#step({ step: "discover", member: primary, own, id: everyId, after: [...first, ...rest] });
    this.registerOutputs({});
  }

  #member({ contents, after }: DevstackRunsArgs, node: TestNode, index: number): Member {
    const { tree, repository, ref, secretNames, seconds } = this.#run;
    const { planned, handle } = node;
    // Not deleted with its node, as unstack.sh gives back what devstack took elsewhere.
    const run = new DevstackRun(
      logicalName("devstack", planned.name),
      {
        node: handle,
        environment: this.#mark,
        user: stackUser.user,
        tree,
        secretNames: [...secretNames],
        unstackSeconds: seconds.unstack,
        goesWithStack: node.resource !== undefined,
      },
      { parent: this, dependsOn: [...after] },
    );
    const script = new this.#remote.CopyToRemote(
      logicalName("devstack-script", planned.name),
      {
        connection: connectionTo(handle),
        source: new pulumi.asset.FileAsset(scriptPath),
        remotePath: pulumi.output(this.#mark).apply(remotePathOf),
        triggers: [run.generation],
      },
      { parent: this },
    );
    const id = pulumi.interpolate`${run.generation} ${contents[index] ?? ""} ${repository} ${ref}`;
    return { node, run, script, id };
  }

  /** Stacks nodes side by side, and keeps the logs of those that fail: beside the steps, not after them. */
  #stack(
    name: string,
    members: readonly Member[],
    idOf: (member: Member) => pulumi.Input<string>,
    after: readonly pulumi.Resource[],
  ): readonly pulumi.Resource[] {
    const { tree, secretNames, seconds } = this.#run;
    const own = [seconds.stack, seconds.unstack];
    const steps = members.map((member): StepOnNode => ({ step: "stack", member, own, id: idOf(member), after }));
    const made = steps.map((step) => this.#step(step));
    if (steps.length === 0) return made;
    const runs = steps.map(({ member: { node }, id }) => [node.planned.name, { node: node.handle, id }] as const);
    new DevstackLogs(
      logicalName("devstack-logs", name),
      {
        environment: this.#mark,
        user: stackUser.user,
        tree,
        secretNames: [...secretNames],
        folder: this.#folder,
        seconds: { begin: DIAL_SECONDS + START_SECONDS, end: this.#secondsFor("stack") },
        runs: Object.fromEntries(runs),
      },
      { parent: this, dependsOn: steps.flatMap(groundsOf) },
    );
    return made;
  }

  #step(wanted: StepOnNode): pulumi.Resource {
    const { step, member, own, id } = wanted;
    const { node } = member;
    const { tree, secretNames } = this.#run;
    const line = pulumi.all([this.#mark, node.handle]).apply(([environment, { name, user }]) => {
      const context = { environment, node: name, user: stackUser.user, tree, secretNames: [...secretNames] };
      const asRoot = user === "root" ? sh`sh` : sh`sudo -n sh`;
      return sh`${asRoot} ${remotePathOf(environment)} ${stepArguments(context, step, own)}`.text;
    });
    const timeout = `${this.#secondsFor(step)}s`;
    return new this.#remote.Command(
      logicalName(step, node.planned.name),
      {
        connection: connectionTo(node.handle),
        create: line,
        update: line,
        stdin: pulumi.interpolate`${id}\n`,
        addPreviousOutputInEnv: false,
        logging: step === "stack" ? "stdout" : "none",
      },
      {
        parent: this,
        dependsOn: groundsOf(wanted),
        customTimeouts: { create: timeout, update: timeout },
      },
    );
  }

  /** Seconds that a step has, to the end of what the engine waits for. */
  #secondsFor(step: StepOnNode["step"]): number {
    const { seconds } = this.#run;
    return seconds[step] + (step === "stack" ? seconds.unstack : 0) + GRACE_SECONDS;
  }
}

/** What a step begins after. */
function groundsOf({ member: { run, script }, after }: StepOnNode): pulumi.Resource[] {
  return [run, script, ...after];
}
