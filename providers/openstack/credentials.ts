/** Where the credentials of a cloud come from: clouds.yaml, or the usual `OS_*` environment. They stay in this process. */
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";

/** Which cloud a stack speaks to: names only, so that it can stand in a state. */
export interface CloudChoice {
  /** An entry of clouds.yaml; absent: `OS_CLOUD`, or the `OS_*` environment. */
  cloud?: string;
  region?: string;
}

/** What a session is opened with; never stored, shown or passed on. */
export interface Credentials {
  readonly authUrl: string;
  readonly region: string | undefined;
  /** Body of keystone's `POST /v3/auth/tokens`. */
  readonly auth: object;
  /** Who logs in, for messages. */
  readonly who: string;
  /** Whose endpoints are used: `public` where nothing is said. */
  readonly interface: string;
  /** Text of the certificates to trust, in PEM. */
  readonly ca: string | undefined;
  readonly insecure: boolean;
}

type Mapping = Readonly<Record<string, unknown>>;

/** The credentials of the chosen cloud.
 * @throws Error that says what is missing and what to write */
export function credentialsOf(choice: CloudChoice, environment: NodeJS.ProcessEnv = process.env): Credentials {
  const cloud = choice.cloud ?? environment.OS_CLOUD;
  const entry = cloud === undefined ? fromEnvironment(environment) : fromCloudsYaml(cloud, environment);
  const auth = mappingOf(entry.auth);
  const authUrl = textOf(auth.auth_url);
  if (authUrl === undefined) {
    throw new Error(`no credentials for an OpenStack cloud.
    expected  nodes.openstack.cloud or OS_CLOUD, naming an entry of clouds.yaml; or the OS_* environment of an openrc file
    given     ${cloud === undefined ? "neither" : `an entry "${cloud}" without auth.auth_url`}
    write     export OS_CLOUD=<an entry of clouds.yaml>`);
  }
  const cacert = textOf(entry.cacert);
  return {
    authUrl: authUrl.replace(/\/+$/, "").replace(/(\/v3)?$/, "/v3"),
    region: choice.region ?? environment.OS_REGION_NAME ?? textOf(entry.region_name),
    auth: authBody(auth),
    who: `${textOf(auth.username) ?? textOf(auth.user_id) ?? textOf(auth.application_credential_id) ?? "a token"}${cloud === undefined ? "" : ` of the cloud "${cloud}"`}`,
    interface: textOf(entry.interface)?.replace(/URL$/, "") ?? "public",
    ca: cacert === undefined ? undefined : readFileSync(cacert, "utf8"),
    insecure: entry.verify === false,
  };
}

/** The openrc's variables as an entry of clouds.yaml. */
function fromEnvironment(environment: NodeJS.ProcessEnv): Mapping {
  const named = Object.entries(environment).filter(([name]) => name.startsWith("OS_"));
  const auth = Object.fromEntries(named.map(([name, value]) => [name.slice("OS_".length).toLowerCase(), value]));
  return { auth, cacert: auth.cacert, interface: auth.interface, verify: auth.insecure !== "true" };
}

function fromCloudsYaml(cloud: string, environment: NodeJS.ProcessEnv): Mapping {
  const files = cloudsFiles(environment, "clouds").filter(existsSync);
  const clouds = files.length === 0 ? {} : cloudsIn(files[0]);
  const entry = clouds[cloud];
  if (entry === undefined) {
    throw new Error(`no cloud "${cloud}" in clouds.yaml.
    expected  ${Object.keys(clouds).length === 0 ? `a file ${cloudsFiles(environment, "clouds").join(" or ")}` : `one of ${Object.keys(clouds).join(", ")} (${files[0]})`}
    given     ${cloud}
    write     cloud: <an entry of clouds.yaml>`);
  }
  const secure = cloudsIn(cloudsFiles(environment, "secure").find(existsSync))[cloud];
  return { ...mappingOf(entry), auth: { ...mappingOf(mappingOf(entry).auth), ...mappingOf(mappingOf(secure).auth) } };
}

/** Where clouds.yaml or secure.yaml are looked for, in OpenStack's own order. */
function cloudsFiles(environment: NodeJS.ProcessEnv, name: "clouds" | "secure"): readonly string[] {
  const named = name === "clouds" ? environment.OS_CLIENT_CONFIG_FILE : environment.OS_CLIENT_SECURE_FILE;
  const folders = [process.cwd(), join(homedir(), ".config/openstack"), "/etc/openstack"];
  return [...(named === undefined ? [] : [named]), ...folders.map((folder) => join(folder, `${name}.yaml`))];
}

function cloudsIn(file: string | undefined): Mapping {
  return file === undefined ? {} : mappingOf(mappingOf(parse(readFileSync(file, "utf8"))).clouds);
}

/** The request for a token: by application credential, token or password, in this order. */
function authBody(auth: Mapping): object {
  const domain = (id: unknown, name: unknown): object => (id === undefined ? { name: name ?? "Default" } : { id });
  if (auth.application_credential_secret !== undefined) {
    const { application_credential_id: id, application_credential_secret: secret } = auth;
    return { identity: { methods: ["application_credential"], application_credential: { id, secret } } };
  }
  const project =
    auth.project_id === undefined
      ? {
          name: auth.project_name ?? auth.tenant_name,
          domain: domain(auth.project_domain_id, auth.project_domain_name),
        }
      : { id: auth.project_id };
  if (auth.token !== undefined && auth.password === undefined) {
    return { identity: { methods: ["token"], token: { id: auth.token } }, scope: { project } };
  }
  const user =
    auth.user_id === undefined
      ? { name: auth.username, domain: domain(auth.user_domain_id, auth.user_domain_name) }
      : { id: auth.user_id };
  const password = { user: { ...user, password: auth.password } };
  return { identity: { methods: ["password"], password }, scope: { project } };
}

function mappingOf(value: unknown): Mapping {
  return typeof value === "object" && value !== null ? (value as Mapping) : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
