// biome-ignore-all lint/suspicious/noTemplateCurlyInString: braces after a dollar are bash here, not JavaScript
/** Broken rules under `devstack`: the whole list of messages, and the fixes they give. */
import { describe, expect, test } from "vitest";
import { devstackViolations } from "../../../model/localconf/index.ts";
import { parseSettings, type RawConfig } from "../../../model/schema/index.ts";
import { ConfigError, describeViolations, type Violation } from "../../../model/violation.ts";
import { applyFix } from "../schema/fixes.ts";

type Config = Readonly<Record<string, unknown>>;

/** Violations of a configuration, of its shape or of what `devstack` means. */
function violationsOf(config: Config): readonly Violation[] {
  try {
    return devstackViolations(parseSettings("gate", config as RawConfig));
  } catch (error) {
    if (error instanceof ConfigError) return error.violations;
    throw error;
  }
}

const localrc = (all: Config): Config => ({ devstack: { localrc: { all } } });
const sections = (all: Config): Config => ({ devstack: { sections: { all } } });
const fragment = (text: string): Config => ({ devstack: { fragment: text } });

const broken: readonly { readonly rule: string; readonly config: Config; readonly paths: readonly string[] }[] = [
  { rule: "an unknown release", config: { devstack: { release: "wallabi" } }, paths: ["devstack.release"] },
  { rule: "a release like no other", config: { devstack: { release: "2026.1" } }, paths: ["devstack.release"] },
  { rule: "an unknown feature", config: { devstack: { features: ["tempets"] } }, paths: ["devstack.features"] },
  {
    rule: "an unknown feature to remove",
    config: { devstack: { features: { disable: { subnode: ["swfit"] } } } },
    paths: ["devstack.features"],
  },
  {
    rule: "a feature the release has not",
    config: { devstack: { release: "rocky", features: ["neutron-ovn", "heat"] } },
    paths: ["devstack.features"],
  },
  {
    rule: "unknown services",
    config: { devstack: { services: { enable: { all: ["q-scv", "horizon"], primary: ["zzzzzzzz"] } } } },
    paths: ["devstack.services"],
  },
  {
    rule: "a line break of Unicode in a value",
    config: localrc({ MOTD: "two\u2028lines" }),
    paths: ["devstack.localrc.all.MOTD"],
  },
  { rule: "a line break in a value", config: localrc({ MOTD: "two\nlines" }), paths: ["devstack.localrc.all.MOTD"] },
  {
    rule: "a line break in an expression",
    config: localrc({ MOTD: { expr: "$A\n$B" } }),
    paths: ["devstack.localrc.all.MOTD"],
  },
  {
    rule: "a quote in an expression that would end it",
    config: localrc({ MOTD: { expr: 'say "$A' } }),
    paths: ["devstack.localrc.all.MOTD"],
  },
  {
    rule: "an expression with an open bracket",
    config: localrc({ MOTD: { expr: "$(hostname" } }),
    paths: ["devstack.localrc.all.MOTD"],
  },
  {
    rule: "an expression that ends in a backslash",
    config: localrc({ MOTD: { expr: "$A\\" } }),
    paths: ["devstack.localrc.all.MOTD"],
  },
  {
    rule: "variables that need each other",
    config: localrc({ A: { expr: "$B/a" }, B: { expr: "${C}" }, C: { expr: "$A" } }),
    paths: ["devstack.localrc.all.A"],
  },
  {
    rule: "a variable that needs itself through one of ours",
    config: localrc({ DEST: { expr: "$LOGFILE.d" } }),
    paths: ["devstack.localrc.all.DEST"],
  },
  {
    rule: "two cycles",
    config: { devstack: { localrc: { all: { A: { expr: "$A" } }, subnode: { B: { expr: "$B" } } } } },
    paths: ["devstack.localrc.all.A", "devstack.localrc.subnode.B"],
  },
  {
    rule: "a fragment that needs what needs it",
    config: fragment("[[local|localrc]]\nDEST=$LOGFILE.d\nOTHER=1\n"),
    paths: ["devstack.fragment"],
  },
  { rule: "a fragment without sections", config: fragment("LOG_COLOR=True\n"), paths: ["devstack.fragment"] },
  {
    rule: "a fragment with one node's address and a secret",
    config: fragment("[[local|localrc]]\nHOST_IP=10.0.0.1\nADMIN_PASSWORD=hush\nLOG_COLOR=True\n"),
    paths: ["devstack.fragment", "devstack.fragment"],
  },
  {
    rule: "an unknown phase",
    config: sections({ "post-confg|$NOVA_CONF": { DEFAULT: { debug: "True" } } }),
    paths: ['devstack.sections.all["post-confg|$NOVA_CONF"]'],
  },
  {
    rule: "a file with a blank",
    config: sections({ "extra|my file": { DEFAULT: { debug: ["1", "2"] } } }),
    paths: ['devstack.sections.all["extra|my file"]'],
  },
  {
    rule: "a section with a blank",
    config: sections({ "extra|a.conf": { "my section": { debug: "True" } } }),
    paths: ['devstack.sections.all["extra|a.conf"]["my section"]'],
  },
  {
    rule: "a key with an equals sign",
    config: sections({ "extra|a.conf": { DEFAULT: { "a=b": "True" } } }),
    paths: ['devstack.sections.all["extra|a.conf"].DEFAULT["a=b"]'],
  },
  {
    rule: "an ini value with blanks at its ends",
    config: sections({ "extra|a.conf": { DEFAULT: { debug: " True" } } }),
    paths: ['devstack.sections.all["extra|a.conf"].DEFAULT.debug'],
  },
  {
    rule: "a secret of two lines",
    config: { devstack: { secrets: { ADMIN_PASSWORD: "hush\nhush" } } },
    paths: ["devstack.secrets.ADMIN_PASSWORD"],
  },
  {
    rule: "an upgrade backwards",
    config: { devstack: { grenade: { base: "wallaby", target: "victoria" } } },
    paths: ["devstack.grenade"],
  },
  {
    rule: "an upgrade out of nova-network",
    config: { flavor: "nova-network", devstack: { release: "rocky", grenade: { base: "rocky", target: "stein" } } },
    paths: ["devstack.grenade"],
  },
  {
    rule: "an upgrade of what has one release",
    config: { flavor: "neutron-ovn", devstack: { grenade: { base: "wallaby", target: "today" } } },
    paths: ["devstack.grenade"],
  },
  {
    rule: "an upgrade from a release nobody knows",
    config: { devstack: { grenade: { base: "kiloo", target: "liberty" } } },
    paths: ["devstack.grenade.base"],
  },
];

