/** The processes of a test cloud: how each is started, when it is ready, and how it is stopped. */
import { spawn } from "node:child_process";
import { mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ipJson, local } from "../../../providers/lab/commands.ts";
import { type LabIdentity, labMark, namespaceOf } from "../../../providers/lab/folders.ts";
import { end, identify, isAlive, type ProcessIdentity } from "../../../providers/processes.ts";
import { until } from "../../support/until.ts";
import { configurationVariables } from "./configuration.ts";
import { type CloudIdentity, type CloudLayout, layOut, ports, publicUrl } from "./layout.ts";

/** Services with an API of their own. */
export const apis = ["keystone", "placement", "glance", "neutron", "nova"] as const;
export type Api = (typeof apis)[number];

/** Services without. */
export type Service = Api | "mariadb" | "rabbitmq" | "nova-conductor" | "nova-scheduler" | "nova-compute";

/** What it takes to start services of a cloud. */
export interface ServiceHost extends CloudIdentity {
  /** Virtual environment with the services' programs. */
  readonly venv: string;
}

/** Seconds for a service to come up; several load at once, each some ten thousand lines of Python. */
const START_SECONDS = 240;
/** Seconds for a service to be gone after it was killed. */
const END_SECONDS = 10;
/** Characters of a service's log that an error repeats. */
const SHOWN_LOG = 2000;

/** WSGI modules of the APIs. */
const applications: Readonly<Record<Api, string>> = {
  keystone: "keystone.wsgi.api",
  placement: "placement.wsgi.api",
  glance: "glance.wsgi.api",
  neutron: "neutron.wsgi.api",
  nova: "nova.wsgi.osapi_compute",
};

/** Starts a service unless it runs. It outlives this process and is known by the namespace it is in. */
export function startService(host: ServiceHost, service: Service): void {
  const layout = layOut(host);
  if (isRunning(layout, service)) return;
  const { program, variables } = commandOf(layout, host.venv, service);
  mkdirSync(join(layout.folder, "run"), { recursive: true, mode: 0o700 });
  mkdirSync(join(layout.folder, "log"), { recursive: true, mode: 0o700 });
  const log = openSync(logOf(layout, service), "a", 0o600);
  const child = spawn("ip", ["netns", "exec", layout.namespace, ...program], {
    detached: true,
    stdio: ["ignore", log, log],
    cwd: layout.folder,
    env: { ...serviceEnvironment(host), ...variables },
  });
  child.unref();
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  if (identity === undefined) throw new Error(`${service} did not start: ${tailOfLog(layout, service)}`);
  writeFileSync(recordOf(layout, service), JSON.stringify(identity));
}

/** Kills a service, as a crash would; one that does not run counts as stopped. */
export async function stopService(host: CloudIdentity, service: Service): Promise<void> {
  const layout = layOut(host);
  const identity = identityOf(layout, service);
  if (identity !== undefined) await end([identity], END_SECONDS);
  rmSync(recordOf(layout, service), { force: true });
}

/**
 * Kills whatever runs in a namespace of the cloud. The mark in its environment does not find all of it: services that write
 * a title for `ps`, as neutron and nova's workers do, write it over their environment.
 */
export async function endServices(lab: LabIdentity): Promise<void> {
  for (;;) {
    const running = await processesIn(namespaceOf(lab, ""));
    if (running.length === 0) return;
    await end(running, END_SECONDS);
  }
}

