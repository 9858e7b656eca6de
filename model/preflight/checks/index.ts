/** Every check of one host, in the order their problems are reported. */
import { addresses } from "./addresses.ts";
import { bridges } from "./bridges.ts";
import type { Check } from "./check.ts";
import { clock } from "./clock.ts";
import { datapath } from "./datapath.ts";
import { disk } from "./disk.ts";
import { hostKey } from "./host-key.ts";
import { openVswitch } from "./open-vswitch.ts";
import { otherStacks } from "./other-stacks.ts";
import { port } from "./port.ts";
import { programs } from "./programs.ts";
import { system } from "./system.ts";

/** The registry: a new check is a file of its own and a line here. */
export const checks: readonly Check[] = [
  hostKey,
  system,
  programs,
  openVswitch,
  datapath,
  otherStacks,
  bridges,
  addresses,
  port,
  clock,
  disk,
];
