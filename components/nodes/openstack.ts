/** Test nodes that are servers of an OpenStack cloud. */
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { backendSettings } from "../../model/backends/index.ts";
import type { OpenstackSettings } from "../../model/backends/openstack.ts";
import { logicalName } from "../../model/naming.ts";
import { expectationsOf } from "../../model/preflight/expectations.ts";
import { SSH_PORT } from "../../model/ssh-port.ts";
import { KeyPair } from "../../providers/key-pair.ts";
import { LoginKey } from "../../providers/login-key.ts";
import type { CloudChoice } from "../../providers/openstack/credentials.ts";
import {
  ActiveServers,
  AnsweringServer,
  CloudRecord,
  CloudSelection,
  NodesRecord,
  SelectedObjects,
} from "../../providers/openstack-cloud.ts";
import { Preflight } from "../../providers/preflight.ts";
import type { NodesArgs, TestNode } from "./node-set.ts";
import { hasWayOut, siteNetwork } from "./openstack/network.ts";
import { loadSdk } from "./openstack/sdk.ts";
import { siteSecurity } from "./openstack/security.ts";
import { nodeServer } from "./openstack/servers.ts";
import { nameOf, type Site } from "./openstack/site.ts";

/** Name of the generated private key's file, in the environment's folder. */
const KEY_FILE = "login_key";

/** Seconds that a server may take once its SSH port has answered: cloud-init may still be at the user's key. */
const LOGIN_SECONDS = 60;

/** Servers with all that they stand on: record, selection, network, security group, key pair and server group. */
export class OpenstackNodes extends pulumi.ComponentResource {
  /** Ordered by number. */
  readonly nodes: readonly TestNode[];

  constructor(name: string, args: NodesArgs, options: pulumi.ComponentResourceOptions = {}) {
    super("devstack-multinode:nodes:Openstack", name, {}, options);
    const { environment } = args;
    const settings = backendSettings(args.settings.nodes, "openstack");
    const cloud = cloudChoice(settings);
    const { mark } = environment;
    const parent = { parent: this };
    const record = new CloudRecord("cloud", { cloud, mark }, { ...parent, dependsOn: environment });
    const asked = { cloud, ...wanted(settings) };
    const found = new CloudSelection("selection", asked, { ...parent, dependsOn: record });
    const selection = new SelectedObjects("selected", asked, found, parent);
    const sdk = loadSdk(args.project);
    // Another cloud or region has a provider of its own, and all is made anew there: what is in the old one goes by the old. The plugin
    // finds the credentials itself: none is in the state.
    const place = logicalName(settings.cloud ?? "", settings.region ?? "");
    const provider = new sdk.Provider(logicalName("openstack", place), cloud, parent);
    const site: Site = {
      sdk,
      settings,
      selection,
      mark,
      // Nothing is made before the cloud was asked: a wrong password or an unknown image is told once, and alone.
      options: { ...parent, provider, dependsOn: selection, deleteBeforeReplace: true, replacementTrigger: place },
    };
    const { publicKey, identityFile } = loginKey(args, settings, this);
    const keyPair = new sdk.compute.Keypair("login", { name: nameOf(site, "login"), publicKey }, site.options);
    const policies = ["soft-anti-affinity"];
    const group = new sdk.compute.ServerGroup("servers", { name: nameOf(site, "servers"), policies }, site.options);
    const security = siteSecurity(site, [keyPair, group], args.settings.overlay.port);
    const network = siteNetwork(site, [security.group]);
    const onGrounds = { ...parent, dependsOn: [selection, ...network.made, security.group] };
    const grounds = {
      stack: args.settings.stack,
      network,
      security,
      record: new NodesRecord("cloud-nodes", { cloud, mark }, onGrounds),
      keyPair: keyPair.name,
      publicKey,
      serverGroup: group.id,
    };
    const servers = args.nodes.map((planned) => {
      const { server, address, host, made } = nodeServer(site, planned, grounds);
      const up = new AnsweringServer(
        logicalName(planned.name, "answers"),
        { cloud, node: planned.name, server: server.id, flavor: server.flavorId, host, seconds: settings.sshSeconds },
        { ...parent, deletedWith: server },
      );
      return { planned, server, address, host, made, up };
    });
    const booting = servers.map(({ planned, made }) => [planned.name, { name: planned.hostname, made }] as const);
    // Beside the servers, not after them: nothing that comes after a server is made when it fails.
    new ActiveServers(
      "active-servers",
      { cloud, mark, servers: Object.fromEntries(booting) },
      { ...parent, dependsOn: [...security.rules] },
    );
    const hosts = servers.map(({ planned: { name: node, number }, address, host, up }) => {
      const about = pulumi
        .all([address, host, up.server, up.flavor, up.hostKey, identityFile])
        .apply(([underlay, reached, id, flavor, hostKey, file]) => ({
          name: node,
          number,
          address: underlay,
          host: reached,
          port: SSH_PORT,
          user: settings.user,
          // A resize boots the server again: addresses and firewall rules of the last boot are lost.
          incarnation: `${id} ${flavor}`,
          server: { cloud, id },
          ...(hostKey === "" ? {} : { hostKey }),
          ...(file === undefined ? {} : { identityFile: file }),
        }));
      return [node, about] as const;
    });
    const preflight = new Preflight(
      "preflight",
      {
        hosts: Object.fromEntries(hosts),
        environment: mark,
        expectations: expectationsOf(args.settings),
        seconds: LOGIN_SECONDS,
      },
      parent,
    );
    this.nodes = servers.map(({ planned, server }) => ({
      planned,
      handle: preflight.handle(planned.name),
      mtu: network.mtu,
      resource: server,
      ground: record,
    }));
    this.registerOutputs({ nodes: this.nodes.map(({ handle }) => handle.name) });
  }
}

function cloudChoice({ cloud, region }: OpenstackSettings): CloudChoice {
  return { ...(cloud === undefined ? {} : { cloud }), ...(region === undefined ? {} : { region }) };
}

/** What is looked up in the cloud. */
function wanted(settings: OpenstackSettings) {
  const { image, flavor, network, externalNetwork } = settings;
  return {
    image,
    flavor,
    ...(network === undefined ? {} : { network }),
    ...(hasWayOut({ settings })
      ? { externalNetwork: externalNetwork === undefined ? {} : { name: externalNetwork } }
      : {}),
  };
}

/** The key pair for logins: the configured one, or one that the stack generates and keeps in a file for its owner alone. */
function loginKey({ environment }: NodesArgs, { key }: OpenstackSettings, parent: pulumi.Resource) {
  if (key !== undefined)
    return { publicKey: pulumi.output(key.publicKey), identityFile: pulumi.output(key.identityFile) };
  const comment = pulumi.interpolate`devstack-multinode ${environment.mark} login`;
  const { publicKey, privateKey } = new KeyPair("login-key-pair", { comment }, { parent });
  const path = environment.folder.apply((folder) => join(folder, KEY_FILE));
  const file = new LoginKey("login-key", { path, privateKey }, { parent });
  return { publicKey, identityFile: file.path.apply((known): string | undefined => known) };
}
