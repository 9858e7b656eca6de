/** Puts a node's probe guests up: one script, which either makes all of them or leaves nothing. */
import {
  type GuestLetter,
  namespaceName,
  namespacePrefix,
  type ProbeLink,
  type ProbeNamespace,
  probeFolder,
  probeLink,
} from "../../../model/guests/names.ts";
import type { GuestFacts, GuestNetwork, ProbeNode } from "../../../model/guests/plan.ts";
import { driverOf } from "../../drivers/index.ts";
import { externalIds, vsctl } from "../../drivers/openvswitch-marks.ts";
import { lines, type ShellText, sh } from "../../remote/quote.ts";
import { setSysctls } from "../../remote/sysctl.ts";
import { alone, defineClean } from "./clean.ts";
import { probeAlias, probeMark } from "./marks.ts";
import { routeAndTranslate } from "./router.ts";
import { startSshServers } from "./ssh.ts";

/** Exit status of a set-up on a node that cannot carry guests; the reason is on standard output. */
export const UNABLE = 3;

/** Exit status of a set-up that found a name or an address of the guests in use; which, is on standard output. */
export const TAKEN = 4;

/** Seconds in which whoever has one of our addresses has to answer for it. */
const answerSeconds = 0.4;

/** What set-up needs to know. */
export interface SetUp {
  readonly facts: GuestFacts;
  readonly network: GuestNetwork;
  readonly node: ProbeNode;
  /** Underlay address by node name. */
  readonly underlay: Readonly<Record<string, string>>;
}

/** The script; its standard input is what `startSshServers` reads. */
export function setUpScript(setUp: SetUp): ShellText {
  const { facts, network, node } = setUp;
  const { environment } = facts;
  const script = lines(
    defineClean(environment),
    refuseUnable(network),
    sh`clean`,
    refuseTakenNames(facts),
    sh`trap 'status=$?; [ $status = 0 ] || clean >/dev/null 2>&1; exit $status' EXIT`,
    sh`umask 077; mkdir ${probeFolder(environment)} || exit 1`,
    temporaryBridges(setUp),
    namespaces(setUp),
    plugAll(setUp),
    refuseTakenAddresses(setUp),
    addresses(setUp),
    routeAndTranslate(environment, node),
    startSshServers(environment, node),
  );
  return alone(script);
}

/** Exits where the node lacks a program, or a bridge that the overlay should have made. */
function refuseUnable({ networkBridge, publicBridge, temporaryGateway, temporaryTunnels }: GuestNetwork): ShellText {
  const bridges = [
    ...(temporaryGateway === undefined ? [publicBridge] : []),
    ...(networkBridge === undefined || temporaryTunnels !== undefined ? [] : [networkBridge]),
  ];
  return lines(
    sh`for program in ip ping bash ssh sshd timeout; do command -v "$program" >/dev/null || { echo "$program is not installed"; exit ${UNABLE}; }; done`,
    sh`command -v nft >/dev/null || command -v iptables >/dev/null || { echo "neither nft nor iptables is installed"; exit ${UNABLE}; }`,
    ...bridges.map(
      (bridge) => sh`[ -e /sys/class/net/${bridge} ] || { echo ${`the bridge ${bridge} is not there`}; exit 1; }`,
    ),
  );
}

/** After the clean-up, what still has one of our names is not ours. */
function refuseTakenNames({ environment }: GuestFacts): ShellText {
  const kinds: readonly ProbeLink[] = ["public", "network", "tunnels", "gateway"];
  const links = kinds.map((kind) => probeLink(environment, kind));
  return lines(
    sh`for link in ${links}; do [ ! -e "/sys/class/net/$link" ] || { echo "an interface named $link is there and is not ours"; exit ${TAKEN}; }; done`,
    sh`[ ! -e ${probeFolder(environment)} ] || { echo ${`${probeFolder(environment)} is there and cannot be removed`}; exit ${TAKEN}; }`,
    sh`case "$(ip netns list)" in *${namespacePrefix(environment)}*) echo ${`a namespace named ${namespacePrefix(environment)}… cannot be removed`}; exit ${TAKEN} ;; esac`,
  );
}

