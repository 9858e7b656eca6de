import { describe, expect, test } from "vitest";
import { problemsOf, resolved, unreadable } from "./resolved.ts";

/** A folder of nodepool's at /etc/nodepool. */
function folder(texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [`/etc/nodepool/${name}`, text]));
}

const options = { nodepool: "/etc/nodepool", user: "zuul" };

describe("a nodepool folder", () => {
  test("gives private addresses for tunnels, public ones for SSH, and its key", () => {
    const texts = folder({
      primary_node_private: "10.0.0.4\n",
      sub_nodes_private: "10.0.0.5\n10.0.0.6\n",
      primary_node: "203.0.113.4\n",
      sub_nodes: "203.0.113.5\n203.0.113.6\n",
      id_rsa: "key",
    });
    const { hosts, problems } = resolved(options, texts);
    expect(problems).toEqual([]);
    const login = { port: 22, user: "zuul", identityFile: "/etc/nodepool/id_rsa" };
    expect(hosts).toEqual([
      { number: 0, address: "10.0.0.4", host: "203.0.113.4", ...login },
      { number: 1, address: "10.0.0.5", host: "203.0.113.5", ...login },
      { number: 2, address: "10.0.0.6", host: "203.0.113.6", ...login },
    ]);
  });

  test("needs neither public addresses, nor subnodes, nor a key", () => {
    const { hosts, problems } = resolved(options, folder({ primary_node_private: "10.0.0.4" }));
    expect(problems).toEqual([]);
    expect(hosts).toEqual([{ number: 0, address: "10.0.0.4", host: "10.0.0.4", port: 22, user: "zuul" }]);
  });

  test("takes addresses that stand in one line, too", () => {
    const { hosts } = resolved(
      options,
      folder({ primary_node_private: "10.0.0.4", sub_nodes_private: "10.0.0.5 10.0.0.6 " }),
    );
    expect(hosts.map(({ address }) => address)).toEqual(["10.0.0.4", "10.0.0.5", "10.0.0.6"]);
  });

  test("leaves its key to the configuration's own one", () => {
    const texts = { ...folder({ primary_node_private: "10.0.0.4", id_rsa: "key" }), "/keys/own": "" };
    expect(resolved({ ...options, identityFile: "/keys/own" }, texts).hosts[0]?.identityFile).toBe("/keys/own");
    expect(resolved({ ...options, privateKey: "text" }, texts).hosts[0]).not.toHaveProperty("identityFile");
  });

  test("is refused where a file of it is there and cannot be read, which is not the same as none", () => {
    const texts = folder({ primary_node_private: "10.0.0.4", sub_nodes_private: unreadable, id_rsa: unreadable });
    expect(problemsOf(resolved(options, texts))).toEqual([
      "/etc/nodepool/sub_nodes_private: a file that this user can read, or none",
      "/etc/nodepool/id_rsa: a private key that this user can read; or another, as identityFile or privateKey of nodes.inventory",
    ]);
    const others = { ...folder({ primary_node_private: "10.0.0.4", id_rsa: unreadable }), "/keys/own": "" };
    expect(problemsOf(resolved({ ...options, identityFile: "/keys/own" }, others))).toEqual([]);
  });

  test("is refused by file and line", () => {
    const wrong = folder({
      primary_node_private: "10.0.0.4\n10.0.0.9\n",
      sub_nodes_private: "10.0.0.5\nnode6\n",
      sub_nodes: "203.0.113.5\n",
    });
    expect(problemsOf(resolved(options, wrong))).toEqual([
      "/etc/nodepool/primary_node_private:2: the primary's address, and nothing else",
      "/etc/nodepool/sub_nodes:1: as many public addresses as the subnodes have private ones, 2, in the same order",
      "/etc/nodepool/sub_nodes_private:2: IP addresses, separated by whitespace",
    ]);
  });
});
