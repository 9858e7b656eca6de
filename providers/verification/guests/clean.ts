/** Removes what probe guests are made of from a node: known by its mark, so that also an interrupted run's goes. */
import { namespacePrefix, PROBE_RESOURCE, probeFolder } from "../../../model/guests/names.ts";
import { vsctl } from "../../drivers/openvswitch-marks.ts";
import { markKeys } from "../../mark.ts";
import { lines, type ShellText, sh } from "../../remote/quote.ts";
import { probeAlias } from "./marks.ts";

/** A function `clean` for a script; missing things count as removed. */
export function defineClean(environment: string): ShellText {
  const ours = [
    `external_ids:${markKeys.environment}=${environment}`,
    `external_ids:${markKeys.resource}=${PROBE_RESOURCE}`,
  ];
  const names = (table: string): ShellText => sh`${vsctl} --format=table --bare --columns=name find ${table} ${ours}`;
  return lines(
    sh`clean() {`,
    sh`for namespace in $(ip netns list | cut -d' ' -f1); do case $namespace in ${namespacePrefix(environment)}*)`,
    sh`  pids=$(ip netns pids "$namespace"); [ -z "$pids" ] || kill -9 $pids 2>/dev/null; ip netns delete "$namespace" ;;`,
    sh`esac; done`,
    sh`if command -v ovs-vsctl >/dev/null; then`,
    sh`  set --; for port in $(${names("interface")}); do set -- "$@" -- --if-exists del-port "$port"; done`,
    sh`  for bridge in $(${names("bridge")}); do set -- "$@" -- --if-exists del-br "$bridge"; done`,
    sh`  [ $# = 0 ] || ${vsctl} "$@"`,
    sh`fi`,
    // A veth whose other end went with its namespace goes by itself, but not at once.
    sh`for link in /sys/class/net/*; do read -r alias <"$link/ifalias" || alias=`,
    sh`  [ "$alias" != ${probeAlias(environment)} ] || ip link delete "\${link##*/}" 2>/dev/null || true; done 2>/dev/null`,
    sh`rm -rf ${probeFolder(environment)}`,
    sh`}`,
  );
}

/**
 * A whole script that cleans a node.
 *
 * @param addresses of guests that nothing on the node shall remember: those of slower nodes asked it last
 */
export function cleanNode(environment: string, addresses: readonly string[]): ShellText {
  return alone(lines(defineClean(environment), sh`clean || exit 1`, forgetNeighbours(addresses)));
}

/** Takes addresses out of the node's own table of neighbours; those of namespaces go with them. */
export function forgetNeighbours(addresses: readonly string[]): ShellText {
  const batch = [...new Set(addresses)].map((address) => `neigh flush to ${address}`);
  return batch.length === 0 ? sh`` : sh`printf '%s\n' ${batch} | ip -force -batch - 2>/dev/null || true`;
}

/** Seconds to wait for another script of a probe on the node, such as one whose run was killed. */
const waitSeconds = 15;

/**
 * A script that runs while no other one of a probe does. The lock is on a folder that every node has, so that no file is
 * left of it, and what the script starts does not inherit it.
 */
export function alone(script: ShellText): ShellText {
  return sh`flock --close --wait ${waitSeconds} /run sh -c ${script.text}`;
}
