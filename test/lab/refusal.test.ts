/** What is not ours is refused by name, and left as it was. */
import { describe, expect, it } from "vitest";
import { AS_NOBODY } from "../support/nobody.ts";
import { makeProject, removeProject } from "../support/project.ts";
import { randomRange } from "../support/ranges.ts";
import { TestStack, testStack } from "../support/stack.ts";

const localConf = "/opt/stack/devstack/local.conf";

describe("a node with things of others on it", () => {
  const stack = testStack({ nodes: { lab: { subnodes: 1 } }, flavor: "neutron" });

  it("keeps its br-ex and its local.conf, and `up` names both", async () => {
    const environment = stack();
    await environment.up();
    await environment.on(
      "subnode-1",
      "ovs-vsctl add-br br-ex -- set bridge br-ex datapath_type=netdev other_config:theirs=1",
    );
    const bridge =
      "ovs-vsctl --columns=_uuid,external_ids,other_config,ports list bridge br-ex; ip address show dev br-ex";
    const bridgeBefore = await environment.on("subnode-1", bridge);
    // A text that is nearly ours must not be taken for ours.
    const text = "# devstack-multinode.local.conf of somebody\\n[[local|localrc]]\\nADMIN_PASSWORD=theirs\\n";
    await environment.on(
      "primary",
      `printf '${text}' >${localConf}; chmod 640 ${localConf}; chown nobody ${localConf}`,
    );
    const file = `stat -c '%a %U %s %Y %i' ${localConf}; cat ${localConf}`;
    const fileBefore = await environment.on("primary", file);

    environment.configure({ nodes: { lab: { subnodes: 1 } }, flavor: "neutron-dvr" });
    // Without the flag Pulumi begins nothing more after the first failure, and which one that is depends on the moment.
    const up = await environment.pulumi("up", "--yes", "--skip-preview", "--refresh", "--continue-on-error");
    expect(up.code).not.toBe(0);
    expect(up.all).toContain("subnode-1: make bridge br-ex: an interface or bridge named br-ex is there already");
    expect(up.all).toContain(`primary: write ${localConf}: a file ${localConf} is there already`);
    expect(up.all).not.toMatch(/^\s+at .*\.ts:\d+/m);
    expect(await environment.on("subnode-1", bridge)).toBe(bridgeBefore);
    expect(await environment.on("primary", file)).toBe(fileBefore);

    // The messages say what to write; with that done, the same command works.
    await environment.on("subnode-1", "ovs-vsctl --if-exists del-br br-ex");
    await environment.on("primary", `mv ${localConf} ${localConf}.mine`);
    await environment.up("--refresh");
    expect(await environment.preview("--refresh")).toEqual([]);
  });

  it("keeps its br-ex also when the stack is destroyed", async () => {
    const environment = stack();
    await environment.on("subnode-1", "ovs-vsctl set bridge br-ex external_ids:devstack-multinode=other-000000");
    const { all, code } = await environment.pulumi(
      "destroy",
      "--yes",
      "--skip-preview",
      "--target-dependents",
      "--target",
      await urnOf(environment, "public-bridge-subnode-1"),
    );
    expect(code, all).toBe(0);
    expect(await environment.on("subnode-1", "ovs-vsctl br-exists br-ex && echo there")).toBe("there");
  });
});

describe("a range in use", () => {
  const first = testStack({ nodes: { lab: { subnodes: 0 } } });
  const second = testStack({ nodes: { lab: { subnodes: 0 } } });

  it("is refused with a free one to write, which then works", async () => {
    await first().up();
    second().configure({ nodes: { lab: { subnodes: 0, underlay: first().underlay } } });
    const up = await second().pulumi("up", "--yes", "--skip-preview");
    expect(up.code).not.toBe(0);
    expect(up.all).toContain(`the underlay range ${first().underlay} is in use on this machine`);
    const underlay = /write {5}nodes\.lab\.underlay: (\S+)/.exec(up.all)?.[1] ?? "none given";
    expect(underlay).not.toBe(first().underlay);

    second().configure({ nodes: { lab: { subnodes: 0, underlay } } });
    await second().up();
  });
});

describe("a lab of the same stack name in another clone", () => {
  const mine = testStack({ nodes: { lab: { subnodes: 0 } } });

  it("is refused with its folder and the line that removes it, and is left alone", async () => {
    await mine().up();
    const project = await makeProject();
    const clone = new TestStack(project, { nodes: { lab: { subnodes: 0, underlay: randomRange() } } }, mine().name);
    await clone.init();
    try {
      const up = await clone.pulumi("up", "--yes", "--skip-preview");
      expect(up.code).not.toBe(0);
      expect(up.all).toContain(`(cd ${mine().project.folder} && npm run destroy -- ${mine().name})`);
      await clone.destroy();
      expect(await mine().on("primary", "hostname")).toBe(`${mine().name}-primary`);
    } finally {
      removeProject(project);
    }
  });
});

describe("a user without root's rights", () => {
  const stack = testStack({ nodes: { lab: { subnodes: 0 } } });

  it("is told that the lab needs root, before anything is made", async () => {
    const environment = stack();
    const up = ["pulumi", "up", "--yes", "--skip-preview", "--stack", environment.name];
    const [program = "", ...words] = [...AS_NOBODY, ...up];
    const result = await environment.run(program, words);
    expect(result.code, result.all).not.toBe(0);
    expect(result.all).toContain("the embedded lab makes network namespaces and needs root");
    expect(result.all).toContain("given     user id 65534");
    expect(environment.labs()).toEqual([]);
    const { stdout: namespaces } = await environment.run("ip", ["netns", "list"]);
    expect(namespaces).not.toContain(`-${environment.name}-`);
  });
});

async function urnOf(environment: TestStack, name: string): Promise<string> {
  const { resources } = await environment.state();
  return resources.find(({ urn }) => urn.endsWith(`::${name}`))?.urn ?? `(no resource ${name})`;
}
