/** Which Debian packages each kind of node backend needs on this machine. */

/** What a set-up is for: the embedded lab, existing hosts, or a cloud. Same names as `nodes.backend`, but for `hosts`. */
export type Purpose = "lab" | "hosts" | "openstack";

/** Every purpose, in the order they are shown. */
export const purposes: readonly Purpose[] = ["lab", "hosts", "openstack"];

/** A Debian package, and a program by which another distribution's package is known to be there. */
export interface RequiredPackage {
  readonly name: string;
  readonly program: string;
}

const sshClient: RequiredPackage = { name: "openssh-client", program: "ssh" };

/** Packages by purpose. A lab node sees this machine's programs: what runs in it has to be installed here. */
export const requiredPackages: Readonly<Record<Purpose, readonly RequiredPackage[]>> = {
  lab: [
    { name: "systemd-container", program: "systemd-nspawn" },
    { name: "openvswitch-switch", program: "ovs-vswitchd" },
    { name: "openssh-server", program: "sshd" },
    sshClient,
    { name: "iputils-ping", program: "ping" },
    { name: "ethtool", program: "ethtool" },
    { name: "iptables", program: "iptables" },
    { name: "nftables", program: "nft" },
    { name: "tcpdump", program: "tcpdump" },
    { name: "iproute2", program: "ip" },
    { name: "sudo", program: "sudo" },
  ],
  hosts: [sshClient],
  openstack: [sshClient],
};

/** Folders of system programs, searched beside PATH: a plain user's PATH has no sbin. */
const systemFolders: readonly string[] = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"];

/** The packages whose program is in none of PATH's folders. `exists` tells whether a file is there. */
export function missingPackages(
  packages: readonly RequiredPackage[],
  path: string,
  exists: (file: string) => boolean,
): readonly RequiredPackage[] {
  const folders = [...new Set([...path.split(":").filter((folder) => folder !== ""), ...systemFolders])];
  return packages.filter(({ program }) => !folders.some((folder) => exists(`${folder}/${program}`)));
}

/** The message for a machine whose packages are not ours to install: what is missing, and the one command to run. */
export function packagesMissing(packages: readonly RequiredPackage[], hasApt: boolean): string {
  const lines = packages.map(({ name, program }) => `  ${name} (program ${program})`);
  const names = packages.map(({ name }) => name).join(" ");
  const how = hasApt
    ? `Run this once:\n  sudo sh -c 'apt-get update && apt-get install -y --no-install-recommends ${names}'`
    : "Install what provides these programs with this distribution's package manager.";
  return [`programs are missing here; they come with these packages:`, ...lines, how].join("\n");
}
