/** Reads the stack's configuration. */
import * as pulumi from "@pulumi/pulumi";
import { holdsPrivateKey } from "../model/backends/inventory.ts";
import { configuredSecrets } from "../model/localconf/index.ts";
import { ConfigError, parseSettings } from "../model/schema/index.ts";
import type { Role, Settings } from "../model/settings.ts";
import { localFiles } from "../providers/local-files.ts";

const roles = ["primary", "subnode"] as const satisfies readonly Role[];

/**
 * The settings of the stack that runs, files of this machine that it names included.
 *
 * @param project absolute path of the project's folder
 * @throws RunError with everything that is wrong in the configuration, and without a stack trace
 */
export function stackSettings(project: string): Settings {
  const config = new pulumi.Config();
  const raw = {
    flavor: config.get("flavor"),
    nodes: config.getObject("nodes"),
    overlay: config.getObject("overlay"),
    devstack: config.getObject("devstack"),
    verify: config.get("verify"),
  };
  try {
    const settings = parseSettings(pulumi.getStack(), raw, localFiles(project));
    refusePlainSecrets(settings);
    return settings;
  } catch (error) {
    throw error instanceof ConfigError ? new pulumi.RunError(error.message) : error;
  }
}

/** Pulumi copies configuration into the state: a secret that it is not told of would stand there in clear text. */
function refusePlainSecrets(settings: Settings): void {
  const names = roles.flatMap((role) => Object.keys(configuredSecrets(settings, role)));
  const secrets = [
    ...names.map((name) => ({ key: "devstack", inside: `secrets.${name}` })),
    ...(holdsPrivateKey(settings.nodes) ? [{ key: "nodes", inside: "inventory.privateKey" }] : []),
  ];
  const plain = secrets.find(({ key }) => !secretKeys().includes(`${pulumi.getProject()}:${key}`));
  if (plain === undefined) return;
  const name = plain.inside.split(".").at(-1);
  throw new pulumi.RunError(`The configuration of stack "${settings.stack}" holds the value of ${name} in clear text.
    expected  a value that Pulumi keeps encrypted
    write     pulumi config set --secret --path ${pulumi.getProject()}:${plain.key}.${plain.inside}`);
}

/** The configuration keys with encrypted values in them, as Pulumi tells a program's process. */
function secretKeys(): readonly string[] {
  return JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? "[]");
}
