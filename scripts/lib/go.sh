# Sourced after common.sh: programs built by Go from its module proxy.
# shellcheck shell=bash

# go_install <package> <version> <folder>: leaves the program in the folder.
go_install() {
  if ! command -v go >/dev/null; then
    printf 'there is no Go on PATH to build it with\n'
    return 1
  fi
  GOBIN=$3 go install -p 2 "$1@$2"
}

install_crane() {
  local folder=$cache/crane-$CRANE_VERSION
  if build_once "$folder" "crane $CRANE_VERSION" go_install \
    github.com/google/go-containerregistry/cmd/crane "v$CRANE_VERSION"; then
    found crane "$folder/crane"
  else
    missing crane "$why"
  fi
}
