/** Parts that are a block of lines of ours in a file that others write to as well. */
import { ROOT } from "../../model/host/account.ts";
import { blockMarks } from "../../model/host/marks.ts";
import { lines, ShellText, sh } from "../remote/quote.ts";
import { differingLines, type HostWish, type Part } from "./part.ts";

/** A file with a block of ours: one of the host, or one in the `.ssh` folder of root and of the stack's user. */
export type BlockPlace = { readonly path: string } | { readonly inSshFolder: string };

/** One file as a script names it. */
interface Place {
  /** The user whose `.ssh` folder it is in; undefined for a file of the host. */
  readonly owner: string | undefined;
  /** Its path, as shell text that may use the prelude's variables. */
  readonly path: ShellText;
}

/**
 * A part that is a block of lines at the top of a file. At the top it comes to nobody's harm: whatever the file's last
 * line looks like, it stays as it is, and programs that take the first answer they find take ours.
 *
 * @param mode octal permissions of the file where it has to be made; one that is there keeps its own
 */
export function blockPart(place: BlockPlace, mode: string, linesOf: (wish: HostWish) => readonly string[]): Part {
  return {
    apply: (wish) =>
      lines(
        sh`text=${linesOf(wish).join("\n")}`,
        ...placesOf(place, wish.user).map(({ owner, path }) =>
          owner === undefined
            ? sh`put_block ${path} ${mode} "$text"`
            : sh`ssh_folder ${owner}; put_block ${path} ${mode} "$text"; [ ${owner} = ${ROOT} ] || chown ${`${owner}:`} ${path}`,
        ),
      ),

    read: (wish) =>
      lines(
        ...placesOf(place, wish.user).flatMap(({ path }, index) => [
          sh`echo ${`file ${index}`}`,
          sh`[ ! -f ${path} ] || sed -n "/^$begin$/,/^$end$/p" ${path}`,
        ]),
      ),

    drift: (output, wish) => {
      const { begin, end } = blockMarks(wish.environment);
      const wanted = [begin, ...linesOf(wish), end];
      const found = output.split(/^file \d+\n/m).slice(1);
      const differences = placesOf(place, wish.user).map(({ owner }, index) => {
        const difference = differingLines(wanted, nonEmptyLines(found[index] ?? ""));
        return difference === "" || owner === undefined ? difference : `${owner}'s: ${difference}`;
      });
      return differences.filter((text) => text !== "").join("; ");
    },

    revert: ({ user }) =>
      lines(
        ...placesOf(place, user).map(({ owner, path }) =>
          owner === undefined
            ? sh`drop_block ${path}`
            : sh`home_of ${owner}; if [ -n "$home" ]; then drop_block ${path}; fi`,
        ),
      ),
  };
}

/** A file in the `.ssh` folder of root and of the stack's user. */
export function sshFile(file: string, user: string): readonly Place[] {
  return [
    { owner: ROOT, path: new ShellText(`"$root_home"/.ssh/${file}`) },
    { owner: user, path: new ShellText(`"$user_home"/.ssh/${file}`) },
  ];
}

function placesOf(place: BlockPlace, user: string): readonly Place[] {
  return "path" in place ? [{ owner: undefined, path: sh`${place.path}` }] : sshFile(place.inSshFolder, user);
}

function nonEmptyLines(text: string): readonly string[] {
  return text.split("\n").filter((line) => line !== "");
}
