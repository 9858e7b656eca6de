import { describe, expect, test } from "vitest";
import { type CheckResult, planChecks, renderChecks, renderFailures } from "../../model/verification.ts";
import { planOf } from "./configs.ts";

const addresses = { primary: "10.20.0.10", "subnode-1": "10.20.0.18", "subnode-2": "10.20.0.26" };

function result(from: string, to: string, kind: string, held = true): CheckResult {
  return { from, to, kind, held, detail: held ? "0.2 ms" : "no answer within 2 s", milliseconds: held ? 0.2 : 2000 };
}

describe("the checks of three nodes", () => {
  const checks = planChecks(planOf(), addresses, "IPv4");
  const fromTo = (kind: string, bridge?: string) =>
    checks.filter((check) => check.kind === kind && check.bridge === bridge).map(({ from, to }) => `${from}>${to}`);

  test("cover every ordered pair on the underlay and on the overlay, small and full", () => {
    const pairs = [
      "primary>subnode-1",
      "primary>subnode-2",
      "subnode-1>primary",
      "subnode-1>subnode-2",
      "subnode-2>primary",
      "subnode-2>subnode-1",
    ];
    expect(fromTo("underlay")).toEqual(pairs);
    expect(fromTo("overlay", "br-ex")).toEqual(pairs);
    expect(fromTo("mtu", "br-ex")).toEqual(pairs);
  });

  test("fill the overlay's MTU exactly, unfragmented", () => {
    const full = checks.filter(({ kind, bridge }) => kind === "mtu" && bridge === "br-ex");
    expect(full.map(({ size, dontFragment }) => [size, dontFragment])).toEqual(full.map(() => [1450 - 28, true]));
    expect(full[0]?.address).toBe("172.24.4.2");
  });

  test("prove that each tunnel's path carries its outer packets", () => {
    expect(fromTo("mtu")).toEqual(["primary>subnode-1", "primary>subnode-2", "subnode-1>primary", "subnode-2>primary"]);
    const outer = checks.find(({ kind, bridge }) => kind === "mtu" && bridge === undefined);
    expect(outer).toMatchObject({ address: "10.20.0.18", size: 1500 - 28, dontFragment: true });
  });

  test("over IPv6 allow for its longer header", () => {
    const plan = planOf({ nodes: { lab: { underlay: "fd20::/64" } } });
    const sizes = planChecks(plan, { primary: "fd20::a", "subnode-1": "fd20::12", "subnode-2": "fd20::1a" }, "IPv6")
      .filter(({ kind }) => kind === "mtu")
      .map(({ bridge, size }) => `${bridge ?? "underlay"} ${size}`);
    expect(new Set(sizes)).toEqual(new Set([`underlay ${1500 - 48}`, `br-ex ${1430 - 28}`]));
  });
});

test("overlays without addresses are left to other proofs", () => {
  const checks = planChecks(planOf({ flavor: "nova-network" }), addresses, "IPv4");
  expect(new Set(checks.map(({ bridge }) => bridge))).toEqual(new Set([undefined, "br_pub"]));
});

test("a single node has nothing to check", () => {
  expect(planChecks(planOf({ nodes: { lab: { subnodes: 0 } } }), addresses, "IPv4")).toEqual([]);
  expect(renderChecks([])).toBe("no checks");
});

describe("results", () => {
  const results = [
    result("primary", "subnode-1", "underlay"),
    result("primary", "subnode-1", "mtu", false),
    result("subnode-1", "primary", "underlay"),
    result("subnode-1", "primary", "mtu"),
  ];

  test("are shown as a matrix with a count", () => {
    expect(renderChecks(results)).toBe(
      [
        "from \\ to  primary  subnode-1",
        "primary    .        FAILED mtu",
        "subnode-1  ok       .",
        "",
        "4 checks: 3 held, 1 failed (underlay 2/2, mtu 1/2)",
      ].join("\n"),
    );
  });

  test("of many nodes are counted only", () => {
    const many = Array.from({ length: 30 }, (_, index) => result("primary", `subnode-${index + 1}`, "underlay"));
    expect(renderChecks(many)).toBe("30 checks: all held (underlay 30/30)");
  });

  test("that came only when asked again are counted, and those that failed then are not among them", () => {
    const late = results.map((each) => ({ ...each, askedAgain: true }) as const);
    expect(renderChecks([...results.slice(2), ...late.slice(0, 2)])).toContain(
      "4 checks: 3 held, 1 failed, 1 only when asked again (",
    );
  });

  test("that failed are listed", () => {
    expect(renderFailures(results)).toBe("primary -> subnode-1  mtu  no answer within 2 s");
    expect(renderFailures(results.slice(2))).toBe("");
  });
});
