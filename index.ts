/** A multinode OpenStack test environment: read the configuration, plan, build, prove, export. */
import { join } from "node:path";
import { Access } from "./components/access.ts";
import { stackSettings, underlayFacts } from "./components/configuration.ts";
import { DevstackConfiguration } from "./components/devstack-configuration.ts";
import { testNodes } from "./components/nodes/index.ts";
import { OverlayNetwork } from "./components/overlay-network.ts";
import { proveStack } from "./components/proof.ts";
import { buildPlan } from "./model/plan.ts";
import { Environment } from "./providers/environment.ts";

// Pulumi runs the program in the project's folder; not every language host tells the SDK which that is.
const project = process.cwd();
const settings = stackSettings();
const underlay = underlayFacts(settings);
const plan = buildPlan(settings, underlay);

const folder = join(project, ".multinode", settings.stack);
const environment = new Environment("environment", { stack: settings.stack, folder });
const { mark } = environment;
const testbed = testNodes({ settings, nodes: plan.nodes, environment, project });
const networks = plan.overlays.map((overlay) => new OverlayNetwork(overlay.block, { overlay, nodes: testbed, mark }));
const devstack = new DevstackConfiguration("devstack", { settings, plan, nodes: testbed, mark });
const access = new Access("access", { plan, nodes: testbed, environment });
const after = [devstack, access];
const proof = proveStack({ depth: settings.verify, plan, underlay, nodes: testbed, networks, environment, after });

export const nodes = access.nodes;
export const overlays = plan.overlays.map(({ addresses, nodeSpan, block, ...overlay }) => overlay);
export const sshConfig = access.sshConfig;
export const inventory = access.inventory;
export const topology = access.topology;
export const verification = proof;
