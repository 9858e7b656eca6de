/** A node on which the stand-in for devstack can be run as the command plugin runs it. */
import { readFileSync } from "node:fs";
import { stackUser } from "../../model/host/account.ts";
import { remotePathOf, scriptPath, stepArguments } from "../../providers/devstack-run/script.ts";
import type { DevstackRunOutputs } from "../../providers/devstack-run.ts";
import { devstackRun } from "../../providers/implementations/devstack-run.ts";
import type { NodeHandle } from "../../providers/remote/node-handle.ts";
import { sh } from "../../providers/remote/quote.ts";
import { attempt, type Outcome } from "../../providers/remote/run.ts";
import { on } from "../support/lab-nodes.ts";
import { until } from "../support/until.ts";

/** Where devstack and its stand-in keep things on the node. */
export const TREE = "/opt/stack/devstack";
export const DOUBLE = "/opt/stack/double";

/** Seconds that a step may take where the test is not about that. */
export const ENOUGH = 60;

/** The value of a secret that stack.sh prints to its log. */
export const SECRET = "very-secret";

/** A node with user, local.conf, the folder for runs and the script. */
export class DevstackNode {
  readonly node: NodeHandle;
  /** What is recorded of its runs. */
  outs: DevstackRunOutputs;

  constructor(node: NodeHandle, outs: DevstackRunOutputs) {
    this.node = node;
    this.outs = outs;
  }

  /** Makes a node of a lab one. @param environment `<stack>-<id>` */
  static async prepare(node: NodeHandle, environment: string): Promise<DevstackNode> {
    const { user, home } = stackUser;
    const localrc = `[[local|localrc]]\nHOST_IP=127.0.0.1\nSERVICE_HOST=127.0.0.1\nADMIN_PASSWORD=${SECRET}\nLOGFILE=/opt/stack/logs/stack.sh.log\n`;
    await on(
      node,
      `set -e; useradd --create-home --home-dir ${home} --shell /bin/bash ${user}
      install -d -o ${user} ${TREE} ${DOUBLE}; printf '${localrc}' >${TREE}/local.conf; chown ${user} ${TREE}/local.conf`,
    );
    const about = { node, environment, user, tree: TREE, secretNames: [] };
    const { outs } = await devstackRun.create({ ...about, unstackSeconds: ENOUGH, goesWithStack: false });
    const prepared = new DevstackNode(node, outs);
    await prepared.copyScript();
    return prepared;
  }

  /** The folder of the runs on the node. */
  get folder(): string {
    return `/var/lib/devstack-multinode/${this.outs.environment}/devstack`;
  }

  async copyScript(): Promise<void> {
    const stdin = readFileSync(scriptPath, "utf8");
    await attempt(this.node, "copy", sh`cat >${remotePathOf(this.outs.environment)}`, { stdin });
  }

  /** Runs a step as the command plugin does. */
  async step(name: string, own: readonly (string | number)[], id = ""): Promise<Outcome> {
    const line = stepArguments({ ...this.outs, node: this.node.name }, name, own);
    const script = remotePathOf(this.outs.environment);
    return await attempt(this.node, name, sh`sh ${script} ${line}`, { stdin: `${id}\n`, seconds: ENOUGH * 2 });
  }

  async stack(id: string, seconds = ENOUGH): Promise<Outcome> {
    return await this.step("stack", [seconds, ENOUGH], id);
  }

  /** How often stack.sh has begun. */
  async begins(): Promise<number> {
    return Number(await on(this.node, `grep -c 'stack begins' ${DOUBLE}/events || true`));
  }

  /** Waits until stack.sh has begun once more. @param before how often it had */
  async begun(before: number): Promise<void> {
    await until("stack.sh to begin", ENOUGH, async () => (await this.begins()) > before);
  }

  /** How many stack.sh run on the node. */
  async running(): Promise<number> {
    return Number(await on(this.node, "pgrep -cf '^bash [^ ]*/stack.sh$' || true"));
  }

  /** How many programs that stack.sh or unstack.sh began are at work. */
  async atWork(): Promise<number> {
    return Number(await on(this.node, "pgrep -cf ' at-wor[k] ' || true"));
  }

  /** Tells the stand-in something by a file; its functions say which there are. */
  async tell(file: "fail" | "wait" | "stuck" | "slow", isThere: boolean): Promise<void> {
    await on(this.node, `${isThere ? "touch" : "rm -f"} ${DOUBLE}/${file}`);
  }
}
