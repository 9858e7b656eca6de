/** Which failures are silence, which may be asked again, and which have a reason. */
import { describe, expect, test } from "vitest";
import { type GuestCheck, planGuestChecks } from "../../../model/guests/checks.ts";
import { planGuests } from "../../../model/guests/plan.ts";
import { probeResults } from "../../../providers/verification/guests/answers.ts";
import { guestFacts, planOf } from "../../model/configs.ts";

const network = planGuests(planOf({ flavor: "nova-network" }), guestFacts);
if ("reason" in network) throw new Error(network.reason);
const checks = planGuestChecks(network);

function checkBy(method: GuestCheck["probe"]["method"]): GuestCheck {
  const check = checks.find(({ probe }) => probe.method === method);
  if (check === undefined) throw new Error(`no check by ${method}`);
  return check;
}

/** The results of one check, from its exit status and what its program printed. */
function judged(method: GuestCheck["probe"]["method"], said: string) {
  return probeResults(`0 ${said}`, [checkBy(method)], "first").flatMap(({ results }) => results);
}

describe("a check that failed by silence", () => {
  test.each([
    ["ping", "1 2010 PING 172.24.5.254 (172.24.5.254) 56(84) bytes of data. --- 10 packets transmitted, 0 received"],
    ["ping", "1 2010 From 172.24.4.1 icmp_seq=1 Destination Host Unreachable"],
    ["ping", "1 2010 From fd20::a icmp_seq=1 Destination unreachable: Address unreachable"],
    ["greeting", "124 3000 "],
    ["greeting", "1 2900 bash: connect: No route to host"],
    ["login", "124 8000 "],
    ["login", "255 5000 ssh: connect to host 172.24.5.254 port 22: Connection timed out"],
    ["login", `124 8000 guest=${checkBy("login").to}`],
    ["broadcast", "0 3000 10.1.0.99"],
  ] as const)("%s: %s", (method, said) => {
    const results = judged(method, said);
    expect(results.length).toBeGreaterThan(0);
    for (const result of results) expect(result).toMatchObject({ held: false, silent: true });
  });
});

describe("a check that had an answer", () => {
  test.each([
    ["ping", "0 10 64 bytes from 172.24.5.254: icmp_seq=1 ttl=63 time=0.31 ms", true],
    ["ping", "1 10 ping: local error: message too long, mtu=1400", false],
    ["ping", "1 10 From 172.24.4.1 icmp_seq=1 Frag needed and DF set (mtu = 1400)", false],
    ["ping", "1 10 From 10.0.0.1 icmp_seq=1 Destination Net Unreachable", false],
    ["ping", "2 10 ping: connect: No route to host", false],
    ["greeting", "0 10 SSH-2.0-OpenSSH_9.2", true],
    ["greeting", "0 10 220 mail", false],
    ["greeting", "1 10 bash: connect: Connection refused", false],
    ["login", "0 500 guest=subnode-9/b received=0", false],
    ["login", "124 8000 guest=subnode-9/b", false],
    ["login", "255 10 Host key verification failed.", false],
    ["too-long", "1 1000 ", false],
    ["absence", "0 400 lladdr fe:00:00:00:00:01", false],
  ] as const)("%s: %s", (method, said, holds) => {
    for (const result of judged(method, said)) {
      expect(result.held).toBe(holds);
      expect(result).not.toHaveProperty("silent");
    }
  });

  test("is not one that nobody made", () => {
    for (const method of ["ping", "greeting", "login", "absence"] as const) {
      const results = probeResults("", [checkBy(method)], "first").flatMap((made) => made.results);
      for (const result of results) expect(result).not.toHaveProperty("silent");
    }
  });

  test("says in its words what the answer was", () => {
    const words = [
      "1 10 ping: local error: message too long, mtu=1400",
      "1 10 From 172.24.4.1 icmp_seq=1 Frag needed and DF set (mtu = 1400)",
      "2 10 ping: connect: No route to host",
    ].map((said) => judged("ping", said)[0]?.detail.split(": ")[1]);
    expect(words).toEqual(["too long, mtu=1400", "mtu = 1400", "No route to host"]);
  });
});
