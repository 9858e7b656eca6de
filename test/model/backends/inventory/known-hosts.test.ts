import { describe, expect, test } from "vitest";
import { knownHostKey } from "../../../../model/backends/inventory/known-hosts.ts";
import { problemsOf, resolved } from "./resolved.ts";

const ed25519 = "ssh-ed25519 AAAAC3Nz+a/b=";
const rsa = "ssh-rsa AAAAB3Nz";

describe("a key of known_hosts", () => {
  test.each([
    ["by name", `node.example.org ${ed25519}`, "node.example.org", 22],
    ["by one of several names, whatever their case", `10.0.0.4,Node.Example.org ${ed25519}`, "node.example.org", 22],
    ["by name and port", `[node]:2222 ${ed25519}`, "node", 2222],
    ["by pattern", `*.example.org,!b.example.org ${ed25519}`, "a.example.org", 22],
    ["with a comment behind it", `node ${ed25519} root@node`, "node", 22],
    ["preferred over older types", `node ${rsa}\nnode ${ed25519}`, "node", 22],
  ])("is found %s", (_how, text, host, port) => {
    expect(knownHostKey(text, host, port)).toBe(ed25519);
  });

  test.each([
    ["of another port", `node ${ed25519}`, "node", 2222],
    ["of a name that a pattern takes out", `*.example.org,!b.example.org ${ed25519}`, "b.example.org", 22],
    ["that is revoked", `@revoked node ${ed25519}`, "node", 22],
    ["of a certificate authority", `@cert-authority * ${ed25519}`, "node", 22],
    ["in a comment", `# node ${ed25519}`, "node", 22],
    ["of a name that a dot only resembles", `a.example ${ed25519}`, "abexample", 22],
    ["of a type we cannot check", "node ssh-dss AAAA", "node", 22],
  ])("is not one %s", (_what, text, host, port) => {
    expect(knownHostKey(text, host, port)).toBeUndefined();
  });
});

test("a key of known_hosts is found by a hashed name", () => {
  // Hashed by `ssh-keygen -H` of OpenSSH 9.2.
  const text = `|1|yuDzC37HJXR5htGG+nZiTbnOhAg=|j+Br+91rvqX7xROY3layVWf8aGQ= ${ed25519}`;
  expect(knownHostKey(text, "node.example.org", 22)).toBe(ed25519);
  expect(knownHostKey(text, "node", 22)).toBeUndefined();
});

describe("a known_hosts file in a configuration", () => {
  const options = { hosts: [{ address: "10.0.0.4" }, { address: "10.0.0.5" }], knownHosts: "/known" };

  test("gives every host its key", () => {
    const { hosts, problems } = resolved(options, { "/known": `10.0.0.4 ${rsa}\n10.0.0.5 ${ed25519}\n` });
    expect(problems).toEqual([]);
    expect(hosts.map(({ hostKey }) => hostKey)).toEqual([rsa, ed25519]);
  });

  test("has to know all of them, the jump host among them", () => {
    const text = `10.0.0.4 ${rsa}\n`;
    const found = problemsOf(resolved({ ...options, jump: { host: "jump", port: 23 } }, { "/known": text }));
    expect(found).toEqual([
      "nodes.inventory.knownHosts: keys of all hosts in /known; it has none of subnode-1 (10.0.0.5 port 22), the jump host (jump port 23)",
    ]);
  });

  test("need not know a host that is given up", () => {
    const { hosts, problems } = resolved({ ...options, abandon: ["subnode-1"] }, { "/known": `10.0.0.4 ${rsa}\n` });
    expect(problems).toEqual([]);
    expect(hosts).toHaveLength(1);
  });
});
