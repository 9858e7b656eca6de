/** A multinode OpenStack test environment: read the configuration, plan, build, prove, export. */
import "./components/stack-traces.ts";
import { join } from "node:path";
import { Access } from "./components/access.ts";
import { stackSettings } from "./components/configuration.ts";
import { DevstackConfiguration } from "./components/devstack-configuration.ts";
import { runDevstack } from "./components/devstack-run.ts";
import { PreparedHosts } from "./components/host-preparation.ts";
import { testNodes } from "./components/nodes/index.ts";
import { OverlayNetwork } from "./components/overlay-network.ts";
import { proveStack } from "./components/proof.ts";
import { planWith, underlayFacts } from "./components/underlay.ts";
import { planShape } from "./model/plan.ts";
import { Environment } from "./providers/environment.ts";

// Pulumi runs the program in the project's folder; not every language host tells the SDK which that is.
const project = process.cwd();
const settings = stackSettings(project);
const shape = planShape(settings);

const folder = join(project, ".multinode", settings.stack);
const environment = new Environment("environment", { stack: settings.stack, folder });
const { mark } = environment;
const testbed = testNodes({ settings, nodes: shape.nodes, environment, project });
const underlay = underlayFacts(settings, testbed, mark);
const plan = planWith(settings, underlay);
const mtu = plan.overlayMtu;
const hosts = new PreparedHosts("hosts", { settings, plan: shape, family: underlay.family, nodes: testbed, mark });
const networks = shape.overlays.map(
  (overlay) => new OverlayNetwork(overlay.block, { overlay, mtu, nodes: hosts.nodes, mark }),
);
const devstack = new DevstackConfiguration("devstack", { settings, plan: shape, mtu, nodes: hosts.nodes, mark });
const access = new Access("access", { plan, nodes: testbed, environment });
const runs = runDevstack({
  settings,
  plan: shape,
  nodes: hosts.nodes,
  mark,
  folder,
  contents: devstack.contents,
  after: [devstack, ...networks],
});
const after = [devstack, access, ...runs];
const revisions = [...hosts.revisions, ...networks.flatMap((network) => network.revisions)];
const proof = proveStack({ settings, plan, underlay, nodes: testbed, revisions, environment, after });

export const nodes = access.nodes;
export const overlays = plan.overlays.apply((all) => all.map(({ addresses, nodeSpan, block, ...rest }) => rest));
export const sshConfig = access.sshConfig;
export const inventory = access.inventory;
export const topology = access.topology;
export const verification = proof;
