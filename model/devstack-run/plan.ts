/** What a run of devstack needs to know, from the settings alone: which devstack, who is a compute, whether TLS is on. */
import type { Flavor } from "../flavors/flavor.ts";
import { flavors } from "../flavors/index.ts";
import { devstackHome } from "../localconf/base.ts";
import { secretNames } from "../localconf/secrets.ts";
import { hasFeature, switched } from "../localconf/services.ts";
import type { PlanShape } from "../plan.ts";
import type { RunStep, Settings } from "../settings.ts";

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
  return {
    tree: `${devstackHome}/devstack`,
    repository: run.repository,
    ref: run.ref ?? (release === "today" ? "master" : `stable/${release}`),
    usesTls: usesTls(settings),
    computes: nodes.filter(({ role }) => !switched(settings.devstack.services, "disable", role).includes("n-cpu"))
      .length,
    secretNames: secretNames(settings),
    seconds: run.seconds,
  };
}

/** devstack does TLS where the service tls-proxy runs, or localrc says so by itself. */
function usesTls(settings: Settings): boolean {
  const { localrc, services } = settings.devstack;
  const flavor: Flavor = flavors[settings.flavor];
  const said = { ...localrc.all, ...localrc.primary }.ENABLE_TLS;
  if (typeof said === "string") return /^(true|1|yes)$/i.test(said);
  if (switched(services, "disable", "primary").includes("tls-proxy")) return false;
  return (
    flavor.features.includes("tlsproxy") ||
    hasFeature(settings, "primary", "tlsproxy") ||
    switched(services, "enable", "primary").includes("tls-proxy")
  );
}
