# Sourced after common.sh: programs built by Go from its module proxy.
# shellcheck shell=bash

# go_install <package> <version> <folder>: leaves the program in the folder.
go_install() {
  needs_go && GOBIN=$3 go install -p 2 "$1@$2"
}

install_crane() {
  install_go_program crane "$CRANE_VERSION" github.com/google/go-containerregistry/cmd/crane
}

install_actionlint() {
  install_go_program actionlint "$ACTIONLINT_VERSION" github.com/rhysd/actionlint/cmd/actionlint
}

install_helm() {
  install_go_program helm "$HELM_VERSION" helm.sh/helm/v3/cmd/helm
}

# install_go_program <part> <version> <package>: the program has the part's name.
install_go_program() {
  local folder=$cache/$1-$2
  if build_once "$folder" "$1 $2" go_install "$3" "v$2"; then
    found "$1" "$folder/$1"
  else
    missing "$1" "$why"
  fi
}

# The helpers that the image takes from their releases, for where those can't be reached.
install_credential_helpers() {
  local folder=$cache/credential-helpers-$GCR_HELPER_VERSION-$ACR_HELPER_VERSION
  if build_once "$folder" 'credential helpers' build_credential_helpers; then
    found credential-helpers "$folder"
  else
    missing credential-helpers "$why"
  fi
}

build_credential_helpers() {
  local -x CGO_ENABLED=0
  go_install github.com/GoogleCloudPlatform/docker-credential-gcr/v2 "v$GCR_HELPER_VERSION" "$1" &&
    go_install github.com/chrismellard/docker-credential-acr-env "$ACR_HELPER_GO_VERSION" "$1"
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
