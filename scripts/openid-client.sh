#!/usr/bin/env bash
# The OAuth API of `KONTOR_BIN`, used by the npm package openid-client.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/node.sh
install_packages tests/openid-client
cd tests/openid-client
exec env -u FORCE_COLOR NO_COLOR=1 npm run --silent test
