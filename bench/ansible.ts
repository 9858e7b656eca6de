/** Yardstick: Ansible building the same overlays on the same nodes, with the committed playbook of `ansible/`. */
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { knownHostsText } from "../model/access.ts";
import { tunnelPortName } from "../model/naming.ts";
import type { Plan } from "../model/plan.ts";
import type { Environment } from "../tools/pulumi/environment.ts";
import { addressesOf } from "./floor.ts";
import type { Workshop } from "./project.ts";
import type { Site } from "./site.ts";
import { timed } from "./timed.ts";

/** Folder of the playbook and its configuration. */
const playbookFolder = join(import.meta.dirname, "ansible");

/** The playbook, ready to run on a site. */
export interface Playbook {
  /** Seconds of one run. The connections of a run serve the next, as with anybody's Ansible. */
  readonly time: () => Promise<number>;
  /** Closes the connections, so that the next run begins as a job does. */
  readonly disconnect: () => Promise<void>;
}

/**
 * Writes the inventory of a site.
 *
 * @param programs folder of Ansible's programs
 */
export function makePlaybook(workshop: Workshop, site: Site, programs: string): Playbook {
  const folder = join(workshop.folder, `ansible-${site.plan.nodes.length}`);
  const controlFolder = join(folder, "control");
  mkdirSync(controlFolder, { recursive: true });
  const knownHosts = join(folder, "known_hosts");
  const inventory = join(folder, "inventory.yaml");
  const handles = Object.values(site.handles);
  const hosts = handles.map((handle) => ({ ...handle, hostname: handle.name, publicKey: handle.hostKey }));
  writeFileSync(knownHosts, knownHostsText({ hosts }));
  // JSON is YAML.
  writeFileSync(inventory, JSON.stringify(inventoryOf(site, knownHosts)));
  const environment = ansibleEnvironment(workshop.environment, programs, folder, controlFolder);
  const place = { cwd: playbookFolder, environment, signal: workshop.signal };
  return {
    time: async () => await timed("ansible-playbook", ["-i", inventory, "playbook.yaml"], place),
    disconnect: async () => {
      for (const socket of readdirSync(controlFolder)) {
        await execa("ssh", ["-F", "none", "-S", join(controlFolder, socket), "-O", "exit", "any"], { reject: false });
      }
    },
  };
}

/** The environment in which Ansible runs: nothing of the user's own configuration decides. */
export function ansibleEnvironment(
  environment: Environment,
  programs: string,
  folder: string,
  controlFolder: string,
): Environment {
  const others = Object.entries(environment).filter(([name]) => !name.startsWith("ANSIBLE_"));
  return {
    ...Object.fromEntries(others),
    PATH: `${programs}:${environment.PATH}`,
    // Ansible refuses to run without a UTF-8 locale.
    LC_ALL: "C.UTF-8",
    ANSIBLE_CONFIG: join(playbookFolder, "ansible.cfg"),
    ANSIBLE_HOME: folder,
    ANSIBLE_SSH_CONTROL_PATH_DIR: controlFolder,
  };
}

/** The inventory: how nodes are reached, and what the playbook is to make on each. */
export function inventoryOf({ plan, handles }: Pick<Site, "plan" | "handles">, knownHosts: string): object {
  const addresses = addressesOf(handles);
  const hosts = Object.values(handles).map((handle) => [
    handle.name,
    {
      ansible_host: handle.host,
      ansible_port: handle.port,
      ansible_user: handle.user,
      ...(handle.identityFile === undefined ? {} : { ansible_ssh_private_key_file: handle.identityFile }),
      overlays: plan.overlays.map(({ bridge, mtu, addresses: own }) => ({
        bridge,
        mtu,
        address: own[handle.name] ?? "",
      })),
      tunnels: tunnelsOf(plan, handle.name, addresses),
    },
  ]);
  const vars = { ansible_ssh_common_args: `-o UserKnownHostsFile=${knownHosts}`, datapath: "netdev" };
  return { all: { vars, hosts: Object.fromEntries(hosts) } };
}

function tunnelsOf({ overlays }: Plan, node: string, addresses: Readonly<Record<string, string>>): readonly object[] {
  return overlays.flatMap(({ bridge, port, tunnels }) =>
    tunnels
      .filter(({ between }) => between.includes(node))
      .map(({ between: [one, other], vni }) => {
        const remote = addresses[one === node ? other : one] ?? "";
        return { bridge, name: tunnelPortName(bridge, remote), vni, local: addresses[node] ?? "", remote, port };
      }),
  );
}
