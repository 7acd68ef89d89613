#!/usr/bin/env bash
# Runs each line of SQUIZZLE_COMMANDS as a command of squizzle, until one fails. What each prints as JSON becomes a row of
# the job's summary, the outputs `digest` and `reference`, and for an error in SQL a mark on its line.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")

# A runner hides secrets that it was given as such; a password inside a URL it does not know.
node "$here/report.js" mask

result=$(mktemp)
trap 'rm -f "$result"' EXIT
while IFS= read -r line; do
  read -ra words <<<"$line"
  [ ${#words[@]} -gt 0 ] || continue
  printf '::group::squizzle %s\n' "$line"
  status=0
  # never the input of this loop: a command that reads it would swallow those that follow
  squizzle "${words[@]}" --json >"$result" </dev/null || status=$?
  printf '::endgroup::\n'
  node "$here/report.js" result "$result" "$line"
  [ "$status" = 0 ] || exit "$status"
done <<<"$SQUIZZLE_COMMANDS"
