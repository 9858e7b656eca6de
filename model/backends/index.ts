/** Every node backend by its name in the configuration. */
import type { z } from "zod";
import type { LocalFiles } from "../local-files.ts";
import type { NodesSettings } from "../settings.ts";
import type { Violation } from "../violation.ts";
import type { Backend, Member, Underlay } from "./backend.ts";
import { inventory } from "./inventory.ts";
import { lab } from "./lab.ts";
import { openstack } from "./openstack.ts";

/** The registry: a new backend is a file of its own and a line here. */
export const backends = { lab, inventory, openstack };

/** A value of `nodes.backend`. */
export type BackendName = keyof typeof backends;

/** What a backend's own options become. */
export type BackendSettings<Name extends BackendName> = z.output<(typeof backends)[Name]["schema"]>;

/**
 * The options of a backend that has been chosen.
 * @throws TypeError when another one is, which is a mistake of the program.
 */
export function backendSettings<Name extends BackendName>(nodes: NodesSettings, name: Name): BackendSettings<Name> {
  if (nodes.backend !== name) throw new TypeError(`expected nodes of the backend ${name}, given ${nodes.backend}`);
  return (nodes as unknown as Readonly<Record<Name, BackendSettings<Name>>>)[name];
}

/** What the chosen backend says of its nodes and the network between them. */
export interface NodesFacts {
  /** Ordered by number. */
  readonly members: readonly Member[];
  /** The keys that say which nodes there are. */
  readonly memberPaths: readonly string[];
  readonly underlay: Underlay;
}

/** Asks the chosen backend about its settings. */
export function nodesFacts(nodes: NodesSettings): NodesFacts {
  const { backend, settings } = chosen(nodes);
  return {
    // Most who ask want the underlay only, and thousands of nodes take time.
    get members() {
      return backend.members(settings);
    },
    memberPaths: backend.memberPaths,
    underlay: backend.underlay(settings),
  };
}

/**
 * Rules of the chosen backend's own that are broken.
 * @param used CIDRs of the stack's other ranges, which a proposed range leaves alone.
 */
export function nodesViolations(nodes: NodesSettings, used: readonly string[]): readonly Violation[] {
  const { backend, settings } = chosen(nodes);
  return backend.violations(settings, used);
}

/** The settings of the chosen backend, completed by the files they name. */
export function nodesWithFiles(nodes: NodesSettings, files: LocalFiles): NodesSettings {
  const { backend, settings } = chosen(nodes);
  if (backend.withFiles === undefined) return nodes;
  return { ...nodes, [nodes.backend]: backend.withFiles(settings, files) };
}

/** The backend with its settings; the registry's types say that they belong together, but not to the compiler. */
function chosen(nodes: NodesSettings): { readonly backend: Backend<unknown>; readonly settings: unknown } {
  return {
    backend: backends[nodes.backend] as Backend<unknown>,
    settings: (nodes as Readonly<Record<string, unknown>>)[nodes.backend],
  };
}
