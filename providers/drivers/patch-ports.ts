/** Scripts for pairs of Open vSwitch patch ports. */
import type { Mark } from "../mark.ts";
import { lines, type ShellText, sh } from "../remote/quote.ts";
import { carriesMark, externalIds, markOf, vsctl } from "./openvswitch-marks.ts";
import { parseTable, settingsMap } from "./ovsdb.ts";

/** A patch port: the bridge it is on, its name, and the port it is joined to. */
export interface PatchPort {
  bridge: string;
  name: string;
  peer: string;
}

/** The two ports that join two bridges. Their names derive from the bridges, as in neutron's own jobs. */
export function patchPortsBetween(one: string, other: string): readonly [PatchPort, PatchPort] {
  const [toOther, toOne] = [`patch-${other}`, `patch-${one}`];
  return [
    { bridge: one, name: toOther, peer: toOne },
    { bridge: other, name: toOne, peer: toOther },
  ];
}

/** A patch port as found. */
export interface FoundPatchPort {
  mark: Mark | undefined;
  name: string;
  peer: string;
}

/** Makes both ports in one transaction, refuses foreign ones by leaving them, and prints what is there. */
export function makePatchPorts(ports: readonly PatchPort[], mark: Mark): ShellText {
  const changes = ports.map(
    ({ bridge, name, peer }) =>
      sh`-- --may-exist add-port ${bridge} ${name} -- set interface ${name} type=patch options:peer=${peer} ${externalIds(mark)}`,
  );
  const guards = ports.map(
    ({ name }) =>
      sh`found=$(${vsctl} --columns=external_ids find interface name=${name}) || exit 1
case "$found" in *${carriesMark(mark)}*|*'"data":[]'*) ;; *) ${findPatchPorts(ports)}; exit 0 ;; esac`,
  );
  return lines(...guards, sh`${vsctl} ${changes} || exit 1`, findPatchPorts(ports));
}

/** Prints the state of the ports of these names. */
export function findPatchPorts(ports: readonly PatchPort[]): ShellText {
  return lines(
    ...ports.map(
      ({ name }) => sh`${vsctl} --columns=name,external_ids,options,type find interface name=${name} && echo`,
    ),
  );
}

/** What `findPatchPorts` printed. */
export function parsePatchPorts(output: string): FoundPatchPort[] {
  return output
    .split("\n")
    .flatMap(parseTable)
    .map((row) => ({
      name: String(row.name),
      mark: markOf(settingsMap(row.external_ids)),
      peer: row.type === "patch" ? (settingsMap(row.options).peer ?? "") : "",
    }));
}

/** Removes the ports that carry this mark's environment and generation. */
export function removePatchPorts(ports: readonly PatchPort[], mark: Mark): ShellText {
  return lines(
    ...ports.map(
      ({ name }) => sh`found=$(${vsctl} --columns=external_ids find interface name=${name}) || exit 1
case "$found" in *${carriesMark(mark)}*) case "$found" in *${carriesMark(mark, "generation")}*) ${vsctl} --if-exists del-port ${name} ;; esac ;; esac`,
    ),
  );
}
