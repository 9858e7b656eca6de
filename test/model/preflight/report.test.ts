/** The text of a pre-flight's report. */
import { expect, it } from "vitest";
import { describePreflight } from "../../../model/preflight/report.ts";

it("has every problem of every host, grouped by host, under a headline that counts them", () => {
  const about = { expected: "this", given: "that", remedy: "do\nmore" };
  const one = { host: "primary", login: "root@10.0.0.4 port 22", ...about };
  const two = { host: "subnode-2", login: "root@10.0.0.6 port 22 through jump@gate", ...about };
  const problems = [
    { ...one, subject: "clock" },
    { ...one, subject: "sudo" },
    { ...two, subject: "clock" },
  ];
  expect(describePreflight(problems, 3)).toBe(`pre-flight: 3 problems on 2 of 3 hosts; nothing was changed on any host.

  primary (root@10.0.0.4 port 22)
    clock
      expected  this
      given     that
      write     do
                more
    sudo
      expected  this
      given     that
      write     do
                more

  subnode-2 (root@10.0.0.6 port 22 through jump@gate)
    clock
      expected  this
      given     that
      write     do
                more`);
  expect(describePreflight([], 3)).toBe("pre-flight: all 3 hosts passed");
});
