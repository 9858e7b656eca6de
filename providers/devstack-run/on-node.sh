#!/bin/sh
# What a run of devstack does on a node, as root. It prints phases with the seconds since the beginning, and little else: the
# whole output is in files of the run's folder. Secret values of local.conf are taken out of everything it prints.
#
#   on-node.sh <step> <environment> <node> <user> <folder of devstack> <names of secrets, by commas> [<argument>...]
set -eu
step=$1 environment=$2 node=$3 user=$4 tree=$5 secret_names=$6
shift 6
export PATH=$PATH:/usr/sbin:/sbin LC_ALL=C
umask 077
folder=/var/lib/devstack-multinode/$environment/devstack
# Status of what was ended for taking too long, as timeout(1) gives it.
LATE=124

fail() { echo "$*" >&2; exit 1; }
# As the user logs in: with its own environment, in devstack's folder, and making files that the services' own users can read.
as_user() { (umask 022 && exec runuser -l "$user" -s /bin/bash -c 'cd "$0" && exec "$@"' -- "$tree" "$@"); }
now() { date +%s; }

# Values of localrc variables, read as devstack reads them: by bash, which knows none of devstack's functions here.
# Names with a * are patterns.
localrc() {
  [ -r "$tree/local.conf" ] || return 0
  as_user bash -c 'command_not_found_handle() { :; }
    eval "$(awk "/^\[\[/ { on = /^\[\[local\|localrc\]\]/; next } on" local.conf)" >/dev/null 2>&1
    for pattern; do for name in $(compgen -v); do
      case "$name" in $pattern) printf "%s\n" "${!name}" ;; esac
    done; done' localrc "$@" </dev/null
}
secrets=$(localrc '*PASSWORD' '*TOKEN' '*HASH' $(echo "$secret_names" | tr , ' '))
# Options of awk for those who read what goes on being written.
interactive=
# A value of a few characters is no secret, and may stand in any word.
redact() {
  SECRETS=$secrets awk $interactive 'BEGIN { count = split(ENVIRON["SECRETS"], all, "\n") }
    { for (i = 1; i <= count; i++) if (length(all[i]) > 3) {
        rest = $0; $0 = ""
        while ((at = index(rest, all[i])) > 0) { $0 = $0 substr(rest, 1, at - 1) "(secret)"; rest = substr(rest, at + length(all[i])) }
        $0 = $0 rest
      }
      print; fflush() }'
}

# What devstack writes beside its log for people: a line each phase, after the time and a bar.
summary_file() { log=$(localrc LOGFILE); echo "${log:-$folder/none}.summary"; }
phases_after() { [ ! -r "$summary" ] || tail -n "+$(($1 + 1))" "$summary" | sed 's/^[-0-9: .]* | *//' | redact; }

# A process, so that no later one of its number is taken for it: the number, and when it began.
process() { echo "$1 $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20)"; }

is_running() {
  pid=$(cat "$folder/pid" 2>/dev/null) && [ -r "/proc/$pid/cmdline" ] &&
    { tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qF "$folder"; } 2>/dev/null
}

# One that has ended may be there until its parent asks for it.
is_alive() { grep -qs '^State:[[:space:]]*[^ZX[:space:]]' $(printf '/proc/%s/status ' "$@"); }

# Ends a process with all that it has begun: runuser makes sessions of its own, which its group is not.
end_tree() {
  all=$(cat /proc/[0-9]*/stat 2>/dev/null | sed -n 's/^\([0-9]*\) (.*) [A-Za-z] \([0-9]*\) .*/\1 \2/p' |
    awk -v root="$1" '{ parent[$1] = $2 }
      END { for (one in parent) { at = one; while (at != root && at in parent) at = parent[at]; if (at == root) print one } }')
  kill $all 2>/dev/null || true
  for attempt in $(seq 100); do
    is_alive $all || return 0
    sleep 0.1
  done
  kill -KILL $all 2>/dev/null || true
}
end_run() { ! is_running || end_tree "$pid"; }

# Runs a command as the user for so many seconds at most. timeout(1) would leave the processes that it began.
within() {
  deadline=$(($(now) + $1))
  shift
  as_user "$@" &
  child=$!
  while is_alive "$child" && [ "$(now)" -lt "$deadline" ]; do sleep 0.2; done
  ! is_alive "$child" || { end_tree "$child"; return "$LATE"; }
  wait "$child"
}

explain() {
  phase=$(phases_after 0 | tail -n 1)
  echo "$1 failed on $node in phase \"${phase:-before the first}\" after $(($(now) - started)) s: $2" >&2
  echo "its log is $folder/$1.log on $node, and ends with:" >&2
  tail -n 20 "$folder/$1.log" | redact | sed 's/^/    /' >&2
  exit 1
}

unstack() {
  [ -e "$folder/begun" ] && [ -x "$tree/unstack.sh" ] || return 0
  within "$1" ./unstack.sh </dev/null >>"$folder/unstack.log" 2>&1
}

# stack.sh in a session of its own. The folder among its arguments is what it is known by.
run() {
  echo $$ >"$folder/pid"
  status=0
  within "$1" ./stack.sh >"$folder/stack.log" 2>&1 || status=$?
  echo "$status" >"$folder/status.new"
  mv "$folder/status.new" "$folder/status"
}

# A run lives on when its connection does not; whoever comes again with the same id watches the same run.
stack() {
  limit=$1 unstack_limit=$2
  read -r id
  [ -d "$folder" ] || fail "$folder is missing on $node: run \`pulumi up --refresh\`"
  if [ "$(cat "$folder/done" 2>/dev/null)" = "$id" ]; then echo "stacked with this configuration already"; exit 0; fi
  # For those who watch: an attempt may fail before stack.sh begins, and be gone without a word.
  echo "$(process $$) $id" >"$folder/attempt.new"
  mv "$folder/attempt.new" "$folder/attempt"
  summary=$(summary_file)
  # One that succeeded when nobody watched is not to be run again.
  if [ "$(cat "$folder/id" 2>/dev/null)" != "$id" ] || { ! is_running && [ "$(cat "$folder/status" 2>/dev/null)" != 0 ]; }; then
    end_run
    now >"$folder/started"
    started=$(cat "$folder/started")
    rm -f "$folder/status" "$folder/done"
    unstack "$unstack_limit" || { cp "$folder/unstack.log" "$folder/stack.log"; explain stack "unstack.sh, which goes before it, did not succeed"; }
    [ ! -L "$summary" ] || rm -f "$summary"
    echo "$id" >"$folder/id"
    : >"$folder/begun"
    setsid sh "$0" run "$environment" "$node" "$user" "$tree" "$secret_names" "$limit" "$folder" </dev/null >/dev/null 2>&1 &
    child=$!
    until is_running || [ -e "$folder/status" ] || ! kill -0 "$child" 2>/dev/null; do sleep 0.1; done
  fi
  started=$(cat "$folder/started")
  printed=0
  while :; do
    over=no
    if [ -e "$folder/status" ] || ! is_running; then over=yes; fi
    # In no file: one who watched before may still be there.
    phases=$(phases_after "$printed")
    [ -z "$phases" ] || while IFS= read -r phase; do
      printed=$((printed + 1))
      printf '%5d s  %s\n' "$(($(now) - started))" "$phase"
    done <<END
$phases
END
    [ "$over" = no ] || break
    sleep 0.5
  done
  status=$(cat "$folder/status" 2>/dev/null) || explain stack "it vanished, as when the node is restarted"
  case $status in
  0)
    [ "$(cat "$folder/id")" = "$id" ] || fail "another run of stack.sh took the place of this one on $node"
    echo "$id" >"$folder/done"
    ;;
  "$LATE") explain stack "it took longer than the $limit s of devstack.run.seconds.stack" ;;
  *) explain stack "exit status $status" ;;
  esac
}

