import { describe, expect, it } from "vitest";
import { LeftOver } from "../../providers/left-over.ts";
import { ScriptFailed, StepError } from "../../providers/remote/error.ts";

const node = {
  name: "subnode-1",
  address: "10.9.0.18",
  host: "10.9.0.18",
  port: 22,
  user: "root",
  hostKey: "ssh-ed25519 AAAA",
  incarnation: "1",
};
const left = (cause: Error): string => new LeftOver(cause, "gate-1a2b3c", [node], () => "bridge br-ex").message;

describe("what could not be removed", () => {
  it("of a host that does not answer is given up by an entry of the configuration", () => {
    const text = left(new StepError("subnode-1", "remove bridge br-ex", "no answer from 10.9.0.18 within 20 s"));
    expect(text).toContain("subnode-1 keeps bridge br-ex, and all else that is marked gate-1a2b3c");
    expect(text).toContain("write     nodes.inventory.abandon: [subnode-1]");
  });

  it("of a host that answers is not: what it says has to be mended", () => {
    const text = left(new ScriptFailed("subnode-1", "remove bridge br-ex", 1, "a volume is in use"));
    expect(text).toContain("a volume is in use");
    expect(text).toContain("subnode-1 keeps bridge br-ex");
    expect(text).toContain("write     npm run destroy");
    expect(text).not.toContain("abandon");
  });
});