/** Bridges and tunnels that stand for those neutron would have made, by the stack's own driver. */
function temporaryBridges({ facts, network, node, underlay }: SetUp): ShellText {
  const { environment, port } = facts;
  const driver = driverOf(facts.driver);
  const mark = probeMark(environment);
  const bridge = (name: string, own: readonly string[]): ShellText =>
    sh`( ${driver.makeBridge({ bridge: name, mtu: network.mtu, addresses: own, mark })} ) >/dev/null || exit 1`;
  const tunnelBridge = probeLink(environment, "tunnels");
  const tunnels = (network.temporaryTunnels ?? []).flatMap(({ between, vni }) => {
    const other = between.find((name) => name !== node.name);
    const [local, remote] = [underlay[node.name], underlay[other ?? ""]];
    if (!between.includes(node.name) || local === undefined || remote === undefined) return [];
    return [{ bridge: tunnelBridge, local, remote, vni, port, mark }];
  });
  const gateway = network.temporaryGateway;
  return lines(
    sh`public_bridge=${network.publicBridge}`,
    ...(network.temporaryTunnels === undefined ? [] : [bridge(tunnelBridge, [])]),
    ...(tunnels.length === 0 ? [] : [sh`( ${driver.makeTunnelEnds(tunnels)} ) >/dev/null || exit 1`]),
    // Where devstack runs already, its own br-ex has the gateway's address; a br-ex without it is a leaving overlay's.
    ...(gateway === undefined || node.gateway === undefined
      ? []
      : [
          sh`if ip -o address show dev br-ex 2>/dev/null | grep -qF ${` ${gateway.split("/")[0]}/`}; then public_bridge=br-ex; else`,
          bridge(network.publicBridge, [gateway]),
          sh`fi`,
        ]),
  );
}

/** The router's namespace with the guests' switch in it, and a namespace for each guest. */
function namespaces({ facts: { environment }, network, node }: SetUp): ShellText {
  const router = namespaceName(environment, "router");
  const size = `mtu ${network.largeMtu}`;
  const alias = `alias "${probeAlias(environment)}" addrgenmode none`;
  const [publicLink, networkLink] = [probeLink(environment, "public"), probeLink(environment, "network")];
  const outer = [
    ...(node.gateway === undefined ? [] : [publicLink]),
    ...(network.networkBridge === undefined ? [] : [networkLink]),
  ];
  const legs = [
    ...(node.gateway === undefined
      ? []
      : [
          `link add ${publicLink} ${size} type veth peer name public ${size} netns ${router}`,
          `link set ${publicLink} ${alias} up`,
        ]),
    ...(network.networkBridge === undefined
      ? []
      : [
          `link add ${networkLink} ${size} type veth peer name network ${size} netns ${router}`,
          `link set ${networkLink} ${alias} up`,
        ]),
  ];
  const inRouter = [
    "link set lo up",
    "link add guests type bridge",
    `link set guests ${size} up`,
    ...(node.gateway === undefined ? [] : ["link set public up"]),
    ...(network.networkBridge === undefined ? [] : ["link set network master guests up"]),
    ...node.guests.flatMap(({ letter, mtu }) => [
      `link add ${switchPort(letter)} ${size} type veth peer name eth0 mtu ${mtu} netns ${namespaceName(environment, letter)}`,
      `link set ${switchPort(letter)} master guests up`,
    ]),
  ];
  const every = ["router", ...node.guests.map(({ letter }) => letter)] as const;
  return lines(
    sh`printf '%s\n' ${every.map((part) => `netns add ${namespaceName(environment, part)}`)} | ip -batch - || exit 1`,
    ...every.map((part) => behave(environment, part)),
    sh`printf '%s\n' ${legs} | ip -batch - || exit 1`,
    ...outer.map(neverLowest),
    sh`printf '%s\n' ${inRouter} | ip -n ${router} -batch - || exit 1`,
    // A virtual link leaves checksums for later, which Open vSwitch in userspace neither computes nor forgives.
    sh`if command -v ethtool >/dev/null; then`,
    sh`ip netns exec ${router} sh -c ${'for link in /sys/class/net/*; do ethtool -K "$(basename "$link")" tx off; done'} >/dev/null 2>&1`,
    ...node.guests.map(
      ({ letter }) => sh`ip netns exec ${namespaceName(environment, letter)} ethtool -K eth0 tx off >/dev/null 2>&1`,
    ),
    sh`fi`,
  );
}

