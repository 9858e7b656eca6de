/**
 * Overlays of kernel bridges and kernel VXLAN interfaces. What Open vSwitch keeps in its database stands in an
 * interface's alias here: the mark. The kernel does not check where a VXLAN packet comes from: a firewall has to.
 */
import { interfaceName } from "../../model/naming.ts";
import { type Mark, markKeys, markText, parseMark } from "../mark.ts";
import { lines, oneLine, type ShellText, sh } from "../remote/quote.ts";
import type { BridgeDriver, BridgeWish, TunnelEndWish } from "./driver.ts";
import { deleteAddresses, foundAddresses, type InterfaceOfIp, isUp, parseInterface } from "./interface.ts";

/** What `ip -d` tells of a VXLAN interface. */
interface VxlanOfIp {
  id?: number;
  local?: string;
  local6?: string;
  remote?: string;
  remote6?: string;
  port?: number;
}

/** An interface with what `ip -d` adds for virtual ones. */
type DetailedInterface = InterfaceOfIp & { master?: string; linkinfo?: { info_kind?: string; info_data?: VxlanOfIp } };

export const linux: BridgeDriver = {
  makeBridge(wish: BridgeWish): ShellText {
    const { bridge, mark, mtu } = wish;
    const batch = [
      `link set ${bridge} alias "${markText(mark)}"`,
      `link set ${bridge} mtu ${mtu} up`,
      ...wish.addresses.map((address) => `address replace ${address} dev ${bridge}`),
    ];
    return lines(
      stopUnlessOurs(bridge, mark, findInterface(bridge)),
      sh`[ -e /sys/class/net/${bridge} ] || ip link add ${bridge} type bridge || exit 1`,
      sh`printf '%s\n' ${batch} | ip -batch - || exit 1`,
      // A port that is smaller or bigger than its bridge would cut or lose packets.
      sh`for port in /sys/class/net/${bridge}/brif/*; do case "$(cat "$port/../ifalias" 2>/dev/null)" in ${prefixOf(mark)}*) ip link set "\${port##*/}" mtu ${mtu} || exit 1 ;; esac; done`,
      findInterface(bridge),
    );
  },

  findBridge: findInterface,

  parseBridge(output) {
    const found: DetailedInterface | undefined = parseInterface(output);
    if (found === undefined) return undefined;
    const mark = found.linkinfo?.info_kind === "bridge" ? parseMark(found.ifalias ?? "") : undefined;
    return { mark, mtu: found.mtu, up: isUp(found), addresses: foundAddresses(found) };
  },

  removeBridge: (bridge, mark) => removeInterface(bridge, mark),

  removeAddresses: deleteAddresses,

  removalHint: (bridge) => `ip link delete ${bridge}`,

  endName: (bridge, remote) => interfaceName(bridge, remote),

  makeTunnelEnds: (wishes) => lines(...wishes.map((wish) => oneLine(makeTunnelEnd(wish)))),

  findTunnelEnds: (ends) =>
    lines(...ends.map(({ bridge, remote }) => oneLine(findInterface(interfaceName(bridge, remote))))),

  parseTunnelEnd(line) {
    const found: DetailedInterface | undefined = parseInterface(line);
    if (found === undefined) return undefined;
    const vxlan = found.linkinfo?.info_data ?? {};
    return {
      mark: found.linkinfo?.info_kind === "vxlan" ? parseMark(found.ifalias ?? "") : undefined,
      local: vxlan.local ?? vxlan.local6 ?? "",
      remote: vxlan.remote ?? vxlan.remote6 ?? "",
      vni: vxlan.id ?? 0,
      port: vxlan.port ?? 0,
      fault: faultOf(found),
    };
  },

  removeTunnelEnd: (bridge, remote, mark) => removeInterface(interfaceName(bridge, remote), mark),

  endRemovalHint: (bridge, remote) => `ip link delete ${interfaceName(bridge, remote)}`,
};

function makeTunnelEnd(wish: TunnelEndWish): ShellText {
  const { bridge, mark } = wish;
  const port = interfaceName(bridge, wish.remote);
  return lines(
    stopUnlessOurs(port, mark, findInterface(port)),
    sh`mtu=$(cat /sys/class/net/${bridge}/mtu) || exit 1`,
    // VNI and port of a VXLAN interface cannot be changed: one that is there is made anew.
    sh`[ ! -e /sys/class/net/${port} ] || ip link delete ${port} || exit 1`,
    sh`ip link add ${port} type vxlan id ${wish.vni} local ${wish.local} remote ${wish.remote} dstport ${wish.port} || exit 1`,
    sh`ip link set ${port} alias ${markText(mark)} && ip link set ${port} mtu "$mtu" master ${bridge} up || exit 1`,
    findInterface(port),
  );
}

function findInterface(name: string): ShellText {
  return sh`ip -j -d address show dev ${name} 2>/dev/null || true`;
}

/** The part of a mark that all of an environment's interfaces share. */
function prefixOf(mark: Mark): string {
  return `${markKeys.environment} ${mark.environment} `;
}

/** Ends a script with what was found when that is not ours. */
function stopUnlessOurs(name: string, mark: Mark, find: ShellText): ShellText {
  return sh`if [ -e /sys/class/net/${name} ]; then case "$(cat /sys/class/net/${name}/ifalias)" in ${prefixOf(mark)}*) ;; *) ${find}; exit 0 ;; esac; fi`;
}

function removeInterface(name: string, mark: Mark): ShellText {
  return sh`case "$(cat /sys/class/net/${name}/ifalias 2>/dev/null)" in ${prefixOf(mark)}*${` ${mark.generation}`}) ip link delete ${name} ;; esac`;
}

function faultOf(found: DetailedInterface): string {
  if (!isUp(found)) return "the interface is down";
  return found.master === undefined ? "the interface is plugged into no bridge" : "";
}
