/** The remote shell against a real SSH server: the one of a lab node. */
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { StepError } from "../../providers/remote/error.ts";
import type { NodeHandle } from "../../providers/remote/node-handle.ts";
import { forget } from "../../providers/remote/pool.ts";
import { sh } from "../../providers/remote/quote.ts";
import { attempt, run } from "../../providers/remote/run.ts";
import { labNodes } from "../support/lab-nodes.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** Property test cases; each is a round trip to the node. */
const CASES = 60;

/** Any text a command line can carry: it ends at the first NUL. */
const text = fc.string({ unit: "binary" }).map((any) => any.replaceAll("\0", ""));

describe("the remote shell", () => {
  const lab = labNodes({ subnodes: 0, openVswitch: false });
  const node = (): NodeHandle => {
    const [primary] = lab().nodes;
    if (primary === undefined) throw new Error("a lab has a primary");
    return primary;
  };

  it("brings any text to a program as one argument", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 20 }), async (words) => {
        const output = await run(node(), "quote", sh`printf '%s\\0' ${words}`);
        expect(output.split("\0").slice(0, -1)).toEqual(words);
      }),
      { numRuns: CASES, examples: [[["", "'", "''\\''", "$(id)", "`id`", "a\nb", "-n", "~", "*", "\\", "!x", "#"]]] },
    );
  });

  it("brings any text to a program's standard input, where no other process sees it", async () => {
    await fc.assert(
      fc.asyncProperty(text, async (secret) => {
        expect(await run(node(), "read", sh`cat`, { stdin: secret })).toBe(secret);
      }),
      { numRuns: CASES },
    );
    const secret = "horse-battery-staple";
    const seen = await run(node(), "look", sh`cat >/dev/null; cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ`, {
      stdin: secret,
    });
    expect(seen).toContain("sshd");
    expect(seen).not.toContain(secret);
  });

  it("takes more steps at once than the server takes channels, on one connection", async () => {
    // Red when channels are not queued: OpenSSH refuses the eleventh session of a connection.
    const script = sh`timeout 0.3 tail -f /dev/null; printf '%s' "$SSH_CONNECTION"`;
    const steps = Array.from({ length: 30 }, () => run(node(), "many", script));
    const connections = new Set(await Promise.all(steps));
    expect(connections.size).toBe(1);
  });

  it("says what a failed step printed, and its exit status", async () => {
    const failing = run(node(), "make it", sh`echo out; echo why >&2; exit 3`);
    await expect(failing).rejects.toThrow("primary: make it: exit status 3\n    why");
    await expect(failing).rejects.toBeInstanceOf(StepError);
    expect(await attempt(node(), "try it", sh`exit 3`)).toMatchObject({ status: 3 });
  });

  it("refuses a node whose host key is not the one on record", async () => {
    const other = { ...node(), hostKey: `ssh-ed25519 ${Buffer.from("another key").toString("base64")}` };
    await expect(run(other, "log in", sh`true`)).rejects.toThrow(
      /^primary: log in: .*the host key is not the one on record/,
    );
  });

  it("names node and step when nothing answers in time, and fails what follows at once", async () => {
    const hanging = run(node(), "wait", sh`tail -f /dev/null`, { seconds: 1 });
    await expect(hanging).rejects.toThrow(`primary: wait: no answer from ${node().host} within 1 s`);
    const started = Date.now();
    await expect(run(node(), "go on", sh`true`)).rejects.toThrow(/^primary: go on: not tried, .* \(wait\)$/);
    expect(Date.now() - started).toBeLessThan(500);
    forget(node());
    expect(await run(node(), "go on", sh`echo again`)).toBe("again\n");
  });

  it("fails fast on a node that refuses connections, each step in its own name, and says why once", async () => {
    const closed = { ...node(), port: 1 };
    const started = Date.now();
    await Promise.all([
      expect(run(closed, "first", sh`true`)).rejects.toThrow(
        `primary: first: no SSH connection to root@${closed.host} port 1`,
      ),
      expect(run(closed, "second", sh`true`)).rejects.toThrow(
        "primary: second: not tried, as there is no connection (first)",
      ),
    ]);
    expect(Date.now() - started).toBeLessThan(5000);
  });
});
