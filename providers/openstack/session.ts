/** A session with a cloud's APIs: a token and the addresses of its services, kept for the run of this process. */
import { request as plain } from "node:http";
import { request as encrypted } from "node:https";
import { messageOf } from "../remote/error.ts";
import { type CloudChoice, type Credentials, credentialsOf } from "./credentials.ts";

/** Milliseconds an API may take to answer one request. */
const answerMs = 60_000;

/** The services we ask, by their type in keystone's catalogue. */
export type Service = "compute" | "network" | "image";

/** An answer of an API. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body read as JSON; undefined when it is empty or none. */
  readonly body: unknown;
}

interface Endpoint {
  readonly interface: string;
  readonly region: string;
  readonly url: string;
}

interface Token {
  readonly text: string;
  readonly endpoints: Readonly<Record<string, string>>;
}

const sessions = new Map<string, Session>();

/** The session with a cloud, opened with its first request. */
export function sessionWith(choice: CloudChoice): Session {
  const key = `${choice.cloud ?? ""} ${choice.region ?? ""}`;
  const existing = sessions.get(key);
  if (existing !== undefined) return existing;
  const session = new Session(credentialsOf(choice));
  sessions.set(key, session);
  return session;
}

/** Requests to a cloud's services. Errors are readable and carry no credential. */
export class Session {
  readonly #credentials: Credentials;
  #token: Promise<Token> | undefined;

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
  }

  /** The body of a GET's answer; undefined where there is no such object. */
  async get(service: Service, path: string): Promise<unknown> {
    const { status, body } = await this.request(service, "GET", path);
    if (status === 404) return undefined;
    if (status >= 400) throw new Error(`${service} API: GET ${path}: ${refusal(status, body)}`);
    return body;
  }

  /** Deletes an object; one that is missing counts as deleted. */
  async delete(service: Service, path: string): Promise<void> {
    const { status, body } = await this.request(service, "DELETE", path);
    if (status >= 400 && status !== 404) throw new Error(`${service} API: DELETE ${path}: ${refusal(status, body)}`);
  }

  /** Any request, whatever its answer. */
  async request(service: Service, method: string, path: string, content?: object): Promise<Answer> {
    this.#token ??= this.#logIn();
    // A failed login is tried again by the next request.
    const { text, endpoints } = await this.#token.catch((error) => {
      this.#token = undefined;
      throw error;
    });
    return await this.#send(`${endpoints[service]}${path}`, method, { "X-Auth-Token": text }, content);
  }

  async #logIn(): Promise<Token> {
    const { authUrl, auth, who } = this.#credentials;
    const answer = await this.#send(`${authUrl}/auth/tokens`, "POST", {}, { auth });
    if (answer.status === 401) {
      throw new Error(`keystone at ${authUrl} does not know ${who} with this password, secret or token.
    expected  credentials that \`openstack token issue\` takes too
    write     the right ones into clouds.yaml or the OS_* environment, then run \`up\` again`);
    }
    const text = answer.headers["x-subject-token"];
    if (answer.status >= 400 || typeof text !== "string")
      throw new Error(`keystone at ${authUrl}: ${refusal(answer.status, answer.body)}`);
    const { token } = answer.body as { token: { catalog?: { type: string; endpoints: Endpoint[] }[] } };
    return { text, endpoints: this.#endpoints(token.catalog ?? []) };
  }

  #endpoints(catalog: readonly { type: string; endpoints: Endpoint[] }[]): Readonly<Record<string, string>> {
    const { region, interface: wanted } = this.#credentials;
    const url = (service: Service): string => {
      const all = (catalog.find(({ type }) => type === service)?.endpoints ?? []).filter(
        (endpoint) => endpoint.interface === wanted,
      );
      const found = all.find((endpoint) => region === undefined || endpoint.region === region);
      if (found !== undefined) return found.url.replace(/\/+$/, "");
      const regions = [...new Set(all.map((endpoint) => endpoint.region))];
      throw new Error(`the cloud has no ${service} API${region === undefined ? "" : ` in the region ${region}`}.
    expected  ${regions.length === 0 ? `a cloud with a ${service} service` : `one of the regions ${regions.join(", ")}`}
    given     ${region ?? "no region"}
    write     region: ${regions[0] ?? "<a region of the cloud>"}`);
    };
    const network = url("network");
    const image = url("image");
    return {
      compute: url("compute"),
      network: /\/v2\.0$/.test(network) ? network : `${network}/v2.0`,
      image: /\/v2$/.test(image) ? image : `${image}/v2`,
    };
  }

  async #send(url: string, method: string, headers: Readonly<Record<string, string>>, content?: object) {
    const { ca, insecure } = this.#credentials;
    const send = url.startsWith("https:") ? encrypted : plain;
    const trust = { ...(ca === undefined ? {} : { ca }), rejectUnauthorized: !insecure };
    const text = content === undefined ? undefined : JSON.stringify(content);
    const type = text === undefined ? {} : { "Content-Type": "application/json" };
    return await new Promise<Answer>((resolve, reject) => {
      const fail = (error: unknown): void =>
        reject(new Error(`${new URL(url).origin} does not answer: ${reason(error)}`));
      const options = { method, headers: { Accept: "application/json", ...type, ...headers }, ...trust };
      const request = send(url, { ...options, signal: AbortSignal.timeout(answerMs) }, (response) => {
        let received = "";
        response.setEncoding("utf8").on("data", (part: string) => {
          received += part;
        });
        response.once("error", fail);
        response.once("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: jsonOf(received) }),
        );
      });
      request.once("error", fail);
      request.end(text);
    });
  }
}

/** Why an API refused, in its own words: every service wraps them differently, one object deep. */
export function refusal(status: number, body: unknown): string {
  const [inner] = typeof body === "object" && body !== null ? Object.values(body) : [];
  const message = (inner as { message?: unknown } | undefined)?.message;
  return `refused with status ${status}${typeof message === "string" ? `: ${message}` : ""}`;
}

function reason(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  return typeof code === "string" && code !== "" ? code : messageOf(error);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
