/** What can be broken by hand on a deployed stack of the default layout, and what the check has to say of it. */

/** One thing to break, and what has to be said of it. */
export interface Sabotage {
  readonly name: string;
  /** Commands on nodes; `lab` runs on the underlay's router. */
  readonly breaks: readonly (readonly [string, string])[];
  readonly repairs: readonly (readonly [string, string])[];
  /** Nodes that the cause has to name, and words that it has to hold. */
  readonly nodes: readonly string[];
  readonly says: RegExp;
}

/** A stack's node with what a sabotage needs to know. */
export interface Victim {
  readonly name: string;
  readonly number: number;
  readonly address: string;
  readonly peer: Omit<Victim, "peer">;
}

const port = (victim: Victim): string => `br-ex_${victim.peer.address}`;
const vni = (victim: Victim): number => 1_000_001 + Math.max(victim.number, victim.peer.number);
const publicAddress = ({ number }: { number: number }): string => `172.24.4.${1 + number}/23`;
const option = (victim: Victim, change: string): string => `ovs-vsctl set interface ${port(victim)} options:${change}`;

/** Everything that is broken, on a victim and its peer. */
export const sabotages: readonly ((victim: Victim) => Sabotage)[] = [
  (victim) => ({
    name: "wrong VNI on one end",
    breaks: [[victim.name, option(victim, "key=77")]],
    repairs: [[victim.name, option(victim, `key=${vni(victim)}`)]],
    nodes: [victim.name, victim.peer.name],
    says: /wrong VNI: 77, planned is 100000\d/,
  }),
  (victim) => ({
    name: "port deleted",
    breaks: [[victim.name, `ovs-vsctl del-port ${port(victim)}`]],
    repairs: [
      [
        victim.name,
        `ovs-vsctl add-port br-ex ${port(victim)} -- set interface ${port(victim)} type=vxlan options:key=${vni(victim)} options:local_ip=${victim.address} options:remote_ip=${victim.peer.address} options:dst_port=4789`,
      ],
    ],
    nodes: [victim.name, victim.peer.name],
    says: /is not there: its port was deleted/,
  }),
  (victim) => ({
    name: "bridge MTU too big",
    breaks: [[victim.name, "ovs-vsctl set interface br-ex mtu_request=1500"]],
    repairs: [[victim.name, "ovs-vsctl set interface br-ex mtu_request=1450"]],
    nodes: [victim.name],
    says: /bridge br-ex has an MTU of 1500, too big: the overlay's is 1450/,
  }),
  (victim) => ({
    name: "address moved to another node",
    breaks: [
      [victim.name, `ip address delete ${publicAddress(victim)} dev br-ex`],
      [victim.peer.name, `ip address add ${publicAddress(victim)} dev br-ex`],
    ],
    repairs: [
      [victim.peer.name, `ip address delete ${publicAddress(victim)} dev br-ex`],
      [victim.name, `ip address add ${publicAddress(victim)} dev br-ex`],
    ],
    nodes: [victim.name, victim.peer.name],
    says: /address 172\.24\.4\.\d\/23 of \S+ br-ex has moved to/,
  }),
  (victim) => ({
    name: "bridge down",
    breaks: [[victim.name, "ip link set br-ex down"]],
    repairs: [[victim.name, "ip link set br-ex up"]],
    nodes: [victim.name],
    says: /bridge br-ex is down/,
  }),
  (victim) => ({
    name: "VXLAN dropped on the way",
    breaks: [
      [
        "lab",
        `printf '%s\\n' 'table ip saboteur {' 'chain drops {' 'type filter hook forward priority 0;' 'ip saddr ${victim.address} ip daddr ${victim.peer.address} udp dport 4789 drop' '}' '}' | nft -f -`,
      ],
    ],
    repairs: [["lab", "nft delete table ip saboteur"]],
    nodes: [victim.name, victim.peer.name],
    says: /VXLAN \(UDP port 4789\) of br-ex is dropped on the way/,
  }),
  (victim) => ({
    name: "underlay route gone",
    breaks: [[victim.name, `ip route add unreachable ${victim.peer.address}/32`]],
    repairs: [[victim.name, `ip route delete unreachable ${victim.peer.address}/32`]],
    nodes: [victim.name, victim.peer.name],
    says: /has no route to \S+ underlay address/,
  }),
  (victim) => ({
    name: "wrong remote",
    breaks: [[victim.name, option(victim, "remote_ip=192.0.2.9")]],
    repairs: [[victim.name, option(victim, `remote_ip=${victim.peer.address}`)]],
    nodes: [victim.name, victim.peer.name],
    says: /wrong remote: 192\.0\.2\.9, planned is/,
  }),
  (victim) => ({
    name: "duplicated MAC",
    breaks: [
      [
        victim.name,
        'cat /sys/class/net/br-ex/address >/run/own-mac; ovs-vsctl set bridge br-ex other_config:hwaddr=\\"MAC-OF-PEER\\"',
      ],
    ],
    repairs: [
      [victim.name, 'ovs-vsctl set bridge br-ex other_config:hwaddr=\\"$(cat /run/own-mac)\\"; rm /run/own-mac'],
    ],
    nodes: [victim.name, victim.peer.name],
    says: /the MAC address [0-9a-f:]{17} of br-ex is duplicated/,
  }),
  (victim) => ({
    name: "wrong UDP port",
    breaks: [[victim.name, option(victim, "dst_port=4790")]],
    repairs: [[victim.name, option(victim, "dst_port=4789")]],
    nodes: [victim.name, victim.peer.name],
    says: /wrong UDP port: 4790, planned is 4789/,
  }),
];
