/** The overlays' bridge names: free, or taken by what this stack made. */
import type { Check, CheckContext } from "./check.ts";

export const bridges: Check = (context) =>
  context.expectations.bridges.flatMap((bridge) => {
    const taken = takenBy(context, bridge);
    if (taken === undefined) return [];
    return [
      {
        subject: `bridge ${bridge}`,
        expected: "nothing of this name, or what this stack made",
        given: `${taken.what} ${taken.owner === undefined ? "that devstack-multinode did not make" : `of the environment ${taken.owner}`}`,
        remedy: `on the host, if nobody needs it: ${taken.removal}`,
      },
    ];
  });

function takenBy({ facts, environment }: CheckContext, name: string) {
  const inSwitch = facts.openVswitch?.bridges ?? {};
  if (name in inSwitch) {
    const owner = inSwitch[name];
    const removal = `ovs-vsctl --if-exists del-br ${name}`;
    return owner === environment ? undefined : { what: "a bridge of Open vSwitch", owner, removal };
  }
  const link = facts.links?.find((one) => one.name === name);
  if (link === undefined || link.owner === environment) return undefined;
  return { what: "an interface", owner: link.owner, removal: `ip link delete ${name}` };
}
