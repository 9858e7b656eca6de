/** A plain client of the API, for the fixture itself and for what tests do behind the back of Pulumi. */
import { type Account, accounts, type CloudLayout, ports } from "./layout.ts";

/** Services by the names of their ports; each path begins with the version. */
export type ApiName = "keystone" | "glance" | "placement" | "nova" | "neutron";

/** Newest versions of nova's and placement's APIs that the fixture reads; the answers' shapes depend on them. */
const microversions = "compute 2.79, placement 1.39";

/** Milliseconds one request may take. */
const REQUEST_MS = 60_000;

/** An answer that is an error. */
export class ApiError extends Error {
  readonly status: number;

  constructor(request: string, status: number, text: string) {
    super(`${request} answered ${status}: ${text.slice(0, 500)}`);
    this.status = status;
  }
}

/** Requests of one account. */
export class CloudApi {
  readonly #host: string;
  readonly #account: Account;
  #token: Promise<{ token: string; project: string; user: string }> | undefined;

  /** `host` is the address of the services. */
  constructor(layout: Pick<CloudLayout, "services">, account: Account) {
    this.#host = layout.services.address;
    this.#account = account;
  }

  /** Id of the account's project. */
  async project(): Promise<string> {
    return (await this.#logIn()).project;
  }

  /** Id of the account's user. */
  async user(): Promise<string> {
    return (await this.#logIn()).user;
  }

  async get<Answer>(service: ApiName, path: string): Promise<Answer> {
    return (await this.request(service, "GET", path)) as Answer;
  }

  async post<Answer>(service: ApiName, path: string, body: unknown): Promise<Answer> {
    return (await this.request(service, "POST", path, body)) as Answer;
  }

  async put<Answer>(service: ApiName, path: string, body?: unknown): Promise<Answer> {
    return (await this.request(service, "PUT", path, body)) as Answer;
  }

  /** Deletes; what is not there counts as deleted. */
  async delete(service: ApiName, path: string): Promise<void> {
    await this.request(service, "DELETE", path).catch((error: unknown) => {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
    });
  }

  /** Sends a request and gives what the answer's JSON holds; a body of bytes goes as it is. */
  async request(service: ApiName, method: string, path: string, body?: unknown): Promise<unknown> {
    const { token } = await this.#logIn();
    const bytes = body instanceof Uint8Array;
    const response = await fetch(`http://${this.#host}:${ports[service]}${path}`, {
      method,
      headers: {
        "X-Auth-Token": token,
        "OpenStack-API-Version": microversions,
        Accept: "application/json",
        "Content-Type": bytes ? "application/octet-stream" : "application/json",
      },
      signal: AbortSignal.timeout(REQUEST_MS),
      ...(body === undefined ? {} : { body: bytes ? new Uint8Array(body) : JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new ApiError(`${method} ${service}${path}`, response.status, text);
    return text === "" ? undefined : JSON.parse(text);
  }

  async #logIn() {
    this.#token ??= this.#newToken().catch((error: unknown) => {
      this.#token = undefined;
      throw error;
    });
    return await this.#token;
  }

  async #newToken() {
    const { user, project, password } = accounts[this.#account];
    const domain = { id: "default" };
    const response = await fetch(`http://${this.#host}:${ports.keystone}/v3/auth/tokens`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      signal: AbortSignal.timeout(REQUEST_MS),
      body: JSON.stringify({
        auth: {
          identity: { methods: ["password"], password: { user: { name: user, domain, password } } },
          scope: { project: { name: project, domain } },
        },
      }),
    });
    const text = await response.text();
    const token = response.headers.get("X-Subject-Token");
    if (!response.ok || token === null) throw new ApiError(`log-in of ${user}`, response.status, text);
    const answer = JSON.parse(text) as { token: { project: { id: string }; user: { id: string } } };
    return { token, project: answer.token.project.id, user: answer.token.user.id };
  }
}
