/** The lab's underlay on this machine: a router namespace, and the link that leads from here to it. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freeRange, overlaps, rangeOf } from "../../model/addresses.ts";
import { setSysctls } from "../remote/sysctl.ts";
import { ipBatch, ipJson, local } from "./commands.ts";
import {
  controllerLink,
  type LabIdentity,
  labFolder,
  labName,
  labsFolder,
  linkAlias,
  namespaceOf,
  routerNode,
} from "./folders.ts";
import { withLock } from "./lock.ts";
import { rangesInUse } from "./ranges.ts";
import { hasRouter, type LabRecord, labRecordPath, missingOfWay } from "./way.ts";

/** What the underlay is made with. */
export interface UnderlaySpec {
  /** The range all links are cut from, as a CIDR. */
  range: string;
  /** This machine's address on its link, the router's, and the link's prefix length. */
  controller: string;
  gateway: string;
  prefixLength: number;
}

/** Router's end of the link that leads to this machine. */
const routerEnd = "controller";

/** Underlays are made one after the other, so that two stacks never take the same range. */
const rangesLock = join(labsFolder, "ranges.lock");

/**
 * Makes sure the underlay is there.
 *
 * @param project the project's folder, recorded so that others can be told whose lab this is
 * @throws Error when the range is in use by something else, or another clone's lab has this stack's name
 */
export async function makeUnderlay(lab: LabIdentity, spec: UnderlaySpec, project: string): Promise<void> {
  await withLock(rangesLock, async () => {
    await withLock(join(labFolder(lab), "locks", routerNode), async () => {
      refuseForeignLab(lab);
      await refuseUsedRange(lab, spec.range);
      const record: LabRecord = { ...lab, project, range: spec.range };
      mkdirSync(labFolder(lab), { recursive: true, mode: 0o700 });
      writeFileSync(labRecordPath(labFolder(lab)), JSON.stringify(record));
      if (hasRouter(lab) && missingOfWay(lab, spec.range).length === 0) return;
      await clearUnderlay(lab);
      await makeRouter(lab, spec);
      await makeWay(lab, spec);
    });
  });
}

/**
 * Puts back what is missing of the way from this machine to a lab whose router is there; its nodes notice nothing. Gives what was
 * missing, in words.
 *
 * @throws Error when the range is in use by something else meanwhile
 */
export async function mendWay(lab: LabIdentity, spec: UnderlaySpec): Promise<readonly string[]> {
  if (!hasRouter(lab) || missingOfWay(lab, spec.range).length === 0) return [];
  return await withLock(rangesLock, () =>
    withLock(join(labFolder(lab), "locks", routerNode), async () => {
      const missing = missingOfWay(lab, spec.range);
      await refuseUsedRange(lab, spec.range);
      await makeWay(lab, spec);
      return missing;
    }),
  );
}

/** Removes router, link and route; missing ones count as removed. */
export async function removeUnderlay(lab: LabIdentity): Promise<void> {
  await withLock(join(labFolder(lab), "locks", routerNode), () => clearUnderlay(lab));
}

/** Records of every lab on this machine. */
export function labsOnThisMachine(): LabRecord[] {
  const folders = existsSync(labsFolder) ? readdirSync(labsFolder) : [];
  return folders
    .map((folder) => labRecordPath(join(labsFolder, folder)))
    .filter((path) => existsSync(path))
    .map((path) => JSON.parse(readFileSync(path, "utf8")));
}

async function makeRouter(lab: LabIdentity, spec: UnderlaySpec): Promise<void> {
  const step = "make the lab's router";
  const router = namespaceOf(lab, routerNode);
  const forwarding = isIpv6(spec) ? "net.ipv6.conf.all.forwarding=1" : "net.ipv4.ip_forward=1";
  await local(step, "ip", ["netns", "add", router]);
  await local(step, "ip", ["netns", "exec", router, "sh", "-c", setSysctls([forwarding]).text]);
  await ipBatch(step, router, ["link set lo up"]);
}

/** Makes the way, whatever of it is there. */
async function makeWay(lab: LabIdentity, spec: UnderlaySpec): Promise<void> {
  const step = "make the way to the lab";
  const link = controllerLink(lab);
  const noDuplicateDetection = isIpv6(spec) ? " nodad" : "";
  const links = await ipJson<{ ifname: string }>("look for the lab's link", ["link", "show"]);
  if (!links.some(({ ifname }) => ifname === link)) await makeLink(lab, spec);
  await ipBatch(step, undefined, [
    `address replace ${spec.controller}/${spec.prefixLength} dev ${link}${noDuplicateDetection}`,
    `link set ${link} up`,
    `route replace ${spec.range} via ${spec.gateway} dev ${link}`,
  ]);
}

/** Links the router to this machine; what an interrupted run has of the link in the router goes first. */
async function makeLink(lab: LabIdentity, spec: UnderlaySpec): Promise<void> {
  const step = "link the lab's router to this machine";
  const router = namespaceOf(lab, routerNode);
  const link = controllerLink(lab);
  const inRouter = await ipJson<{ ifname: string }>(step, ["-n", router, "link", "show"]);
  const remains = inRouter.some(({ ifname }) => ifname === routerEnd) ? [`link delete ${routerEnd}`] : [];
  await ipBatch(step, router, [
    ...remains,
    `link add ${routerEnd} type veth peer name ${link}`,
    `address add ${spec.gateway}/${spec.prefixLength} dev ${routerEnd}${isIpv6(spec) ? " nodad" : ""}`,
    `link set ${routerEnd} up`,
  ]);
  // The name is the mark: it is set before the interface comes to this machine's own namespace.
  await local(step, "ip", ["-n", router, "link", "set", link, "alias", linkAlias(lab)]);
  await local(step, "ip", ["-n", router, "link", "set", link, "netns", "1"]);
}

function isIpv6({ range }: UnderlaySpec): boolean {
  return range.includes(":");
}

async function clearUnderlay(lab: LabIdentity): Promise<void> {
  const link = controllerLink(lab);
  const links = await ipJson<{ ifname: string }>("look for the lab's link", ["link", "show"]);
  if (links.some(({ ifname }) => ifname === link))
    await ipBatch("remove the lab's link", undefined, [`link delete ${link}`]);
  const router = namespaceOf(lab, routerNode);
  if (hasRouter(lab)) await local("remove the lab's router", "ip", ["netns", "delete", router]);
}

function refuseForeignLab(lab: LabIdentity): void {
  const foreign = labsOnThisMachine().find(({ stack, id }) => stack === lab.stack && id !== lab.id);
  if (foreign === undefined) return;
  throw new Error(
    `a lab of stack "${lab.stack}" that another state made is on this machine (${labName(foreign)}, from ${foreign.project}).
    expected  no lab of this stack but our own
    write     (cd ${foreign.project} && npm run destroy -- ${lab.stack})`,
  );
}

/** @throws Error when a route or address of this machine, the lab's own aside, lies in the range or around it */
async function refuseUsedRange(lab: LabIdentity, range: string): Promise<void> {
  const inUse = await rangesInUse(rangeOf(range).family);
  const used = inUse.filter(({ by }) => by !== controllerLink(lab));
  const clash = used.find((other) => overlaps(range, other.range));
  if (clash === undefined) return;
  const free = freeRange(
    used.map((other) => other.range),
    range,
  );
  throw new Error(
    `the underlay range ${range} is in use on this machine: ${clash.range} (${clash.by}).
    expected  a range that no route or address of this machine touches
    given     nodes.lab.underlay: ${range}
    write     nodes.lab.underlay: ${free}`,
  );
}
