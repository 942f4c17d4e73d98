#!/usr/bin/env bash
# Takes the pictures in docs/screenshots anew, from the program as it is built here.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin
scripts/setup.sh test
# The client is taken into the program, so it is built first.
scripts/web.sh build
cargo build --locked --package kontor
KONTOR_BIN=${KONTOR_BIN:-$PWD/target/debug/kontor} scripts/web.sh screenshots
