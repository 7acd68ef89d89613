# Sourced after common.sh: system packages, on Debian and as root.
# shellcheck shell=bash

# debian_install <package...>: success when they are installed; else $why says why they can't be.
debian_install() {
  local log status=0
  if ! command -v apt-get >/dev/null; then
    why="not on PATH, and this is no Debian system to install $* on"
    return 1
  fi
  if [ "$(id -u)" != 0 ]; then
    why="needs root: apt-get install --no-install-recommends $*"
    return 1
  fi
  say "installing Debian packages: $*"
  log=$(mktemp)
  apt_install "$@" >"$log" 2>&1 || status=$?
  if [ "$status" != 0 ]; then
    why="apt-get install $* failed: $(grep -m 1 '^E:' "$log" || tail -n 1 "$log")"
  fi
  rm -f "$log"
  return "$status"
}

# The package lists may be old, or not there at all, as in container images: fetched only then.
apt_install() {
  apt_get_install --simulate "$@" || apt-get update || return 1
  without_starting_daemons apt_get_install "$@"
}

apt_get_install() {
  DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "$@"
}

# Debian's packages start their daemons at once, on fixed ports; policy-rc.d is how one says no.
without_starting_daemons() (
  policy=/usr/sbin/policy-rc.d
  if ! [ -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  fi
  "$@"
)

# install_debian_program <part> <package>: the program of the part's own name.
install_debian_program() {
  local part=$1 package=$2
  if ! command -v "$part" >/dev/null && ! debian_install "$package"; then
    missing "$part" "$why"
  else
    found "$part" "$(command -v "$part")"
  fi
}
