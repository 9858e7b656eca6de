/** Our rules in a firewall of nftables: a table of our own, and what other tables must not drop. */
import { type FirewallFacts, nftablesAccepts, nftablesTable } from "../../model/host/firewall.ts";
import { ShellText, sh } from "../remote/quote.ts";

/**
 * Reads `nft -a list ruleset` and writes commands for `nft -f`: it takes our rules out of other tables, and puts those of
 * the variable ACCEPTS (lines `<table families>|<hook>|<rule>`) first in the chains of each table that drops anything.
 */
const editOthers = new ShellText(`'
function leave(  i, j, part) {
  if (strict && table !~ /^devstack-multinode-/)
    for (i = 1; i <= chains; i++) for (j = 1; j <= accepts; j++) {
      split(accept[j], part, "|")
      if (index("," part[1] ",", "," family ",") && part[2] == hook[i])
        print "insert rule " family " " table " " chain[i] " " part[3] " comment \\"" ENVIRON["MARK"] "\\""
    }
  chains = strict = 0
}
BEGIN { accepts = split(ENVIRON["ACCEPTS"], accept, "\\n") }
/^table / { leave(); family = $2; table = $3 }
/^[ \\t]+chain / { name = $2 }
/type filter hook (input|forward) / { chains++; chain[chains] = name; hook[chains] = /hook input/ ? "input" : "forward" }
/policy drop|[ \\t](drop|reject)([ \\t]|$)/ { strict = 1 }
index($0, "comment \\"" ENVIRON["MARK"] "\\"") && match($0, /# handle [0-9]+/) {
  print "delete rule " family " " table " " name " " substr($0, RSTART + 2, RLENGTH - 2)
}
END { leave() }'`);

/** Reads `nft -s list ruleset` and prints what is ours: our table, and our rules in others with table and chain. */
const ownLines = new ShellText(`'
/^table / { family = $2; table = $3 }
/^[ \\t]+chain / { name = $2 }
table == ENVIRON["MARK"] { if (NF) print; next }
index($0, "comment \\"" ENVIRON["MARK"] "\\"") { print family, table, name $0 }'`);

/** Puts our rules in place, all at one stroke; `$rules` is the output of `nft -a list ruleset`. */
export function applyNftables(mark: string, facts: FirewallFacts): ShellText {
  const accepts = nftablesAccepts(facts).map(({ tables, hook, rule }) => `${tables.join(",")}|${hook}|${rule}`);
  return sh`export MARK=${mark} ACCEPTS=${accepts.join("\n")}
others=$(printf '%s\n' "$rules" | awk ${editOthers})
printf '%s\n' ${nftablesTable(mark, facts)} "$others" | nft -f -`;
}

/** Prints our rules. */
export function listNftables(mark: string): ShellText {
  return sh`nft -s list ruleset | MARK=${mark} awk ${ownLines}`;
}

/** Takes our rules away. */
export function dropNftables(mark: string): ShellText {
  return sh`others=$(nft -a list ruleset | MARK=${mark} ACCEPTS= awk ${editOthers})
printf '%s\n' ${`table inet ${mark}`} ${`delete table inet ${mark}`} "$others" | nft -f -`;
}
