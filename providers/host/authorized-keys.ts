/** authorized_keys of root and the stack's user: the job's key opens every node. */
import { blockPart } from "./block.ts";

export const authorizedKeys = blockPart({ inSshFolder: "authorized_keys" }, "600", ({ publicKey }) => [publicKey]);
