# Sourced after common.sh: a Node that is new enough, others by version, and node_modules.
# shellcheck shell=bash

# use_node: Node 22.18 or newer first on PATH; the pinned one from npm when PATH has none.
use_node() {
  local bin
  if command -v node >/dev/null && node_is_new_enough; then return 0; fi
  bring_node "$NODE_VERSION" || {
    say "Error: Node.js 22.18 or newer is needed; $why"
    return 1
  }
  bin=$(node_path "$NODE_VERSION")
  export PATH=${bin%/node}:$PATH
}

node_is_new_enough() {
  node -e 'const [major, minor] = process.versions.node.split(".").map(Number)
    process.exit(major > 22 || (major === 22 && minor >= 18) ? 0 : 1)'
}

# bring_node <version>: that very version from npm, beside others, at node_path <version>.
bring_node() {
  why='there is no npm on PATH to get it with'
  command -v npm >/dev/null && build_once "$cache/node-$1" "Node.js $1" install_node "$1"
}

node_path() { printf '%s\n' "$cache/node-$1/node_modules/node/bin/node"; }

# The package's own install script fetches the binary for this system, so scripts must be allowed.
install_node() {
  npm install --prefix "$2" --ignore-scripts=false "node@$1" &&
    [ "$("$2/node_modules/node/bin/node" --version)" = "v$1" ]
}

# npm_ci: node_modules as the lock file says; nothing to do when it was made from this very one.
npm_ci() {
  local stamp=$root/node_modules/.made-from-lock
  if ! cmp -s "$root/package-lock.json" "$stamp"; then
    say 'installing node_modules'
    (cd "$root" && npm ci --no-progress >&2)
    cp "$root/package-lock.json" "$stamp"
  fi
}
