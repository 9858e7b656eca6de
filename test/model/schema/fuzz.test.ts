import fc from "fast-check";
import { expect, test } from "vitest";
import { ConfigError, parseSettings, type RawConfig } from "../../../model/schema/index.ts";
import { applyFix } from "./fixes.ts";

/** Keys of the configuration, some mistyped, in any place. */
const key = fc.constantFrom(
  ...["flavor", "nodes", "overlay", "devstack", "verify", "lab", "backend", "subnodes", "underlay", "underlayMtu"],
  ...["driver", "layout", "topology", "port", "prot", "mtu", "vniBase", "publicRange", "floatingRange", "pubicRange"],
  ...["release", "features", "services", "enable", "all", "primary", "localrc", "sections", "LOG-COLOR", "A"],
  ...["secrets", "dvrSnat", "grenade", "base", "fixedRange", "run", "stack", "plugins", "post-config|$X", "", "a.b"],
);

const scalar = fc.constantFrom<unknown[]>(
  ...[null, true, "", "1500", 0, 3, 1.5, -1, 70_000, 1e9, "x", "neutron-ovn", "nova-network", "direct", "rocky"],
  ...["10.0.0.0/8", "172.24.4.0/22", "fd20::/64", "10.20.3.0/24", "0.0.0.0/0", "tempest", { expr: "$A" }],
  ...[[], [1, 3], [1, 1], ["tempest", "ir-api"], {}],
);

const { mapping: anything } = fc.letrec<{ value: unknown; mapping: Record<string, unknown> }>((tie) => ({
  value: fc.oneof({ withCrossShrink: true }, scalar, tie("mapping")),
  mapping: fc.dictionary(key, tie("value"), { maxKeys: 5 }),
}));

/** The same with the top keys in their places, so that deeper ones are reached. */
const config = fc.record(
  {
    flavor: fc.oneof(scalar, fc.constantFrom("nova-network", "neutron-dvr-ha", "ironic")),
    nodes: fc.oneof(anything, fc.record({ lab: anything })),
    overlay: anything,
    devstack: fc.oneof(
      anything,
      fc.record({ localrc: anything, sections: anything, features: anything }, { requiredKeys: [] }),
    ),
    verify: scalar,
    overlya: anything,
  },
  { requiredKeys: [] },
);

/** Fixes of one round may bring other mistakes to light, which the next round tells. */
const ROUNDS = 4;

test("any configuration is accepted, or refused with fixes that lead to one that is", () => {
  fc.assert(
    fc.property(config, (given) => {
      let current: Readonly<Record<string, unknown>> = given;
      let message = "";
      for (let round = 0; round < ROUNDS; round++) {
        try {
          parseSettings("gate", current as RawConfig);
          return;
        } catch (error) {
          if (!(error instanceof ConfigError)) {
            throw error;
          }
          message = error.message;
          current = error.violations.reduce(applyFix, current);
        }
      }
      expect.fail(`${message}\n\n${JSON.stringify(current)}`);
    }),
    { numRuns: 300 },
  );
});