describe("a broken rule under devstack", () => {
  test.each(broken)("$rule is told with its path, and the fix works", ({ config, paths }) => {
    const violations = violationsOf(config);
    expect(violations.map(({ path }) => path)).toEqual(paths);
    expect(violationsOf(violations.reduce(applyFix, config))).toEqual([]);
  });

  test("is told in words that a user can act on, without a secret", async () => {
    const messages = broken
      .map(({ rule, config }) => `# ${rule}\n${describeViolations("The configuration", violationsOf(config))}\n`)
      .join("\n");
    expect(messages).not.toContain("hush");
    await expect(messages).toMatchFileSnapshot("../../golden/devstack-violations.txt");
  });
});

test("what a job may say is not refused", () => {
  const config = {
    devstack: {
      release: "train",
      features: ["tempest", "heat"],
      services: { enable: { all: ["q-qos"] }, disable: { subnode: ["c-bak"] } },
      localrc: {
        all: { PATH: "/bin", SUM: { expr: "$((1 + (2 * 3)))" }, SAY: { expr: '$(echo "a)" | tr -d ")") \\"x\\"' } },
      },
      sections: {
        primary: { "post-config|/$NEUTRON_CORE_PLUGIN_CONF": { "ml2:x": { k: ["a b", { expr: "$DEST" }] } } },
      },
      fragment: "[[local|localrc]]\nSERVICE_TIMEOUT=120\nPLACES+=,here\n[[extra|x.conf]]\n",
      secrets: { MANILA_PASSWORD: "p w" },
      grenade: { base: "stein", target: "train" },
    },
  };
  expect(violationsOf(config)).toEqual([]);
});