/**
 * A bridge without a MAC of its own takes the lowest of its ports': the kernel's any, Open vSwitch's that of a network card. So that
 * guests change no address that others have in their tables, what they plug in has the highest first byte of a unicast MAC.
 */
function neverLowest(link: string): ShellText {
  return sh`ip link set ${link} address "fe:$(cut -d: -f2- /sys/class/net/${link}/address)" || exit 1`;
}

/** The guest's port of the switch in the router's namespace. */
function switchPort(letter: GuestLetter): string {
  return `guest-${letter}`;
}

/** IPv6 off, so that a namespace says nothing on its own; and guests, not the router, answer broadcasts. */
function behave(environment: string, part: ProbeNamespace): ShellText {
  const settings = [
    "net.ipv6.conf.all.disable_ipv6=1",
    "net.ipv6.conf.default.disable_ipv6=1",
    ...(part === "router" ? [] : ["net.ipv4.icmp_echo_ignore_broadcasts=0"]),
  ];
  return sh`ip netns exec ${namespaceName(environment, part)} sh -c ${setSysctls(settings).text} 2>/dev/null`;
}

function plugAll({ facts: { environment }, network, node }: SetUp): ShellText {
  const { networkBridge } = network;
  const add = (link: ProbeLink, bridge: ShellText): ShellText => {
    const name = probeLink(environment, link);
    return lines(
      sh`if [ -d /sys/class/net/${bridge}/bridge ]; then ip link set ${name} master ${bridge} || exit 1`,
      sh`else ${vsctl} add-port ${bridge} ${name} -- set interface ${name} ${externalIds(probeMark(environment))} || exit 1; fi`,
    );
  };
  return lines(
    ...(node.gateway === undefined ? [] : [add("public", sh`"$public_bridge"`)]),
    ...(networkBridge === undefined ? [] : [add("network", sh`${networkBridge}`)]),
  );
}

/** Asks for every address before anyone of ours has it: an answer is somebody else's (as in RFC 5227, section 2.1). */
function refuseTakenAddresses({ facts: { environment }, node }: SetUp): ShellText {
  const wanted = [
    ...node.translates.map(({ floating }) => ({ on: "public", address: floating })),
    ...node.guests.map(({ fixed }) => ({ on: "guests", address: fixed })),
    ...(node.gateway === undefined ? [] : [{ on: "guests", address: node.gateway }]),
  ];
  const router = namespaceName(environment, "router");
  const asked = wanted.flatMap(({ on, address }) => [
    `neigh replace ${address} dev ${on} nud none`,
    `neigh change ${address} dev ${on} use`,
  ]);
  return lines(
    sh`printf '%s\n' ${asked} | ip -n ${router} -force -batch - 2>/dev/null`,
    sh`sleep ${answerSeconds}`,
    sh`taken=$(ip -n ${router} neigh show | grep lladdr | while read -r address rest; do echo "$address (\${rest#* lladdr })"; done)`,
    sh`[ -z "$taken" ] || { echo "addresses for probe guests are in use by somebody else:" $taken; exit ${TAKEN}; }`,
    sh`ip -n ${router} neigh flush all 2>/dev/null`,
  );
}

function addresses({ facts: { environment }, network, node }: SetUp): ShellText {
  const router = namespaceName(environment, "router");
  const inRouter = [
    ...(node.gateway === undefined ? [] : [`address add ${node.gateway}/${network.fixedPrefix} dev guests`]),
    ...node.translates.map(({ floating }) => `address add ${floating}/${network.publicPrefix} dev public`),
  ];
  return lines(
    ...(inRouter.length === 0 ? [] : [sh`printf '%s\n' ${inRouter} | ip -n ${router} -batch - || exit 1`]),
    ...node.guests.map(({ letter, fixed }) => {
      const batch = [
        "link set lo up",
        "link set eth0 up",
        `address add ${fixed}/${network.fixedPrefix} broadcast + dev eth0`,
        `route add default via ${node.via}`,
      ];
      return sh`printf '%s\n' ${batch} | ip -n ${namespaceName(environment, letter)} -batch - || exit 1`;
    }),
  );
}
