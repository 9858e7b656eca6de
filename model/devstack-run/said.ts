/** What a local.conf says of services, read line by line as devstack does: a later line wins. */
import { assignedVariable } from "../localconf/fragment.ts";
import type { LocalConfDocument } from "../localconf/index.ts";
import { localrcLine } from "../localconf/render.ts";

/** The services that run on a node, and whether ENABLE_TLS is true there. */
export interface Said {
  readonly services: ReadonlySet<string>;
  readonly enablesTls: boolean;
}

/** What a document says. Values that bash would have to work out count as the text that they are. */
export function saidIn({ sections }: LocalConfDocument): Said {
  const services = new Set<string>();
  let tls = "";
  const lines = sections.flatMap((section) => (section.kind === "localrc" ? section.lines.map(localrcLine) : []));
  for (const line of lines) {
    const [command = "", ...names] = line.trim().split(/[\s,]+/);
    if (command === "disable_all_services") services.clear();
    if (command === "enable_service") for (const name of names) services.add(name);
    if (command === "disable_service") for (const name of names) services.delete(name);
    const [, list] = /^\s*(?:export\s+)?ENABLED_SERVICES\+?=(.*)$/.exec(line) ?? [];
    if (list !== undefined) {
      if (assignedVariable(line) !== undefined) services.clear();
      addListed(services, unquoted(list));
    }
    if (assignedVariable(line) === "ENABLE_TLS") tls = unquoted(line.slice(line.indexOf("=") + 1));
  }
  return { services, enablesTls: /^(true|1|yes)$/i.test(tls) };
}

/** Names by commas; one that begins with a `-` is taken out (devstack, functions-common). */
function addListed(services: Set<string>, list: string): void {
  for (const name of list.split(/[\s,]+/)) {
    if (name.startsWith("-")) services.delete(name.slice(1));
    else if (name !== "") services.add(name);
  }
}

function unquoted(word: string): string {
  return word.trim().replaceAll(/^["']|["']$/g, "");
}
