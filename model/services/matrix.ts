/** The service matrix as data: which services of devstack a feature adds to a node and takes from it, per release. */
import type { Role } from "../settings.ts";
import type { ReleaseSpan } from "./releases.ts";

/** What one feature does to the services of a role. */
export interface ServiceChange {
  readonly adds?: readonly string[];
  readonly removes?: readonly string[];
}

/** One row: a feature, the releases it speaks of, and its changes. A feature may have several rows; all that match count. */
export interface MatrixRow extends ReleaseSpan {
  readonly feature: string;
  readonly changes: Readonly<Partial<Record<Role, ServiceChange>>>;
}

const cinderServices = ["c-api", "c-vol", "c-sch", "c-bak"];

/** The rows devstack-gate's test matrix had, and those of devstack's own jobs today. */
export const matrix: readonly MatrixRow[] = [
  row("default", { adds: ["mysql", "rabbit", "etcd3"] }),
  row("default", { adds: ["dstat"] }, { adds: ["dstat"] }, { to: "wallaby" }),
  row("keystone", { adds: ["key"] }),
  row("glance", { adds: ["g-api"] }),
  row("glance", { adds: ["g-reg"] }, { adds: ["g-api"] }, { to: "wallaby" }),
  row("nova", { adds: ["n-api", "n-cond", "n-cpu", "n-novnc", "n-sch", "n-api-meta"] }, { adds: ["n-cpu"] }),
  row("nova", {}, { adds: ["n-api-meta"] }, { to: "wallaby" }),
  row("nova", { adds: ["n-cauth", "n-net"] }, { adds: ["n-net"] }, { from: "ocata", to: "rocky" }),
  row("nova-cells", { adds: ["n-cell"] }),
  row("placement", { adds: ["placement-api"] }, { adds: ["placement-client"] }),
  row(
    "neutron",
    { adds: ["q-svc", "q-agt", "q-dhcp", "q-l3", "q-meta", "q-metering"], removes: ["n-net"] },
    { adds: ["q-agt"], removes: ["n-net", "n-api-meta"] },
  ),
  row("neutron-adv", { removes: ["n-net"] }),
  row("neutron-adv", { adds: ["q-vpn"] }, {}, { to: "kilo" }),
  row("neutron-adv", { adds: ["q-lbaas"] }, {}, { from: "liberty", to: "mitaka" }),
  row("neutron-dvr", {}, { adds: ["q-agt", "q-l3", "q-meta"], removes: ["n-net", "n-api-meta"] }),
  row(
    "neutron-ovn",
    { adds: ["q-svc", "q-ovn-agent", "ovn-controller", "ovn-northd", "ovs-vswitchd", "ovsdb-server"] },
    { adds: ["q-ovn-agent", "ovn-controller", "ovs-vswitchd", "ovsdb-server"] },
    { from: "today" },
  ),
  row("swift", { adds: ["s-proxy", "s-account", "s-container", "s-object"] }),
  row("cinder", { adds: cinderServices }, { adds: ["c-vol", "c-bak"] }),
  row("heat", { adds: ["heat", "h-api", "h-api-cfn", "h-api-cw", "h-eng"] }),
  row("horizon", { adds: ["horizon"] }),
  row(
    "ceilometer",
    {
      adds: [
        "ceilometer-acompute",
        "ceilometer-acentral",
        "ceilometer-collector",
        "ceilometer-api",
        "ceilometer-alarm-notifier",
        "ceilometer-alarm-evaluator",
        "ceilometer-anotification",
      ],
    },
    { adds: ["ceilometer-acompute"] },
  ),
  row("trove", { adds: ["trove", "tr-api", "tr-tmgr", "tr-cond"] }),
  row("sahara", { adds: ["sahara"] }),
  row("zaqar", { adds: ["zaqar-server"] }),
  row(
    "ironic",
    { adds: ["ir-api", "ir-cond"], removes: ["cinder", ...cinderServices] },
    { adds: ["ir-api", "ir-cond"], removes: ["c-vol", "c-bak"] },
  ),
  row("ironic-inspector", { adds: ["ironic-inspector", "ironic-inspector-dhcp"] }),
  row("tempest", { adds: ["tempest"] }),
  row("postgresql", { adds: ["postgresql"], removes: ["mysql"] }),
  row("zeromq", { adds: ["zeromq"], removes: ["rabbit"] }),
  row("qpid", { adds: ["qpid"], removes: ["rabbit"] }),
  row("ceph", { adds: ["ceph"] }),
  row("tlsproxy", { adds: ["tls-proxy"] }, { adds: ["tls-proxy"] }),
  row("tlsproxy", { removes: ["tls-proxy"] }, { removes: ["tls-proxy"] }, { from: "liberty", to: "newton" }),
  row("cinder-mn-grenade", { removes: ["c-vol", "c-bak"] }),
  row(
    "cinder-mn-grenade-sub-volschbak",
    { removes: ["c-vol", "c-sch", "c-bak"] },
    { adds: ["c-vol", "c-sch", "c-bak"] },
  ),
  row("cinder-mn-grenade-sub-bak", { removes: ["c-bak"] }, { removes: ["c-vol"] }),
];

/** Features a release has without being asked. */
export const defaultFeatures: readonly (ReleaseSpan & { readonly feature: string })[] = [
  ...["default", "glance", "nova", "swift", "cinder", "keystone"].map((feature) => ({ feature })),
  { feature: "placement", from: "ocata" },
  { feature: "ceilometer", to: "train" },
];

/** The feature that marks an upgrade job: it takes other features away, and services after all the rest. */
export const grenade = {
  feature: "grenade",
  removesFeatures: ["trove", "sahara", "neutron-adv", "horizon"],
  removesServices: ["c-bak", "etcd3"],
} as const;

/** Services of devstack that no feature adds, for a job to name. */
export const otherServices: readonly string[] = [
  "cinder",
  "file_tracker",
  "memory_tracker",
  "neutron-api",
  "neutron-agent",
  "neutron-dhcp",
  "neutron-l3",
  "neutron-metadata-agent",
  "neutron-metering",
  "q-dns",
  "q-ovn-metadata-agent",
  "q-port-forwarding",
  "q-qos",
  "q-trunk",
];

function row(feature: string, primary: ServiceChange, subnode: ServiceChange = {}, span: ReleaseSpan = {}): MatrixRow {
  return { feature, changes: { primary, subnode }, ...span };
}
