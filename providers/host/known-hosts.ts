/** known_hosts of root and the stack's user: every node's host key, so that nothing is asked. */
import { knownHostsLines } from "../../model/host/files.ts";
import { blockPart } from "./block.ts";

export const knownHosts = blockPart({ inSshFolder: "known_hosts" }, "600", ({ peers }) => knownHostsLines(peers));
