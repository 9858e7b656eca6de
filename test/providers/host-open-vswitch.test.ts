/** Open vSwitch on hosts that lack it: installed by the system's own package manager, on real nodes. */
import { beforeEach, describe, expect, it } from "vitest";
import { hostPreparation } from "../../providers/implementations/host-preparation.ts";
import { quoteWord } from "../../providers/remote/quote.ts";
import { labNodes, on } from "../support/lab-nodes.ts";
import { driftOf, nodeAt, type Prepared, prepareAll } from "./prepared-hosts.ts";

/** The program is away, and the system's records say that the package which has it was never installed. */
const uninstall = `mv /usr/bin/ovs-vsctl /usr/bin/ovs-vsctl.away
awk -v RS= -v ORS='\\n\\n' '$2 !~ /^openvswitch-(switch|common)$/' /var/lib/dpkg/status >/tmp/status && cp /tmp/status /var/lib/dpkg/status`;

/**
 * A package repository on the node itself, as a node of the lab reaches no mirror: one package of the name that is asked
 * for, with the node's own program in it. What apt knew of other repositories is gone.
 */
const repository = `mkdir -p /srv/repository /tmp/package/DEBIAN /tmp/package/usr/bin
cp /usr/bin/ovs-vsctl.away /tmp/package/usr/bin/ovs-vsctl
printf '%s\\n' 'Package: openvswitch-switch' 'Version: 99' 'Architecture: all' 'Maintainer: tests <tests@localhost>' 'Description: of the tests' >/tmp/package/DEBIAN/control
dpkg-deb --build --root-owner-group /tmp/package /srv/repository/ovs.deb >/dev/null
{ cat /tmp/package/DEBIAN/control; echo Filename: ./ovs.deb; echo Size: $(stat -c %s /srv/repository/ovs.deb)
  echo SHA256: $(sha256sum /srv/repository/ovs.deb | cut -d ' ' -f 1); } >/srv/repository/Packages
chmod -R a+rX /srv/repository
rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/* /var/lib/apt/lists/*
echo 'deb [trusted=yes] file:/srv/repository ./' >/etc/apt/sources.list`;

/** A package manager of the RedHat family: notes how it was called, and brings the program back. */
const dnf = `#!/bin/sh
echo "$*" >>/tmp/dnf.calls
mv /usr/bin/ovs-vsctl.away /usr/bin/ovs-vsctl
`;

describe("Open vSwitch", () => {
  const lab = labNodes({ subnodes: 0, openVswitch: true });
  let prepared: Prepared;

  beforeEach(async () => {
    const node = nodeAt(lab().nodes, 0);
    await on(node, "[ ! -e /usr/bin/ovs-vsctl.away ] || cp /usr/bin/ovs-vsctl.away /usr/bin/ovs-vsctl");
    const before = await on(node, "ovs-vsctl show; pidof ovs-vswitchd");
    [prepared = fail()] = await prepareAll(lab(), { needsOpenVswitch: true });
    // Where it runs it is left alone.
    expect(await driftOf(prepared)).toEqual({});
    expect(await on(node, "ovs-vsctl show; pidof ovs-vswitchd")).toBe(before);
  });

  it("is told of when it cannot be installed", async () => {
    const node = nodeAt(lab().nodes, 0);
    await on(node, `${uninstall}; rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/* /var/lib/apt/lists/*`);
    await expect(hostPreparation.update(prepared.id, prepared.outs, prepared.outs)).rejects.toThrow(
      /primary: install and start Open vSwitch: exit status 1[\s\S]*openvswitch-switch/,
    );
  });

  it("is installed by apt where it is missing, from lists that apt has to update first", async () => {
    const node = nodeAt(lab().nodes, 0);
    await on(node, `${uninstall}; ${repository}`);
    expect(await driftOf(prepared)).toEqual({ openVswitch: "missing" });
    await hostPreparation.update(prepared.id, prepared.outs, prepared.outs);
    const record = await on(node, "dpkg --status openvswitch-switch | grep -E '^(Version|Status): '");
    expect(record).toBe("Status: install ok installed\nVersion: 99\n");
    expect(await driftOf(prepared)).toEqual({});
  });

  it("is installed by dnf on a system of the RedHat family", async () => {
    const node = nodeAt(lab().nodes, 0);
    const away = "mv /usr/bin/apt-get /usr/bin/apt-get.away";
    await on(
      node,
      `${uninstall}; ${away}; printf %s ${quoteWord(dnf)} >/usr/local/bin/dnf; chmod 755 /usr/local/bin/dnf`,
    );
    await hostPreparation.update(prepared.id, prepared.outs, prepared.outs);
    expect(await on(node, "cat /tmp/dnf.calls")).toBe("install -qy openvswitch\n");
    expect(await driftOf(prepared)).toEqual({});
  });
});

function fail(): never {
  throw new Error("nothing was prepared");
}
