/** The shape of `devstack.run`. */
import { z } from "zod";
import type { RunSettings, RunStep } from "../settings.ts";
import { flag, integer, text } from "./fields.ts";

/** Where devstack is developed. */
export const DEVSTACK_REPOSITORY = "https://opendev.org/openstack/devstack";

/** Longest time for a step that a stack can ask for, in seconds: a day. */
const MOST_SECONDS = 86_400;

/** What the steps get where the user says nothing, in seconds: a stack.sh takes 10 to 30 minutes on a usual node. */
const defaultSeconds: Readonly<Record<RunStep, number>> = {
  checkout: 600,
  stack: 5400,
  certificates: 120,
  discover: 600,
  unstack: 900,
};

const limit = (step: RunStep) =>
  integer({
    what: `the longest time for the step ${step}, in seconds`,
    least: 1,
    most: MOST_SECONDS,
    example: defaultSeconds[step],
  }).default(defaultSeconds[step]);

/** Whether and how `up` runs stack.sh. */
export const runShape = z.strictObject({
  stack: flag("whether up runs stack.sh", false).default(false),
  repository: text("a git URL of devstack", DEVSTACK_REPOSITORY).default(DEVSTACK_REPOSITORY),
  ref: text("a branch, tag or commit of devstack", "master").exactOptional(),
  seconds: z
    .strictObject({
      checkout: limit("checkout"),
      stack: limit("stack"),
      certificates: limit("certificates"),
      discover: limit("discover"),
      unstack: limit("unstack"),
    })
    .prefault({}),
}) satisfies z.ZodType<RunSettings>;
