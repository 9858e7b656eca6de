import { describe, expect, test } from "vitest";
import { readPattern } from "../../../../model/backends/inventory/host-pattern.ts";
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

  test("of a single node is that node, and not the machine that Ansible runs on", () => {
    const text = `
all:
  hosts:
    localhost: { ansible_connection: local, ansible_python_interpreter: "{{ ansible_playbook_python }}" }
    ubuntu-noble: { ansible_connection: ssh, ansible_host: 10.0.0.4, ansible_user: zuul }
`;
    const { hosts, problems } = fromFile("zuul.yaml", text);
    expect(problems).toEqual([]);
    expect(hosts).toEqual([{ number: 0, address: "10.0.0.4", host: "10.0.0.4", port: 22, user: "zuul" }]);
  });

  test("is known as YAML in one line, too", () => {
    const text = "primary: { hosts: { 10.0.0.4: { ansible_user: zuul } } }\n";
    expect(fromFile("inventory", text).hosts).toEqual([
      { number: 0, address: "10.0.0.4", host: "10.0.0.4", port: 22, user: "zuul" },
    ]);
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

  test("takes names that are addresses", () => {
    const text = "[primary]\n10.0.0.10\n[subnodes]\n10.0.0.[11:12]\n";
    expect(fromFile("hosts.ini", text).hosts.map(({ address }) => address)).toEqual([
      "10.0.0.10",
      "10.0.0.11",
      "10.0.0.12",
    ]);
  });

  // What Ansible 2.19 makes of them; `ansible-inventory --list` shows it.
  test.each([
    ["10.0.0.[10:20:5]", ["10.0.0.10", "10.0.0.15", "10.0.0.20"]],
    ["node[08:10]", ["node08", "node09", "node10"]],
    ["node[8:10]", ["node8", "node9", "node10"]],
    ["node-[a:c]", ["node-a", "node-b", "node-c"]],
    ["x[a:b]node[1:2]", ["xanode1", "xanode2", "xbnode1", "xbnode2"]],
    ["node[:1]", ["node0", "node1"]],
  ])("expands the range %s", (pattern, names) => {
    expect(readPattern(pattern)?.names).toEqual(names);
  });

  test("takes a port behind a name or an address, unless a variable names another", () => {
    const text = `
[primary]
primary:2222 ansible_host=10.0.0.4
[subnodes]
10.0.0.5:2223
10.0.0.[6:7]:2224
10.0.0.8:2225 ansible_port=2226
`;
    const { hosts, problems } = fromFile("hosts", text);
    expect(problems).toEqual([]);
    expect(hosts.map(({ host, port }) => `${host} ${port}`)).toEqual([
      "10.0.0.4 2222",
      "10.0.0.5 2223",
      "10.0.0.6 2224",
      "10.0.0.7 2224",
      "10.0.0.8 2226",
    ]);
    for (const [file, ipv6] of [
      ["hosts", "[primary]\n[fd20::5]:2222 ansible_user=zuul\n"],
      ["hosts.yaml", 'primary: { hosts: { "[fd20::5]:2222": { ansible_user: zuul } } }\n'],
    ] as const)
      expect(fromFile(file, ipv6).hosts).toEqual([
        { number: 0, address: "fd20::5", host: "fd20::5", port: 2222, user: "zuul" },
      ]);
  });

  test("keeps the quotes of a mapping where the line is no host's", () => {
    const text = "[primary]\nnode0\n[primary:vars]\nnodepool={'private_ipv4':'10.0.0.4'}\nansible_user='zuul'\n";
    const { hosts, problems } = fromFile("hosts", text);
    expect(problems).toEqual([]);
    expect(hosts).toEqual([{ number: 0, address: "10.0.0.4", host: "node0", port: 22, user: "zuul" }]);
  });

  test("may give a host key as a line of known_hosts", () => {
    const text = "[primary]\n10.0.0.4 host_key='10.0.0.4 ssh-ed25519 AAAAC3Nz'\n";
    expect(fromFile("hosts", text).hosts[0]?.hostKey).toBe("ssh-ed25519 AAAAC3Nz");
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
    [
      "a mapping whose quotes are lost",
      "[primary]\n10.0.0.1 nodepool={'private_ipv4':'10.9.9.9'}\n",
      /:2: .* quotes around/,
    ],
    ["a range of nothing that is known", "[primary]\nnode[1:x]\n", /:2: a host's name.*ranges in it as \[1:3\]/],
    ["a range that runs backwards", "[primary]\nnode[3:1]\n", /:2: a host's name.*ranges/],
    ["a range without an end in sight", "[primary]\nnode[1:999999999]\n", /:2: a host's name.*ranges/],
    ["a host that is this machine alone", "localhost ansible_connection=local\n", /:1: localhost: .*over SSH/],
  ])("is told by file and line: %s", (_what, text, problem) => {
    const problems = problemsOf(fromFile("hosts", text));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });

  test("is shown as it was given, and what to write as the syntax takes it", () => {
    const [template] = fromFile("hosts", '[primary]\n10.0.0.1 ansible_user="{{ u }}"\n').problems;
    expect(template).toMatchObject({ given: "{{ u }}", write: "ansible_user=root" });
    const [key] = fromFile("hosts", "[primary]\n10.0.0.1 host_key=AAAA\n").problems;
    expect(key).toMatchObject({ given: "AAAA", write: expect.stringMatching(/^host_key="ssh-ed25519 AAAA\w+"$/) });
  });

  test("is told of YAML, too", () => {
    expect(problemsOf(fromFile("a.yaml", "all:\n  hosts: [node1]\n"))).toEqual([
      "/project/a.yaml:2: a mapping: the hosts of all",
    ]);
    expect(problemsOf(fromFile("a.yaml", "all:\n  hosts: {\n"))[0]).toMatch(/^\/project\/a.yaml:\d+: an Ansible/);
  });
});
