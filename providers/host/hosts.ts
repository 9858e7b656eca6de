/** /etc/hosts: the nodes by host name and by name. */
import { hostsLines } from "../../model/host/files.ts";
import { blockPart } from "./block.ts";

export const hosts = blockPart({ path: "/etc/hosts" }, "644", ({ peers }) => hostsLines(peers));
