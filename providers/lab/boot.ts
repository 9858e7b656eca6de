/** Boots and ends one lab node on this machine. */
import { spawn } from "node:child_process";
import { openSync, readFileSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { newGeneration } from "../mark.ts";
import { writePrivateFile } from "../private-file.ts";
import { end, identify, processesMarked } from "../processes.ts";
import { StepError } from "../remote/error.ts";
import { ipJson, local } from "./commands.ts";
import { type LabIdentity, labFolder, labMark, namespaceOf, nodeFolder, nodeMark, routerNode } from "./folders.ts";
import { type NodeRecord, recordPath, runningNode } from "./liveness.ts";
import { withLock } from "./lock.ts";
import { makeNeighbourRoom } from "./neighbour-room.ts";
import { writeNodeFiles } from "./node-files.ts";
import { hasRouterLink, makeLink, removeRouterLink } from "./node-link.ts";
import type { NodeSpec } from "./node-spec.ts";

/** Seconds until a killed node's processes have to be gone. */
const endSeconds = 10;

/**
 * Makes sure a node of this specification runs, and gives its record. A running one is kept, unless its link went with a router
 * that is gone; remains of an interrupted boot are cleared first.
 *
 * @param project the project's folder, hidden from the node like the users' own folders
 */
export async function bootNode(lab: LabIdentity, spec: NodeSpec, project: string): Promise<NodeRecord> {
  const folder = labFolder(lab);
  return await withLock(join(folder, "locks", spec.name), async () => {
    const running = runningNode(folder, spec.name);
    if (running?.spec === JSON.stringify(spec) && (await hasRouterLink(lab, spec.name, spec.number))) return running;
    await clearNode(lab, spec.name, spec.number);
    await makeLink(lab, spec);
    await writeNodeFiles(folder, spec);
    await makeNeighbourRoom();
    return start(lab, spec, project);
  });
}

/** Ends a node and removes all of it; nothing left counts as done. With an incarnation, only that one is ended. */
export async function removeNode(lab: LabIdentity, name: string, number: number, incarnation?: string): Promise<void> {
  const folder = labFolder(lab);
  await withLock(join(folder, "locks", name), async () => {
    const running = runningNode(folder, name);
    if (incarnation !== undefined && running !== undefined && running.incarnation !== incarnation) return;
    await clearNode(lab, name, number);
  });
}

/** The public half of a node's host key, `<type> <base64>`. */
export function hostKeyOf(lab: LabIdentity, name: string): string {
  const [type, key] = readFileSync(
    join(nodeFolder(labFolder(lab), name), "etc", "ssh_host_ed25519_key.pub"),
    "utf8",
  ).split(" ");
  return `${type} ${key}`;
}

async function clearNode(lab: LabIdentity, name: string, number: number): Promise<void> {
  await end(processesMarked(nodeMark(lab, name)), endSeconds);
  const namespaces = await ipJson<{ name: string }>(`look for ${name}'s namespace`, ["netns", "list"]);
  const has = (wanted: string): boolean => namespaces.some((namespace) => namespace.name === wanted);
  if (has(namespaceOf(lab, routerNode))) await removeRouterLink(lab, name, number);
  if (has(namespaceOf(lab, name)))
    await local(`remove ${name}'s namespace`, "ip", ["netns", "delete", namespaceOf(lab, name)]);
  rmSync(nodeFolder(labFolder(lab), name), { recursive: true, force: true });
}

/** The node outlives this process: it gets a session of its own and no descriptor of ours. */
function start(lab: LabIdentity, spec: NodeSpec, project: string): NodeRecord {
  const folder = nodeFolder(labFolder(lab), spec.name);
  const log = openSync(join(folder, "log"), "a", 0o600);
  const init = [
    `${spec.address}/${spec.prefixLength}`,
    spec.gateway,
    String(spec.mtu),
    spec.openVswitch ? "openvswitch" : "plain",
  ];
  const hidden = [...new Set(["/root", "/home", "/tmp", homedir(), project])].filter((path) => path !== "/");
  const child = spawn(
    "unshare",
    [
      "--mount",
      "/bin/sh",
      join(import.meta.dirname, "boot.sh"),
      folder,
      namespaceOf(lab, spec.name),
      spec.hostname,
      ...hidden,
      "--",
      ...init,
    ],
    { detached: true, stdio: ["ignore", log, log], cwd: "/", env: nodeEnvironment(lab, spec.name) },
  );
  child.unref();
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  if (identity === undefined)
    throw new StepError(spec.name, "boot", "the node's first process did not start", tailOfLog(folder));
  const record: NodeRecord = {
    incarnation: newGeneration(),
    init: identity,
    spec: JSON.stringify(spec),
  };
  writePrivateFile(recordPath(labFolder(lab), spec.name), JSON.stringify(record));
  return record;
}

/** The marks, by which a sweep finds the node, and nothing else of our environment. */
function nodeEnvironment(lab: LabIdentity, name: string): NodeJS.ProcessEnv {
  const marks = [labMark(lab), nodeMark(lab, name)].map((mark) => mark.split("=") as [string, string]);
  return { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C", ...Object.fromEntries(marks) };
}

/** The end of what a node printed while it booted. */
export function tailOfLog(folder: string): string {
  return readFileSync(join(folder, "log"), "utf8").slice(-2000);
}
