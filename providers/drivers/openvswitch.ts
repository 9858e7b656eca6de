/**
 * Overlays of Open vSwitch bridges and VXLAN ports. The same commands serve the kernel's datapath and the userspace
 * one; a node without the former says so in its list of datapath types.
 */
import { tunnelPortName } from "../../model/naming.ts";
import type { Mark } from "../mark.ts";
import { lines, type ShellText, sh } from "../remote/quote.ts";
import type { BridgeDriver, BridgeWish, TunnelEndWish } from "./driver.ts";
import { foundAddresses, type InterfaceOfIp, isUp, parseInterface } from "./interface.ts";
import { carriesMark, externalIds, markOf, vsctl } from "./openvswitch-marks.ts";
import { optional, parseTable, settingsMap } from "./ovsdb.ts";

/** Separates the two answers in what a script prints. */
const separator = "--interface--";

export const openvswitch: BridgeDriver = {
  makeBridge(wish: BridgeWish): ShellText {
    const { bridge, mark, mtu } = wish;
    const batch = [
      ...wish.addresses.map((address) => `address replace ${address} dev ${bridge}`),
      `link set ${bridge} up`,
    ];
    return lines(
      sh`found=$(${findBridge(bridge)})`,
      stopUnlessOurs("found", mark, sh`[ ! -e /sys/class/net/${bridge} ]`),
      sh`datapath=system; case "$(${vsctl} get Open_vSwitch . datapath_types)" in *system*) ;; *) datapath=netdev ;; esac`,
      sh`${vsctl} -- --may-exist add-br ${bridge} -- set bridge ${bridge} datapath_type=$datapath ${externalIds(mark)} -- set interface ${bridge} mtu_request=${mtu} || exit 1`,
      sh`printf '%s\n' ${batch} | ip -batch - || exit 1`,
      findBridge(bridge),
    );
  },

  findBridge,

  parseBridge(output) {
    const [bridges = "", interfaces = "", links = ""] = output.split(separator);
    const [bridge] = parseTable(bridges);
    const link = parseInterface(links);
    if (bridge === undefined) return link === undefined ? undefined : unmarked(link);
    const [row] = parseTable(interfaces);
    const asked = optional(row?.mtu_request);
    const mtu = link?.mtu ?? 0;
    return {
      mark: markOf(settingsMap(bridge.external_ids)),
      mtu: typeof asked === "number" && asked !== mtu ? asked : mtu,
      up: link !== undefined && isUp(link),
      addresses: link === undefined ? [] : foundAddresses(link),
    };
  },

  removeBridge: (bridge, mark) =>
    lines(
      sh`found=$(${vsctl} --columns=external_ids find bridge name=${bridge}) || exit 1`,
      removeIfOurs(mark, sh`${vsctl} --if-exists del-br ${bridge}`),
    ),

  removeAddresses: (bridge, addresses) =>
    sh`printf '%s\n' ${addresses.map((address) => `address delete ${address} dev ${bridge}`)} | ip -force -batch - 2>/dev/null || true`,

  removalHint: (bridge) => `ovs-vsctl --if-exists del-br ${bridge}`,

  endName: tunnelPortName,

  makeTunnelEnd(wish: TunnelEndWish): ShellText {
    const { bridge, mark } = wish;
    const port = tunnelPortName(bridge, wish.remote);
    const options = [
      `options:key=${wish.vni}`,
      `options:local_ip="${wish.local}"`,
      `options:remote_ip="${wish.remote}"`,
      `options:dst_port=${wish.port}`,
    ];
    return lines(
      sh`found=$(${findTunnelEnd(bridge, wish.remote)}) || exit 1`,
      stopUnlessOurs("found", mark, sh`true`),
      sh`${vsctl} -- --may-exist add-port ${bridge} ${port} -- set interface ${port} type=vxlan ${options} ${externalIds(mark)} || exit 1`,
      findTunnelEnd(bridge, wish.remote),
    );
  },

  findTunnelEnd,

  parseTunnelEnd(output) {
    const [row] = parseTable(output);
    if (row === undefined) return undefined;
    const options = settingsMap(row.options);
    return {
      mark: markOf(settingsMap(row.external_ids)),
      remote: options.remote_ip ?? "",
      vni: Number(options.key ?? 0),
      port: Number(options.dst_port ?? 0),
      fault: faultOf(row),
    };
  },

  removeTunnelEnd(bridge, remote, mark) {
    const port = tunnelPortName(bridge, remote);
    return lines(
      sh`found=$(${vsctl} --columns=external_ids find interface name=${port}) || exit 1`,
      removeIfOurs(mark, sh`${vsctl} --if-exists del-port ${port}`),
    );
  },

  endRemovalHint: (bridge, remote) => `ovs-vsctl --if-exists del-port ${tunnelPortName(bridge, remote)}`,
};

function findBridge(bridge: string): ShellText {
  return lines(
    sh`${vsctl} --columns=external_ids find bridge name=${bridge} && echo ${separator}`,
    sh`${vsctl} --columns=mtu_request find interface name=${bridge} && echo ${separator}`,
    sh`ip -j -d address show dev ${bridge} 2>/dev/null || true`,
  );
}

function findTunnelEnd(bridge: string, remote: string): ShellText {
  return sh`${vsctl} --columns=external_ids,type,options,error,ofport find interface name=${tunnelPortName(bridge, remote)}`;
}

/** Ends a script with what was found when that is not ours; `free` says whether nothing else has the name. */
function stopUnlessOurs(variable: string, mark: Mark, free: ShellText): ShellText {
  const found = sh`"$${sh`${variable}`}"`;
  return sh`case ${found} in *${carriesMark(mark)}*) ;; *'"data":[]'*) if ! ${free}; then printf '%s\n' ${found}; exit 0; fi ;; *) printf '%s\n' ${found}; exit 0 ;; esac`;
}

function removeIfOurs(mark: Mark, removal: ShellText): ShellText {
  return sh`case "$found" in *${carriesMark(mark)}*) case "$found" in *${carriesMark(mark, "generation")}*) ${removal} ;; esac ;; esac`;
}

function unmarked(link: InterfaceOfIp): { mark: undefined; mtu: number; up: boolean; addresses: string[] } {
  return { mark: undefined, mtu: link.mtu, up: isUp(link), addresses: foundAddresses(link) };
}

/** `ovs-vsctl` exits 0 though the daemon could not make the port: only `error` and `ofport` tell. */
function faultOf(row: Record<string, unknown>): string {
  const error = optional(row.error);
  if (typeof error === "string" && error !== "") return error;
  const ofport = optional(row.ofport);
  if (row.type !== "vxlan") return `the port is of type ${JSON.stringify(row.type)}`;
  return typeof ofport === "number" && ofport > 0 ? "" : "Open vSwitch gave the port no number";
}
