/** Configurations that break one rule each. */
import { type BrokenRule, devstackRules } from "./rules-devstack.ts";
import { inventoryRules } from "./rules-inventory.ts";

const lab = (options: Readonly<Record<string, unknown>>) => ({ nodes: { lab: options } });
const overlay = (options: Readonly<Record<string, unknown>>) => ({ overlay: options });
const devstack = (options: Readonly<Record<string, unknown>>) => ({ devstack: options });

/** One broken rule each. */
export const brokenRules: readonly BrokenRule[] = [
  { rule: "a misspelt flavor", config: { flavor: "neutron-dvr-hq" }, paths: ["flavor"] },
  { rule: "a flavor that is a number", config: { flavor: 3 }, paths: ["flavor"] },
  { rule: "an empty flavor", config: { flavor: null }, paths: ["flavor"] },
  { rule: "an unknown verification", config: { verify: "guest" }, paths: ["verify"] },
  { rule: "a misspelt key at the top", config: { flavour: "neutron-dvr" }, paths: ["flavour"] },
  { rule: "a misspelt mapping at the top", config: { overlays: { port: 14789 } }, paths: ["overlays"] },
  { rule: "a misspelt mapping with a mistake in it", config: { overlays: { prot: 14789 } }, paths: ["overlays"] },
  { rule: "a text for a mapping", config: { overlay: "patched" }, paths: ["overlay"] },
  { rule: "a list for a mapping", config: { nodes: [1, 2] }, paths: ["nodes"] },
  { rule: "an unknown backend", config: { nodes: { backend: "labs" } }, paths: ["nodes.backend"] },
  { rule: "a misspelt key two levels down", config: lab({ subnode: 3 }), paths: ["nodes.lab.subnode"] },
  { rule: "a key that is nothing like any other", config: lab({ hypervisor: "kvm" }), paths: ["nodes.lab.hypervisor"] },
  { rule: "a negative count of subnodes", config: lab({ subnodes: -1 }), paths: ["nodes.lab.subnodes"] },
  { rule: "a fraction of subnodes", config: lab({ subnodes: 2.5 }), paths: ["nodes.lab.subnodes"] },
  { rule: "a count in quotes", config: lab({ subnodes: "3" }), paths: ["nodes.lab.subnodes"] },
  { rule: "a subnode number twice", config: lab({ subnodes: [1, 3, 3] }), paths: ["nodes.lab.subnodes"] },
  { rule: "the primary's number for a subnode", config: lab({ subnodes: [0, 1] }), paths: ["nodes.lab.subnodes"] },
  { rule: "a subnode number beyond all", config: lab({ subnodes: [1, 100_000] }), paths: ["nodes.lab.subnodes"] },
  { rule: "an underlay that is no range", config: lab({ underlay: "10.20.0.0" }), paths: ["nodes.lab.underlay"] },
  { rule: "an underlay with bits of a host", config: lab({ underlay: "10.20.3.7/16" }), paths: ["nodes.lab.underlay"] },
  {
    rule: "an underlay of loopback addresses",
    config: lab({ underlay: "127.1.0.0/16" }),
    paths: ["nodes.lab.underlay"],
  },
  { rule: "a link-local underlay", config: lab({ underlay: "fe80::/64" }), paths: ["nodes.lab.underlay"] },
  {
    rule: "an underlay written in long form",
    config: lab({ underlay: "fd20:0:0:0::/64" }),
    paths: ["nodes.lab.underlay"],
  },
  {
    rule: "an underlay with a prefix of 33 bits",
    config: lab({ underlay: "10.20.0.0/33" }),
    paths: ["nodes.lab.underlay"],
  },
  {
    rule: "an underlay with too few links",
    config: lab({ subnodes: 9, underlay: "10.20.0.0/26" }),
    paths: ["nodes.lab.underlay"],
  },
  {
    rule: "an IPv6 underlay with too few links",
    config: lab({ subnodes: 40, underlay: "fd20::/120" }),
    paths: ["nodes.lab.underlay"],
  },
  { rule: "an MTU in quotes", config: lab({ underlayMtu: "9000" }), paths: ["nodes.lab.underlayMtu"] },
  { rule: "an MTU no packet can fill", config: lab({ underlayMtu: 65_536 }), paths: ["nodes.lab.underlayMtu"] },
  {
    rule: "an underlay MTU that leaves too little",
    config: lab({ underlayMtu: 600 }),
    paths: ["nodes.lab.underlayMtu"],
  },
  {
    rule: "an MTU below that of IPv6",
    config: lab({ underlay: "fd20::/64", underlayMtu: 1279 }),
    paths: ["nodes.lab.underlayMtu"],
  },
  { rule: "an unknown driver", config: overlay({ driver: "ovs" }), paths: ["overlay.driver"] },
  {
    rule: "a driver that the flavor cannot use",
    config: { flavor: "neutron-dvr", ...overlay({ driver: "linux" }) },
    paths: ["overlay.driver"],
  },
  { rule: "a topology that is not there", config: overlay({ topology: "mesh" }), paths: ["overlay.topology"] },
  { rule: "an unknown layout", config: overlay({ layout: "patch" }), paths: ["overlay.layout"] },
  { rule: "a port beyond 16 bits", config: overlay({ port: 70_000 }), paths: ["overlay.port"] },
  { rule: "a misspelt port", config: overlay({ prot: 14_789 }), paths: ["overlay.prot"] },
  { rule: "a misspelt port with a wrong value", config: overlay({ prot: "https" }), paths: ["overlay.prot"] },
  { rule: "a port twice, once misspelt", config: overlay({ port: 14_789, prot: 4790 }), paths: ["overlay.prot"] },
  { rule: "a VNI base beyond 24 bits", config: overlay({ vniBase: 16_777_216 }), paths: ["overlay.vniBase"] },
  {
    rule: "a VNI base whose last VNI is beyond 24 bits",
    config: overlay({ vniBase: 16_777_213 }),
    paths: ["overlay.vniBase"],
  },
  { rule: "an overlay MTU too big for the underlay", config: overlay({ mtu: 1451 }), paths: ["overlay.mtu"] },
  {
    rule: "an overlay MTU too big for an IPv6 underlay",
    config: { ...lab({ underlay: "fd20::/64" }), ...overlay({ mtu: 1450 }) },
    paths: ["overlay.mtu"],
  },
  { rule: "an overlay MTU below any", config: overlay({ mtu: 500 }), paths: ["overlay.mtu"] },
  { rule: "a truth value in words", config: overlay({ publicBridge: "no" }), paths: ["overlay.publicBridge"] },
  { rule: "an IPv6 public range", config: overlay({ publicRange: "fd00::/64" }), paths: ["overlay.publicRange"] },
  {
    rule: "a public range of one address",
    config: overlay({ publicRange: "172.24.4.0/32" }),
    paths: ["overlay.publicRange"],
  },
  {
    rule: "a floating range outside the public one",
    config: overlay({ publicRange: "172.30.4.0/23" }),
    paths: ["overlay.floatingRange"],
  },
  {
    rule: "a floating range at the start of the public one",
    config: overlay({ floatingRange: "172.24.4.0/24" }),
    paths: ["overlay.floatingRange"],
  },
  {
    rule: "more nodes than addresses below the floating range",
    config: lab({ subnodes: 255 }),
    paths: ["overlay.publicRange"],
  },
  { rule: "one high number without an address", config: lab({ subnodes: [1, 400] }), paths: ["overlay.publicRange"] },
  {
    rule: "an underlay that meets the public range",
    config: lab({ underlay: "172.24.0.0/16" }),
    paths: ["nodes.lab.underlay"],
  },
  {
    rule: "an underlay that meets the fixed range",
    config: lab({ underlay: "10.0.0.0/8" }),
    paths: ["nodes.lab.underlay"],
  },
  {
    rule: "a fixed range in the floating range",
    config: devstack({ fixedRange: "172.24.5.0/25" }),
    paths: ["devstack.fixedRange"],
  },
  {
    rule: "a fixed range around the public range",
    config: devstack({ fixedRange: "172.16.0.0/12" }),
    paths: ["devstack.fixedRange"],
  },
  {
    rule: "all ranges the same",
    config: {
      ...lab({ underlay: "172.24.4.0/23" }),
      ...devstack({ fixedRange: "172.24.4.0/23" }),
    },
    paths: ["devstack.fixedRange", "nodes.lab.underlay"],
  },
  {
    rule: "too few nodes for DVR HA",
    config: { flavor: "neutron-dvr-ha", ...lab({ subnodes: 1 }) },
    paths: ["nodes.lab.subnodes"],
  },
  {
    rule: "one dvr_snat node for DVR HA",
    config: { flavor: "neutron-dvr-ha", ...devstack({ dvrSnat: ["primary"] }) },
    paths: ["devstack.dvrSnat"],
  },
  {
    rule: "a public bridge for nova-network",
    config: { flavor: "nova-network", ...overlay({ publicBridge: true }) },
    paths: ["overlay.publicBridge"],
  },
  {
    rule: "nova-network in a release without it",
    config: { flavor: "nova-network", ...devstack({ release: "wallaby" }) },
    paths: ["devstack.release"],
  },
  ...inventoryRules,
  ...devstackRules,
];
