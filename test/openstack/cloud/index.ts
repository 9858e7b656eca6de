/**
 * The test cloud: the real API of OpenStack (keystone, glance, placement, nova, neutron) on this machine, in a network
 * namespace of its own, whose servers are lab nodes. `npm run test:openstack` starts one for each run of vitest, and every test
 * file takes it with `testCloud()`; files run one after the other, so a test may break the cloud as long as it mends it.
 *
 *     const cloud = testCloud();
 *     const stack = cloudStack({ subnodes: 1 });        // of stack.ts: image debian-12, flavor m1.small
 *     const before = await cloud.inventory();
 *     …
 *     await cloud.expectInventory(before);
 *
 * By hand: `node test/openstack/cloud/main.ts` in a terminal; it prints one line of JSON when it is up, among it the
 * path of clouds.yaml, and Ctrl-C ends it. A cloud that was killed is removed by the next start.
 *
 * What is there: project and user `tests` (clouds.yaml: cloud `multinode`, regions RegionOne and RegionTwo, which are one),
 * networks `public` (external, for floating addresses) and `shared` (anybody's servers may use it as it is), the flavors
 * and images of prepare.ts. No volume service.
 *
 * What a server is: a lab node, as soon as the server is ACTIVE; its name, key pair and user data (cloud-init.ts says how much of
 * it) hold before SSH answers. Its console log is that of the node with its host key, as cloud-init prints it. Image `debian-12`
 * has Open vSwitch running (a lab node cannot start it later), `debian-12-plain` has not, and a server of `silent` never answers.
 *
 * How it is reached: from this machine at its fixed address when its subnet is one of `routedRanges` or that of `shared`, at
 * its floating address in any case. Servers share no layer 2: the router answers ARP for all of them. MTU as neutron says (1450).
 *
 * What it is not: nobody enforces security groups, routers route whatever is in `routedRanges`, there is no metadata service and no
 * IPv6; a server that was stopped, rebooted or resized by the API keeps running.
 */
import { expect, inject } from "vitest";
import { until } from "../../support/until.ts";
import { CloudApi } from "./api.ts";
import { CLOUD_NAME, type CloudDescription } from "./cloud.ts";
import { inventory, listServers, purge, type Server } from "./inventory.ts";
import { type CloudLayout, layOut, type regions } from "./layout.ts";
import { computeServices } from "./prepare.ts";
import { type Api, apiAnswers, apis, startService, stopService } from "./services.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The cloud of this run. */
    cloud: CloudDescription;
  }
}

/** Seconds for the API to do what it was asked for. */
const API_SECONDS = 60;

/** The cloud of this test run. */
export function testCloud(): TestCloud {
  return new TestCloud(inject("cloud"));
}

/** A running cloud, and what can be done to it behind Pulumi's back. */
export class TestCloud {
  readonly description: CloudDescription;
  readonly layout: CloudLayout;
  /** Requests as administrator of all projects. */
  readonly admin: CloudApi;
  /** Requests as the user of clouds.yaml. */
  readonly tests: CloudApi;

  constructor(description: CloudDescription) {
    this.description = description;
    this.layout = layOut(description);
    this.admin = new CloudApi(this.layout, "admin");
    this.tests = new CloudApi(this.layout, "tests");
  }

  /** Environment for Pulumi: clouds.yaml and the cloud in it. */
  environment(region: (typeof regions)[number] = "RegionOne"): Readonly<Record<string, string>> {
    const cloud = region === "RegionOne" ? CLOUD_NAME : `${CLOUD_NAME}-two`;
    return { OS_CLIENT_CONFIG_FILE: this.description.cloudsFile, OS_CLOUD: cloud };
  }

  /** Ranges, as CIDRs, whose servers this machine reaches at their fixed addresses; for networks of tests' own. */
  get routedRanges(): readonly string[] {
    // The first is that of the network `shared`.
    return this.layout.routedRanges.slice(1);
  }

  /** Address that servers see this machine at. */
  get controllerAddress(): string {
    return this.layout.controller.address;
  }

  /** Everything in the API, whoever made it: one line each, `<kind> <name> <id>`, sorted. */
  async inventory(): Promise<readonly string[]> {
    return await inventory(this.admin, this.tests);
  }

