# Sourced after common.sh and debian.sh: programs from PyPI, each in an environment of its own.
# shellcheck shell=bash

# It brings the official schemas of Kubernetes.
install_kubernetes_validate() {
  local folder=$cache/kubernetes-validate-$KUBERNETES_VALIDATE_VERSION
  if build_once "$folder" "kubernetes-validate $KUBERNETES_VALIDATE_VERSION" \
    pip_install "kubernetes-validate==$KUBERNETES_VALIDATE_VERSION" "$folder"; then
    found kubernetes-validate "$folder/kubernetes-validate"
  else
    missing kubernetes-validate "$why"
  fi
}

# pip_install <requirement> <final folder> <folder>: an environment can't be moved, so what starts the program names
# the folder that it will be in.
pip_install() {
  local program=${1%%==*}
  { python3 -c 'import ensurepip, venv' || debian_install python3-venv; } &&
    python3 -m venv "$3/environment" &&
    "$3/environment/bin/pip" install --quiet --disable-pip-version-check "$1" &&
    printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$2/environment/bin/python" "$2/environment/bin/$program" >"$3/$program" &&
    chmod 755 "$3/$program" &&
    "$3/environment/bin/$program" --version
}
