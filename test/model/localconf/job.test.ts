/** What a job says of its own: its word wins, on the nodes it speaks to. */
import { describe, expect, test } from "vitest";
import {
  configuredSecrets,
  fillSecrets,
  grenadeLocalConfs,
  localConf,
  renderLocalConf,
  secretNames,
} from "../../../model/localconf/index.ts";
import type { IniSection } from "../../../model/localconf/part.ts";
import type { DevstackSettings, Role } from "../../../model/settings.ts";
import { contextOf, noSwitches, settingsOf } from "./settings.ts";

function textOf(devstack: Partial<DevstackSettings>, role: Role = "primary"): string {
  return renderLocalConf(localConf(contextOf(settingsOf("neutron-dvr", { devstack }), role)));
}

function linesOf(devstack: Partial<DevstackSettings>, role: Role = "primary"): readonly string[] {
  return textOf(devstack, role).split("\n");
}

const localrc = { all: {}, primary: {}, subnode: {} };
const sections = { all: [], primary: [], subnode: [] };

describe("localrc overrides", () => {
  const overrides = {
    all: { LOG_COLOR: "True", OWN: "all" },
    primary: { OWN: "primary" },
    subnode: { Q_DVR_MODE: "dvr_no_external" },
  };

  test("win over base and flavor, the role's over those for all, each written once", () => {
    const primary = linesOf({ localrc: overrides });
    expect(primary.filter((line) => /^(LOG_COLOR|OWN|Q_DVR_MODE)=/.test(line))).toEqual([
      "LOG_COLOR=True",
      "Q_DVR_MODE=dvr",
      "OWN=primary",
    ]);
    const subnode = linesOf({ localrc: overrides }, "subnode");
    expect(subnode.filter((line) => /^(LOG_COLOR|OWN|Q_DVR_MODE)=/.test(line))).toEqual([
      "LOG_COLOR=True",
      "Q_DVR_MODE=dvr_no_external",
      "OWN=all",
    ]);
  });

  test("of ENABLED_SERVICES stand alone: no line of ours adds to them or clears them", () => {
    const lines = linesOf({ localrc: { ...localrc, all: { ENABLED_SERVICES: "key,mysql" } } });
    expect(lines).toContain("ENABLED_SERVICES=key,mysql");
    expect(lines.filter((line) => /^(enable_service|disable_all_services)/.test(line))).toEqual([]);
  });

  test("leave HOST_IP first, and give the same bytes every time", () => {
    const text = textOf({ localrc: { ...localrc, all: { A: { expr: "$HOST_IP" } } } });
    expect(text.split("[[local|localrc]]\n")[1]).toMatch(/^HOST_IP=10\.20\.0\.10\n/);
    expect(textOf({ localrc: { ...localrc, all: { A: { expr: "$HOST_IP" } } } })).toBe(text);
  });
});

describe("section overrides", () => {
  const physnetMtu = (value: string): IniSection => ({
    phase: "post-config",
    file: "$NEUTRON_CONF",
    options: [{ section: "DEFAULT", key: "global_physnet_mtu", value }],
  });
  const filters: IniSection = {
    phase: "post-config",
    file: "$NOVA_CONF",
    options: [
      { section: "filter_scheduler", key: "available_filters", value: "one" },
      { section: "filter_scheduler", key: "available_filters", value: "two" },
    ],
  };

  test("replace the flavor's option and no other, on the nodes they speak to", () => {
    const job = { sections: { ...sections, subnode: [physnetMtu("1300")] } };
    expect(textOf(job, "subnode").match(/global_physnet_mtu.*/g)).toEqual(["global_physnet_mtu = 1300"]);
    expect(textOf(job, "subnode")).toContain("router_distributed = True");
    expect(textOf(job, "primary").match(/global_physnet_mtu.*/g)).toEqual(["global_physnet_mtu = 1450"]);
  });

  test("keep all values of a repeated key, and give way to the role's", () => {
    expect(textOf({ sections: { ...sections, all: [filters] } })).toContain(
      "[[post-config|$NOVA_CONF]]\n[filter_scheduler]\navailable_filters = one\navailable_filters = two\n",
    );
    const role = { ...filters, options: filters.options.slice(0, 1).map((option) => ({ ...option, value: "mine" })) };
    expect(
      textOf({ sections: { ...sections, all: [filters], primary: [role] } }).match(/available_filters.*/g),
    ).toEqual(["available_filters = mine"]);
  });
});

describe("a fragment of local.conf", () => {
  const fragment = [
    "# an old job's file",
    "[[local|localrc]]",
    "DEST=/srv/stack",
    "LOG_COLOR=maybe",
    'if [[ "$VIRT_DRIVER" == libvirt ]]; then',
    "    NESTED=$DEST/yes",
    "fi",
    "enable_service q-qos",
    "enable_plugin neutron https://example.org/neutron",
    "[[post-config|$NEUTRON_CONF]]",
    "[DEFAULT]",
    "# jumbo",
    "global_physnet_mtu = 8000",
    "[[test-config|$TEMPEST_CONFIG]]",
    "[compute]",
    "min_compute_nodes=2",
    "",
  ].join("\n");

  test("wins over base and flavor, and gives way to the job's overrides", () => {
    const lines = linesOf({ fragment, localrc: { ...localrc, all: { LOG_COLOR: "False" } } });
    const effective = (name: string): string | undefined => lines.findLast((line) => line.startsWith(`${name}=`));
    expect(effective("DEST")).toBe("DEST=/srv/stack");
    expect(effective("LOG_COLOR")).toBe("LOG_COLOR=False");
    expect(lines.filter((line) => line.startsWith("DEST="))).toHaveLength(1);
  });

  test("keeps its lines in order, after what they use and before what uses them", () => {
    const lines = linesOf({ fragment });
    const at = (text: string): number => lines.indexOf(text);
    const start = at('if [[ "$VIRT_DRIVER" == libvirt ]]; then');
    expect(lines.slice(start, start + 3)).toEqual([lines[start], "    NESTED=$DEST/yes", "fi"]);
    expect(at("VIRT_DRIVER=libvirt")).toBeLessThan(start);
    expect(at("DEST=/srv/stack")).toBeLessThan(at('LOGFILE="$DEST/logs/devstacklog.txt"'));
    expect(at("disable_all_services")).toBeLessThan(at("enable_service q-qos"));
  });

  test("keeps its sections, merged with those of the same file", () => {
    const text = textOf({ fragment });
    expect(text.match(/global_physnet_mtu.*/g)).toEqual(["global_physnet_mtu = 8000"]);
    expect(text).toContain("# jumbo\n");
    expect(text.match(/^\[\[post-config\|\$NEUTRON_CONF\]\]$/gm)).toHaveLength(1);
    expect(text).toMatch(/\n\n\[\[test-config\|\$TEMPEST_CONFIG\]\]\n\[compute\]\nmin_compute_nodes=2\n$/);
  });
});

