/** Which local.conf files a node gets, and where. */
import type { LocalConfContext } from "../flavors/flavor.ts";
import { localConf } from "./assemble.ts";
import { devstackHome } from "./base.ts";
import type { LocalConfDocument } from "./document.ts";
import { grenadeLocalConfs } from "./grenade.ts";

/** A local.conf of a node. */
export interface LocalConfFile {
  /** Tells the files of one node apart; the logical name of the file's resource begins with it. */
  readonly name: string;
  /** Absolute path on the node: in the devstack checkout that reads it. */
  readonly path: string;
  readonly document: LocalConfDocument;
}

/** One file, in devstack's own checkout; for an upgrade job one in each of grenade's two. */
export function localConfFiles(context: LocalConfContext): readonly LocalConfFile[] {
  const pair = grenadeLocalConfs(context);
  if (pair === undefined) return [{ name: "local-conf", path: pathIn(devstackHome), document: localConf(context) }];
  return (["old", "new"] as const).map((side) => ({
    name: `local-conf-${side}`,
    path: pathIn(`${devstackHome}/${side}`),
    document: pair[side],
  }));
}

function pathIn(folder: string): string {
  return `${folder}/devstack/local.conf`;
}
