import { describe, expect, it } from "vitest";
import { implementations } from "../../providers/implementations.ts";

describe("the kinds of resources", () => {
  // A name without its implementation would only fail in Pulumi's provider process, in the middle of a run.
  it.each(Object.keys(implementations))("%s has all that the engine calls", (name) => {
    const kind = implementations[name as keyof typeof implementations];
    const methods = [kind.check, kind.diff, kind.create, kind.read, kind.update, kind.delete];
    expect(methods.map((method) => typeof method)).toEqual(methods.map(() => "function"));
  });
});