describe("services, plugins and libraries", () => {
  test("can be added and removed for all nodes, the primary or the subnodes", () => {
    const services = {
      enable: { all: [], primary: ["horizon"], subnode: [] },
      disable: { all: ["c-bak"], primary: [], subnode: ["c-vol"] },
    };
    expect(linesOf({ services })).toEqual(expect.arrayContaining(["enable_service horizon", "enable_service c-vol"]));
    expect(linesOf({ services })).not.toContain("enable_service c-bak");
    const subnode = linesOf({ services }, "subnode").filter((line) => line.startsWith("enable_service"));
    expect(subnode.filter((line) => /horizon|c-/.test(line))).toEqual([]);
  });

  test("of features follow for the role they are enabled for", () => {
    const features = { ...noSwitches, enable: { all: [], primary: ["tempest"], subnode: [] } };
    expect(linesOf({ features })).toContain("enable_service tempest");
    expect(linesOf({ features }, "subnode")).not.toContain("enable_service tempest");
  });

  test("of postgresql make it the database of every node", () => {
    const features = { ...noSwitches, enable: { all: [], primary: ["postgresql"], subnode: [] } };
    expect(linesOf({ features }, "subnode")).toContain("DATABASE_TYPE=postgresql");
    expect(linesOf({ features })).not.toContain("enable_service mysql");
  });

  test("of plugins come with their enable_plugin line", () => {
    const plugins = [
      { name: "octavia", url: "https://example.org/octavia", branch: "stable/2026.1", services: ["o-api"] },
    ];
    const lines = linesOf({ plugins, libsFromGit: ["oslo.config", "os-vif"] });
    expect(lines).toContain("enable_plugin octavia https://example.org/octavia stable/2026.1");
    expect(lines).toContain("enable_service o-api");
    expect(lines).toContain("LIBS_FROM_GIT=oslo.config,os-vif");
  });
});

describe("secrets", () => {
  const devstack = {
    secrets: { RABBIT_PASSWORD: "hare", MANILA_PASSWORD: "share" },
    localrc: { ...localrc, all: { ADMIN_PASSWORD: "literally", MYSQL_PASSWORD: "sequel" } },
  };

  test("never show in the text, wherever the job gives them", () => {
    const text = textOf(devstack);
    expect(text).not.toMatch(/hare|share|literally|sequel/);
    expect(text).toContain("MANILA_PASSWORD={{secret MANILA_PASSWORD}}\n");
    const settings = settingsOf("neutron-dvr", { devstack });
    expect(configuredSecrets(settings, "primary")).toEqual({
      RABBIT_PASSWORD: "hare",
      MANILA_PASSWORD: "share",
      ADMIN_PASSWORD: "literally",
      MYSQL_PASSWORD: "sequel",
    });
    expect(secretNames(settings)).toContain("MANILA_PASSWORD");
  });

  test("are asked for by the same names on every node", () => {
    const asked = (role: Role): unknown => textOf({}, role).match(/\{\{secret \w+\}\}/g);
    expect(asked("subnode")).toEqual(asked("primary"));
    expect(asked("primary")).toHaveLength(secretNames(settingsOf("neutron-dvr")).length);
  });

  test("without a value are an error that names them", () => {
    expect(() => fillSecrets("A=1\nSWIFT_HASH={{secret SWIFT_HASH}}\n", {})).toThrow("SWIFT_HASH");
  });
});

describe("an upgrade job", () => {
  test("has a pair with each side's release and phase, without the services an upgrade goes without", () => {
    const settings = settingsOf("neutron-dvr", { devstack: { grenade: { base: "mitaka", target: "newton" } } });
    const pair = grenadeLocalConfs(contextOf(settings, "primary"));
    const [before = "", after = ""] = [pair?.old, pair?.new].map((side) => (side ? renderLocalConf(side) : ""));
    expect(before).toContain("\nGRENADE_PHASE=base\n");
    expect(before).toContain("release mitaka.");
    expect(before).toContain("\nDEST=/opt/stack/old\n");
    expect(after).toContain("\nGRENADE_PHASE=target\n");
    expect(after).toContain("\nDEST=/opt/stack/new\n");
    for (const side of [before, after]) {
      expect(side).toContain("\nDATA_DIR=/opt/stack/data\n");
      expect(side).not.toMatch(/ENABLED_SERVICES=.*(c-bak|etcd3|q-lbaas)/);
    }
  });

  test("is not what other stacks are", () => {
    expect(grenadeLocalConfs(contextOf(settingsOf("neutron-dvr"), "primary"))).toBeUndefined();
  });
});
