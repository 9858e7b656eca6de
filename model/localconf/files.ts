/** Which local.conf files a node gets, and where. */
import type { LocalConfContext } from "../flavors/flavor.ts";
import type { Settings } from "../settings.ts";
import { localConf } from "./assemble.ts";
import { devstackHome } from "./base.ts";
import type { LocalConfDocument } from "./document.ts";
import { type GrenadePair, grenadeLocalConfs } from "./grenade.ts";

/** A local.conf of every node. */
export interface LocalConfFile {
  /** Tells the files of one node apart; the logical name of the file's resource begins with it. */
  readonly name: string;
  /** Absolute path on the node: in the devstack checkout that reads it. */
  readonly path: string;
  /** What it says on one node. Throws as `localConf` does. */
  document(context: LocalConfContext): LocalConfDocument;
}

/** One file, in devstack's own checkout; for an upgrade job one in each of grenade's two. */
export function localConfFiles({ devstack }: Pick<Settings, "devstack">): readonly LocalConfFile[] {
  return devstack.grenade === undefined
    ? [{ name: "local-conf", path: pathIn(devstackHome), document: (context) => localConf(context) }]
    : [grenadeFile("old"), grenadeFile("new")];
}

function grenadeFile(side: keyof GrenadePair): LocalConfFile {
  const document = (context: LocalConfContext): LocalConfDocument => {
    const pair = grenadeLocalConfs(context);
    if (pair === undefined) throw new Error("a file of an upgrade job in a stack that is none");
    return pair[side];
  };
  return { name: `local-conf-${side}`, path: pathIn(`${devstackHome}/${side}`), document };
}

function pathIn(folder: string): string {
  return `${folder}/devstack/local.conf`;
}
