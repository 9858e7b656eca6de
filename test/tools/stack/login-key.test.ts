import { describe, expect, it } from "vitest";
import { recordedKey } from "../../../tools/stack/login-key.ts";

const type = "pulumi-nodejs:dynamic/environment:LoginKey";

describe("the key that a state records", () => {
  it("is that of the resource, not of the half that it replaces", () => {
    const privateKey = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", plaintext: '"a\\nb"' };
    const resources = [
      { type, delete: true, inputs: { path: "/old", privateKey } },
      { type, inputs: { path: "/new", privateKey } },
    ];
    expect(recordedKey(JSON.stringify({ deployment: { resources } }))).toEqual({ path: "/new", privateKey: "a\nb" });
  });

  it("has no text where secrets are not shown, and is none where no stack holds one", () => {
    const resources = [{ type, inputs: { path: "/key", privateKey: { ciphertext: "v1:x" } } }];
    expect(recordedKey(JSON.stringify({ deployment: { resources } }))).toEqual({ path: "/key", privateKey: "" });
    expect(recordedKey('{"deployment":{}}')).toBeUndefined();
  });
});
