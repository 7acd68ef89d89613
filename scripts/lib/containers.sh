# Sourced after common.sh, debian.sh and node.sh: what builds and runs the image where there is no Docker daemon
# and no registry of images.
# shellcheck shell=bash

# The name of the image that the Dockerfile begins with.
node_image() { printf 'docker.io/library/node:%s-%s-slim\n' "$NODE_VERSION" "$DEBIAN_RELEASE"; }

# Buildah and podman with a storage of their own, in which the base image lies; the part is the folder of their
# configuration. What is in the cache proves nothing about this machine: each time, a container is run.
install_containers() {
  local folder=$cache/containers-node-$NODE_VERSION-$DEBIAN_RELEASE
  if container_programs && { [ -d "$folder" ] || first_containers "$folder"; } && containers_run "$folder"; then
    found containers "$folder"
  else
    missing containers "$why"
  fi
}

container_programs() {
  local program
  for program in podman buildah runc debootstrap; do
    command -v "$program" >/dev/null || debian_install podman buildah runc debootstrap || return 1
  done
}

# Native overlays need a file system that takes them; vfs copies whole layers, and works anywhere.
first_containers() {
  local driver
  for driver in overlay vfs; do
    build_once "$1" "containers ($driver)" prepare_containers "$driver" "$1" && return
  done
  return 1
}

containers_run() {
  local said
  said=$(with_containers "$1" podman run --rm --pull never "$(node_image)" node --version 2>&1) || {
    why="no container can be run: $(tail -n 1 <<<"$said")"
    return 1
  }
}

# with_containers <folder> <command...>
with_containers() {
  CONTAINERS_STORAGE_CONF=$1/storage.conf CONTAINERS_CONF=$1/containers.conf "${@:2}"
}

prepare_containers() {
  local driver=$1 final=$2 folder=$3
  # The storage keeps absolute paths, so it is made in its final place, beside the folder.
  rm -rf "$final.storage" &&
    write_storage_conf "$driver" "$final.storage" "$folder/storage.conf" &&
    write_containers_conf "$folder/containers.conf" &&
    make_base_image "$folder" &&
    containers_run "$folder"
}

# The second path may have 50 characters at most: podman's clean-up after each container refuses a longer one.
write_storage_conf() {
  cat >"$3" <<TOML
[storage]
driver = "$1"
graphroot = "$2"
runroot = "/run/squizzle-dev-$NODE_VERSION-$DEBIAN_RELEASE"
TOML
}

# runc, since crun refuses machines with both kinds of cgroups; limits that a root without CAP_SYS_RESOURCE may
# set; and this machine's network, where the servers of the tests listen on loopback.
write_containers_conf() {
  cat >"$1" <<TOML
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
netns = "host"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "none"
TOML
}

# A stand-in for the official image, under its name and from the same parts: Debian's packages and the Node.js
# of that version, with the npm that builds need. In RUN steps this machine's authorities are trusted.
make_base_image() {
  local root=$1/rootfs container bundle=/etc/ssl/certs/ca-certificates.crt
  bring_node "$NODE_VERSION" &&
    debootstrap --variant=minbase "$DEBIAN_RELEASE" "$root" "$(debian_mirror)" &&
    rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,locale} &&
    install -D "$(node_path "$NODE_VERSION")" "$root/usr/local/bin/node" &&
    npm install --prefix "$root/usr/local/lib" --ignore-scripts --no-save "npm@$NPM_VERSION" &&
    ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm" &&
    { [ ! -e "$bundle" ] || install -D -m 644 "$bundle" "$root/usr/local/share/authorities.crt"; } &&
    container=$(with_containers "$1" buildah from scratch) &&
    with_containers "$1" buildah add --quiet "$container" "$root" / &&
    with_containers "$1" buildah config --cmd node --env NODE_EXTRA_CA_CERTS=/usr/local/share/authorities.crt \
      --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container" &&
    with_containers "$1" buildah commit --quiet --rm "$container" "$(node_image)" &&
    rm -rf "$root"
}

# The mirror that this machine's own packages come from.
debian_mirror() {
  cat /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null |
    awk '/^URIs:/ { print $2; exit } /^deb / { print $2; exit }'
}
