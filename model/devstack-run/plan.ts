/** What a run of devstack needs to know, from the settings alone: which devstack, who is a compute, whether TLS is on. */
import { devstackHome } from "../localconf/base.ts";
import { localConf, secretNames } from "../localconf/index.ts";
import { sampleContext } from "../localconf/sample-context.ts";
import { switched } from "../localconf/services.ts";
import type { PlanShape } from "../plan.ts";
import type { Role, RunStep, Settings } from "../settings.ts";
import { type Said, saidIn } from "./said.ts";

/** devstack's service that speaks TLS for all others. */
const TLS_SERVICE = "tls-proxy";

/** A planned run. */
export interface RunPlan {
  /** Folder of devstack's checkout on every node: the one of its local.conf. */
  readonly tree: string;
  readonly repository: string;
  readonly ref: string;
  /** Whether services speak TLS: the subnodes then need the primary's certificates. */
  readonly usesTls: boolean;
  /** How many nodes run guests: what tempest may count on. */
  readonly computes: number;
  /** Names of localrc variables whose values are kept out of everything that is shown. */
  readonly secretNames: readonly string[];
  /** Longest time for each step, in seconds. */
  readonly seconds: Readonly<Record<RunStep, number>>;
}

/** The run of a stack; undefined where `up` does not run stack.sh. */
export function planRun(settings: Settings, { nodes }: Pick<PlanShape, "nodes">): RunPlan | undefined {
  const { run, release } = settings.devstack;
  if (!run.stack) return undefined;
  const said = { primary: saidOn(settings, "primary"), subnode: saidOn(settings, "subnode") };
  return {
    tree: `${devstackHome}/devstack`,
    repository: run.repository,
    ref: run.ref ?? (release === "today" ? "master" : `stable/${release}`),
    usesTls: usesTls(settings, said.primary),
    computes: nodes.filter(({ role }) => said[role].services.has("n-cpu")).length,
    secretNames: secretNames(settings),
    seconds: run.seconds,
  };
}

/** What the local.conf of a role's nodes says of their services, in whatever way the job says it. */
function saidOn(settings: Settings, role: Role): Said {
  return saidIn(localConf(sampleContext(settings, role)));
}

/** devstack makes certificates where the service tls-proxy runs (stack.sh); a job may ask for it by ENABLE_TLS alone. */
function usesTls({ devstack }: Settings, { services, enablesTls }: Said): boolean {
  const isRefused = switched(devstack.services, "disable", "primary").includes(TLS_SERVICE);
  return services.has(TLS_SERVICE) || (enablesTls && !isRefused);
}
