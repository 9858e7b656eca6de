#!/usr/bin/env bash
# The review step of a change of the topology: what `pulumi up` would do to a stack that is deployed, as Markdown to post.
#
#   examples/review.sh <stack> > summary.md
#
# Contacts no node. Exit code: 0, nothing would change; 7, something would (Pulumi's own code for unexpected changes);
# anything else, there is no answer, such as for a configuration that is wrong: its mistakes are on stderr.
set -euo pipefail

if [ $# -ne 1 ]; then
  echo "usage: examples/review.sh <stack>" >&2
  exit 64
fi
stack=$1
cd "$(dirname "${BASH_SOURCE[0]}")/.."
eval "$(npm run -s env)"

code=0
changes=$(pulumi preview --stack "$stack" --diff --expect-no-changes --suppress-progress --color never 2>&1) || code=$?
case $code in
  0) printf '### Stack `%s`: nothing would change\n' "$stack" ;;
  7)
    printf '### Stack `%s`: this change would do\n\n```diff\n' "$stack"
    # A diff is coloured by the first character of its lines.
    printf '%s\n' "$changes" | sed -E 's/^( *)([-+~]+)/\2\1/; s/^~/!/'
    printf '```\n'
    ;;
  *) printf '%s\n' "$changes" >&2 ;;
esac
exit "$code"
