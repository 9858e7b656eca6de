/** Why a host cannot be worked on at all: what a pre-flight reports, and what fails a step. */

/**
 * Which of the steps on the way to a host did not work: no answer at its address, a jump host on the way, the check of
 * its host key, the login, or becoming root.
 */
export type AccessStage = "reach" | "jump" | "host key" | "login" | "sudo";

/** Two host keys that should be one, as fingerprints. */
export interface KeyMismatch {
  readonly expected: readonly string[];
  /** Fingerprint of the key the host showed. */
  readonly given: string;
  /** The key itself as in known_hosts, `<type> <base64>`: what to write when it is the right one. */
  readonly key: string;
}

/** A way to a host that failed; its message is one sentence for users. */
export class AccessFailure extends Error {
  readonly stage: AccessStage;
  readonly mismatch: KeyMismatch | undefined;

  constructor(stage: AccessStage, message: string, mismatch?: KeyMismatch) {
    super(message);
    this.name = "AccessFailure";
    this.stage = stage;
    this.mismatch = mismatch;
    this.stack = "";
  }
}
