/** Programs that the work on a host needs. */
import type { askedPrograms, HostFacts } from "../facts.ts";
import type { Problem } from "../problem.ts";
import type { Check } from "./check.ts";

type Program = (typeof askedPrograms)[number];

/** Package that brings a program, where it is called otherwise: Debian's name, and the Red Hat family's. */
const packages: Partial<Record<Program, readonly [string, string]>> = {
  ip: ["iproute2", "iproute"],
  nft: ["nftables", "nftables"],
  getent: ["libc-bin", "glibc-common"],
  useradd: ["passwd", "shadow-utils"],
};

/** Which programs are needed follows from what the stack does on its hosts. */
export const programs: Check = ({ facts, expectations }) => [
  ...(facts.programs.has("ip") ? json(facts) : [missing(facts, "ip")]),
  ...(facts.programs.has("nft") || facts.programs.has("iptables") ? [] : [missing(facts, "nft", "nft or iptables")]),
  ...lacking(facts, ["getent", "useradd"]),
  ...(expectations.runsDevstack ? [...lacking(facts, ["bash", "python3"]), ...git(facts)] : []),
];

/** Runs of devstack install it where it is missing. */
function git(facts: HostFacts): readonly Problem[] {
  if (["git", "apt-get", "dnf"].some((program) => facts.programs.has(program))) return [];
  return [missing(facts, "git", "git, or apt-get or dnf, which install it")];
}

function lacking(facts: HostFacts, names: readonly Program[]): readonly Problem[] {
  return names.filter((name) => !facts.programs.has(name)).map((name) => missing(facts, name));
}

function missing(facts: HostFacts, program: Program, expected: string = program): Problem {
  return { subject: `program ${program}`, expected, given: "none", remedy: installing(facts, program) };
}

/** The command that installs what brings a program. */
function installing({ programs: there }: HostFacts, program: Program): string {
  const [debian, redHat] = packages[program] ?? [program, program];
  if (there.has("apt-get")) return `on the host: apt-get install -y ${debian}`;
  return `on the host: ${there.has("dnf") ? "dnf" : "yum"} install -y ${redHat}`;
}

/** JSON with all details of an interface came with iproute2 4.18. */
function json(facts: HostFacts): readonly Problem[] {
  if (facts.links !== undefined) return [];
  const remedy = installing(facts, "ip");
  return [
    { subject: "iproute2", expected: "4.18 or newer, whose `ip -j -d` prints JSON", given: "an older one", remedy },
  ];
}
