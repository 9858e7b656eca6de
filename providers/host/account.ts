/** The user that runs devstack, and its right to become root. */
import { sudoersText } from "../../model/host/files.ts";
import { shortMark } from "../../model/host/marks.ts";
import { markText } from "../mark.ts";
import { lines, type ShellText, sh } from "../remote/quote.ts";
import { differingLines, type HostWish, type Part } from "./part.ts";

/** Where sudo reads files beside its own from; a host without sudo has none. */
const sudoersFolder = "/etc/sudoers.d";

/** Octal permissions that sudo wants (sudoers(5)). */
const sudoersMode = "440";

/**
 * Octal permissions of the home: libvirt and apache go through it, as devstack's own script for the user has it. Some systems
 * make homes that nobody else can enter.
 */
const homeMode = "755";

/** Separates the account from sudo's file in what `read` prints. */
const separator = "--sudoers--";

/**
 * The user. One that is there already is used as it is and stays; one we made carries our mark in its comment field and
 * is removed with its home.
 */
export const account: Part = {
  apply(wish) {
    const { user, home } = wish;
    const file = sudoersFile(wish);
    // A `*` for a password lets nobody in by password, and does not lock the account for logins by key as `!` does.
    return sh`if [ -z "$user_home" ]; then
  useradd --create-home --home-dir ${home} --shell /bin/bash --password '*' --comment ${markText(wish)} ${user}
  find_homes
fi
${ifOurs(wish, sh`chmod ${homeMode} ${home}`)}
if command -v sudo >/dev/null && [ -d ${sudoersFolder} ]; then
  printf %s ${sudoersText(shortMark(wish.environment), user)} >${file}.new
  chmod ${sudoersMode} ${file}.new
  if command -v visudo >/dev/null; then visudo -cqf ${file}.new >&2 || { rm ${file}.new; fail "sudo refuses the file for user "${user}; }; fi
  mv -f ${file}.new ${file}
fi`;
  },

  read(wish) {
    const file = sudoersFile(wish);
    return lines(
      sh`getent passwd ${wish.user} || true`,
      ifOurs(wish, sh`stat -c %a ${wish.home}`),
      sh`echo ${separator}`,
      sh`if ! command -v sudo >/dev/null || [ ! -d ${sudoersFolder} ]; then echo none; elif [ -f ${file} ]; then stat -c %a ${file}; cat ${file}; fi`,
    );
  },

  drift(output, wish) {
    const [entry = "", sudoers = ""] = output.split(`${separator}\n`);
    const [found = "", mode = homeMode] = linesOf(entry);
    if (found === "") return "missing";
    if (mode !== homeMode) return `${wish.home}: permissions ${mode}, not ${homeMode}`;
    if (sudoers.trim() === "none") return "";
    const wanted = `${sudoersMode}\n${sudoersText(shortMark(wish.environment), wish.user)}`;
    const difference = differingLines(linesOf(wanted), linesOf(sudoers));
    return difference === "" ? "" : `${sudoersFile(wish)}: ${difference}`;
  },

  revert(wish) {
    const { user, home } = wish;
    return sh`rm -f ${sudoersFile(wish)}
${ifOurs(
  wish,
  sh`said=$(userdel --remove ${user} 2>&1) || true
  if id -u ${user} >/dev/null 2>&1; then fail "$said; what stays is the user with "${home}": end the user's processes and run destroy again"; fi`,
  wish.generation,
)}`;
  },
};

/**
 * Does something where the user is one that this stack made.
 *
 * @param generation of the resource that has to have made it; any by default
 */
function ifOurs({ environment, user }: HostWish, work: ShellText, generation?: string): ShellText {
  const ours = `${markText({ environment, resource: "", generation: "" }).trimEnd()} `;
  const rest = generation === undefined ? sh`*` : sh`*${` ${generation}`}`;
  return sh`case "$(getent passwd ${user} | cut -d: -f5)" in ${ours}${rest})
  ${work} ;;
esac`;
}

function sudoersFile({ environment }: HostWish): string {
  return `${sudoersFolder}/${shortMark(environment)}`;
}

function linesOf(text: string): readonly string[] {
  return text.split("\n").filter((line) => line !== "");
}
