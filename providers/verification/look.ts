/** What a node is asked when checks failed: scripts whose output comes in named sections, and how those are taken apart. */
import { BURST } from "../../model/diagnosis/trace.ts";
import type { Overlay, Plan } from "../../model/plan.ts";
import { driverOf } from "../drivers/index.ts";
import { findPatchPorts, type PatchPort, patchPortsBetween } from "../drivers/patch-ports.ts";
import type { NodeHandle } from "../remote/node-handle.ts";
import { lines, type ShellText, sh } from "../remote/quote.ts";

/** Seconds between two broadcasts of a burst; so many that it is over in a moment, so few that none is lost by haste. */
const burstInterval = 0.01;

/** Seconds `ping` waits for answers, which nobody gives, after its last broadcast. */
const lastAnswerSeconds = 0.1;

/** Firewall rules of a node that the report shows at most. */
const shownRules = 5;

/** A node beside the others of its stack. */
export interface Member {
  readonly node: NodeHandle;
  /** Nodes at the other ends of its tunnels. */
  readonly peers: readonly NodeHandle[];
}

/** Opens each section of a script's output, followed by its name. */
const HEAD = "==> ";

function section(name: string, body: ShellText): ShellText {
  return lines(sh`echo ${HEAD + name}`, sh`{ ${body}\n} 2>/dev/null`, sh`echo`);
}

/** The sections of what a script printed, by name. */
export function sections(output: string): ReadonlyMap<string, string> {
  const parts = output.split(new RegExp(`^${HEAD}`, "m")).slice(1);
  return new Map(parts.map((part) => [part.slice(0, part.indexOf("\n")), part.slice(part.indexOf("\n") + 1).trim()]));
}

/** Prints the node as it is, and what its tunnels have counted so far. */
export function lookScript(plan: Plan, { node, peers }: Member): ShellText {
  const ports = [...new Set(plan.overlays.map(({ port }) => port))];
  return lines(
    ...plan.overlays.flatMap((overlay) => {
      const driver = driverOf(overlay.driver);
      const names = [overlay.bridge, ...(overlay.patchTo === undefined ? [] : [overlay.patchTo])];
      return [
        ...names.flatMap((name) => [
          section(`bridge ${name}`, driver.findBridge(name)),
          section(`mac ${name}`, sh`cat /sys/class/net/${name}/address`),
        ]),
        ...(overlay.patchTo === undefined
          ? []
          : [section(`patch ${overlay.bridge}`, findPatchPorts(patchPorts(overlay)))]),
        ...peers.map(({ name, address }) =>
          section(
            `end ${overlay.bridge} ${name}`,
            driver.findTunnelEnds([{ bridge: overlay.bridge, remote: address }]),
          ),
        ),
      ];
    }),
    ...peers.map(({ name, address }) =>
      section(`route ${name}`, sh`ip -o route get ${address} from ${node.address} | head -n 1`),
    ),
    ...ports.map((port) =>
      section(
        `drops ${port}`,
        sh`{ nft list ruleset; iptables-save -c; ip6tables-save -c; } | grep -w ${port} | grep -iE 'drop|reject' | head -n ${shownRules}`,
      ),
    ),
    counters(plan, peers),
  );
}

/** A limited broadcast needs no address on the bridge, and is answered by nobody. */
export function burstScript({ overlays }: Plan): ShellText {
  return lines(
    ...overlays.map(
      ({ bridge }) =>
        sh`ping -b -n -q -c ${BURST} -i ${burstInterval} -W ${lastAnswerSeconds} -I ${bridge} 255.255.255.255 >/dev/null 2>&1 &`,
    ),
    sh`wait`,
  );
}

/** The part of a plan that says whose tunnels are counted. */
interface CountedOverlays {
  readonly overlays: readonly Pick<Overlay, "bridge" | "driver">[];
}

/** Prints what went through each tunnel's end so far as `<sent> <received>`. */
export function counters({ overlays }: CountedOverlays, peers: readonly NodeHandle[]): ShellText {
  return lines(
    // Open vSwitch credits a tunnel's packets only when it looks over its flows, twice a second or later.
    sh`ovs-appctl --timeout=5 revalidator/wait >/dev/null 2>&1`,
    ...overlays.flatMap(({ bridge, driver }) =>
      peers.map(({ name, address }) => {
        const port = driverOf(driver).endName(bridge, address);
        return section(
          `count ${bridge} ${name}`,
          sh`if [ -d /sys/class/net/${port}/statistics ]; then echo "$(cat /sys/class/net/${port}/statistics/tx_packets) $(cat /sys/class/net/${port}/statistics/rx_packets)"
else ovs-ofctl dump-ports ${bridge} "$(ovs-vsctl --timeout=5 get interface ${port} ofport)" | tr '\n' ' ' | sed -E 's/.*rx pkts=([0-9?]+).*tx pkts=([0-9?]+).*/\\2 \\1/'; fi`,
        );
      }),
    ),
  );
}

/** The ports that join an overlay of the patched layout to neutron's bridge. */
export function patchPorts({ bridge, patchTo = "br-ex" }: Overlay): readonly PatchPort[] {
  return patchPortsBetween(bridge, patchTo);
}