/** Waits until an API answers; the error has the end of its log. */
export async function apiAnswers(host: CloudIdentity, api: Api): Promise<void> {
  const layout = layOut(host);
  await ready(layout, api, async () => {
    const answer = await fetch(publicUrl(layout, api), { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
    await answer?.arrayBuffer();
    return answer !== undefined;
  });
}

/** Waits until a service does something, as long as its process lives. */
export async function ready(layout: CloudLayout, service: Service, look: () => Promise<boolean>): Promise<void> {
  await until(`${service} of the test cloud to come up`, START_SECONDS, async () => {
    if (!isRunning(layout, service)) throw new Error(`${service} ended:\n${tailOfLog(layout, service)}`);
    return await look();
  }).catch((error: Error) => {
    throw new Error(`${error.message}\n${tailOfLog(layout, service)}`);
  });
}

/** Environment of every process in the cloud: its marks, and nothing of ours. */
export function serviceEnvironment(host: ServiceHost): Readonly<Record<string, string>> {
  const layout = layOut(host);
  const [name = "", value = ""] = labMark(host.lab).split("=");
  return {
    [name]: value,
    PATH: `${join(host.venv, "bin")}:/usr/sbin:/usr/bin:/sbin:/bin`,
    PYTHONPATH: join(import.meta.dirname, "python"),
    PYTHONWARNINGS: "ignore",
    PYTHONDONTWRITEBYTECODE: "1",
    HOME: layout.folder,
    LC_ALL: "C.UTF-8",
    MULTINODE_CLOUD_GUESTS: guestsFolder(layout),
    ...configurationVariables(layout),
  };
}

/** Where the hypervisor tells which guests there are. */
export function guestsFolder({ folder }: CloudLayout): string {
  return join(folder, "guests");
}

function commandOf(layout: CloudLayout, venv: string, service: Service) {
  const python = join(venv, "bin", "python");
  const etc = join(layout.folder, "etc");
  switch (service) {
    case "mariadb":
      return { program: ["mariadbd", ...mariadbOptions(layout)], variables: {} };
    case "rabbitmq":
      return { program: ["/usr/lib/rabbitmq/bin/rabbitmq-server"], variables: rabbitmqVariables(layout) };
    case "nova-compute":
      return {
        program: [python, "-m", "multinode_cloud.compute", "--config-file", join(etc, "nova", "nova-compute.conf")],
        variables: {},
      };
    case "nova-conductor":
    case "nova-scheduler":
      return { program: [join(venv, "bin", service), "--config-file", join(etc, "nova", "nova.conf")], variables: {} };
    default:
      return {
        program: [python, "-m", "multinode_cloud.serve", applications[service], String(ports[service])],
        variables: {},
      };
  }
}

/** Nothing is kept beyond the cloud's life: no write waits for the disk. */
function mariadbOptions({ folder }: CloudLayout): readonly string[] {
  return [
    "--no-defaults",
    "--user=root",
    `--datadir=${join(folder, "state", "mariadb")}`,
    `--socket=${join(folder, "run", "mariadb.sock")}`,
    `--pid-file=${join(folder, "run", "mariadb.pid")}`,
    "--bind-address=127.0.0.1",
    `--port=${ports.mariadb}`,
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-flush-method=nosync",
    "--innodb-buffer-pool-size=128M",
    "--innodb-log-file-size=16M",
    "--skip-log-bin",
    "--max-connections=400",
    "--performance-schema=OFF",
  ];
}

function rabbitmqVariables({ folder }: CloudLayout): Readonly<Record<string, string>> {
  return {
    RABBITMQ_NODENAME: "multinode@localhost",
    RABBITMQ_NODE_IP_ADDRESS: "127.0.0.1",
    RABBITMQ_NODE_PORT: String(ports.rabbitmq),
    ERL_EPMD_ADDRESS: "127.0.0.1",
    RABBITMQ_MNESIA_BASE: join(folder, "state", "rabbitmq"),
    RABBITMQ_LOG_BASE: join(folder, "log"),
    RABBITMQ_PID_FILE: join(folder, "run", "rabbitmq.pid"),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, "etc", "rabbitmq-plugins"),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "-kernel inet_dist_use_interface {127,0,0,1} +S 1:1",
  };
}

/** Whether a port on the cloud's own loopback takes connections, asked from inside its namespace. */
export async function answersInside(namespace: string, port: number): Promise<boolean> {
  const probe = `exec 3<>/dev/tcp/127.0.0.1/${port}`;
  return await local("look for a port", "ip", ["netns", "exec", namespace, "bash", "-c", probe]).then(
    () => true,
    () => false,
  );
}

/** Processes in network namespaces whose names begin so. */
async function processesIn(prefix: string): Promise<readonly ProcessIdentity[]> {
  const step = "look for the test cloud's processes";
  const namespaces = await ipJson<{ name: string }>(step, ["netns", "list"]);
  const names = namespaces.map(({ name }) => name).filter((name) => name.startsWith(prefix));
  const pids = await Promise.all(names.map(async (name) => await local(step, "ip", ["netns", "pids", name])));
  return pids
    .flatMap((printed) => printed.split("\n"))
    .filter((pid) => pid !== "")
    .flatMap((pid) => identify(Number(pid)) ?? []);
}

/** The end of what a service printed. */
export function tailOfLog(layout: CloudLayout, service: Service): string {
  return readFileSync(logOf(layout, service), "utf8").slice(-SHOWN_LOG);
}

function isRunning(layout: CloudLayout, service: Service): boolean {
  const identity = identityOf(layout, service);
  return identity !== undefined && isAlive(identity);
}

function identityOf(layout: CloudLayout, service: Service): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(recordOf(layout, service), "utf8"));
  } catch {
    return undefined;
  }
}

function recordOf({ folder }: CloudLayout, service: Service): string {
  return join(folder, "run", `${service}.json`);
}

function logOf({ folder }: CloudLayout, service: Service): string {
  return join(folder, "log", `${service}.log`);
}
