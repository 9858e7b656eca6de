/** The firewall: open to the job's nodes, and VXLAN from nobody else. */
import type { FirewallFacts } from "../../model/host/firewall.ts";
import { shortMark } from "../../model/host/marks.ts";
import { type ShellText, sh } from "../remote/quote.ts";
import { applyIptables, dropIptables, listIptables } from "./firewall-iptables.ts";
import { applyNftables, dropNftables, listNftables } from "./firewall-nftables.ts";
import { differingLines, type HostWish, type Part } from "./part.ts";

/** Separates the rules as they were made from those found in what `read` prints. */
const separator = "--now--";

/**
 * Sets `$kind` to the firewall the node uses, and `$rules` to those of nftables with their handles. Programs of iptables
 * are asked only where there can be rules of theirs: in the tables `ip` and `ip6` of nftables, or in the older ones that
 * the kernel lists.
 */
const decide: ShellText = sh`kind= variant= rules=
used() { { "iptables$1-save"; "ip6tables$1-save"; } 2>/dev/null | grep -qE '^-A|^:[A-Z]+ DROP'; }
listed() { read -r _ <"$1"; } 2>/dev/null
if { listed /proc/net/ip_tables_names || listed /proc/net/ip6_tables_names; } && used -legacy; then kind=iptables variant=-legacy
elif ! command -v nft >/dev/null || ! rules=$(nft -a list ruleset 2>/dev/null); then
  command -v iptables >/dev/null || fail "expected nft or iptables on the node, found neither; install one: apt-get install nftables, or dnf install nftables"
  kind=iptables
else
  case "$rules" in *"table ip "* | *"table ip6 "*) if used ''; then kind=iptables; fi ;; esac
  : "\${kind:=nftables}"
fi`;

/** Sets `$kind` and `$variant` to what the record says; both are empty without one. */
const recall: ShellText = sh`kind= variant=
if [ -f "$record/firewall" ]; then read -r kind variant <"$record/firewall"; fi`;

/**
 * The firewall: a table of our own where the node uses nftables and no rules of iptables, else chains of our own there.
 * An `accept` of ours in nftables does not override what another table drops: tables that drop or reject anything get
 * our rules, marked by a comment, first in their own chains for incoming and forwarded packets. Rules do not outlive a
 * node's restart: the next `up --refresh` finds and repairs that.
 */
export const firewall: Part = {
  apply(wish) {
    const [mark, facts] = [shortMark(wish.environment), factsOf(wish)];
    return sh`${recall}
old=$kind old_variant=$variant
${decide}
[ -d "$record" ] || mkdir -p "$record"
echo "$kind $variant" >"$record/firewall"
if [ "$kind" = nftables ]; then
${applyNftables(mark, facts)}
else
${applyIptables(mark, facts)}
fi
{ echo "$kind $variant"; ${list(mark)}
} >"$record/firewall.new"
mv "$record/firewall.new" "$record/firewall"
if [ -n "$old" ] && [ "$old $old_variant" != "$kind $variant" ]; then
  kind=$old variant=$old_variant
  ${drop(mark)}
fi`;
  },

  read: ({ environment }) => sh`if [ -f "$record/firewall" ]; then
cat "$record/firewall"; echo ${separator}
${recall}
echo "$kind $variant"
${list(shortMark(environment))}
fi`,

  drift(output) {
    const [made = "", found = ""] = output.split(`${separator}\n`);
    const [kind = "", ...rules] = linesOf(made);
    const now = linesOf(found).slice(1);
    return kind === "" ? "missing" : differingLines(rules, now);
  },

  revert: ({ environment }) => sh`${recall}
${drop(shortMark(environment))}`,
};

function factsOf({ firewall: plan, peers }: HostWish): FirewallFacts {
  return { ...plan, addresses: peers.map(({ address }) => address) };
}

/** Prints our rules of the kind that `$kind` says. */
function list(mark: string): ShellText {
  return sh`case "$kind" in
nftables) ${listNftables(mark)} ;;
iptables) ${listIptables(mark)} ;;
esac`;
}

/** Takes away our rules of the kind that `$kind` says. */
function drop(mark: string): ShellText {
  return sh`case "$kind" in
nftables) ${dropNftables(mark)} ;;
iptables) ${dropIptables(mark)} ;;
esac`;
}

function linesOf(text: string): readonly string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}