  /** Waits until the API holds what it held before; the error shows the difference. */
  async expectInventory(before: readonly string[]): Promise<void> {
    const same = async () => JSON.stringify(await this.inventory()) === JSON.stringify(before);
    // nova deletes in the background; what stays is shown by the comparison.
    await until("the API's lists to be as before", API_SECONDS, same).catch(() => undefined);
    expect(await this.inventory()).toEqual(before);
  }

  /** The servers of this name, or all. */
  async servers(name?: string): Promise<readonly Server[]> {
    return (await listServers(this.admin)).filter((server) => name === undefined || server.name === name);
  }

  /** The one server of this name. */
  async server(name: string): Promise<Server> {
    const [server] = await this.servers(name);
    if (server === undefined) throw new Error(`the test cloud has no server ${name}`);
    return server;
  }

  /** Deletes a server, and waits until it is gone. */
  async deleteServer(name: string): Promise<void> {
    const { id } = await this.server(name);
    await this.admin.delete("nova", `/v2.1/servers/${id}`);
    await until(`server ${name} to be gone`, API_SECONDS, async () => (await this.servers(name)).length === 0);
  }

  /** Puts a server into ERROR; its node keeps running. */
  async failServer(name: string): Promise<void> {
    const { id } = await this.server(name);
    await this.admin.post("nova", `/v2.1/servers/${id}/action`, { "os-resetState": { state: "error" } });
  }

  /** Sets quotas of the tests' project in nova, such as `{ instances: 2 }`; -1 is without limit. */
  async setComputeQuota(quota: Readonly<Record<string, number>>): Promise<void> {
    const project = await this.tests.project();
    await this.admin.put("nova", `/v2.1/os-quota-sets/${project}`, { quota_set: { ...quota, force: true } });
  }

  /** Sets quotas of the tests' project in neutron, such as `{ port: 2 }`; -1 is without limit. */
  async setNetworkQuota(quota: Readonly<Record<string, number>>): Promise<void> {
    await this.admin.put("neutron", `/v2.0/quotas/${await this.tests.project()}`, { quota });
  }

  /** Puts all quotas of the tests' project back to their defaults. */
  async resetQuotas(): Promise<void> {
    const project = await this.tests.project();
    await this.admin.delete("nova", `/v2.1/os-quota-sets/${project}`);
    await this.admin.delete("neutron", `/v2.0/quotas/${project}`);
  }

  /** Forbids the only hypervisor to take new servers (no valid host), or allows it again. */
  async setHypervisor(status: "enabled" | "disabled"): Promise<void> {
    const [service] = await computeServices(this.admin);
    if (service === undefined) throw new Error("the test cloud has no compute service");
    await this.admin.put("nova", `/v2.1/os-services/${service.id}`, { status });
  }

  /** Makes an image like `debian-12` under another name, to be deleted; gives its id. */
  async makeImage(name: string): Promise<string> {
    const { id } = await this.admin.post<{ id: string }>("glance", "/v2/images", {
      name,
      disk_format: "raw",
      container_format: "bare",
      visibility: "public",
      multinode_guest: "openvswitch",
    });
    await this.admin.put("glance", `/v2/images/${id}/file`, Buffer.from(name));
    return id;
  }

  /** Deletes the images of this name. */
  async deleteImage(name: string): Promise<void> {
    const { images } = await this.admin.get<{ images: { id: string }[] }>("glance", `/v2/images?name=${name}`);
    for (const { id } of images) await this.admin.delete("glance", `/v2/images/${id}`);
  }

  /** Kills API services, all by default: nobody answers at their ports. */
  async stopApis(...which: readonly Api[]): Promise<void> {
    for (const api of which.length > 0 ? which : apis) await stopService(this.description, api);
  }

  /** Starts API services again, all by default, and waits until they answer. */
  async startApis(...which: readonly Api[]): Promise<void> {
    const started = which.length > 0 ? which : apis;
    for (const api of started) startService(this.description, api);
    for (const api of started) await apiAnswers(this.description, api);
    // The first requests of a new neutron race each other for its policies when they come at once.
    await this.tests.get("neutron", "/v2.0/networks");
  }

  /** Deletes everything of the tests' project, so that what a failed test left is not in the next one's way. */
  async purge(): Promise<void> {
    await purge(this.admin, this.tests);
  }
}
