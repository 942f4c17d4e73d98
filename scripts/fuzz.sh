#!/usr/bin/env bash
# Fuzzes what reads bytes of others, each target in turn, and stops at the first violation of an
# invariant (crates/kontor-protocol/tests/it/invariants.rs).
#
#   scripts/fuzz.sh SECONDS|smoke [TARGET…]     smoke = 5 seconds each
#
# Needs the toolchain of this repository and a C++ compiler only: the coverage that libFuzzer steers
# by is a pass of LLVM, which the stable compiler also runs. There is no address sanitizer, because
# there is no unsafe code to watch.
#
# What was interesting is kept in fuzz/corpus/TARGET; an input that fails is printed, written to
# fuzz/artifacts/TARGET, and belongs into fuzz/seeds/TARGET together with the fix.
set -uo pipefail
cd "$(dirname "$0")/.."
PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin
seconds=${1:-60}
shift || true
if [ "$seconds" = smoke ]; then seconds=5; fi
case $seconds in
  '' | *[!0-9]*) echo "fuzz: '$seconds' is no number of seconds" >&2; exit 2 ;;
esac
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then targets=(canonical_json event_parsing filters push_rules); fi

host=$(rustc -vV | sed -n 's/^host: //p')
coverage="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=3"
coverage+=" -Cllvm-args=-sanitizer-coverage-inline-8bit-counters"
coverage+=" -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares"
# With a target named, the flags are kept from build scripts and macros, which could not be linked.
RUSTFLAGS=$coverage cargo build --locked --quiet --manifest-path fuzz/Cargo.toml --target "$host" \
  --target-dir target/fuzz || exit 1

failed=0
for target in "${targets[@]}"; do
  mkdir -p "fuzz/corpus/$target" "fuzz/artifacts/$target"
  if "target/fuzz/$host/debug/$target" "fuzz/corpus/$target" "fuzz/seeds/$target" \
    -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=1024 -verbosity=0 \
    -print_final_stats=1 -artifact_prefix="fuzz/artifacts/$target/" 2>"target/fuzz/$target.log"; then
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "target/fuzz/$target.log")
    echo "fuzz $target ok: $runs inputs in $seconds s"
  else
    cat "target/fuzz/$target.log"
    echo "fuzz $target FAILED"
    failed=1
  fi
done
exit "$failed"
