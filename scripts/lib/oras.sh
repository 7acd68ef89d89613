# Sourced after common.sh and go.sh: oras, of the pinned version and no other.
# shellcheck shell=bash

install_oras() {
  local on_path folder=$cache/oras-$ORAS_VERSION
  on_path=$(command -v oras || true)
  if [ -n "$on_path" ] && is_pinned_oras "$on_path"; then
    found oras "$on_path"
  elif build_once "$folder" "oras $ORAS_VERSION" fetch_oras; then
    found oras "$folder/oras"
  else
    missing oras "$why"
  fi
}

is_pinned_oras() {
  # not grep -q: it would leave before oras has written everything, which pipefail takes for a failure
  "$1" version | grep "^Version: *$ORAS_VERSION\(+\|$\)" >/dev/null
}

# The release's archive takes seconds; building from the module proxy half a minute, but works where only that is reachable.
fetch_oras() {
  { download_oras "$1" || build_oras "$1"; } &&
    is_pinned_oras "$1/oras"
}

build_oras() {
  rm -f "$1"/* && go_install oras.land/oras/cmd/oras "v$ORAS_VERSION" "$1"
}

download_oras() {
  local release=https://github.com/oras-project/oras/releases/download/v$ORAS_VERSION
  local sums=oras_${ORAS_VERSION}_checksums.txt os arch archive
  os=$(uname -s | tr '[:upper:]' '[:lower:]')
  case $(uname -m) in
    x86_64) arch=amd64 ;;
    aarch64 | arm64) arch=arm64 ;;
    *) return 1 ;;
  esac
  archive=oras_${ORAS_VERSION}_${os}_${arch}.tar.gz
  download "$release/$sums" "$1/$sums" &&
    download "$release/$archive" "$1/$archive" &&
    (cd "$1" && grep " $archive\$" "$sums" | sha256_check) &&
    tar -xzf "$1/$archive" -C "$1" oras &&
    rm "$1/$archive" "$1/$sums"
}

download() {
  curl --fail --silent --show-error --location --connect-timeout 5 --max-time 300 --output "$2" "$1"
}

sha256_check() {
  if command -v sha256sum >/dev/null; then sha256sum --check; else shasum -a 256 --check; fi
}
