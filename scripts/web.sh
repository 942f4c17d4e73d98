#!/usr/bin/env bash
# The web client: gets Node and the packages it needs, then builds, checks or tests it.
#
#   scripts/web.sh build     web/dist, if something has changed
#   scripts/web.sh check     types, lints, formatting
#   scripts/web.sh unit      vitest
#   scripts/web.sh e2e       two browsers against target/debug/kontor
#   scripts/web.sh screenshots   docs/screenshots, from the same program
set -euo pipefail
cd "$(dirname "$0")/.."
task=${1:-build}

# Some packages say Node 22 because of what they do there; what we use of them runs in browsers.
source scripts/node.sh
install_packages web
cd web

is_built() {
  [ -f dist/index.html ] &&
    [ -z "$(find src index.html build vite.config.ts svelte.config.js package-lock.json \
      -newer dist/index.html -print -quit)" ]
}

case $task in
  build) is_built || npm run --silent build ;;
  check) npm run --silent check ;;
  unit) env -u FORCE_COLOR NO_COLOR=1 npm run --silent test ;;
  screenshots) env -u FORCE_COLOR NO_COLOR=1 npm run --silent screenshots ;;
  e2e) env -u FORCE_COLOR NO_COLOR=1 npm run --silent e2e ;;
  *) echo "web: unknown task '$task'" >&2; exit 2 ;;
esac
