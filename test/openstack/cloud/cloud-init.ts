/**
 * As much of cloud-init as test nodes need, as a shell script for a node's first boot: host name, users, SSH keys, host
 * keys, files and commands. What else a `#cloud-config` holds is ignored.
 */
import { parse } from "yaml";
import { z } from "zod";
import { lines, type ShellText, sh } from "../../../providers/remote/quote.ts";

/** What a server is told about itself. */
export interface FirstBoot {
  /** As the API has it; user data may say otherwise. */
  readonly hostname: string;
  /** Public half of the server's key pair, a line of authorized_keys; null when it has none. */
  readonly publicKey: string | null;
  /** Decoded; empty when there is none. */
  readonly userData: string;
}

/** The user whose name the image brings, as Debian's images do. */
const defaultUser = "debian";

const texts = z.array(z.string());
const userEntry = z.object({
  name: z.string(),
  sudo: z.union([z.string(), texts, z.boolean()]).optional(),
  shell: z.string().optional(),
  groups: z.union([z.string(), texts]).optional(),
  ssh_authorized_keys: texts.optional(),
});
const cloudConfig = z.object({
  hostname: z.string().optional(),
  fqdn: z.string().optional(),
  users: z.array(z.union([z.string(), userEntry])).optional(),
  ssh_authorized_keys: texts.optional(),
  disable_root: z.boolean().default(true),
  ssh_keys: z.record(z.string(), z.string()).optional(),
  write_files: z
    .array(
      z.object({
        path: z.string(),
        content: z.string().default(""),
        permissions: z.string().default("0644"),
        encoding: z.string().optional(),
      }),
    )
    .optional(),
  bootcmd: z.array(z.union([z.string(), texts])).optional(),
  runcmd: z.array(z.union([z.string(), texts])).optional(),
});
type CloudConfig = z.infer<typeof cloudConfig>;
type User = z.infer<typeof userEntry>;

/** Host name of a server after its first boot. */
export function hostnameOf(boot: FirstBoot): string {
  const { hostname, fqdn } = readConfig(boot.userData);
  return hostname ?? fqdn?.split(".")[0] ?? boot.hostname;
}

/** The script of a server's first boot. A step that fails is told in the console log and does not stop the boot. */
export function firstBootScript(boot: FirstBoot): string {
  const config = readConfig(boot.userData);
  const keys = [...(boot.publicKey === null ? [] : [boot.publicKey.trim()]), ...(config.ssh_authorized_keys ?? [])];
  const users = config.users ?? ["default"];
  const steps = [
    sh`echo 'Cloud-init of the test cloud: first boot'`,
    ...(config.bootcmd ?? []).map(command),
    ...hostKeys(config),
    ...users.flatMap((user) => account(user, keys)),
    ...(config.disable_root ? [] : [authorize("root", "/root", keys)]),
    ...(config.write_files ?? []).map(writeFile),
    ...(config.runcmd ?? []).map(command),
    ...(boot.userData.startsWith("#!") ? [sh`printf %s ${boot.userData} >/run/user-data`, sh`sh /run/user-data`] : []),
    sh`echo 'Cloud-init of the test cloud: finished'`,
  ];
  return `${lines(...steps).text}\n`;
}

function readConfig(userData: string): CloudConfig {
  return cloudConfig.parse(userData.startsWith("#cloud-config") ? (parse(userData) ?? {}) : {});
}

function account(user: string | User, keys: readonly string[]): readonly ShellText[] {
  const isDefault = user === "default";
  const about: User = typeof user === "string" ? { name: isDefault ? defaultUser : user } : user;
  const { name, shell = "/bin/bash" } = about;
  const home = name === "root" ? "/root" : `/home/${name}`;
  const groups = typeof about.groups === "string" ? about.groups.split(/[, ]+/) : (about.groups ?? []);
  const sudo = isDefault ? "ALL=(ALL) NOPASSWD:ALL" : about.sudo;
  const rules = typeof sudo === "string" ? [sudo] : Array.isArray(sudo) ? sudo : [];
  return [
    // Without a password, yet not locked: sshd without PAM refuses locked ones their keys as well.
    sh`id ${name} >/dev/null 2>&1 || { useradd --create-home --shell ${shell} ${name}; usermod --password ${"*"} ${name}; }`,
    ...groups.map((group) => sh`getent group ${group} >/dev/null || groupadd ${group}; usermod -aG ${group} ${name}`),
    sh`mkdir -p /etc/sudoers.d`,
    ...rules.map((rule) => sh`echo ${`${name} ${rule}`} >>/etc/sudoers.d/90-cloud-init-users`),
    authorize(name, home, isDefault ? keys : (about.ssh_authorized_keys ?? [])),
  ];
}

function authorize(user: string, home: string, keys: readonly string[]): ShellText {
  const text = keys.map((key) => `${key.trim()}\n`).join("");
  const file = `${home}/.ssh/authorized_keys`;
  return sh`install -d -m 700 -o ${user} ${`${home}/.ssh`}; printf %s ${text} >>${file}; chown ${user} ${file}; chmod 600 ${file}`;
}

/** Host keys given from outside. A lab node has one, of type ed25519, in a folder that it cannot write to. */
function hostKeys({ ssh_keys: keys }: CloudConfig): readonly ShellText[] {
  const parts: readonly (readonly [string, string])[] = [
    ["ed25519_private", "/run/multinode/ssh_host_ed25519_key"],
    ["ed25519_public", "/run/multinode/ssh_host_ed25519_key.pub"],
  ];
  return parts.flatMap(([name, path]) => {
    const key = keys?.[name];
    if (key === undefined) return [];
    const draft = `/run/host-key-${name}`;
    return [sh`(umask 077; printf '%s\\n' ${key.trimEnd()} >${draft}); mount --bind ${draft} ${path}`];
  });
}

function writeFile({ path, content, permissions, encoding }: NonNullable<CloudConfig["write_files"]>[number]) {
  const isBase64 = encoding === "b64" || encoding === "base64";
  const decode = isBase64 ? sh`base64 -d` : sh`cat`;
  return sh`mkdir -p "$(dirname ${path})"; printf %s ${content} | ${decode} >${path}; chmod ${permissions} ${path}`;
}

/** A text is a line of shell, a list the words of one command. */
function command(words: string | readonly string[]): ShellText {
  return typeof words === "string" ? sh`sh -c ${words}` : sh`${words}`;
}
