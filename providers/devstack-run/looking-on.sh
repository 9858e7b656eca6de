# Steps for those who look on from the controller. They change nothing, and are sent ahead of on-node.sh, whose functions they use.

# The process that serves the login's connection: who looks on may be gone long before there is something to see.
connection() {
  at=$PPID
  until [ "$at" -le 1 ] || grep -q ^sshd "/proc/$at/comm"; do at=$(awk '/^PPid:/ { print $2 }' "/proc/$at/status"); done
  echo "$at"
}

logs() {
  for log in "$folder"/*.log; do
    [ ! -e "$log" ] || { echo "--devstack-multinode log--$(basename "$log")"; redact <"$log"; }
  done
}

follow() {
  # mawk would wait for a buffer full of what comes through a pipe.
  interactive=$(awk -W version 2>/dev/null </dev/null | sed -n '1s/^mawk .*/-W interactive/p')
  tail --pid="$(connection)" -n 20 -F "$folder/stack.log" 2>/dev/null | redact
}

# The process of the last attempt to stack; nothing where that was none with the id.
attempt_with() {
  read -r number began id 2>/dev/null <"$folder/attempt" && [ "$id" = "$1" ] && echo "$number $began"
}
lives() { [ -n "$1" ] && [ "$(process "${1% *}")" = "$1" ]; }
is_stacked_with() {
  [ "$(cat "$folder/done" 2>/dev/null)" = "$1" ] ||
    { [ "$(cat "$folder/id" 2>/dev/null)" = "$1" ] && [ "$(cat "$folder/status" 2>/dev/null)" = 0 ]; }
}

# Waits for the attempt with an id that is about to begin, or has been seen to begin; says when it has, and tells how it ended:
#   stacked   the node is stacked with the id, by this attempt or before
#   failed    it ended without that
#   late      it did not end in time
#   none      none began in time, or its connection was lost and stack.sh goes on without it
#   earlier   none began in time, and an earlier one with the id had failed
watch() {
  wanted=$1 begin_limit=$2 end_limit=$3 is_seen=$4
  session=$(connection)
  since=$(now) begun=no
  # One that has ended by now is of the past.
  before=$(attempt_with "$wanted") || before=
  if [ "$is_seen" = yes ] || lives "$before"; then before=; fi
  while kill -0 "$session" 2>/dev/null; do
    last=$(attempt_with "$wanted") || last=
    # What has ended by now has written what it had to write.
    goes_on=nothing
    if lives "$last"; then goes_on=attempt; elif is_running; then goes_on=run; fi
    if is_stacked_with "$wanted"; then echo stacked; return; fi
    if [ "$goes_on" = attempt ]; then
      [ "$begun" = yes ] || { begun=yes since=$(now); echo begun; }
      if [ $(($(now) - since)) -gt "$end_limit" ]; then echo late; return; fi
    elif [ "$last" != "$before" ] || [ $(($(now) - since)) -gt "$begin_limit" ]; then
      if [ "$goes_on" = run ] || [ -z "$last" ]; then echo none; return; fi
      if [ "$last" = "$before" ]; then echo earlier; else echo failed; fi
      return
    fi
    sleep 1
  done
}
