/** The SSH client's configuration of root and the stack's user: which key opens the nodes. */
import { sshConfigLines } from "../../model/host/files.ts";
import { blockPart } from "./block.ts";

export const sshConfig = blockPart({ inSshFolder: "config" }, "600", ({ peers }) => sshConfigLines(peers));
