/**
 * Overlays of Open vSwitch bridges and VXLAN ports. The same commands serve the kernel's datapath and the userspace
 * one; a node without the former says so in its list of datapath types.
 */
import { tunnelPortName } from "../../model/naming.ts";
import type { Mark } from "../mark.ts";
import { lines, oneLine, type ShellText, sh } from "../remote/quote.ts";
import type { BridgeDriver, BridgeWish, TunnelEndName, TunnelEndWish } from "./driver.ts";
import { deleteAddresses, foundAddresses, type InterfaceOfIp, isUp, parseInterface } from "./interface.ts";
import { carriesMark, externalIds, markOf, vsctl } from "./openvswitch-marks.ts";
import { optional, parseTable, settingsMap } from "./ovsdb.ts";

export const openvswitch: BridgeDriver = {
  makeBridges(wishes) {
    const names = wishes.map(({ bridge }) => bridge);
    return lines(
      defineState,
      sh`types=$(${vsctl} get Open_vSwitch . datapath_types) || exit 1`,
      sh`datapath=netdev; case "$types" in *'[system'*|*', system'*) datapath=system ;; esac`,
      sh`are_free() { for name; do [ ! -e "/sys/class/net/$name" ] || return 1; done; }`,
      // On bare nodes this is all: a bridge that is there makes it fail before anything is changed. What the database holds is
      // printed by the call that writes it, once that is committed.
      sh`if are_free ${names} && made=$(${vsctl} ${wishes.map((wish) => sh`-- add-br ${settingsOf(wish)} ${rowsOf(wish.bridge)}`)} 2>/dev/null); then`,
      sh`printf '%s\n' ${wishes.flatMap(interfaceChanges)} | ip -batch - || exit 1`,
      sh`printf '%s\n' "$made" | { ${lines(...names.map((name) => sh`state ${name}`))}\n}`,
      sh`else`,
      ...wishes.map((wish) => oneLine(mendBridge(wish))),
      sh`fi`,
    );
  },

  findBridge: (bridge) => lines(defineState, sh`found=$(${vsctl} ${rowsOf(bridge)}) || exit 1`, stateOf(bridge)),

  parseBridge(line) {
    const [bridges = "", interfaces = "", address = ""] = line.split("\t");
    const [bridge] = parseTable(bridges);
    const link = parseInterface(address);
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

  removeAddresses: deleteAddresses,

  removalHint: (bridge) => `ovs-vsctl --if-exists del-br ${bridge}`,

  endName: tunnelPortName,

  makeTunnelEnds(wishes) {
    return lines(
      // On bare nodes this is all: one port that is there makes it fail before anything is changed. Any other failure,
      // such as a switch that does not answer, would only be met again.
      sh`${vsctl} ${wishes.map((wish) => sh`-- add-port ${portOf(wish)}`)} 2>/dev/null`,
      sh`case $? in
0) ${findTunnelEnds(wishes)} ;;
1) ${lines(...wishes.map((wish) => oneLine(mendTunnelEnd(wish))))} ;;
*) echo "no answer of Open vSwitch" >&2; exit 1 ;;
esac`,
    );
  },

  findTunnelEnds,

  parseTunnelEnd(line) {
    const [row] = parseTable(line);
    if (row === undefined) return undefined;
    const options = settingsMap(row.options);
    return {
      mark: markOf(settingsMap(row.external_ids)),
      local: options.local_ip ?? "",
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

/** Prints the state of a bridge out of its two rows, which it reads, and its interface; tabs are in none of them. */
const defineState = sh`state() { IFS= read -r bridge_row; IFS= read -r interface_row; printf '%s\t%s\t%s\n' "$bridge_row" "$interface_row" "$(ip -j -d address show dev "$1" 2>/dev/null)"; }`;

/** The same out of what a script read into `found`. */
function stateOf(bridge: string): ShellText {
  return sh`printf '%s\n' "$found" | state ${bridge}`;
}

/** Prints two lines: the bridge's row and its interface's. One call, as each costs a process. */
function rowsOf(bridge: string): ShellText {
  return sh`-- --columns=external_ids find bridge name=${bridge} -- --columns=mtu_request find interface name=${bridge}`;
}

/** The bridge with all its settings, as what follows `add-br`. */
function settingsOf({ bridge, mark, mtu }: BridgeWish): ShellText {
  return sh`${bridge} -- set bridge ${bridge} datapath_type=$datapath ${externalIds(mark)} -- set interface ${bridge} mtu_request=${mtu}`;
}

/** What is not in the database, for a batch of `ip`. */
function interfaceChanges({ bridge, addresses }: BridgeWish): readonly string[] {
  return [...addresses.map((address) => `address replace ${address} dev ${bridge}`), `link set ${bridge} up`];
}

/** Makes one bridge, whatever of it is there. */
function mendBridge(wish: BridgeWish): ShellText {
  const { bridge, mark } = wish;
  return lines(
    sh`found=$(${vsctl} ${rowsOf(bridge)}) || exit 1`,
    stopUnlessOurs(mark, sh`are_free ${bridge}`, stateOf(bridge)),
    sh`found=$(${vsctl} -- --may-exist add-br ${settingsOf(wish)} ${rowsOf(bridge)}) || exit 1`,
    sh`printf '%s\n' ${interfaceChanges(wish)} | ip -batch - || exit 1`,
    stateOf(bridge),
  );
}

/** The port of an end with all its settings, as what follows `add-port`. */
function portOf({ bridge, remote, local, vni, port: udpPort, mark }: TunnelEndWish): ShellText {
  const port = tunnelPortName(bridge, remote);
  const options = [
    `options:key=${vni}`,
    `options:local_ip="${local}"`,
    `options:remote_ip="${remote}"`,
    `options:dst_port=${udpPort}`,
  ];
  return sh`${bridge} ${port} -- set interface ${port} type=vxlan ${options} ${externalIds(mark)}`;
}

/** Makes one end, whatever of it is there. */
function mendTunnelEnd(wish: TunnelEndWish): ShellText {
  return lines(
    sh`found=$(${findTunnelEnds([wish])}) || exit 1`,
    stopUnlessOurs(wish.mark, sh`true`, sh`printf '%s\n' "$found"`),
    sh`${vsctl} -- --may-exist add-port ${portOf(wish)} || exit 1`,
    findTunnelEnds([wish]),
  );
}

/** One call for all: a line each, without rows where there is no such port. */
function findTunnelEnds(ends: readonly TunnelEndName[]): ShellText {
  const columns = "--columns=external_ids,type,options,error,ofport";
  return sh`${vsctl} ${ends.map(({ bridge, remote }) => sh`-- ${columns} find interface name=${tunnelPortName(bridge, remote)}`)}`;
}

/**
 * Ends a script when what it read into `found` is not ours.
 *
 * @param free says whether nothing outside the database has the name
 * @param print prints what `find…` prints
 */
function stopUnlessOurs(mark: Mark, free: ShellText, print: ShellText): ShellText {
  const stop = sh`${print}; exit 0`;
  return sh`case "$found" in *${carriesMark(mark)}*) ;; *'"data":[]'*) if ! ${free}; then ${stop}; fi ;; *) ${stop} ;; esac`;
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
