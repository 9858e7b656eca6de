/** Configuration files of the services: the same for every cloud, but for the paths of its folder. */
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { accounts, type CloudLayout, ports, regions } from "./layout.ts";

/** Databases by what they are for. */
export const databases = ["keystone", "glance", "placement", "nova_api", "nova_cell0", "nova", "neutron"] as const;

/** Address of the message bus. */
export const messageBus = `rabbit://guest:guest@127.0.0.1:${ports.rabbitmq}/`;

/** Connection to a database. */
export function databaseUrl(name: (typeof databases)[number]): string {
  return `mysql+pymysql://root@127.0.0.1:${ports.mariadb}/${name}?charset=utf8mb4`;
}

/** Sections of an ini file: name → option → value. */
type Sections = Readonly<Record<string, Readonly<Record<string, string | number>>>>;

/** How services authenticate to keystone and find each other: by the internal addresses of the catalogue. */
const credentials = {
  auth_type: "password",
  auth_url: `http://127.0.0.1:${ports.keystone}/v3`,
  username: accounts.admin.user,
  password: accounts.admin.password,
  project_name: accounts.admin.project,
  user_domain_id: "default",
  project_domain_id: "default",
  region_name: regions[0],
};
const client = { ...credentials, valid_interfaces: "internal" };
const tokens = { ...credentials, interface: "internal", www_authenticate_uri: credentials.auth_url };

/** Writes the files of a cloud; the programs are in the virtual environment `venv`. */
export function writeConfiguration({ folder }: CloudLayout, venv: string): void {
  const state = (name: string) => join(folder, "state", name);
  const locks = { oslo_concurrency: { lock_path: state("locks") } };
  const nova: Sections = {
    DEFAULT: {
      // There is no other hypervisor to resize servers on.
      allow_resize_to_same_host: "true",
      compute_driver: "lab.LabDriver",
      host: "hypervisor",
      my_ip: "127.0.0.1",
      report_interval: 3,
      state_path: state("nova"),
      transport_url: messageBus,
    },
    keystone_authtoken: tokens,
    service_user: { ...client, send_service_user_token: "true" },
    placement: client,
    neutron: client,
    glance: client,
    cinder: { valid_interfaces: "internal" },
    conductor: { workers: 1 },
    scheduler: { workers: 1 },
    vnc: { enabled: "false" },
    ...locks,
  };
  const files: Readonly<Record<string, Sections>> = {
    "keystone/keystone.conf": {
      database: { connection: databaseUrl("keystone") },
      token: { provider: "fernet" },
      fernet_tokens: { key_repository: state("keystone/fernet") },
      credential: { key_repository: state("keystone/credential") },
      // The least there is: nobody attacks these passwords, and every log-in of a service waits for it.
      identity: { password_hash_rounds: 4 },
    },
    "glance/glance-api.conf": {
      DEFAULT: { enabled_backends: "disk:file" },
      database: { connection: databaseUrl("glance") },
      glance_store: { default_backend: "disk" },
      disk: { filesystem_store_datadir: state("images") },
      os_glance_staging_store: { filesystem_store_datadir: state("staging") },
      os_glance_tasks_store: { filesystem_store_datadir: state("tasks") },
      keystone_authtoken: tokens,
      paste_deploy: { flavor: "keystone", config_file: join(venv, "etc", "glance", "glance-api-paste.ini") },
      ...locks,
    },
    "placement/placement.conf": {
      placement_database: { connection: databaseUrl("placement") },
      keystone_authtoken: tokens,
    },
    "nova/nova.conf": {
      ...nova,
      api_database: { connection: databaseUrl("nova_api") },
      database: { connection: databaseUrl("nova") },
    },
    // nova-compute refuses to start where it could reach the database.
    "nova/nova-compute.conf": nova,
    "neutron/neutron.conf": {
      DEFAULT: {
        core_plugin: "ml2",
        service_plugins: "router",
        transport_url: "fake://",
        auth_strategy: "keystone",
        api_paste_config: join(venv, "etc", "neutron", "api-paste.ini"),
        state_path: state("neutron"),
        notify_nova_on_port_status_changes: "false",
        notify_nova_on_port_data_changes: "false",
        dhcp_agent_notification: "false",
      },
      database: { connection: databaseUrl("neutron") },
      keystone_authtoken: tokens,
      // As in most clouds, servers' networks are tunnels: their MTU is less than 1500 bytes, and the API tells it.
      ml2: {
        type_drivers: "vxlan",
        tenant_network_types: "vxlan",
        mechanism_drivers: "at_once",
        extension_drivers: "port_security",
      },
      ml2_type_vxlan: { vni_ranges: "1:1000" },
      ...locks,
    },
  };
  for (const [name, sections] of Object.entries(files)) {
    const path = join(folder, "etc", name);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, render(sections), { mode: 0o600 });
  }
  // nova looks for this one in its own folder of configuration.
  copyFileSync(join(venv, "etc", "nova", "api-paste.ini"), join(folder, "etc", "nova", "api-paste.ini"));
  for (const name of ["locks", "nova", "neutron", "images", "staging", "tasks"]) {
    mkdirSync(state(name), { recursive: true, mode: 0o700 });
  }
}

/** Environment by which the WSGI applications find their files. */
export function configurationVariables({ folder }: CloudLayout): Readonly<Record<string, string>> {
  const of = (name: string) => join(folder, "etc", name);
  return {
    OS_KEYSTONE_CONFIG_DIR: of("keystone"),
    OS_GLANCE_CONFIG_DIR: of("glance"),
    OS_PLACEMENT_CONFIG_DIR: of("placement"),
    OS_NOVA_CONFIG_DIR: of("nova"),
    OS_NEUTRON_CONFIG_DIR: of("neutron"),
    OS_NEUTRON_CONFIG_FILES: "neutron.conf",
  };
}

function render(sections: Sections): string {
  return Object.entries(sections)
    .map(([name, options]) => {
      const lines = Object.entries(options).map(([option, value]) => `${option} = ${value}`);
      return `[${name}]\n${lines.join("\n")}\n`;
    })
    .join("\n");
}
