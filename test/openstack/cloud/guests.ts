/** Runs a lab node for every guest that the hypervisor was told to run, and keeps the floating addresses up. */
import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { rangeOf } from "../../../model/addresses.ts";
import { bootNode, hostKeyOf, removeNode } from "../../../providers/lab/boot.ts";
import { labFolder, nodeFolder, routerLink } from "../../../providers/lab/folders.ts";
import { projectFolder } from "../../../tools/support/project.ts";
import { until } from "../../support/until.ts";
import { ApiError, CloudApi } from "./api.ts";
import { firstBootScript, hostnameOf } from "./cloud-init.ts";
import { type CloudIdentity, layOut } from "./layout.ts";
import { type Floating, routeToServer, setFloating } from "./network.ts";
import { guestsFolder } from "./services.ts";

/** Milliseconds between two looks at what should run: at files, and at the API. */
const LOOK_MS = 100;
const API_LOOK_MS = 1000;

/** What the hypervisor writes of a guest: python/multinode_cloud/hypervisor.py. */
const guestFile = z.object({
  id: z.string(),
  name: z.string(),
  hostname: z.string(),
  /** What the image is: with Open vSwitch running, without, or one whose servers never come up. */
  image: z.enum(["openvswitch", "plain", "silent"]),
  publicKey: z.string().nullable(),
  userData: z.string(),
  interfaces: z.array(
    z.object({
      mtu: z.number().nullish(),
      addresses: z.array(z.object({ address: z.string(), range: z.string(), gateway: z.string().nullish() })),
    }),
  ),
});
type Guest = z.infer<typeof guestFile>;

/** Seconds for a server's first boot, all that its user data asks for included. */
const BOOT_SECONDS = 60;

/** MTU of a server's link in bytes where its network has none on record. */
const DEFAULT_MTU = 1500;

/** Looks after the guests until the signal; what fails is told by `report` and tried again. */
export async function serveGuests(
  cloud: CloudIdentity,
  signal: AbortSignal,
  report: (line: string) => void,
): Promise<void> {
  await Promise.all([serveNodes(cloud, signal, report), serveFloating(cloud, signal)]);
}

async function serveNodes(cloud: CloudIdentity, signal: AbortSignal, report: (line: string) => void): Promise<void> {
  const folder = guestsFolder(layOut(cloud));
  const known = new Map<string, { readonly number: number; work: Promise<void> }>();
  let numbers = 0;
  /** One thing at a time for each guest: a deletion waits for the boot before it. */
  const then = (id: string, work: () => Promise<void>): void => {
    const entry = known.get(id);
    if (entry === undefined) return;
    entry.work = entry.work.then(work).catch((error: Error) => report(`server ${id}: ${error.message}`));
  };
  while (!signal.aborted) {
    const wanted = readdirSync(folder).flatMap((name) => /^(.*)\.json$/.exec(name)?.[1] ?? []);
    for (const id of wanted.filter((one) => !known.has(one))) {
      numbers += 1;
      const number = numbers;
      known.set(id, { number, work: Promise.resolve() });
      then(id, async () => await boot(cloud, folder, id, number));
    }
    for (const [id, { number }] of [...known].filter(([one]) => !wanted.includes(one))) {
      then(id, async () => await removeNode(cloud.lab, id, number));
      known.delete(id);
    }
    await pause(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
  await Promise.all([...known.values()].map(({ work }) => work));
}

async function boot(cloud: CloudIdentity, folder: string, id: string, number: number): Promise<void> {
  const guest = readGuest(join(folder, `${id}.json`));
  // It was deleted before its turn came.
  if (guest === undefined) return;
  if (guest.image === "silent") {
    tellConsole(folder, id, "Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)\n");
    return;
  }
  const [link] = guest.interfaces;
  const [at] = link?.addresses ?? [];
  if (link === undefined || at === undefined || at.gateway === undefined || at.gateway === null) {
    throw new Error(`the test cloud boots servers with an IPv4 address on a subnet with a gateway only`);
  }
  const hostname = hostnameOf(guest);
  await bootNode(
    cloud.lab,
    {
      name: id,
      number,
      hostname,
      address: at.address,
      prefixLength: rangeOf(at.range).prefixLength,
      gateway: at.gateway,
      mtu: link.mtu ?? DEFAULT_MTU,
      openVswitch: guest.image === "openvswitch",
      firstBoot: firstBootScript(guest),
    },
    projectFolder,
  );
  await routeToServer(cloud, at.address, routerLink(number));
  const printed = () => readFileSync(join(nodeFolder(labFolder(cloud.lab), id), "log"), "utf8");
  // What the node printed tells as well why it never came so far.
  await until("the SSH server", BOOT_SECONDS, () => printed().includes("Server listening")).catch(() => undefined);
  const keys = ["-----BEGIN SSH HOST KEY KEYS-----", `${hostKeyOf(cloud.lab, id)} root@${hostname}`];
  tellConsole(folder, id, `${printed()}${keys.join("\n")}\n-----END SSH HOST KEY KEYS-----\n${hostname} login: \n`);
}

function readGuest(path: string): Guest | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
  return guestFile.parse(JSON.parse(text));
}

function tellConsole(folder: string, id: string, text: string): void {
  const path = join(folder, `${id}.log`);
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

/** An API that is down changes nothing: the addresses stay as they were. */
async function serveFloating(cloud: CloudIdentity, signal: AbortSignal): Promise<void> {
  const api = new CloudApi(layOut(cloud), "admin");
  let set = "[]";
  while (!signal.aborted) {
    const pairs = await floatingPairs(api).catch((error: unknown) => {
      if (error instanceof ApiError || error instanceof TypeError || error instanceof DOMException) return undefined;
      throw error;
    });
    const text = JSON.stringify(pairs);
    if (pairs !== undefined && text !== set) {
      await setFloating(cloud, pairs);
      set = text;
    }
    await pause(API_LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function floatingPairs(api: CloudApi): Promise<readonly Floating[]> {
  const { floatingips } = await api.get<{
    floatingips: { floating_ip_address: string; fixed_ip_address: string | null }[];
  }>("neutron", "/v2.0/floatingips?fields=floating_ip_address&fields=fixed_ip_address");
  return floatingips
    .flatMap(({ floating_ip_address: floating, fixed_ip_address: fixed }) =>
      fixed === null ? [] : [{ floating, fixed }],
    )
    .sort((a, b) => a.floating.localeCompare(b.floating));
}
