/**
 * A stand-in for the command plugin on machines that cannot download the official one. It speaks Pulumi's provider protocol and
 * works over real SSH.
 */
import { randomBytes } from "node:crypto";
import * as grpc from "@grpc/grpc-js";
import engine from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/engine_pb.js";
import { main, type Provider } from "@pulumi/pulumi/provider/index.js";
import { type Kind, kinds, type Say } from "./resources.ts";
import { changed, type Properties, plain } from "./values.ts";

/** Version of the official plugin whose behaviour this one shows. */
const VERSION = "1.2.1";

const args = process.argv.slice(2);
const address = args.find((arg) => !arg.startsWith("-"));
const client = address === undefined ? undefined : new engine.EngineClient(address, grpc.credentials.createInsecure());

const provider: Provider = {
  version: VERSION,

  async check(urn, _olds, news: Properties) {
    const { inputs } = kindOf(urn);
    const surplus = Object.keys(news).filter((name) => !inputs.includes(name) && name !== "__defaults");
    return { inputs: news, failures: surplus.map((property) => ({ property, reason: "no such property" })) };
  },

  async diff(_id, urn, olds: Properties, news: Properties) {
    const replaces = changed(olds, news, ["triggers"]);
    return { changes: changed(olds, news, kindOf(urn).inputs).length > 0, replaces };
  },

  async create(urn, inputs: Properties) {
    const outs = await kindOf(urn).create(known(inputs), sayOf(urn));
    return { id: randomBytes(8).toString("hex"), outs: { ...inputs, ...outs } };
  },

  async update(_id, urn, olds: Properties, news: Properties) {
    return { outs: { ...news, ...(await kindOf(urn).update(known(olds), known(news), sayOf(urn))) } };
  },

  async delete(_id, urn, olds: Properties) {
    await kindOf(urn).delete(known(olds), sayOf(urn));
  },
};

function known(properties: Properties): Properties {
  return plain(properties) as Properties;
}

function kindOf(urn: string): Kind {
  const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const kind = kinds[type];
  if (kind === undefined) throw new Error(`this plugin has no ${type}`);
  return kind;
}

function sayOf(urn: string): Say {
  return (line) => {
    const request = new messages.LogRequest();
    request.setSeverity(messages.LogSeverity.INFO);
    request.setMessage(line);
    request.setUrn(urn);
    client?.log(request, () => undefined);
  };
}

await main(provider, args);
