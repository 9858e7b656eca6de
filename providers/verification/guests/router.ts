/** What makes a namespace the router of its node's guests: forwarding, and floating addresses translated one to one. */
import { namespaceName } from "../../../model/guests/names.ts";
import type { ProbeGuest, ProbeNode } from "../../../model/guests/plan.ts";
import { lines, type ShellText, sh } from "../../remote/quote.ts";
import { setSysctls } from "../../remote/sysctl.ts";

/** Sysctls of the router's namespace. */
const settings = [
  "net.ipv4.ip_forward=1",
  // Guests on one link reach each other's floating addresses through the router, and shall keep doing so.
  "net.ipv4.conf.all.send_redirects=0",
  "net.ipv4.conf.default.send_redirects=0",
  "net.ipv4.conf.guests.send_redirects=0",
  "net.ipv4.conf.all.rp_filter=0",
  // An address is answered for, and asks for others, on its own interface only; else isolation could not be told.
  "net.ipv4.conf.all.arp_ignore=1",
  "net.ipv4.conf.all.arp_announce=2",
];

/** Script lines; nothing for a node that does not route. */
export function routeAndTranslate(environment: string, node: ProbeNode): ShellText {
  const router = namespaceName(environment, "router");
  const inside = lines(
    sh`${setSysctls(settings)} || exit 1`,
    // On some nodes the packet filter sees bridged frames too; here it would translate them a second time.
    sh`[ ! -e /proc/sys/net/bridge/bridge-nf-call-iptables ] || ${setSysctls(["net.bridge.bridge-nf-call-iptables=0"])} 2>/dev/null`,
    ...(node.translates.length === 0 ? [] : [translation(node.translates)]),
  );
  return sh`ip netns exec ${router} sh -c ${inside.text} || exit 1`;
}

/** By nftables or iptables, whichever the node has; both in the router's namespace only. */
function translation(guests: readonly ProbeGuest[]): ShellText {
  const prerouting = guests.map(({ floating, fixed }) => `ip daddr ${floating} dnat to ${fixed}`);
  // What comes back to the guests' own link has to pass here again: both ends are translated then.
  const postrouting = guests.flatMap(({ floating, fixed }) => [
    `ip saddr ${fixed} oifname "public" snat to ${floating}`,
    `ip saddr ${fixed} ct status dnat snat to ${floating}`,
  ]);
  const chain = (hook: string, priority: number, rules: readonly string[]): string =>
    `chain ${hook} { type nat hook ${hook} priority ${priority}; ${rules.join("; ")}; }`;
  const chains = [chain("prerouting", -100, prerouting), chain("postrouting", 100, postrouting)];
  const nft = ["table ip probe {", ...chains, "}"];
  const iptables = guests.flatMap(({ floating, fixed }) => [
    sh`iptables -w -t nat -A PREROUTING -d ${floating} -j DNAT --to-destination ${fixed} || exit 1`,
    sh`iptables -w -t nat -A POSTROUTING -s ${fixed} -o public -j SNAT --to-source ${floating} || exit 1`,
    sh`iptables -w -t nat -A POSTROUTING -s ${fixed} -m conntrack --ctstate DNAT -j SNAT --to-source ${floating} || exit 1`,
  ]);
  return lines(
    sh`if command -v nft >/dev/null; then printf '%s\n' ${nft} | nft -f - || exit 1; else`,
    ...iptables,
    sh`fi`,
  );
}
