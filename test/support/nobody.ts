/** Runs programs as a user without root's rights. */

/** Number of the user `nobody` on every Linux. */
const NOBODY = "65534";

/** Words to put in front of a command: its user may read what root may, wherever the checkout is, and nothing more. */
export const AS_NOBODY: readonly string[] = [
  "setpriv",
  ...["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"],
  ...["--bounding-set", "-all,+dac_override", "--inh-caps", "-all,+dac_override", "--ambient-caps", "+dac_override"],
];
