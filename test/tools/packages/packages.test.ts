import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it, onTestFinished } from "vitest";
import { missingPackages, packagesMissing, requiredPackages } from "../../../tools/packages/required.ts";
import { newlyEnabled, pathWithoutServiceStart } from "../../../tools/packages/services.ts";

describe("missingPackages", () => {
  const everything = requiredPackages.lab.map(({ program }) => `/usr/sbin/${program}`);

  it("finds programs in system folders that are not on PATH", () => {
    expect(missingPackages(requiredPackages.lab, "/home/me/bin", (file) => everything.includes(file))).toEqual([]);
  });

  it("names exactly what is missing, in the order of the list", () => {
    const there = everything.filter((file) => !/tcpdump|nspawn/.test(file));
    const missing = missingPackages(requiredPackages.lab, "/usr/bin:/bin", (file) => there.includes(file));
    expect(missing.map(({ name }) => name)).toEqual(["systemd-container", "tcpdump"]);
    const message = packagesMissing(missing, true);
    expect(message).toContain("systemd-container (program systemd-nspawn)");
    expect(message).toContain(
      "sudo sh -c 'apt-get update && apt-get install -y --no-install-recommends systemd-container tcpdump'",
    );
    expect(packagesMissing(missing, false)).not.toContain("apt-get");
  });

  it("asks for no lab packages where the nodes are elsewhere", () => {
    for (const purpose of ["hosts", "openstack"] as const) {
      expect(missingPackages(requiredPackages[purpose], "", (file) => file.endsWith("/ssh"))).toEqual([]);
    }
  });
});

describe("newlyEnabled", () => {
  it("tells what an installation enabled from what was enabled before", () => {
    const before = new Set(["/etc/systemd/system/multi-user.target.wants/cron.service", "/etc/rc2.d/S01cron"]);
    const after = new Set([
      ...before,
      "/etc/systemd/system/multi-user.target.wants/ssh.service",
      "/etc/systemd/system/sshd.service",
      "/etc/rc2.d/S01ssh",
      "/etc/rc3.d/S01ssh",
      "/etc/rc2.d/K01old",
    ]);
    expect(newlyEnabled(before, after)).toEqual({ units: ["ssh.service", "sshd.service"], scripts: ["ssh"] });
    expect(newlyEnabled(after, after)).toEqual({ units: [], scripts: [] });
  });
});

describe("pathWithoutServiceStart", () => {
  it("turns what starts a service into nothing, and passes other questions to systemctl on", async () => {
    const folder = mkdtempSync(join(tmpdir(), "stand-ins-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const env = { PATH: pathWithoutServiceStart(folder) };
    const run = async (command: string) => (await execa("sh", ["-c", command], { env, extendEnv: false })).stdout;
    expect(
      await run("invoke-rc.d no-such-service start && deb-systemd-invoke start no-such.service && echo fine"),
    ).toBe("fine");
    expect(
      await run("systemctl restart no-such.service && systemctl --no-block try-restart no-such.service && echo fine"),
    ).toBe("fine");
    expect(await run("systemctl --version")).toContain("systemd");
  });
});
