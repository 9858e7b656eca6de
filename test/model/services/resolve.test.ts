import { describe, expect, test } from "vitest";
import { releases } from "../../../model/services/releases.ts";
import { hasNovaNetwork, resolveServices } from "../../../model/services/resolve.ts";

const neutron = ["neutron", "neutron-adv"];

describe("the services of a node", () => {
  test("are sorted, and each stands once", () => {
    const services = resolveServices({ release: "train", role: "primary", features: [...neutron, "neutron"] });
    expect(services).toEqual([...new Set(services)].sort());
  });

  test.each([
    ["kilo", "q-vpn"],
    ["liberty", "q-lbaas"],
    ["mitaka", "q-lbaas"],
  ] as const)("of %s's advanced neutron have %s", (release, service) => {
    expect(resolveServices({ release, role: "primary", features: neutron })).toContain(service);
    expect(resolveServices({ release: "newton", role: "primary", features: neutron })).not.toContain(service);
  });

  test("follow the release: placement from ocata on, ceilometer to train, g-reg and dstat until today", () => {
    const has = (service: string): readonly string[] =>
      releases.filter((release) => resolveServices({ release, role: "primary", features: [] }).includes(service));
    expect(has("placement-api")).toEqual(releases.slice(releases.indexOf("ocata")));
    expect(has("ceilometer-api")).toEqual(releases.slice(0, releases.indexOf("train") + 1));
    expect(has("g-reg")).toEqual(releases.slice(0, -1));
    expect(has("dstat")).toEqual(releases.slice(0, -1));
    expect(has("n-net")).toEqual(["ocata", "pike", "queens", "rocky"]);
    expect(releases.filter(hasNovaNetwork)).toEqual(["ocata", "pike", "queens", "rocky"]);
  });

  test("of a job with OVN today are devstack's own", () => {
    const features = ["neutron-ovn", "tlsproxy"];
    const withoutFeatures = ["swift", "cinder"];
    expect(resolveServices({ release: "today", role: "primary", features, withoutFeatures })).toEqual(
      (
        "etcd3 g-api key mysql n-api n-api-meta n-cond n-cpu n-novnc n-sch ovn-controller ovn-northd " +
        "ovs-vswitchd ovsdb-server placement-api q-ovn-agent q-svc rabbit tls-proxy"
      ).split(" "),
    );
    expect(resolveServices({ release: "today", role: "subnode", features, withoutFeatures })).toEqual(
      "n-cpu ovn-controller ovs-vswitchd ovsdb-server placement-client q-ovn-agent tls-proxy".split(" "),
    );
  });

  test("lose what any feature or the job removes, also when another adds it", () => {
    const rocky = { release: "rocky", role: "primary", features: neutron } as const;
    expect(resolveServices(rocky)).not.toContain("n-net");
    expect(resolveServices({ ...rocky, enable: ["n-net"] })).not.toContain("n-net");
    expect(resolveServices({ ...rocky, enable: ["horizon"], disable: ["horizon"] })).not.toContain("horizon");
    expect(resolveServices({ ...rocky, features: ["ironic"] }).filter((name) => name.startsWith("c-"))).toEqual([]);
    expect(resolveServices({ ...rocky, features: ["tlsproxy"] })).toContain("tls-proxy");
    expect(resolveServices({ ...rocky, release: "mitaka", features: ["tlsproxy"] })).not.toContain("tls-proxy");
  });

  test("of an upgrade lose features, and then services that any other feature adds", () => {
    const features = [...neutron, "horizon", "trove", "grenade"];
    const services = resolveServices({ release: "mitaka", role: "primary", features, enable: ["c-bak"] });
    expect(services).toContain("q-svc");
    for (const gone of ["horizon", "trove", "q-lbaas", "c-bak", "etcd3"]) expect(services).not.toContain(gone);
  });

  test("of a cinder upgrade move between the roles", () => {
    const request = { release: "newton", features: ["cinder-mn-grenade-sub-volschbak"] } as const;
    const cinder = (role: "primary" | "subnode"): readonly string[] =>
      resolveServices({ ...request, role }).filter((name) => name.startsWith("c-"));
    expect(cinder("primary")).toEqual(["c-api"]);
    expect(cinder("subnode")).toEqual(["c-bak", "c-sch", "c-vol"]);
  });
});
