/** The job's private key, a file of root's and of the stack's user. */
import { createHash } from "node:crypto";
import { KEY_FILE, ROOT } from "../../model/host/account.ts";
import { lines, sh } from "../remote/quote.ts";
import { sshFile } from "./block.ts";
import type { Part } from "./part.ts";

/** Octal permissions; the SSH client refuses a key that others may read. */
const keyMode = "600";

/**
 * The job's private key. Its text goes from the shell's own memory into the file: it is on no command line. A file of
 * this name that we did not make is somebody's key and is refused.
 */
export const sshKey: Part = {
  apply: ({ user, privateKey }) =>
    lines(
      sh`text=${privateKey.trimEnd()}`,
      ...sshFile(KEY_FILE, user).map(
        ({ owner, path }) => sh`ssh_folder ${owner ?? ""}
if [ -e ${path} ] && ! is_made ${path}; then fail "the file "${path}" is there already and was not made by this stack; it was left as it is. Move it away, then run up again"; fi
remember ${path}
printf '%s\n' "$text" >${path}.new; [ ${owner ?? ""} = ${ROOT} ] || chown ${`${owner}:`} ${path}.new; mv -f ${path}.new ${path}`,
      ),
    ),

  read: ({ user }) =>
    lines(
      ...sshFile(KEY_FILE, user).map(
        ({ path }) => sh`if [ -f ${path} ]; then stat -c '%U %a' ${path}; sha256sum <${path}; else echo; echo; fi`,
      ),
    ),

  drift(output, { user, privateKey }) {
    const digest = createHash("sha256").update(`${privateKey.trimEnd()}\n`).digest("hex");
    const found = output.split("\n");
    const differences = sshFile(KEY_FILE, user).map(({ owner }, index) => {
      const [about = "", sum = ""] = found.slice(2 * index);
      if (about === "") return `${owner}'s: missing`;
      if (!sum.startsWith(digest)) return `${owner}'s: another key`;
      return about === `${owner} ${keyMode}` ? "" : `${owner}'s: owner and mode ${about}`;
    });
    return differences.filter((text) => text !== "").join("; ");
  },

  revert: ({ user }) =>
    lines(...sshFile(KEY_FILE, user).map(({ path }) => sh`if is_made ${path}; then rm -f ${path}; fi`)),
};
