/** What a pre-flight finds to be wrong with a host. */

/** One problem of one host. */
export interface Problem {
  /** What was checked, in a few words, e.g. `UDP port of VXLAN`. */
  readonly subject: string;
  readonly expected: string;
  readonly given: string;
  /** What to do about it: a command, or what to write. */
  readonly remedy: string;
}

/** A problem and the host that has it. */
export interface HostProblem extends Problem {
  /** `primary`, `subnode-1`, … */
  readonly host: string;
  /** `<user>@<host> port <port>`. */
  readonly login: string;
}
