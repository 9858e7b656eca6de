/** Our rules in a firewall of iptables: chains of our own, which its own chains jump to. */
import type { Family } from "../../model/addresses.ts";
import { type FirewallFacts, iptablesChain, iptablesHooks, iptablesTable } from "../../model/host/firewall.ts";
import { lines, type ShellText, sh } from "../remote/quote.ts";

/** Seconds to wait for another program that changes the rules. */
const lockSeconds = 5;

/** The chains of iptables that jump to ours. */
const hooks = Object.keys(iptablesHooks) as (keyof typeof iptablesHooks)[];

/** The programs' names start with this; `$variant` is empty, or `-legacy` where the rules in use are of the older kind. */
const programs = { IPv4: "iptables", IPv6: "ip6tables" } as const satisfies Record<Family, string>;

/** Puts our rules in place: the chains at one stroke, and a jump to each where there is none. */
export function applyIptables(mark: string, facts: FirewallFacts): ShellText {
  return eachFamily((family) => {
    const jumps = hooks.map((hook) => {
      const jump = jumpTo(mark, hook);
      const program = command(family);
      return sh`${program} -C ${hook} ${jump} 2>/dev/null || ${program} -I ${hook} 1 ${jump}`;
    });
    const table = iptablesTable(mark, family, facts);
    return lines(
      sh`printf '%s\n' ${table} | ${programs[family]}"$variant"-restore -w ${lockSeconds} --noflush`,
      ...jumps,
    );
  });
}

/** Prints our rules. */
export function listIptables(mark: string): ShellText {
  const own = hooks.flatMap((hook) => [sh`-e`, iptablesChain(mark, hook)]);
  return eachFamily((family) => sh`${command(family)} -S | grep -F ${own} || true`);
}

/** Takes our rules away. */
export function dropIptables(mark: string): ShellText {
  return eachFamily((family) => {
    const program = command(family);
    return lines(
      ...hooks.map((hook) => {
        const chain = iptablesChain(mark, hook);
        return sh`while ${program} -D ${hook} ${jumpTo(mark, hook)} 2>/dev/null; do :; done
if ${program} -F ${chain} 2>/dev/null; then ${program} -X ${chain}; fi`;
      }),
    );
  });
}

function command(family: Family): ShellText {
  return sh`${programs[family]}"$variant" -w ${lockSeconds}`;
}

function jumpTo(mark: string, hook: keyof typeof iptablesHooks): readonly string[] {
  return ["-m", "comment", "--comment", mark, "-j", iptablesChain(mark, hook)];
}

/** A script for both families; a host whose kernel has no IPv6 has no rules for it either. */
function eachFamily(script: (family: Family) => ShellText): ShellText {
  return lines(script("IPv4"), sh`if [ -e /proc/net/if_inet6 ]; then`, script("IPv6"), sh`fi`);
}
