/** A stack's outputs, as far as the tools read them. */
import { askOrFail, type PulumiStack } from "./pulumi.ts";
import { resourcesOfType } from "./state.ts";
import type { Verification } from "./verification.ts";

/** A node as the outputs show it. */
export interface NodeOutput {
  readonly name: string;
  readonly role: string;
  readonly number: number;
  readonly hostname: string;
  /** Underlay address. */
  readonly address: string;
  /** Address or name that it is reached at from outside; null where that is `address`, or only a jump host leads to it. */
  readonly publicAddress: string | null;
}

/** Outputs of a deployed stack; empty where `up` never succeeded. */
export interface StackOutputs {
  readonly nodes?: readonly NodeOutput[];
  /** Path of an OpenSSH client configuration. */
  readonly sshConfig?: string;
  readonly verification?: Verification;
}

/** Reads the outputs; secret ones stay hidden. */
export async function readOutputs(target: PulumiStack): Promise<StackOutputs> {
  return JSON.parse(await askOrFail(target, ["stack", "output", "--json"])) as StackOutputs;
}

/** Type of the resource whose outputs are the stack's. */
const STACK_TYPE = "pulumi:pulumi:Stack";

/** MTU in bytes that the overlays have had since the last `up`, in a state as Pulumi exports it; undefined where there was none. */
export function deployedMtu(state: string | null): number | undefined {
  const [stack] = resourcesOfType(state, STACK_TYPE);
  const { overlays } = (stack?.outputs ?? {}) as { readonly overlays?: readonly { readonly mtu?: number }[] };
  return overlays?.[0]?.mtu;
}
