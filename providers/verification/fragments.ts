/** Counts the packets a node had to fragment: an overlay MTU that is too big shows as these, not as loss. */
import { type ShellText, sh } from "../remote/quote.ts";

/**
 * Defines a function `fragments` for a script. It prints how many packets of either family the node has fragmented since
 * it started: the field FragOKs (RFC 1213, section 6; RFC 4293).
 */
export const defineFragments: ShellText = sh`fragments() { awk '/^Ip: [0-9]/ { n += $18 } /^Ip6FragOKs / { n += $2 } END { print n + 0 }' /proc/net/snmp /proc/net/snmp6 2>/dev/null; }`;
