/** How our parts of things that belong to a whole host are told from everybody else's. */

/** First and last line of our part of a shared file; `#` opens a comment in all of them. */
export interface BlockMarks {
  readonly begin: string;
  readonly end: string;
}

/** @param environment `<stack>-<id>`: two environments on one host have a block each. */
export function blockMarks(environment: string): BlockMarks {
  return { begin: `# devstack-multinode ${environment} begin`, end: `# devstack-multinode ${environment} end` };
}

/**
 * A name for what is ours in the firewall and among sudo's files: the environment's id, without the stack's name, as
 * chains of iptables have 28 characters at most and sudo reads no file with a dot in its name.
 */
export function shortMark(environment: string): string {
  return `devstack-multinode-${environment.slice(environment.lastIndexOf("-") + 1)}`;
}