# local.conf is in the folder already: git makes a repository of a folder that is not empty.
checkout() {
  repository=$1 ref=$2 limit=$3
  [ -d "$folder" ] || fail "$folder is missing on $node: run \`pulumi up --refresh\`"
  if [ -x "$tree/stack.sh" ] && [ ! -e "$folder/checkout" ]; then echo "using the devstack that is in $tree"; exit 0; fi
  command -v git >/dev/null || { apt-get install -qy git || dnf install -qy git; } >"$folder/checkout.log" 2>&1 ||
    fail "git is missing on $node and cannot be installed: $(tail -n 5 "$folder/checkout.log")"
  echo "$repository $ref" >"$folder/checkout"
  within "$limit" bash -c 'export GIT_TERMINAL_PROMPT=0
    git init -q . && git fetch -q --depth 1 "$1" "$2" && git checkout -q -f FETCH_HEAD' checkout "$repository" "$ref" \
    </dev/null >"$folder/checkout.log" 2>&1 || fail "$node: devstack could not be fetched at $ref from $repository within $limit s:
$(grep -v '^warning' "$folder/checkout.log" | tail -n 5)"
  [ -x "$tree/stack.sh" ] || fail "$node: $repository at $ref has no stack.sh"
  echo "fetched $ref"
}

