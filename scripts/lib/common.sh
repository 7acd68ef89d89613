# Sourced by the scripts: folders, messages, and the two ways in which a part gets its place.
# shellcheck shell=bash
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
source "$root/scripts/pins.env"

cache=${XDG_CACHE_HOME:-$HOME/.cache}/squizzle-dev
# What this checkout knows: where each part is, and which servers run. Never in git.
services_state=$root/.services

say() { printf '%s\n' "$*" >&2; }

# A folder for programs that servers run from. As root the servers run as nobody, who
# often may not look into root's home; then the system's own cache folder is used.
server_cache() {
  if [ "$(id -u)" = 0 ] && ! reachable_by_nobody "$cache"; then
    printf '/var/cache/squizzle-dev\n'
  else
    printf '%s\n' "$cache"
  fi
}

reachable_by_nobody() {
  mkdir -p "$1"
  setpriv --reuid 65534 --regid 65534 --clear-groups test -x "$1" 2>/dev/null
}

# build_once <folder> <title> <command...>: runs the command with a temporary folder beside
# <folder> as its last argument, and renames that to <folder> only once it succeeded, so an
# interrupted install is never taken for a whole one. Of two at the same time the first counts.
# Commands must join their steps by && (bash ignores -e inside a condition).
build_once() {
  local target=$1 title=$2 building started=$SECONDS
  shift 2
  [ ! -d "$target" ] || return 0
  say "installing $title"
  why="no folder can be made in $(dirname "$target")"
  mkdir -p "$(dirname "$target")" || return 1
  building=$(mktemp -d "$target.XXXXXX") || return 1
  chmod 755 "$building"
  if "$@" "$building" >"$building.log" 2>&1 && rename_folder "$building" "$target"; then
    say "installed $title in $((SECONDS - started)) s"
  elif [ ! -d "$target" ]; then
    why="installing it failed: $(tail -n 1 "$building.log" | cut -c1-200)"
    tail -n 20 "$building.log" >&2
  fi
  rm -rf "$building" "$building.log"
  [ -d "$target" ]
}

# The plain rename(2): mv would move into a folder that another install has put there meanwhile.
rename_folder() {
  node -e 'fs.renameSync(process.argv[1], process.argv[2])' "$1" "$2"
}

# found <part> <path>, missing <part> <reason>: the record that scripts/services.d/parts.ts reads.
found() { record "$1" "$2"; }
missing() {
  say "missing $1: $2"
  record "$1" "missing: $2"
}
record() {
  mkdir -p "$services_state/parts"
  printf '%s\n' "$2" >"$services_state/parts/$1.$$"
  mv "$services_state/parts/$1.$$" "$services_state/parts/$1"
}
