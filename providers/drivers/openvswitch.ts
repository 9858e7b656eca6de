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
  makeBridge(wish: BridgeWish): ShellText {
    const { bridge, mark, mtu } = wish;
    const batch = [
      ...wish.addresses.map((address) => `address replace ${address} dev ${bridge}`),
      `link set ${bridge} up`,
      // Read back by the call that changed it.
      `address show dev ${bridge}`,
    ];
    return lines(
      sh`found=$(${findInDatabase(bridge)}) || exit 1`,
      stopUnlessOurs(mark, sh`[ ! -e /sys/class/net/${bridge} ]`, findInterface(bridge)),
      sh`datapath=netdev; case "$found" in *'[system'*|*', system'*) datapath=system ;; esac`,
      // What the database holds is printed by the call that writes it, once that is committed.
      sh`${vsctl} -- --may-exist add-br ${bridge} -- set bridge ${bridge} datapath_type=$datapath ${externalIds(mark)} -- set interface ${bridge} mtu_request=${mtu} ${rowsOf(bridge)} || exit 1`,
      sh`printf '%s\n' ${batch} | ip -j -d -batch - || exit 1`,
    );
  },

  findBridge,

  parseBridge(output) {
    const [bridges = "", interfaces = "", _datapaths, ...links] = output.split("\n");
    const [bridge] = parseTable(bridges);
    const link = parseInterface(links.join("\n"));
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
    const rows = rowsOfEnds("external_ids,type,options", wishes);
    return lines(
      // On bare nodes this is all: one port that is there makes it fail before anything is changed. Any other failure,
      // such as a switch that does not answer, would only be met again. The call waits for the daemon and says what that could
      // not set up; the rows that it prints are older, and have no number of the port yet. Whatever it says, they are read anew.
      sh`made=$(${vsctl} ${wishes.map((wish) => sh`-- add-port ${portOf(wish)}`)} ${rows} 2>&1)`,
      sh`case $? in
0) case "$made" in
  [!{]* | *'
'[!{]*) ${findTunnelEnds(wishes)} ;;
  *) printf '%s\n' "$made" ;;
  esac ;;
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

function findBridge(bridge: string): ShellText {
  return lines(sh`${findInDatabase(bridge)} || exit 1`, findInterface(bridge));
}

function findInDatabase(bridge: string): ShellText {
  return sh`${vsctl} ${rowsOf(bridge)}`;
}

/** Prints three lines: the bridge's row, its interface's row, the kinds of datapath the node has. One call, as each costs a process. */
function rowsOf(bridge: string): ShellText {
  return sh`-- --columns=external_ids find bridge name=${bridge} -- --columns=mtu_request find interface name=${bridge} -- get Open_vSwitch . datapath_types`;
}

function findInterface(name: string): ShellText {
  return sh`ip -j -d address show dev ${name} 2>/dev/null || true`;
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
    stopUnlessOurs(wish.mark, sh`true`, sh`true`),
    sh`${vsctl} -- --may-exist add-port ${portOf(wish)} || exit 1`,
    findTunnelEnds([wish]),
  );
}

/** One call for all: a line each, without rows where there is no such port. */
function findTunnelEnds(ends: readonly TunnelEndName[]): ShellText {
  return sh`${vsctl} ${rowsOfEnds("external_ids,type,options,error,ofport", ends)}`;
}

function rowsOfEnds(columns: string, ends: readonly TunnelEndName[]): ShellText[] {
  return ends.map(
    ({ bridge, remote }) => sh`-- --columns=${columns} find interface name=${tunnelPortName(bridge, remote)}`,
  );
}

/**
 * Ends a script when what it read into `found` is not ours, and prints it.
 *
 * @param free says whether nothing outside the database has the name
 * @param more prints the rest of what `find…` prints
 */
function stopUnlessOurs(mark: Mark, free: ShellText, more: ShellText): ShellText {
  const stop = sh`printf '%s\n' "$found"; ${more}; exit 0`;
  return sh`case "$found" in *${carriesMark(mark)}*) ;; *'"data":[]'*) if ! ${free}; then ${stop}; fi ;; *) ${stop} ;; esac`;
}

function removeIfOurs(mark: Mark, removal: ShellText): ShellText {
  return sh`case "$found" in *${carriesMark(mark)}*) case "$found" in *${carriesMark(mark, "generation")}*) ${removal} ;; esac ;; esac`;
}

function unmarked(link: InterfaceOfIp): { mark: undefined; mtu: number; up: boolean; addresses: string[] } {
  return { mark: undefined, mtu: link.mtu, up: isUp(link), addresses: foundAddresses(link) };
}

/** `ovs-vsctl` exits 0 though the daemon could not make the port: `error` and `ofport` tell, where they were asked for. */
function faultOf(row: Record<string, unknown>): string {
  const error = optional(row.error);
  if (typeof error === "string" && error !== "") return error;
  const ofport = optional(row.ofport);
  if (row.type !== "vxlan") return `the port is of type ${JSON.stringify(row.type)}`;
  if (row.ofport === undefined) return "";
  return typeof ofport === "number" && ofport > 0 ? "" : "Open vSwitch gave the port no number";
}
