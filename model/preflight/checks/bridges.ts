/** The overlays' bridge names: free, or taken by what this stack made. What another stack made is told of once, as that stack. */
import type { Check, CheckContext } from "./check.ts";

/** Judges the overlays' own bridges; one that they are joined to may be neutron's. */
export const bridges: Check = (context) =>
  context.expectations.bridges.flatMap((bridge) => {
    const taken = takenBy(context, bridge);
    if (taken === undefined) return [];
    return [
      {
        subject: `bridge ${bridge}`,
        expected: "nothing of this name, or what this stack made",
        given: `${taken.what} that devstack-multinode did not make`,
        remedy: `on the host, if nobody needs it: ${taken.removal}`,
      },
    ];
  });

/** What has the name and carries no mark; the kernel's interface of a bridge of Open vSwitch is marked in its database. */
function takenBy({ facts }: CheckContext, name: string) {
  const inSwitch = facts.openVswitch?.bridges ?? {};
  if (name in inSwitch) {
    const removal = `ovs-vsctl --if-exists del-br ${name}`;
    return inSwitch[name] === undefined ? { what: "a bridge of Open vSwitch", removal } : undefined;
  }
  const link = facts.links?.find((one) => one.name === name);
  if (link === undefined || link.owner !== undefined) return undefined;
  return { what: "an interface", removal: `ip link delete ${name}` };
}
