/** What a cloud has on this machine outside of its API. */
import { existsSync, readFileSync } from "node:fs";
import { sep } from "node:path";
import { execa } from "execa";
import { type LabIdentity, labFolder, labMark, labName } from "../../providers/lab/folders.ts";
import { listProcesses, processesMarked } from "../../providers/processes.ts";

/** Everything that carries the cloud's name or mark, a line each: namespaces, links, processes, mounts and its folder. */
export async function ofCloudOnMachine(lab: LabIdentity): Promise<readonly string[]> {
  const name = labName(lab);
  const { stdout: namespaces } = await execa("ip", ["netns", "list"]);
  const { stdout: links } = await execa("ip", ["-o", "-d", "link", "show"]);
  const mounts = readFileSync("/proc/self/mountinfo", "utf8");
  const named = [namespaces, links, mounts].flatMap((text) => text.split("\n")).filter((line) => line.includes(name));
  return [...named, ...processesOf(lab), ...(existsSync(labFolder(lab)) ? [labFolder(lab)] : [])];
}

/** By mark, and by working folder, which a process keeps also when the folder is deleted and its environment overwritten. */
function processesOf(lab: LabIdentity): readonly string[] {
  const marked = new Set(processesMarked(labMark(lab)).map(({ pid }) => pid));
  return listProcesses()
    .filter(({ pid, folder }) => marked.has(pid) || folder.startsWith(`${labFolder(lab)}${sep}`))
    .map(({ pid, words }) => `process ${pid} ${words.join(" ")}`);
}
