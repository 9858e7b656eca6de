import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { hostKeyIn } from "../../../model/openstack/host-keys.ts";
import { cloudNames, cloudTags, descriptionPrefix } from "../../../model/openstack/names.ts";
import { securityRules } from "../../../model/openstack/security.ts";
import { userData } from "../../../model/openstack/user-data.ts";

describe("the security group", () => {
  const rules = securityRules("192.0.2.7/32", 14_789);

  test("lets nobody but the controller and the members in", () => {
    const strangers = rules.filter(({ from }) => from !== "members" && from.range !== "192.0.2.7/32");
    expect(strangers).toEqual([]);
  });

  test("lets the controller reach SSH and ICMP, and nothing else", () => {
    const controller = rules.filter(({ from }) => from !== "members");
    expect(controller.map(({ protocol, port }) => [protocol, port])).toEqual([
      ["tcp", 22],
      ["icmp", undefined],
    ]);
  });

  test("names the overlay's own port among members", () => {
    expect(rules).toContainEqual(expect.objectContaining({ protocol: "udp", port: 14_789, from: "members" }));
  });
});

describe("user data", () => {
  const text = userData({ hostname: "gate-primary", user: "multinode", publicKey: "ssh-ed25519 AAAA 'me': x" });

  test("is read by cloud-init as name, user and key, whatever the key's comment", () => {
    expect(text.startsWith("#cloud-config\n")).toBe(true);
    expect(parse(text)).toMatchObject({
      hostname: "gate-primary",
      users: [{ name: "multinode", ssh_authorized_keys: ["ssh-ed25519 AAAA 'me': x"] }],
    });
  });
});

describe("host keys", () => {
  const log = (key: string) =>
    `[ 1.0] boot\r\n-----BEGIN SSH HOST KEY KEYS-----\r\nssh-rsa AAAAB3 root@x\r\nssh-ed25519 ${key} root@x\r\n-----END SSH HOST KEY KEYS-----\r\n`;

  test("are read from the last boot in the console log", () => {
    expect(hostKeyIn(`${log("AAAAold")}${log("AAAAnew")}login:`)).toBe("ssh-ed25519 AAAAnew");
  });

  test("are none in a log that is cut off before its end, or of another kind", () => {
    expect(hostKeyIn(log("AAAA").split("-----END")[0] ?? "")).toBeUndefined();
    expect(hostKeyIn("FAKE CONSOLE OUTPUT\nANOTHER\nLAST LINE")).toBeUndefined();
  });
});

describe("marks", () => {
  test("of one stack are no start of another's", () => {
    const { description } = cloudNames("gate-abc1234", "port-primary");
    expect(description.startsWith(descriptionPrefix("gate-abc123"))).toBe(false);
    expect(description.startsWith(descriptionPrefix("gate-abc1234"))).toBe(true);
  });

  test("are tags that nova takes, also with a long name of the stack", () => {
    for (const tag of cloudTags(`${"x".repeat(100)}-abc123`, "primary")) expect(tag).toMatch(/^[^,/]{1,60}$/);
  });
});
