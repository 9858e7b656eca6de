/** The UDP port of VXLAN: free, or held by what shares it. */
import type { Problem } from "../problem.ts";
import type { Check, CheckContext } from "./check.ts";

/** Open vSwitch's daemon, which shares its port among all its tunnels. */
const SWITCH_DAEMON = "ovs-vswitchd";

/** Names every program or interface that holds the port for itself. */
export const port: Check = (context) => {
  const { port: wanted } = context.expectations;
  const held = context.facts.sockets.filter((socket) => socket.port === wanted && socket.process !== SWITCH_DAEMON);
  const holders = [...new Set(held.map(({ process }) => process))].map((process) => `held by ${process}`);
  return [...holders, ...unshared(context)].map((given) => problem(wanted, given));
};

/** VXLAN interfaces of the kernel's at the port that an interface of the driver's sort cannot share it with. */
function unshared({ facts, expectations, environment }: CheckContext): readonly string[] {
  const isExternal = expectations.driver === "openvswitch";
  return (facts.links ?? [])
    .filter(({ vxlan }) => vxlan?.port === expectations.port && vxlan.external !== isExternal)
    .filter(({ owner }) => owner !== environment)
    .map(({ name }) => `held by the VXLAN interface ${name}, which does not share it`);
}

function problem(wanted: number, given: string): Problem {
  return {
    subject: `UDP port ${wanted} of VXLAN`,
    expected: "free, or shared by tunnels of the same sort",
    given,
    remedy: "stop it on the host, or configure another overlay.port, such as 14789, for all nodes",
  };
}
