/** The resources of the command plugin that this project uses, as the official one behaves. */
import { readFileSync } from "node:fs";
import type { Client } from "ssh2";
import { type Connection, connected } from "./ssh.ts";
import type { Asset, Properties } from "./values.ts";

/** Says a line about a resource to whoever runs Pulumi. */
export type Say = (line: string) => void;

/** One kind of resource. */
export interface Kind {
  /** Inputs it knows; any other is refused, as by the official plugin's schema. */
  readonly inputs: readonly string[];
  /** Makes it, and gives the outputs that are no inputs. */
  create(inputs: Properties, say: Say): Promise<Properties>;
  update(olds: Properties, news: Properties, say: Say): Promise<Properties>;
  delete(olds: Properties, say: Say): Promise<void>;
}

/** Inputs of a remote command. */
interface CommandInputs {
  readonly connection: Connection;
  readonly create?: string;
  readonly update?: string;
  readonly delete?: string;
  readonly stdin?: string;
  readonly logging?: "stdout" | "stderr" | "stdoutAndStderr" | "none";
}

/** Inputs of a copy. */
interface CopyInputs {
  readonly connection: Connection;
  readonly source: Asset;
  readonly remotePath: string;
}

const command: Kind = {
  inputs: ["connection", "create", "update", "delete", "stdin", "logging", "triggers", "addPreviousOutputInEnv"],
  async create(inputs, say) {
    const known = inputs as unknown as CommandInputs;
    return known.create === undefined ? {} : await execute(known, known.create, say);
  },
  async update(_olds, news, say) {
    const known = news as unknown as CommandInputs;
    const line = known.update ?? known.create;
    return line === undefined ? {} : await execute(known, line, say);
  },
  async delete(olds, say) {
    const known = olds as unknown as CommandInputs;
    if (known.delete !== undefined) await execute(known, known.delete, say);
  },
};

const copyToRemote: Kind = {
  inputs: ["connection", "source", "remotePath", "triggers"],
  create: async (inputs) => await copy(inputs as unknown as CopyInputs),
  update: async (_olds, news) => await copy(news as unknown as CopyInputs),
  delete: async () => undefined,
};

/** Every kind by its type token. */
export const kinds: Readonly<Record<string, Kind>> = {
  "command:remote:Command": command,
  "command:remote:CopyToRemote": copyToRemote,
};

async function execute({ connection, stdin, logging }: CommandInputs, line: string, say: Say): Promise<Properties> {
  const shows = (stream: "stdout" | "stderr") =>
    logging === undefined || logging === "stdoutAndStderr" || logging === stream;
  return await connected(connection, async (client) => {
    const { reason, stdout, stderr, both } = await outcomeOf(client, line, stdin ?? "", (stream, text) => {
      if (shows(stream)) say(text);
    });
    if (reason !== undefined) throw new Error(`${reason}: running ${JSON.stringify(line)}:\n${both}`);
    return { stdout: stdout.replace(/\n$/, ""), stderr: stderr.replace(/\n$/, "") };
  });
}

/** What a command did. */
interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams as they came. */
  readonly both: string;
  /** Why it counts as failed. */
  readonly reason: string | undefined;
}

function outcomeOf(
  client: Client,
  line: string,
  stdin: string,
  hear: (stream: "stdout" | "stderr", text: string) => void,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    client.once("error", reject);
    client.exec(line, (error, channel) => {
      if (error !== undefined) return reject(error);
      const texts = { stdout: "", stderr: "" };
      let both = "";
      let reason: string | undefined = "the connection ended before the command did";
      const take = (stream: "stdout" | "stderr") => (text: string) => {
        texts[stream] += text;
        both += text;
        hear(stream, text.replace(/\n$/, ""));
      };
      channel.setEncoding("utf8").on("data", take("stdout"));
      channel.stderr.setEncoding("utf8").on("data", take("stderr"));
      channel.once("exit", (code: number | null, signal: string | undefined) => {
        reason = code === 0 ? undefined : code === null ? `killed by ${signal}` : `Process exited with status ${code}`;
      });
      channel.once("close", () => resolve({ ...texts, both, reason }));
      channel.end(stdin);
    });
  });
}

async function copy({ connection, source, remotePath }: CopyInputs): Promise<Properties> {
  const content = source.path === undefined ? source.text : readFileSync(source.path);
  if (content === undefined) throw new Error("this plugin copies texts and files only");
  return await connected(connection, async (client) => {
    await new Promise<void>((resolve, reject) => {
      client.sftp((error, sftp) => {
        if (error !== undefined) return reject(error);
        sftp.writeFile(remotePath, content, (failure) => (failure ? reject(failure) : resolve()));
      });
    });
    return {};
  });
}
