/** Secrets stay where they belong: encrypted in the state, in clear in local.conf and nowhere else. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { changeLines } from "../support/changes.ts";
import { leaksOf, privateKeyLines, secretsOf } from "../support/secrets.ts";
import { testStack } from "../support/stack.ts";

/** A secret the job gives itself; those it does not give are generated. */
const GIVEN = "correct-horse-battery-staple";

/** Bytes that a dynamic resource's provider may take in the state. */
const PROVIDER_BYTES = 1000;

/** Where a node's own writable layer differs from this machine: every file of it that can be read. */
const SEARCHED = "/etc /opt /run /var /tmp /root /home /usr/local";

describe("secrets", () => {
  const stack = testStack({ nodes: { lab: { subnodes: 1 } } });

  it("are in no output, state, command line or file other than local.conf", async () => {
    const environment = stack();
    await environment.setSecret("devstack.secrets.ADMIN_PASSWORD", GIVEN);
    const watch = watchCommandLines();
    const up = await environment.up("--diff");
    const commandLines = watch.stop();
    expect(commandLines.size).toBeGreaterThan(50);

    const secrets = await secretsOf(environment);
    expect(secrets).toContain(GIVEN);
    expect(secrets.length).toBeGreaterThan(5);

    // A changed line of each node's file makes the engine print both versions of it.
    await environment.succeed(["config", "set", "--path", "devstack.localrc.all.VERBOSE", "changed"]);
    expect(changeLines(await environment.preview())).toEqual([
      "update local-conf-primary",
      "update local-conf-subnode-1",
    ]);
    const outputs = [
      up,
      await environment.succeed(["preview", "--diff"]),
      await environment.succeed(["preview", "--refresh", "--json"]),
      await environment.succeed(["up", "--yes", "--skip-preview", "--refresh", "-v=1", "--logtostderr"]),
      await environment.succeed(["stack", "output", "--json"]),
    ].map(({ all }) => all);
    const { text, resources } = await environment.state();
    const places = { state: text, output: outputs.join("\n"), "command lines": [...commandLines].join("\n") };
    const keys = await privateKeyLines(environment);
    expect(keys).toHaveLength(1);
    expect(leaksOf(places, [...secrets, ...keys])).toEqual([]);

    for (const node of ["primary", "subnode-1"]) {
      const pattern = secrets.map((secret) => `-e ${secret}`).join(" ");
      const found = await environment.attempt(node, `grep -rlIsF ${pattern} --exclude-dir=proc ${SEARCHED}`);
      expect(found.stdout.split("\n"), `files with a secret on ${node}`).toEqual(["/opt/stack/devstack/local.conf"]);
      expect(await environment.on(node, "stat -c '%a %U' /opt/stack/devstack/local.conf")).toBe("600 stack");
      // The key that opens every node of the stack: root's and devstack's user's, and nobody else reads it.
      const withKey = `grep -rlIsF -e '${keys[0]}' --exclude-dir=proc ${SEARCHED} | sort`;
      expect(await environment.on(node, `stat -c '%n %a %U' $(${withKey})`)).toBe(
        "/opt/stack/.ssh/id_devstack_multinode 600 stack\n/root/.ssh/id_devstack_multinode 600 root",
      );
    }

    // Red when a provider captures a module: its whole text would be in the state of every resource, twice.
    const providers = resources.flatMap(({ urn, inputs }) => {
      const provider = inputs?.__provider;
      return provider === undefined ? [] : [{ urn, bytes: JSON.stringify(provider).length }];
    });
    expect(providers.length).toBeGreaterThan(10);
    expect(providers.filter(({ bytes }) => bytes > PROVIDER_BYTES)).toEqual([]);
  });

  it("are the same on all nodes, and stay the same from one run to the next", async () => {
    const environment = stack();
    const [primary = "", subnode = ""] = await Promise.all(
      ["primary", "subnode-1"].map((node) =>
        environment.on(node, "grep PASSWORD= /opt/stack/devstack/local.conf | sort"),
      ),
    );
    expect(primary).toContain(`ADMIN_PASSWORD=${GIVEN}`);
    for (const line of subnode.split("\n")) expect(primary.split("\n")).toContain(line);
  });

  it("in the state, with the file of every node, are marked as secrets", async () => {
    const { resources } = await stack().state();
    const files = resources.filter(({ type }) => type.endsWith(":LocalConf"));
    expect(files).toHaveLength(2);
    for (const { outputs } of files) expect(outputs?.secrets).toHaveProperty("ciphertext");
  });
});

/** Collects the command lines of all processes of this machine, nodes' included, until stopped. */
function watchCommandLines(): { stop(): ReadonlySet<string> } {
  const seen = new Set<string>();
  const timer = setInterval(() => {
    for (const pid of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
      try {
        seen.add(readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " "));
      } catch {
        // It ended meanwhile.
      }
    }
  }, 2);
  return {
    stop() {
      clearInterval(timer);
      return seen;
    },
  };
}

describe("a secret that the configuration holds in clear text", () => {
  const stack = testStack({ devstack: { secrets: { ADMIN_PASSWORD: "in-clear-text" } } });

  it("is refused before anything is made, with the command that keeps it encrypted", async () => {
    const environment = stack();
    const { code, all } = await environment.pulumi("up", "--yes", "--skip-preview");
    expect(code).not.toBe(0);
    expect(all).toContain("pulumi config set --secret --path devstack-multinode:devstack.secrets.ADMIN_PASSWORD");
    expect(all).not.toContain("in-clear-text");
    expect((await environment.state()).text).not.toContain("in-clear-text");
  });
});
