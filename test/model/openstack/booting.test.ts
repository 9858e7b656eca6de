import { describe, expect, test } from "vitest";
import { judgeBoot, type ListedServer, type Look, type WantedServer } from "../../../model/openstack/booting.ts";

const wanted: readonly WantedServer[] = ["primary", "subnode-1"].map((node) => ({ node, name: `gate-${node}` }));

function server(node: string, status: string, more: Partial<ListedServer> = {}): ListedServer {
  return { id: `id-of-${node}`, name: `gate-${node}`, status, "OS-SRV-USG:launched_at": null, ...more };
}

const running = { "OS-SRV-USG:launched_at": "2026-01-01T00:00:00.000000" };
const first: Look = { seconds: 1, quiet: 0, early: new Set() };
const later: Look = { ...first, seconds: 10, quiet: 10 };
const muchLater: Look = { ...first, seconds: 60, quiet: 60 };

describe("servers that a cloud makes", () => {
  test("are waited for until the last one is ACTIVE", () => {
    const one = server("primary", "ACTIVE", running);
    expect(judgeBoot(wanted, [one], first).kind).toBe("wait");
    expect(judgeBoot(wanted, [one, server("subnode-1", "BUILD")], muchLater).kind).toBe("wait");
    expect(judgeBoot(wanted, [one, server("subnode-1", "ACTIVE", running)], first)).toEqual({
      kind: "active",
      ids: { primary: "id-of-primary", "subnode-1": "id-of-subnode-1" },
    });
  });

  test("fail together: what the others come to is waited for, but not those that nobody asks for any more", () => {
    const one = server("primary", "ERROR", { fault: { message: "No valid host was found." } });
    expect(judgeBoot(wanted, [one, server("subnode-1", "BUILD")], later).kind).toBe("wait");
    expect(judgeBoot(wanted, [one], first).kind).toBe("wait");
    expect(judgeBoot(wanted, [one], later)).toEqual({ kind: "failed", failed: [{ node: "primary", server: one }] });
    const other = server("subnode-1", "ERROR");
    expect(judgeBoot(wanted, [one, other], first)).toMatchObject({ failed: [{ server: one }, { server: other }] });
  });

  test("that never come are told by their nodes, once nothing moves any more", () => {
    const one = server("primary", "ACTIVE", running);
    expect(judgeBoot(wanted, [one], later).kind).toBe("wait");
    expect(judgeBoot(wanted, [one], muchLater)).toMatchObject({ kind: "missing", nodes: ["subnode-1"] });
    const endless = { ...first, seconds: 3600 };
    expect(judgeBoot(wanted, [one, server("subnode-1", "BUILD")], endless)).toMatchObject({ nodes: ["subnode-1"] });
  });
});

describe("a server that is to be replaced", () => {
  const [primary] = wanted.map((one) => ({ ...one, before: "old" }));
  const only = primary === undefined ? [] : [primary];
  const old = (status: string, more: Partial<ListedServer> = {}) =>
    server("primary", status, { id: "old", ...running, ...more });

  test("is not taken for the one that takes its place", () => {
    expect(judgeBoot(only, [old("ACTIVE")], later).kind).toBe("wait");
    expect(judgeBoot(only, [old("ERROR")], later).kind).toBe("wait");
    expect(judgeBoot(only, [old("ACTIVE"), server("primary", "ACTIVE", running)], later)).toMatchObject({
      ids: { primary: "id-of-primary" },
    });
  });

  test("is taken for it when nothing does", () => {
    expect(judgeBoot(only, [old("ACTIVE")], muchLater)).toMatchObject({ ids: { primary: "old" } });
  });

  test("is known by nothing but that it was there before and goes, where the last run is not on record", () => {
    const unknown = [{ node: "primary", name: "gate-primary" }];
    const look = { ...first, early: new Set(["old"]) };
    expect(judgeBoot(unknown, [old("ACTIVE")], look).kind).toBe("wait");
    expect(
      judgeBoot(unknown, [old("ACTIVE", { "OS-EXT-STS:task_state": "deleting" })], { ...look, seconds: 10 }).kind,
    ).toBe("wait");
    expect(judgeBoot(unknown, [old("ACTIVE")], { ...look, seconds: 10 })).toMatchObject({ ids: { primary: "old" } });
  });

  test("is no failure of the new one, when it had run before it failed", () => {
    const unknown = [{ node: "primary", name: "gate-primary" }];
    expect(judgeBoot(unknown, [old("ERROR")], later).kind).toBe("wait");
  });
});
