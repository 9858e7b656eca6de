import { describe, expect, test } from "vitest";
import { problemsOf, resolved } from "./resolved.ts";

/** Resolves the text of an Ansible inventory. */
function fromFile(name: string, text: string, files: Readonly<Record<string, string>> = {}) {
  return resolved({ file: name }, { [`/project/${name}`]: text, ...files });
}

const zuul = `
all:
  children:
    peers:
      hosts: { compute1: null, compute2: null }
    switch:
      hosts: { controller: null }
  hosts:
    compute1:
      ansible_connection: ssh
      ansible_host: 203.0.113.5
      ansible_port: 2205
      ansible_user: zuul
      nodepool: { private_ipv4: 10.0.0.5, public_ipv4: 203.0.113.5, public_ipv6: '' }
    compute2:
      ansible_host: 203.0.113.6
      ansible_user: zuul
      nodepool: { private_ipv4: 10.0.0.6, public_ipv4: 203.0.113.6 }
    controller:
      ansible_host: 203.0.113.4
      ansible_user: zuul
      nodepool: { private_ipv4: 10.0.0.4, public_ipv4: 203.0.113.4 }
    helper:
      ansible_host: 203.0.113.9
  vars:
    zuul: { build: b1, message: !unsafe "{{ not a template }}" }
`;

const zuulHosts = [
  { number: 0, address: "10.0.0.4", host: "203.0.113.4", port: 22, user: "zuul" },
  { number: 1, address: "10.0.0.5", host: "203.0.113.5", port: 2205, user: "zuul" },
  { number: 2, address: "10.0.0.6", host: "203.0.113.6", port: 22, user: "zuul" },
];

describe("an inventory of Zuul's", () => {
  test("gives the hosts of its groups, private addresses for tunnels, and leaves others out", () => {
    const { hosts, problems } = fromFile("zuul.yaml", zuul);
    expect(problems).toEqual([]);
    expect(hosts).toEqual(zuulHosts);
  });

  test("is known as YAML under a name without an ending", () => {
    expect(fromFile("inventory", zuul).hosts).toEqual(zuulHosts);
  });

  test("may name the primary by a host instead of a group", () => {
    const text = zuul.replace(/ {4}switch:\n.*\n/, "");
    expect(fromFile("zuul.yaml", text).hosts).toEqual(zuulHosts);
  });

  test("falls back to the address of SSH where nodepool told no private one", () => {
    const text = zuul.replace("private_ipv4: 10.0.0.6", "private_ipv4: ''");
    expect(fromFile("zuul.yaml", text).hosts[2]).toMatchObject({ address: "203.0.113.6", host: "203.0.113.6" });
  });
});

describe("an inventory in INI", () => {
  test("says the same as one in YAML", () => {
    const text = `
; written by hand
[switch]
controller ansible_host=203.0.113.4 nodepool="{'private_ipv4': '10.0.0.4'}"

[peers]
compute1 ansible_host=203.0.113.5 ansible_port=2205 nodepool="{'private_ipv4': '10.0.0.5'}"  # the first
compute2 ansible_host=203.0.113.6 nodepool="{'private_ipv4': '10.0.0.6'}"

[peers:vars]
ansible_user = zuul

[nodes:children]
switch
peers

[nodes:vars]
ansible_user=zuul
`;
    const { hosts, problems } = fromFile("hosts", text);
    expect(problems).toEqual([]);
    expect(hosts).toEqual(zuulHosts);
  });

  test("expands ranges of names, and takes names that are addresses", () => {
    const text = "[primary]\n10.0.0.10\n[subnodes]\n10.0.0.[11:12]\n";
    expect(fromFile("hosts.ini", text).hosts.map(({ address }) => address)).toEqual([
      "10.0.0.10",
      "10.0.0.11",
      "10.0.0.12",
    ]);
  });

  test("lets a host's variables win over its group's, and an inner group's over an outer one's", () => {
    const text = `
[primary]
10.0.0.1 ansible_user=own
[subnode]
10.0.0.2
[subnode:vars]
ansible_user=inner
ansible_ssh_private_key_file=/keys/inner
[all:vars]
ansible_user=outer
ansible_port=2222
`;
    const { hosts } = fromFile("hosts", text, { "/keys/inner": "" });
    expect(hosts).toEqual([
      { number: 0, address: "10.0.0.1", host: "10.0.0.1", port: 2222, user: "own" },
      { number: 1, address: "10.0.0.2", host: "10.0.0.2", port: 2222, user: "inner", identityFile: "/keys/inner" },
    ]);
  });
});

describe("what is wrong in an inventory", () => {
  test.each([
    ["a host without an address", "[primary]\nnode1\n", /^\/project\/hosts:2: node1: the address other nodes/],
    ["a connection that is not SSH", "[primary]\n10.0.0.1 ansible_connection=local\n", /:2: 10\.0\.0\.1: .*over SSH/],
    ["a port that is a word", "[primary]\n10.0.0.1 ansible_port=ssh\n", /:2: 10\.0\.0\.1: a whole number/],
    ["a login that is an option of ssh", "[primary]\n10.0.0.1 ansible_user=-oX\n", /:2: a login name/],
    ["two primaries", "[primary]\n10.0.0.1\n10.0.0.2\n[subnodes]\n10.0.0.3\n", /:3: one host in the primary's group/],
    ["hosts without groups", "10.0.0.1\n10.0.0.2\n", /:1: a group primary, switch, controller with one host/],
    ["a variable without a value", "[primary]\n10.0.0.1 ansible_user\n", /:2: variables of 10\.0\.0\.1/],
    ["a section of an unknown kind", "[primary:hosts2]\n10.0.0.1\n", /:1: a section \[name\]/],
    [
      "a key that is not there",
      "[primary]\n10.0.0.1 ansible_ssh_private_key_file=/no\n",
      /:2: a private key in a file/,
    ],
    ["nothing", "", /:1: hosts in the groups/],
  ])("is told by file and line: %s", (_what, text, problem) => {
    const problems = problemsOf(fromFile("hosts", text));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });

  test("is told of YAML, too", () => {
    expect(problemsOf(fromFile("a.yaml", "all:\n  hosts: [node1]\n"))).toEqual([
      "/project/a.yaml:2: a mapping: the hosts of all",
    ]);
    expect(problemsOf(fromFile("a.yaml", "all:\n  hosts: {\n"))[0]).toMatch(/^\/project\/a.yaml:\d+: an Ansible/);
  });
});
