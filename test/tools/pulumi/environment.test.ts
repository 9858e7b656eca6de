import { homedir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import {
  decideEnvironment,
  type Environment,
  exportLine,
  frontOfPath,
  pulumiHome,
} from "../../../tools/pulumi/environment.ts";

const project = "/home/o'neil/my project";

function decide(environment: Environment, loggedIn = false) {
  const facts = { project, pulumiFolder: "/opt/pulumi/bin", pulumiHome: pulumiHome(environment), loggedIn };
  return decideEnvironment({ environment, ...facts });
}

describe("decideEnvironment", () => {
  it("gives a fresh user the project's own passphrase, state and programs", () => {
    const { set, passphraseFile, stateFolder } = decide({ PATH: "/usr/bin:/bin" });
    expect(set).toEqual({
      PATH: `/opt/pulumi/bin:${project}/node_modules/.bin:/usr/bin:/bin`,
      PULUMI_CONFIG_PASSPHRASE_FILE: `${project}/.multinode/.passphrase`,
      PULUMI_BACKEND_URL: `file://${project}/.multinode/.state?metadata=skip`,
      PULUMI_HOME: join(homedir(), ".pulumi"),
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_PARALLEL: "256",
      NODE_COMPILE_CACHE: `${project}/.multinode/.cache/node`,
      TS_NODE_CACHE: "false",
    });
    expect(passphraseFile).toBe(`${project}/.multinode/.passphrase`);
    expect(stateFolder).toBe(`${project}/.multinode/.state`);
  });

  it.each<[string, Environment]>([
    ["a passphrase", { PULUMI_CONFIG_PASSPHRASE: "secret" }],
    ["an empty passphrase", { PULUMI_CONFIG_PASSPHRASE: "" }],
    ["a passphrase file", { PULUMI_CONFIG_PASSPHRASE_FILE: "/elsewhere" }],
  ])("leaves %s of the user alone", (_, environment) => {
    const { set, passphraseFile } = decide(environment);
    expect(set).not.toHaveProperty("PULUMI_CONFIG_PASSPHRASE_FILE");
    expect(passphraseFile).toBeNull();
  });

  it("keeps to the user's number of operations at once", () => {
    expect(decide({ PULUMI_PARALLEL: "4" }).set.PULUMI_PARALLEL).toBe("4");
  });

  it("keeps to a backend of the user", () => {
    for (const decision of [decide({ PULUMI_BACKEND_URL: "s3://bucket" }), decide({}, true)]) {
      expect(decision.set).not.toHaveProperty("PULUMI_BACKEND_URL");
      expect(decision.stateFolder).toBeNull();
    }
  });

  it("makes the same decision, files included, inside the environment it gave", () => {
    const first = decide({ PATH: "/bin" });
    const second = decide({ PATH: "/bin", ...first.set });
    expect({ ...first.set, ...second.set }).toEqual(first.set);
    expect(second.passphraseFile).toBe(first.passphraseFile);
    expect(second.stateFolder).toBe(first.stateFolder);
  });

  it("passes PULUMI_HOME on as an absolute path", () => {
    expect(decide({ PULUMI_HOME: "pulumi home" }).set.PULUMI_HOME).toBe(join(process.cwd(), "pulumi home"));
  });
});

describe("frontOfPath", () => {
  it("moves folders to the front, none of them twice", () => {
    expect(frontOfPath("/usr/bin:/a:/bin::/a:/bin", ["/a", "/b"], "/x")).toBe("/a:/b:/usr/bin:/bin");
  });

  it("drops what npm adds for its own script and keeps other projects' programs", () => {
    const npms = "/home/dev/p/node_modules/.bin:/home/dev/node_modules/.bin:/node_modules/.bin:/lib/npm/node-gyp-bin";
    const others = "/home/dev/other/node_modules/.bin:/usr/bin";
    expect(frontOfPath(`${npms}:${others}`, ["/a"], "/home/dev/p")).toBe(`/a:${others}`);
  });

  it("leaves launchers out, this checkout's and another's", () => {
    const launchers = "/p/tools/pulumi/launcher:/other/tools/pulumi/launcher";
    expect(frontOfPath(`${launchers}:/bin`, ["/a"], "/p")).toBe("/a:/bin");
  });
});

describe("exportLine", () => {
  it.each(["plain", "two words", "it's", '$HOME `id` "x" \\ !', "a\nb", "äöü ☃"])(
    "gives a shell exactly %j",
    async (value) => {
      const { stdout } = await execa("sh", ["-c", `${exportLine("VALUE", value)}\nprintf '%s.' "$VALUE"`]);
      expect(stdout).toBe(`${value}.`);
    },
  );
});

describe("npm run env", () => {
  it("prints lines that a bash evaluates, twice with the same result, and nothing else", async () => {
    const tool = join(import.meta.dirname, "../../../tools/env.ts");
    const names = "PATH PULUMI_BACKEND_URL PULUMI_CONFIG_PASSPHRASE_FILE PULUMI_SKIP_UPDATE_CHECK";
    const show = `for name in ${names}; do printf '%s=%s\\n' $name "\${!name}"; done`;
    const load = `eval "$('${process.execPath}' '${tool}')"`;
    const environment = { HOME: process.env.HOME, PATH: "/usr/bin:/bin" };
    const script = `set -eu\n${load}\n${show}\necho --\n${load}\n${show}\ncommand -v pulumi node`;
    const { stdout, stderr } = await execa("bash", ["-c", script], { env: environment, extendEnv: false });
    const [first = "", second = ""] = stdout.split("--\n");
    const [pulumi, node] = second.trimEnd().split("\n").slice(-2);
    expect(stderr).toBe("");
    expect(second.trimEnd().split("\n").slice(0, -2)).toEqual(first.trimEnd().split("\n"));
    expect(first).toMatch(/^PULUMI_CONFIG_PASSPHRASE_FILE=\/.*\.multinode\/\.passphrase$/m);
    expect(first).toMatch(/^PULUMI_BACKEND_URL=file:\/\/\/.*\.multinode\/\.state\?metadata=skip$/m);
    expect(node).toMatch(/node_modules\/\.bin\/node$/);
    expect(pulumi).toMatch(/tools\/pulumi\/launcher\/pulumi$/);
  });
});