# The stack's key lets the user in on the primary, by name.
certificates() {
  primary=$1 limit=$2
  data=$(localrc DATA_DIR)
  within "$limit" bash -c 'set -o pipefail; mkdir -p "$2" &&
    ssh -o BatchMode=yes "$1" tar -C "$2" -cf - CA ca-bundle.pem | tar -C "$2" -xf -' certificates "$primary" "$data" \
    </dev/null || fail "$node: the certificates in $data of $primary (CA, ca-bundle.pem) could not be fetched within $limit s"
}

discover() {
  computes=$1 limit=$2
  if [ -x "$tree/tools/discover_hosts.sh" ]; then
    started=$(now)
    within "$limit" ./tools/discover_hosts.sh </dev/null >"$folder/discover.log" 2>&1 ||
      fail "discover_hosts.sh failed on $node; its log is $folder/discover.log, and ends with:
$(tail -n 20 "$folder/discover.log" | redact)"
  fi
  dest=$(localrc DEST)
  config=${dest:-/opt/stack}/tempest/etc/tempest.conf
  [ -f "$config" ] || exit 0
  awk -v line="min_compute_nodes = $computes" '
    /^\[/ { if (on && !put) { print line; put = 1 } on = /^\[compute\]/ }
    on && /^ *min_compute_nodes *=/ { if (!put) print line; put = 1; next }
    { print }
    END { if (!put) { if (!on) print "[compute]"; print line } }' "$config" >"$folder/tempest.conf"
  cat "$folder/tempest.conf" >"$config"
}

# Ends a run, undoes it, and takes away what was put here; what devstack installed stays.
remove() {
  limit=$1
  [ -d "$folder" ] || exit 0
  end_run
  status=0
  unstack "$limit" || status=$?
  if [ "$status" != 0 ]; then
    echo "unstack.sh failed on $node (exit status $status); its log is $folder/unstack.log, and ends with:" >&2
    tail -n 20 "$folder/unstack.log" | redact >&2
    exit 1
  fi
  # local.conf is a resource of its own.
  # The copy of this script lies in the home of the login that runs it.
  home=$(getent passwd "${SUDO_USER:-root}" | cut -d: -f6)
  rm -f "$home/.devstack-multinode-$environment.sh"
  if [ -e "$folder/checkout" ]; then find "$tree" -mindepth 1 -maxdepth 1 ! -name local.conf -exec rm -rf {} +; fi
  rm -rf "$folder"
}

# Nothing is read after this: the file may be put here anew while a run goes on.
case $step in
stack | run | checkout | certificates | discover | remove) "$step" "$@"; exit ;;
# Those of looking-on.sh, which then comes ahead of this.
logs | follow | watch) "$step" "$@"; exit ;;
*) fail "no such step: $step" ;;
esac
