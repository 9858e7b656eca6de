import { describe, expect, test } from "vitest";
import { planRun, type RunPlan } from "../../model/devstack-run/plan.ts";
import { planOf, settingsOf } from "./configs.ts";

/** The run of a configuration that asks for one. */
function runOf(devstack: object = {}, flavor?: string): RunPlan {
  const config = {
    ...(flavor === undefined ? {} : { flavor }),
    devstack: {
      ...devstack,
      run: { stack: true, repository: "/srv/devstack.bundle", ...("run" in devstack ? (devstack.run as object) : {}) },
    },
  };
  const run = planRun(settingsOf(config), planOf(config));
  if (run === undefined) throw new Error("the configuration asks for a run");
  return run;
}

describe("a run of devstack", () => {
  test("is none where the configuration does not ask for it", () => {
    expect(planRun(settingsOf(), planOf())).toBeUndefined();
  });

  test("takes the branch of the release, unless the user names another", () => {
    expect(runOf().ref).toBe("master");
    expect(runOf({ release: "wallaby" }).ref).toBe("stable/wallaby");
    expect(runOf({ release: "wallaby", run: { ref: "refs/changes/1" } }).ref).toBe("refs/changes/1");
  });

  test("lies in the folder of local.conf", () => {
    expect(runOf().tree).toBe("/opt/stack/devstack");
  });

  test("needs certificates where localrc or a service says TLS", () => {
    const said = (value: string) => runOf({ localrc: { all: { ENABLE_TLS: value } } }).usesTls;
    expect([said("True"), said("False")]).toEqual([true, false]);
    expect(runOf({ services: { enable: { primary: ["tls-proxy"] } } }).usesTls).toBe(true);
    expect(runOf({}, "neutron-ovn").usesTls).toBe(true);
    expect(runOf({ services: { disable: { all: ["tls-proxy"] } } }, "neutron-ovn").usesTls).toBe(false);
  });

  test.each([
    ["ENABLE_TLS=True", true],
    ["enable_service tls-proxy", true],
    ["enable_service tls-proxy\ndisable_service tls-proxy", false],
    ['ENABLED_SERVICES+=",tls-proxy"', true],
    ["# ENABLE_TLS=True", false],
  ])("needs certificates by a job's own localrc %j: %s", (text, expected) => {
    expect(runOf({ fragment: `[[local|localrc]]\n${text}\n` }).usesTls).toBe(expected);
  });

  test("counts the nodes that run guests", () => {
    expect(runOf().computes).toBe(3);
    expect(runOf({ services: { disable: { primary: ["n-cpu"] } } }).computes).toBe(2);
    expect(runOf({ features: { disable: { primary: ["nova"] } } }).computes).toBe(2);
    expect(runOf({ localrc: { primary: { ENABLED_SERVICES: "key,n-api" } } }).computes).toBe(2);
    expect(runOf({ fragment: "[[local|localrc]]\ndisable_service n-cpu\n" }).computes).toBe(0);
  });

  test("keeps the secrets that the user names out of what is shown", () => {
    expect(runOf({ secrets: { MY_OWN: "x" } }).secretNames).toContain("MY_OWN");
  });
});
