# Sourced by scripts/services, scripts/test and others: all pieces that bring a machine to where tests can run.
# shellcheck shell=bash source-path=SCRIPTDIR
lib=$(dirname "${BASH_SOURCE[0]}")
source "$lib/common.sh"
source "$lib/node.sh"
source "$lib/debian.sh"
source "$lib/go.sh"
source "$lib/postgres.sh"
source "$lib/oras.sh"
source "$lib/ceph.sh"
source "$lib/containers.sh"
source "$lib/python.sh"
source "$lib/parts.sh"
