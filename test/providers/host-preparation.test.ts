/** What a prepared host is like, on real nodes and told by the system's own programs. */
import { afterEach, describe, expect, it } from "vitest";
import { hostPreparation } from "../../providers/implementations/host-preparation.ts";
import { quoteWord } from "../../providers/remote/quote.ts";
import { labNodes, on } from "../support/lab-nodes.ts";
import { driftOf, inputsFor, nodeAt, type Prepared, prepareAll, revertAll } from "./prepared-hosts.ts";

/** Everything of a node that its preparation touches, as text. */
const touched = `for file in /etc/hosts /root/.ssh /root/.ssh/*; do [ ! -e "$file" ] || stat -c '%n %a %U %s' "$file"; done
cat /etc/hosts /root/.ssh/* 2>/dev/null | sha256sum
getent passwd stack; ls -d /opt/stack /var/lib/devstack-multinode 2>/dev/null; ls -A /root /etc/sudoers.d 2>/dev/null
nft list ruleset; iptables-save; ip6tables-save; true`;

describe("nodes of a job", () => {
  const lab = labNodes({ subnodes: 1, openVswitch: false });
  let prepared: Prepared[] = [];
  afterEach(async () => {
    await revertAll(prepared);
    prepared = [];
  });

  it("reach each other and themselves by name, as root and as the stack's user, without a question", async () => {
    prepared = await prepareAll(lab());
    for (const from of lab().nodes) {
      for (const to of lab().nodes) {
        const names = [to.name, `${lab().lab.stack}-${to.name}`, to.address];
        const logins = names.map((name) => `ssh ${name} 'echo $(id -un)@$(hostname)' </dev/null`).join("; ");
        const seen = await on(from, `${logins}; su - stack -c ${quoteWord(logins)}`);
        const hostname = `${lab().lab.stack}-${to.name}`;
        const expected = ["root", "root", "root", "stack", "stack", "stack"].map((user) => `${user}@${hostname}`);
        expect(seen.trim().split("\n"), `${from.name} to ${to.name}`).toEqual(expected);
      }
    }
  });

  it("are left byte for byte as they were, whatever the shared files looked like", async () => {
    const node = nodeAt(lab().nodes, 0);
    await on(
      node,
      `mkdir -m 700 /root/.ssh; printf '127.0.0.1 localhost\\n10.0.0.1 other # no newline' >/etc/hosts
printf '# devstack-multinode of-another begin\\nfe80::1 x\\n# devstack-multinode of-another end\\n' >>/etc/hosts
printf 'ServerAliveInterval 7' >/root/.ssh/config; : >/root/.ssh/known_hosts; chmod 644 /root/.ssh/known_hosts
printf 'ssh-ed25519 AAAA of-somebody' >/root/.ssh/authorized_keys; chmod 640 /root/.ssh/authorized_keys`,
    );
    const before = await on(node, touched);

    prepared = await prepareAll(lab());
    expect(await on(node, touched)).not.toBe(before);
    // What somebody else wrote into the file keeps its meaning while ours is there.
    expect(await on(node, "ssh -G subnode-1 | grep -e serveraliveinterval -e batchmode")).toMatch(
      /batchmode yes\nserveraliveinterval 7/,
    );
    await revertAll(prepared);
    expect(await on(node, touched)).toBe(before);
    await on(node, "rm -r /root/.ssh");
  });

  it("keep what others wrote into a file that was made for us", async () => {
    const node = nodeAt(lab().nodes, 0);
    prepared = await prepareAll(lab());
    await on(node, "echo 'Host theirs' >>/root/.ssh/config");
    await revertAll(prepared);
    expect(await on(node, "ls -A /root/.ssh; cat /root/.ssh/config")).toBe("config\nHost theirs\n");
    await on(node, "rm -r /root/.ssh");
  });

  it("show what was changed on them by the part's name, and get it back by an update", async () => {
    const node = nodeAt(lab().nodes, 0);
    prepared = await prepareAll(lab());
    const [primary] = prepared;
    if (primary === undefined) throw new Error("the primary was not prepared");
    expect(await driftOf(primary)).toEqual({});
    const breaks = [
      ["hosts", "sed -i '/subnode-1/d' /etc/hosts", /^lacks ".* subnode-1"$/],
      ["hosts", "sed -i '/ end$/d' /etc/hosts", /lacks "# devstack-multinode .* end"/],
      ["firewall", "nft flush ruleset", /^missing$/],
      [
        "firewall",
        "nft add rule inet $(nft list tables | sed 's/table inet //') input udp dport 9 drop",
        /^has "udp dport 9 drop"$/,
      ],
      ["account", "userdel --remove stack", /^missing$/],
      ["account", "chmod 700 /opt/stack", /^\/opt\/stack: permissions 700, not 755$/],
      ["sshKey", "echo other >/root/.ssh/id_devstack_multinode", /^root's: another key$/],
      ["sshKey", "chmod 644 /opt/stack/.ssh/id_devstack_multinode", /^stack's: owner and mode stack 644$/],
      ["authorizedKeys", "rm /opt/stack/.ssh/authorized_keys", /^stack's: missing$/],
      ["knownHosts", "sed -i 's/^primary,/nobody,/' /root/.ssh/known_hosts", /^root's: lacks "primary,.*has "nobody,/],
      ["sshConfig", "sed -i '/BatchMode/d' /root/.ssh/config", /^root's: lacks "BatchMode yes"/],
    ] as const;
    for (const [part, command, words] of breaks) {
      await on(node, `${command} 2>/dev/null`);
      const drift = await driftOf(primary);
      expect(drift[part], command).toMatch(words);
      // With the user go the files in its home.
      if (!command.startsWith("userdel")) expect(Object.keys(drift), command).toEqual([part]);
      await hostPreparation.update(primary.id, primary.outs, primary.outs);
      expect(await driftOf(primary), command).toEqual({});
    }
  });

  it("refuse a key file that is somebody else's, and leave it", async () => {
    const node = nodeAt(lab().nodes, 0);
    await on(node, "mkdir -p /root/.ssh && echo theirs >/root/.ssh/id_devstack_multinode");
    const inputs = await inputsFor(lab());
    const refused = await hostPreparation.create(await inputs(node)).catch((error: unknown) => error);
    expect(String(refused)).toMatch(
      /id_devstack_multinode is there already and was not made by this stack[\s\S]*sshKey/,
    );
    // The engine has the half-made host on record, with what `delete` needs to know.
    expect(refused).toMatchObject({ id: expect.stringContaining("primary/") });
    const { id, properties } = refused as { id: string; properties: Prepared["outs"] };
    await hostPreparation.delete(id, properties);
    expect(await on(node, "cat /root/.ssh/id_devstack_multinode; ls -d /opt/stack 2>&1 || true")).toMatch(
      /^theirs\nls: /,
    );
    await on(node, "rm -r /root/.ssh");
  });

  it("let the users of services into devstack's home, also where homes are private", async () => {
    const node = nodeAt(lab().nodes, 0);
    await on(node, "sed -i '/^HOME_MODE/d' /etc/login.defs; echo 'HOME_MODE 0700' >>/etc/login.defs");
    prepared = await prepareAll(lab());
    expect(await on(node, "stat -c %a /opt/stack /opt/stack/.ssh")).toBe("755\n700\n");
    await revertAll(prepared);
  });

  it("use a user `stack` that is there, and leave it there", async () => {
    const node = nodeAt(lab().nodes, 0);
    await on(node, "useradd --create-home --home-dir /srv/stack stack");
    prepared = await prepareAll(lab());
    expect(await on(node, "ls /srv/stack/.ssh")).toContain("id_devstack_multinode");
    await revertAll(prepared);
    expect(await on(node, "ls -A /srv/stack | grep -c ssh || true; id -un stack")).toBe("0\nstack\n");
    await on(node, "userdel --remove stack 2>/dev/null");
  });

  it("let the stack's user become root where there is sudo", async () => {
    const node = nodeAt(lab().nodes, 0);
    prepared = await prepareAll(lab());
    const file = `/etc/sudoers.d/devstack-multinode-${lab().lab.id}`;
    expect(await on(node, `stat -c '%a %U' ${file}; grep -v '^#' ${file}`)).toBe(
      "440 root\nstack ALL=(ALL) NOPASSWD: ALL\n",
    );
    expect(await on(node, "su stack -c 'sudo -n id -un'")).toBe("root\n");
    await on(node, `chmod 644 ${file}`);
    expect(await driftOf(prepared[0] ?? fail())).toEqual({ account: expect.stringContaining('lacks "440"') });
    await revertAll(prepared);
    expect(await on(node, "ls -A /etc/sudoers.d")).not.toContain("devstack");
  });

  it("count as done when they, or what was made on them, are gone", async () => {
    prepared = await prepareAll(lab());
    await revertAll(prepared);
    await revertAll(prepared);
    const elsewhere = prepared.map(({ id, outs }) => ({
      id,
      outs: { ...outs, node: { ...outs.node, incarnation: "another" } },
    }));
    await revertAll(elsewhere);
    expect(await driftOf(elsewhere[0] ?? fail())).toEqual({ gone: true });
  });

  it("get no private key on a command line or in a file that others can read", async () => {
    const node = nodeAt(lab().nodes, 0);
    // Every program that starts on the node while it is prepared is written down with its arguments.
    await on(
      node,
      `cp /bin/chown /usr/local/bin/chown.real; printf '#!/bin/sh\\ncat /proc/[0-9]*/cmdline /proc/[0-9]*/environ >>/tmp/seen 2>/dev/null\\nexec /usr/local/bin/chown.real "$@"\\n' >/usr/local/bin/chown; chmod 755 /usr/local/bin/chown`,
    );
    prepared = await prepareAll(lab());
    const secret = prepared[0]?.outs.privateKey.split("\n")[2] ?? fail();
    await on(node, "rm /usr/local/bin/chown; grep -qa eval /tmp/seen");
    expect(await on(node, `grep -ca ${secret} /tmp/seen || true`)).toBe("0\n");
    const files = await on(
      node,
      `grep -rlF ${secret} /root /opt/stack /tmp /var/lib /run /etc 2>/dev/null | xargs stat -c '%n %a'`,
    );
    expect(files.trim().split("\n").sort()).toEqual([
      "/opt/stack/.ssh/id_devstack_multinode 600",
      "/root/.ssh/id_devstack_multinode 600",
    ]);
  });
});

function fail(): never {
  throw new Error("nothing was prepared");
}
