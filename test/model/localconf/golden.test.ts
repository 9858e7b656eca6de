/**
 * Golden pairs: a flavor, a release and a role → the whole local.conf. After a wanted change,
 * `npx vitest run test/model/localconf/golden.test.ts --update` writes them anew; the path has to come first.
 */
import { describe, expect, test } from "vitest";
import type { FlavorName } from "../../../model/flavors/index.ts";
import { grenadeLocalConfs, localConf, renderLocalConf } from "../../../model/localconf/index.ts";
import type { Role } from "../../../model/settings.ts";
import { contextOf, settingsOf } from "./settings.ts";

const roles: readonly Role[] = ["primary", "subnode"];

/** Flavor and release: today's set of variables, and those before it where the release matters. */
const jobs: readonly (readonly [FlavorName, string])[] = [
  ["nova-network", "ocata"],
  ["nova-network", "rocky"],
  ["neutron", "kilo"],
  ["neutron", "today"],
  ["neutron-dvr", "mitaka"],
  ["neutron-dvr", "wallaby"],
  ["neutron-dvr", "today"],
  ["neutron-dvr-ha", "rocky"],
  ["neutron-dvr-ha", "today"],
  ["neutron-ovn", "today"],
  ["ironic", "train"],
  ["ironic", "today"],
];

function golden(name: string): string {
  return `../../golden/local-conf/${name}.conf`;
}

describe.each(roles)("local.conf of the %s", (role) => {
  test.each(jobs)("in flavor %s, release %s", async (flavor, release) => {
    const settings = settingsOf(flavor, { devstack: { release } });
    await expect(renderLocalConf(localConf(contextOf(settings, role)))).toMatchFileSnapshot(
      golden(`${flavor}.${release}.${role}`),
    );
  });

  test("with an IPv6 underlay", async () => {
    const settings = settingsOf("neutron-dvr", { underlay: "fd20::/64" });
    await expect(renderLocalConf(localConf(contextOf(settings, role)))).toMatchFileSnapshot(
      golden(`neutron-dvr.ipv6.${role}`),
    );
  });

  test("before and after an upgrade", async () => {
    const settings = settingsOf("neutron-dvr", { devstack: { grenade: { base: "victoria", target: "wallaby" } } });
    const pair = grenadeLocalConfs(contextOf(settings, role));
    if (pair === undefined) throw new Error("an upgrade job has two local.conf files");
    await expect(renderLocalConf(pair.old)).toMatchFileSnapshot(golden(`grenade.old.${role}`));
    await expect(renderLocalConf(pair.new)).toMatchFileSnapshot(golden(`grenade.new.${role}`));
  });
});

test("the primary of a stack without subnodes does all of DVR's SNAT itself", async () => {
  const settings = settingsOf("neutron-dvr", { subnodes: 0 });
  await expect(renderLocalConf(localConf(contextOf(settings, "primary")))).toMatchFileSnapshot(
    golden("neutron-dvr.alone.primary"),
  );
});
