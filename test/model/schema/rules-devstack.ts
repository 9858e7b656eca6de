/** Configurations that break one rule of `devstack` each. */

/** A configuration and the keys that it gets wrong. */
export interface BrokenRule {
  /** What is wrong, in words. */
  readonly rule: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Paths of the violations, ordered. */
  readonly paths: readonly string[];
}

const devstack = (options: Readonly<Record<string, unknown>>) => ({ devstack: options });

/** One broken rule each. */
export const devstackRules: readonly BrokenRule[] = [
  {
    rule: "a misspelt audience",
    config: devstack({ localrc: { subnodes: { A: "1" } } }),
    paths: ["devstack.localrc.subnodes"],
  },
  {
    rule: "a number for a localrc value",
    config: devstack({ localrc: { all: { SWIFT_REPLICAS: 1 } } }),
    paths: ["devstack.localrc.all.SWIFT_REPLICAS"],
  },
  {
    rule: "a truth value for a localrc value",
    config: devstack({ localrc: { all: { LOG_COLOR: false } } }),
    paths: ["devstack.localrc.all.LOG_COLOR"],
  },
  {
    rule: "a misspelt expression",
    config: devstack({ localrc: { all: { LOGDIR: { exp: "$DEST/logs" } } } }),
    paths: ["devstack.localrc.all.LOGDIR"],
  },
  {
    rule: "a variable's name with a dash",
    config: devstack({ localrc: { all: { "LOG-COLOR": "True" } } }),
    paths: ["devstack.localrc.all.LOG-COLOR"],
  },
  {
    rule: "a section without a phase",
    config: devstack({ sections: { all: { $NOVA_CONF: { DEFAULT: { debug: "True" } } } } }),
    paths: ['devstack.sections.all["$NOVA_CONF"]'],
  },
  {
    rule: "a number for an ini value",
    config: devstack({ sections: { primary: { "post-config|$NOVA_CONF": { DEFAULT: { workers: 2 } } } } }),
    paths: ['devstack.sections.primary["post-config|$NOVA_CONF"].DEFAULT.workers'],
  },
  {
    rule: "a single text for a list of features",
    config: devstack({ features: "tempest" }),
    paths: ["devstack.features"],
  },
  {
    rule: "a mapping for a service",
    config: devstack({ services: { enable: { all: [{ name: "heat" }] } } }),
    paths: ["devstack.services.enable.all"],
  },
  {
    rule: "a secret that is a number",
    config: devstack({ secrets: { ADMIN_PASSWORD: 12_345 } }),
    paths: ["devstack.secrets.ADMIN_PASSWORD"],
  },
  {
    rule: "an unknown role for dvr_snat",
    config: devstack({ dvrSnat: ["subnode", "compute"] }),
    paths: ["devstack.dvrSnat"],
  },
  {
    rule: "an upgrade to nowhere",
    config: devstack({ grenade: { base: "victoria" } }),
    paths: ["devstack.grenade.target"],
  },
  {
    rule: "a needed key misspelt",
    config: devstack({ grenade: { base: "victoria", targt: "wallaby" } }),
    paths: ["devstack.grenade.targt"],
  },
  { rule: "a plugin without a URL", config: devstack({ plugins: [{ name: "ironic" }] }), paths: ["devstack.plugins"] },
  {
    rule: "a plugin with a misspelt key",
    config: devstack({ plugins: [{ name: "ironic", url: "https://opendev.org/openstack/ironic", brnch: "master" }] }),
    paths: ["devstack.plugins"],
  },
  { rule: "an unknown release", config: devstack({ release: "walaby" }), paths: ["devstack.release"] },
  { rule: "an unknown feature", config: devstack({ features: ["tempst"] }), paths: ["devstack.features"] },
  {
    rule: "an unknown service",
    config: devstack({ services: { disable: { primary: ["horizn"] } } }),
    paths: ["devstack.services"],
  },
  {
    rule: "variables that need each other",
    config: devstack({ localrc: { all: { FIRST: { expr: "$SECOND" }, SECOND: { expr: "$FIRST" } } } }),
    paths: ["devstack.localrc.all.FIRST"],
  },
  {
    rule: "a line break in a localrc value",
    config: devstack({ localrc: { all: { MOTD: "one\ntwo" } } }),
    paths: ["devstack.localrc.all.MOTD"],
  },
  { rule: "a truth value for run", config: devstack({ run: true }), paths: ["devstack.run"] },
  {
    rule: "a time limit that is none",
    config: devstack({ run: { seconds: { stack: 0, checkout: "long" } } }),
    paths: ["devstack.run.seconds.checkout", "devstack.run.seconds.stack"],
  },
  {
    rule: "devstack itself on the lab's nodes",
    config: devstack({ run: { stack: true } }),
    paths: ["devstack.run.stack"],
  },
  {
    rule: "stack.sh beside grenade, which runs its own",
    config: devstack({
      grenade: { base: "victoria", target: "wallaby" },
      run: { stack: true, repository: "/srv/devstack.bundle" },
    }),
    paths: ["devstack.run.stack"],
  },
];
