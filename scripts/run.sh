#!/usr/bin/env bash
# Builds Kontor and starts it with a small demo organisation at http://localhost:8008.
# Everything it writes is below data/demo; delete that folder to start over.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin
scripts/setup.sh run

if [ ! -x target/demo/kontor ]; then
  echo "run: first build; takes about 18 minutes on two cores, later starts take seconds"
fi
scripts/web.sh build || echo "run: goes on without the web client" >&2
cargo build --locked --profile demo --package kontor
exec target/demo/kontor serve --demo --data data/demo --listen "${KONTOR_LISTEN:-127.0.0.1:8008}" "$@"
