#!/usr/bin/env bash
# Installs squizzle of SQUIZZLE_VERSION with SQUIZZLE_PLUGINS for the steps that follow, and oras where there is none.
set -euo pipefail

oras_version=1.3.3
# of oras_1.3.3_checksums.txt
oras_amd64=9ce999f8d2de03fc03968b29d743077a58783e545e5eaa53917ca177352d0e59
oras_arm64=ac7156f93a21e903f7ad606c792f3560f17e0cd0e36365634701b1e7cc4e4eca

place=$RUNNER_TEMP/squizzle
npm install --global --prefix "$place" --no-audit --no-fund "squizzle@$SQUIZZLE_VERSION"
export PATH=$place/bin:$PATH
printf '%s\n' "$place/bin" >>"$GITHUB_PATH"

if ! command -v oras >/dev/null; then
  case $(uname -m) in
    x86_64) arch=amd64 sum=$oras_amd64 ;;
    *) arch=arm64 sum=$oras_arm64 ;;
  esac
  archive=oras_${oras_version}_linux_$arch.tar.gz
  curl --fail --silent --show-error --location --output "$place/$archive" \
    "https://github.com/oras-project/oras/releases/download/v$oras_version/$archive"
  printf '%s  %s\n' "$sum" "$place/$archive" | sha256sum --check --quiet
  tar -xzf "$place/$archive" -C "$place/bin" oras
fi

read -ra plugins <<<"${SQUIZZLE_PLUGINS:-}"
for plugin in "${plugins[@]}"; do squizzle plugins install "$plugin"; done
squizzle --version
