/** Where the hosts of an inventory are listed: the configuration itself, a nodepool folder, or a file of Ansible's. */
import { stringify } from "yaml";
import type { LocalFiles } from "../../local-files.ts";
import { ansibleHosts } from "./ansible.ts";
import { parseIniInventory } from "./ansible-ini.ts";
import { parseYamlInventory } from "./ansible-yaml.ts";
import { exampleAddress, type Listing, type Origin } from "./listed.ts";
import { nodepoolHosts } from "./nodepool.ts";
import type { InventoryOptions } from "./schema.ts";

/** The keys of which one has to be given, in the order they count. */
const sources = ["hosts", "nodepool", "file"] as const;

/** The hosts as the one source that the configuration names lists them. */
export function listHosts(options: InventoryOptions, files: LocalFiles): Listing {
  const [chosen, ...more] = sources.filter((source) => options[source] !== undefined);
  if (chosen === undefined || options.hosts?.length === 0) {
    const expected = "at least one host: in a list hosts, or by the path of a nodepool folder or of an inventory file";
    return { hosts: [], problems: [noHosts(expected, options.hosts === undefined ? "nothing" : "an empty list")] };
  }
  const extra = more.map((source) => ({
    path: `nodes.inventory.${source}`,
    expected: `one list of hosts; there is nodes.inventory.${chosen} already`,
    given: stringify(options[source], { collectionStyle: "flow", lineWidth: 0 }).trimEnd(),
    write: `# no ${source}: the hosts of nodes.inventory.${chosen} are used`,
  }));
  const { hosts, problems } = listFrom(chosen, options, files);
  return { hosts, problems: [...extra, ...problems] };
}

function listFrom(source: (typeof sources)[number], options: InventoryOptions, files: LocalFiles): Listing {
  const { hosts = [], nodepool = "", file = "" } = options;
  switch (source) {
    case "hosts":
      return { hosts: hosts.map((host, index) => ({ ...host, origin: configured(index) })), problems: [] };
    case "nodepool":
      return nodepoolHosts(files.absolute(nodepool), nodepool, files);
    case "file":
      return fileHosts(file, files);
    default:
      return source satisfies never;
  }
}

function fileHosts(given: string, files: LocalFiles): Listing {
  const path = files.absolute(given);
  const text = files.text(path);
  if (text === undefined) {
    const expected = "a file that can be read, an Ansible inventory in YAML or INI; else the hosts themselves";
    const write = `hosts: [ { address: ${exampleAddress(0)} } ]`;
    return { hosts: [], problems: [{ path: "nodes.inventory.file", expected, given, write }] };
  }
  return ansibleHosts(path, isYaml(path, text) ? parseYamlInventory(path, text) : parseIniInventory(path, text));
}

/** By the file's name, as Ansible does; any other file is YAML when its first word is a key of a mapping. */
function isYaml(path: string, text: string): boolean {
  if (/\.(ya?ml|json)$/.test(path)) return true;
  if (/\.(ini|cfg)$/.test(path)) return false;
  return /^(?:---|\{|[\w-]+:(?:\s|$))/.test(text.replaceAll(/^\s*[#;].*$/gm, "").trimStart());
}

function configured(index: number): Origin {
  return {
    at: (key) => `nodes.inventory.hosts[${index}].${key}`,
    write: (key, value) => `${key}: ${value}`,
  };
}

function noHosts(expected: string, given: string) {
  return { path: "nodes.inventory.hosts", expected, given, write: `hosts: [ { address: ${exampleAddress(0)} } ]` };
}
