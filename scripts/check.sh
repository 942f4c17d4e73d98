#!/usr/bin/env bash
# Everything that can be said about the code without running it.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin
scripts/setup.sh check

step() {
  echo "== $*"
  "$@"
}
walk=(--manifest-path tests/sdk/Cargo.toml)
step cargo fmt --all --check
step cargo fmt "${walk[@]}" --check
step cargo fmt --manifest-path fuzz/Cargo.toml --check
# Its lock file follows the workspace's crates; nothing else would notice before the fuzzing.
step cargo metadata --locked --manifest-path fuzz/Cargo.toml --format-version 1 > /dev/null
step cargo xtask tidy
step scripts/web.sh check
# cargo-deny runs offline, so every crate of the lock file has to be here before.
step cargo fetch --locked
# The advisory database lives outside the package registry, so `advisories` needs the network;
# run `cargo deny check advisories` by hand before a release.
step cargo deny --offline --log-level error check bans licenses sources
step cargo clippy --locked --workspace --all-targets -- --deny warnings
RUSTDOCFLAGS=--deny=warnings step cargo doc --locked --workspace --no-deps --document-private-items
echo "check: all good"
