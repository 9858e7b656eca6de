/** Shell functions that the scripts of all parts share. They fork as little as they can: every node runs them at once. */
import { ROOT } from "../../model/host/account.ts";
import { blockMarks } from "../../model/host/marks.ts";
import { type ShellText, sh } from "../remote/quote.ts";
import type { HostWish } from "./part.ts";

/**
 * Where a node keeps what we have to know to leave it as we found it: the paths that were made for us. It is on the
 * node and not in the stack's state, as a run that is killed in between records nothing there.
 */
export const records = "/var/lib/devstack-multinode";

/** Variables and functions; `finish` belongs at the end of a script that reverts. */
export function prelude({ environment, user }: Pick<HostWish, "environment" | "user">): ShellText {
  const { begin, end } = blockMarks(environment);
  return sh`umask 077
record=${`${records}/${environment}`} begin=${begin} end=${end} user=${user}
newline='
'
fail() { echo "$*" >&2; exit 1; }
made=$(cat "$record/made" 2>/dev/null) || made=
is_made() { case "$newline$made$newline" in *"$newline$1$newline"*) ;; *) return 1 ;; esac; }
remember() {
  if is_made "$1"; then return; fi
  [ -d "$record" ] || mkdir -p "$record"
  made=$made$newline$1
  printf '%s\n' "$1" >>"$record/made"
}
find_homes() {
  root_home= user_home=
  while IFS=: read -r name _ _ _ _ home _; do
    case "$name" in ${ROOT}) root_home=$home ;; "$user") user_home=$home ;; esac
  done <<END
$(getent passwd ${ROOT} "$user")
END
}
find_homes
home_of() { if [ "$1" = ${ROOT} ]; then home=$root_home; else home=$user_home; fi; }
ssh_folder() {
  home_of "$1"
  [ -n "$home" ] || fail "user $1 has no home directory"
  [ -d "$home/.ssh" ] || { remember "$home/.ssh"; install -d -m 700 -o "$1" -g "$(id -gn "$1")" "$home/.ssh"; }
}
without_block() {
  if grep -qxFe "$end" "$1"; then sed "/^$begin$/,/^$end$/d" "$1"; else sed "/^$begin$/d" "$1"; fi
}
put_block() {
  resolve "$1"
  if [ -s "$file" ]; then
    case "$(cat "$file")$newline" in "$begin$newline$3$newline$end$newline"*) return ;; esac
    cp -a "$file" "$file.new"
    { printf '%s\n' "$begin" "$3" "$end"; without_block "$file"; } >"$file.new"
    replace "$file"
  else
    [ -e "$file" ] || { remember "$1"; : >"$file"; [ "$2" = 600 ] || chmod "$2" "$file"; }
    printf '%s\n' "$begin" "$3" "$end" >"$file"
  fi
}
resolve() { if [ -L "$1" ]; then file=$(readlink -f "$1"); else file=$1; fi; }
replace() { mv -f "$1.new" "$1" 2>/dev/null || { cat "$1.new" >"$1"; rm "$1.new"; }; }
drop_block() {
  resolve "$1"
  [ -f "$file" ] && grep -qxFe "$begin" "$file" || return 0
  cp -a "$file" "$file.new"
  without_block "$file" >"$file.new"
  if [ ! -s "$file.new" ] && is_made "$1"; then rm "$file" "$file.new"; else replace "$file"; fi
}
finish() {
  for folder in $made; do [ ! -d "$folder" ] || rmdir --ignore-fail-on-non-empty "$folder"; done
  rm -rf "$record"
  [ ! -d ${records} ] || rmdir --ignore-fail-on-non-empty ${records}
}`;
}
