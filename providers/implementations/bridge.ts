/** Implementation of an overlay bridge on a node. */
import { parseAddress } from "../../model/addresses.ts";
import type { BridgeInputs, BridgeOutputs } from "../bridge.ts";
import type { BridgeDriver, FoundBridge } from "../drivers/driver.ts";
import { driverOf } from "../drivers/index.ts";
import { accept, differenceOnNodes } from "../implementation.ts";
import { ForeignObject, foreignObject, newGeneration } from "../mark.ts";
import { markedObject } from "../marked-object.ts";
import { StepError } from "../remote/error.ts";
import { isNodeGone } from "../remote/node-handle.ts";
import { run } from "../remote/run.ts";

export const bridge = markedObject<BridgeInputs, BridgeOutputs>({
  check: async (olds, news) => await accept(olds, { ...news, generation: olds?.generation ?? newGeneration() }),

  diff: async (_id, olds, news) => {
    // To record what the bridge has been joined to all along makes no new one.
    const joined = olds.joinedTo === undefined ? [] : (["joinedTo"] as const);
    return differenceOnNodes(
      olds,
      news,
      "node",
      ["bridge", "driver", "environment", ...joined],
      ["mtu", "up", "addresses", "nodeSpan", "joinedTo"],
    );
  },
  leftover: ({ bridge: name }) => `bridge ${name}`,
  place: ({ node, bridge }) => `${node.name}/${bridge}`,
  record: (inputs) => ({ ...inputs, revision: newGeneration() }),
  inputsOf: ({ revision, ...inputs }) => inputs,
  make,

  async find(outs) {
    const found = isNodeGone(outs.node) ? undefined : await find(outs);
    if (found === undefined || found.mark?.environment !== outs.environment) return undefined;
    return { mtu: found.mtu, up: found.up, addresses: nodeAddresses(found, outs) };
  },

  async delete(_id, outs) {
    if (isNodeGone(outs.node)) return;
    await run(outs.node, `remove bridge ${outs.bridge}`, driverOf(outs.driver).removeBridge(outs.bridge, outs));
  },
});

async function find(outs: BridgeOutputs): Promise<FoundBridge | undefined> {
  const driver = driverOf(outs.driver);
  return driver.parseBridge(await run(outs.node, `read bridge ${outs.bridge}`, driver.findBridge(outs.bridge)));
}

/** Makes or mends the bridge and checks that it came out as wanted. */
async function make(outs: BridgeOutputs): Promise<BridgeOutputs> {
  const driver = driverOf(outs.driver);
  const step = `make bridge ${outs.bridge}`;
  const wish = { bridge: outs.bridge, mtu: outs.mtu, addresses: outs.addresses, mark: outs };
  const made = driver.parseBridge(await run(outs.node, step, driver.makeBridge(wish)));
  if (made !== undefined && made.mark?.environment !== outs.environment) throw refusal(outs, driver, made);
  const strays =
    made === undefined ? [] : nodeAddresses(made, outs).filter((address) => !outs.addresses.includes(address));
  const found = strays.length === 0 ? made : await removeStrays(outs, driver, strays);
  const problem = problemOf(found, outs);
  if (problem !== "") throw new StepError(outs.node.name, step, `read back, ${problem}`);
  return outs;
}

async function removeStrays(
  outs: BridgeOutputs,
  driver: BridgeDriver,
  strays: string[],
): Promise<FoundBridge | undefined> {
  await run(outs.node, `remove stray addresses of ${outs.bridge}`, driver.removeAddresses(outs.bridge, strays));
  return await find(outs);
}

function refusal(outs: BridgeOutputs, driver: BridgeDriver, found: FoundBridge): ForeignObject {
  const what = `an interface or bridge named ${outs.bridge}`;
  const text = foreignObject(what, found.mark?.environment, `on ${outs.node.name}: ${driver.removalHint(outs.bridge)}`);
  return new ForeignObject(outs.node.name, `make bridge ${outs.bridge}`, text);
}

/** What differs from the wish, in words; empty when nothing does. */
function problemOf(found: FoundBridge | undefined, wish: BridgeInputs): string {
  if (found === undefined) return "the bridge is not there";
  if (!found.up) return "the bridge is down";
  if (found.mtu !== wish.mtu) return `its MTU is ${found.mtu} bytes, not ${wish.mtu}`;
  const missing = wish.addresses.filter((address) => !found.addresses.includes(address));
  return missing.length === 0 ? "" : `it lacks the address ${missing.join(", ")}`;
}

/** The addresses on the bridge that are the nodes' business; floating ones and others are devstack's. */
function nodeAddresses(found: FoundBridge, { nodeSpan }: BridgeInputs): string[] {
  if (nodeSpan === undefined) return [];
  const [first, last] = [parseAddress(nodeSpan.first), parseAddress(nodeSpan.last)];
  if (first === undefined || last === undefined) return [];
  return found.addresses.filter((cidr) => {
    const address = parseAddress(cidr.split("/")[0] ?? "");
    return address?.family === first.family && address.value >= first.value && address.value <= last.value;
  });
}
