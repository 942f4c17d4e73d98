#!/usr/bin/env bash
# The web client: gets Node and the packages it needs, then builds, checks or tests it.
#
#   scripts/web.sh build     web/dist, if something has changed
#   scripts/web.sh check     types, lints, formatting
#   scripts/web.sh unit      vitest
#   scripts/web.sh e2e       two browsers against target/debug/kontor
set -euo pipefail
cd "$(dirname "$0")/.."
task=${1:-build}
node_wanted=22.23.3

# Debian 12 has Node 18; Vite wants 20.19 or newer. The package `node` of the npm registry is the
# official program.
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
      echo "web: installing npm"
      "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
        --no-install-recommends npm >/dev/null
    fi
    echo "web: installing node $node_wanted into .cache (once)"
    npm install --silent --no-save --prefix .cache/node "node@$node_wanted"
  fi
fi

cd web
# Some packages say Node 22 because of what they do there; what we use of them runs in browsers.
if ! cmp -s package-lock.json node_modules/.kontor-lock; then
  echo "web: installing packages"
  npm ci --silent --no-audit --no-fund
  cp package-lock.json node_modules/.kontor-lock
fi

is_built() {
  [ -f dist/index.html ] &&
    [ -z "$(find src index.html build vite.config.ts svelte.config.js package-lock.json \
      -newer dist/index.html -print -quit)" ]
}

case $task in
  build) is_built || npm run --silent build ;;
  check) npm run --silent check ;;
  unit) env -u FORCE_COLOR NO_COLOR=1 npm run --silent test ;;
  e2e) env -u FORCE_COLOR NO_COLOR=1 npm run --silent e2e ;;
  *) echo "web: unknown task '$task'" >&2; exit 2 ;;
esac
