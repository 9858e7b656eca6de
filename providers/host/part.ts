/** What one part of a host's preparation is: one file beside this one each, registered by one line in `index.ts`. */
import type { FirewallPlan } from "../../model/host/firewall.ts";
import type { Peer } from "../../model/host/peers.ts";
import type { ShellText } from "../remote/quote.ts";

/** A prepared host as wanted. */
export interface HostWish {
  /** `<stack>-<id>`: whose mark everything carries. */
  environment: string;
  /** Logical name of the resource, for the mark. */
  resource: string;
  /** Which generation of the resource it is, for the mark. */
  generation: string;
  /** Every node of the job, this one included. */
  peers: readonly Peer[];
  /** The user that runs devstack. */
  user: string;
  /** Home directory, made with the user. */
  home: string;
  firewall: FirewallPlan;
  needsOpenVswitch: boolean;
  /** The job's key pair, `<type> <base64> <comment>` and OpenSSH's format. */
  publicKey: string;
  privateKey: string;
}

/** Work that takes longer than others have to wait for a node: a step of its own. */
export interface SlowWork {
  readonly step: string;
  readonly script: ShellText;
  /** Deadline in seconds. */
  readonly seconds: number;
}

/**
 * One part. Its scripts run as root after the prelude (`prelude.ts`), whose functions they may use; they travel by
 * standard input, so they may hold secrets, and find nothing on their own standard input.
 */
export interface Part {
  /** Makes it so, whatever was there; a command that fails ends the whole preparation. */
  apply(wish: HostWish): ShellText;
  /** What `apply` left to do when it printed the line `later`. */
  later?(wish: HostWish): SlowWork;
  /** Prints what is there. */
  read(wish: HostWish): ShellText;
  /** What of that is not as wanted, in a few words a preview can show; empty when all is. */
  drift(output: string, wish: HostWish): string;
  /** Takes back what is ours and nothing else; what is missing counts as done. */
  revert(wish: HostWish): ShellText;
}

/** A difference is told with this many lines and characters of it. */
const shownLines = 2;
const shownCharacters = 160;

/** How lines that were found differ from those wanted; empty when they do not. */
export function differingLines(wanted: readonly string[], found: readonly string[]): string {
  if (found.length === 0) return "missing";
  const lacking = wanted.filter((line) => !found.includes(line));
  const foreign = found.filter((line) => !wanted.includes(line));
  if (lacking.length + foreign.length === 0) {
    return wanted.join("\n") === found.join("\n") ? "" : "its lines are in another order";
  }
  return [told("lacks", lacking), told("has", foreign)].filter((text) => text !== "").join("; ");
}

function told(verb: string, all: readonly string[]): string {
  if (all.length === 0) return "";
  const more = all.length > shownLines ? ` and ${all.length - shownLines} more` : "";
  const text = all.slice(0, shownLines).map((line) => `"${line.trim()}"`);
  return `${verb} ${text.join(", ").slice(0, shownCharacters)}${more}`;
}
