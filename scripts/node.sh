# Sourced by scripts that need Node, in the repository's folder: puts one that is new enough on PATH.
#
# Debian 12 has Node 18; Vite wants 20.19 or newer. The package `node` of the npm registry is the
# official program.
node_wanted=22.23.3

is_new_enough() {
  command -v node >/dev/null && command -v npm >/dev/null &&
    node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
}

if ! is_new_enough; then
  PATH="$PWD/.cache/node/node_modules/node/bin:$PATH"
  if ! is_new_enough; then
    if ! command -v npm >/dev/null; then
      as_root=()
      if [ "$(id -u)" -ne 0 ]; then as_root=(sudo); fi
      echo "node: installing npm"
      "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
        --no-install-recommends npm >/dev/null
    fi
    echo "node: installing node $node_wanted into .cache (once)"
    npm install --silent --no-save --prefix .cache/node "node@$node_wanted"
  fi
fi

# Installs the packages of a folder's package-lock.json there, unless they already are.
install_packages() {
  if cmp -s "$1/package-lock.json" "$1/node_modules/.kontor-lock"; then return; fi
  echo "node: installing the packages of $1"
  (cd "$1" && npm ci --silent --no-audit --no-fund && cp package-lock.json node_modules/.kontor-lock)
}
