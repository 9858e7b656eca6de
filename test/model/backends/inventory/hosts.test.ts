import { describe, expect, test } from "vitest";
import { resolved } from "./resolved.ts";

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKeyOfTheTests";

describe("hosts that the configuration lists", () => {
  test("are numbered by their place, are logged in to as root at their address, and have what all share", () => {
    const { hosts, problems } = resolved({ hosts: [{ address: "10.0.0.4" }, { address: "10.0.0.5" }] });
    expect(problems).toEqual([]);
    expect(hosts).toEqual([
      { number: 0, address: "10.0.0.4", host: "10.0.0.4", port: 22, user: "root" },
      { number: 1, address: "10.0.0.5", host: "10.0.0.5", port: 22, user: "root" },
    ]);
  });

  test("keep what each says of itself, ordered by number", () => {
    const own = { host: "node.example.org", port: 2222, user: "ci", identityFile: "keys/own", hostKey: key };
    const { hosts, problems } = resolved(
      {
        hosts: [
          { number: 4, address: "fd20:0::5", ...own },
          { number: 0, address: "fd20::4" },
        ],
        user: "zuul",
        identityFile: "/keys/all",
      },
      { "/project/keys/own": "", "/keys/all": "" },
    );
    expect(problems).toEqual([]);
    expect(hosts).toEqual([
      { number: 0, address: "fd20::4", host: "fd20::4", port: 22, user: "zuul", identityFile: "/keys/all" },
      { number: 4, address: "fd20::5", ...own, identityFile: "/project/keys/own" },
    ]);
  });

  test("leave out those that are abandoned, and the others keep their numbers", () => {
    const list = [{ address: "10.0.0.4" }, { address: "10.0.0.5" }, { address: "10.0.0.6" }];
    const { hosts } = resolved({ hosts: list, abandon: ["subnode-1"] });
    expect(hosts.map(({ number, address }) => [number, address])).toEqual([
      [0, "10.0.0.4"],
      [2, "10.0.0.6"],
    ]);
  });

  test("take a host key as the lines of known_hosts and of .pub files write it", () => {
    for (const hostKey of [key, `${key} root@node`, `10.0.0.4 ${key}`]) {
      expect(resolved({ hosts: [{ address: "10.0.0.4", hostKey }] }).hosts[0]?.hostKey).toBe(key);
    }
  });

  test("are reached through a jump host with its own login", () => {
    const jump = { host: "jump.example.org", user: "ci", identityFile: "/keys/jump" };
    expect(resolved({ hosts: [{ address: "10.0.0.4" }], jump }, { "/keys/jump": "" }).jump).toEqual({
      ...jump,
      port: 22,
    });
  });

  test("share their key with the jump host where it has none of its own", () => {
    const jump = { host: "jump.example.org" };
    const list = { hosts: [{ address: "10.0.0.4" }], jump };
    expect(resolved({ ...list, identityFile: "/keys/all" }, { "/keys/all": "" }).jump).toMatchObject({
      identityFile: "/keys/all",
    });
    const nodepool = { "/etc/nodepool/primary_node_private": "10.0.0.4", "/etc/nodepool/id_rsa": "" };
    expect(resolved({ nodepool: "/etc/nodepool", jump }, nodepool).jump).toMatchObject({
      identityFile: "/etc/nodepool/id_rsa",
    });
    expect(resolved(list).jump).not.toHaveProperty("identityFile");
  });
});
