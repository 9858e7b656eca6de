/** A stack whose nodes are servers of the test cloud. */
import { afterAll, beforeAll } from "vitest";
import { makeProject, removeProject } from "../support/project.ts";
import { type TestConfig, TestStack } from "../support/stack.ts";
import { type TestCloud, testCloud } from "./cloud/index.ts";

/** Keys of `nodes.openstack`; those that the test cloud decides are filled in. */
export type CloudOptions = Readonly<Record<string, unknown>>;

/** A stack on the test cloud, in a project of its own whose environment names the cloud. */
export class CloudStack extends TestStack {
  readonly cloud: TestCloud;
  /** The plugin looks at what it asked for every few seconds only, at each object by itself. */
  protected override readonly runSeconds: number = 300;

  static async make(cloud: TestCloud, options: CloudOptions, config: TestConfig = {}): Promise<CloudStack> {
    const project = await makeProject();
    const environment = { ...project.environment, ...cloud.environment() };
    return new CloudStack({ ...project, environment }, cloud, options, config);
  }

  private constructor(project: TestStack["project"], cloud: TestCloud, options: CloudOptions, config: TestConfig) {
    super(project, { ...config, nodes: onCloud(cloud, options) });
    this.cloud = cloud;
  }

  /** Writes the stack's file anew, with other options of its nodes. */
  chooseNodes(options: CloudOptions, config: TestConfig = {}): void {
    this.configure({ ...config, nodes: onCloud(this.cloud, options) });
  }

  /** Removes the stack, and whatever else the tests' project has in the cloud, also where destroy fails. */
  override async remove(): Promise<void> {
    try {
      if ((await this.state()).resources.length > 0) await this.pulumi("destroy", "--yes", "--skip-preview");
    } finally {
      await this.cloud.purge();
      removeProject(this.project);
    }
  }
}

function onCloud(cloud: TestCloud, options: CloudOptions): NonNullable<TestConfig["nodes"]> {
  const controllerRange = `${cloud.controllerAddress}/32`;
  return { backend: "openstack", openstack: { image: "debian-12", flavor: "m1.small", controllerRange, ...options } };
}

/**
 * Declares a stack on the test cloud for the tests of a file or a `describe`; it is made before them and removed after them,
 * whatever they did. One at a time: what another stack has in the cloud goes with it. Use the result inside tests only.
 */
export function cloudStack(options: CloudOptions = {}, config: TestConfig = {}): () => CloudStack {
  let stack: CloudStack | undefined;
  beforeAll(async () => {
    stack = await CloudStack.make(testCloud(), options, config);
    await stack.init();
  });
  afterAll(async () => await stack?.remove());
  return () => {
    if (stack === undefined) throw new Error("the stack is made before the first test, not before");
    return stack;
  };
}
