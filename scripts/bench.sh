#!/usr/bin/env bash
# Measures a release build of Kontor on this machine.
#
#   scripts/bench.sh "" [kontor-bench options]       this tree
#   scripts/bench.sh REV [kontor-bench options]      this tree against a git revision, alternating
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin
base=${1:-}
shift || true
scripts/setup.sh bench

cargo build --locked --release --package kontor --package kontor-bench
before=()
if [ -n "$base" ]; then
  revision=$(git rev-parse --verify "$base^{commit}")
  tree=target/bench-base/$revision
  if [ ! -x "$tree/target/release/kontor" ]; then
    echo "bench: building $base ($revision) for comparison"
    mkdir -p "$tree"
    git archive "$revision" | tar --extract --directory "$tree"
    (cd "$tree" && CARGO_TARGET_DIR=target cargo build --locked --release --package kontor)
  fi
  before=(--base "$tree/target/release/kontor")
fi
# What the audit log costs a log-in; with --only, only if it is asked for by name.
case " $* " in
  *" --only audit "*) exec cargo run --locked --release --quiet --package kontor-identity --example login_audit_cost ;;
  *" --only "*) ;;
  *) cargo run --locked --release --quiet --package kontor-identity --example login_audit_cost ;;
esac
exec target/release/kontor-bench --kontor target/release/kontor "${before[@]}" "$@"
