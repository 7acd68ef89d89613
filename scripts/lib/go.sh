# Sourced after common.sh: programs built by Go from its module proxy.
# shellcheck shell=bash

# go_install <package> <version> <folder>: leaves the program in the folder.
go_install() {
  needs_go && GOBIN=$3 go install -p 2 "$1@$2"
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

# A program of ours on libraries from the module proxy, pinned by its go.sum; each of its states has a folder of its own.
install_write_once_registry() {
  local source=$root/scripts/services.d/write-once revision folder
  revision=$(cat "$source"/{main.go,go.mod,go.sum} | git hash-object --stdin | cut -c1-12)
  folder=$(server_cache)/write-once-registry-$revision
  if build_once "$folder" write-once-registry go_build "$source"; then
    found write-once-registry "$folder/write-once-registry"
  else
    missing write-once-registry "$why"
  fi
}

go_build() { needs_go && (cd "$1" && go build -p 2 -o "$2/write-once-registry" .); }

needs_go() {
  command -v go >/dev/null || {
    printf 'there is no Go on PATH to build it with\n'
    return 1
  }
}
