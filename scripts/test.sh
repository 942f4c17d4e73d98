#!/usr/bin/env bash
# Every test there is, in one go: unit and integration tests on SQLite and PostgreSQL, doc tests,
# the web client (units, and two browsers against the real server), the OAuth API with a client
# library that knows nothing of Matrix, the walk of a real SDK on both engines, and a short run of
# each fuzz target.
#
#   scripts/test.sh [STAGE…]     stages: nextest doc web oauth sdk-sqlite sdk-postgres fuzz; default all
#
# Logs go to target/test-logs/. The last line reads `N passed, N failed`.
set -uo pipefail
cd "$(dirname "$0")/.."
PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin
scripts/setup.sh test || exit 1
stages=("$@")
# The client is taken into the program, so it is built before anything else.
scripts/web.sh build || exit 1
if [ ${#stages[@]} -eq 0 ]; then stages=(nextest doc web oauth sdk-sqlite sdk-postgres fuzz); fi
logs=target/test-logs
rm -rf "$logs"
mkdir -p "$logs"
passed=0
failed=0
took=()

# Starts one PostgreSQL for the whole run and stops it at the end, unless the caller brought one.
if [ -z "${KONTOR_TEST_POSTGRES:-}" ]; then
  postgres=${TMPDIR:-/tmp}/kontor-test-$$
  KONTOR_TEST_POSTGRES=$(scripts/postgres-for-tests.sh start "$postgres" $$) || exit 1
  trap 'scripts/postgres-for-tests.sh stop "$postgres" >/dev/null' EXIT
fi
export KONTOR_TEST_POSTGRES

# Runs one stage: its output to the terminal and to a log, its seconds at the end.
stage() {
  local name=$1 log=$logs/$1.log began=$SECONDS
  shift
  echo "== $name: $*"
  "$@" 2>&1 | tee "$log"
  local status=${PIPESTATUS[0]}
  echo "== $name: exit $status after $((SECONDS - began)) s"
  return "$status"
}

# Adds the numbers a stage's log reports. A stage that failed without naming a failed test (it did
# not compile, say) counts as one failure.
count() {
  local status=$1 stage_passed=$2 stage_failed=$3
  if [ "$status" -ne 0 ] && [ "$stage_failed" -eq 0 ]; then stage_failed=1; fi
  passed=$((passed + stage_passed))
  failed=$((failed + stage_failed))
}

# The sum of all numbers before a word, on lines that match a pattern.
sum() {
  grep -E "$2" "$logs/$1.log" | grep -oE "[0-9]+ $3" | awk '{ n += $1 } END { print n + 0 }'
}

run_nextest() {
  stage nextest cargo nextest run --locked --workspace --no-fail-fast --profile suite
  count $? "$(sum nextest '^ *Summary' passed)" "$(sum nextest '^ *Summary' '(failed|timed out)')"
}

run_doc() {
  stage doc cargo test --locked --quiet --doc --workspace --no-fail-fast
  count $? "$(sum doc '^test result' passed)" "$(sum doc '^test result' failed)"
}

run_web() {
  stage web-unit scripts/web.sh unit
  count $? "$(sum web-unit '^ *Tests ' passed)" "$(sum web-unit '^ *Tests ' failed)"
  cargo build --locked --quiet --package kontor || { count 1 0 1; return; }
  stage web-e2e env KONTOR_BIN="$PWD/target/debug/kontor" scripts/web.sh e2e
  count $? "$(sum web-e2e '^ +[0-9]+ passed' passed)" "$(sum web-e2e '^ +[0-9]+ failed' failed)"
}

# The OAuth API with the npm package openid-client.
run_oauth() {
  cargo build --locked --quiet --package kontor || { count 1 0 1; return; }
  stage oauth env KONTOR_BIN="$PWD/target/debug/kontor" scripts/openid-client.sh
  count $? "$(grep -c '^✔ ' "$logs/oauth.log")" "$(grep -c '^✖ .*ms)$' "$logs/oauth.log")"
}

# A fresh database for one walk, owned by an ordinary role so that row-level security holds.
walk_database() {
  local name=walk_$$
  psql -qX -v ON_ERROR_STOP=1 -d "$KONTOR_TEST_POSTGRES" \
    -c "CREATE ROLE $name LOGIN PASSWORD '$name'" \
    -c "CREATE DATABASE $name OWNER $name TEMPLATE template0 LOCALE 'C' ENCODING 'UTF8'" >&2 || return 1
  echo "$KONTOR_TEST_POSTGRES" | sed -E "s#//[^@/]*@?([^/]*)/.*#//$name:$name@\1/$name#"
}

# One walk of the SDK against a server process on the given engine.
walk() {
  local engine=$1
  shift
  cargo build --locked --quiet --package kontor || return 1
  stage "sdk-$engine" env KONTOR_BIN="$PWD/target/debug/kontor" "$@" \
    cargo run --locked --quiet --manifest-path tests/sdk/Cargo.toml
  count $? "$(grep -c '^step .* ok' "$logs/sdk-$engine.log")" \
    "$(grep -c '^step .* FAILED' "$logs/sdk-$engine.log")"
}

run_fuzz() {
  stage fuzz scripts/fuzz.sh smoke
  count $? "$(grep -c '^fuzz .* ok' "$logs/fuzz.log")" "$(grep -c '^fuzz .* FAILED' "$logs/fuzz.log")"
}

for name in "${stages[@]}"; do
  began=$SECONDS
  case $name in
    nextest) run_nextest ;;
    doc) run_doc ;;
    web) run_web ;;
    oauth) run_oauth ;;
    sdk-sqlite) walk sqlite || count 1 0 1 ;;
    sdk-postgres)
      url=$(walk_database) && walk postgres KONTOR_WALK_POSTGRES="$url" || count 1 0 1
      ;;
    fuzz) run_fuzz ;;
    *) echo "test: unknown stage '$name'" >&2; exit 2 ;;
  esac
  took+=("$name $((SECONDS - began)) s")
done

# What failed is said once more at the end, where it is looked for first.
if [ "$failed" -gt 0 ]; then
  # Of a browser test, where it stopped and what it waited for, too.
  if [ -f "$logs/web-e2e.log" ]; then
    grep -E '^ +(\w*Error: |Locator: |Expected|Received|> [0-9]+ \||- .*(intercepts|waiting for|not (visible|enabled|stable)))' \
      "$logs/web-e2e.log" | awk '!seen[$0]++' | head -30
  fi
  for name in "$logs"/*.log; do
    grep -hE '^ +(FAIL|TIMEOUT) \[|^test .* FAILED$|^ *FAIL  ?[^ ]|^ +[0-9]+\) \[|^✖ |^step .* FAILED|^    tests/e2e/|^fuzz .* FAILED' "$name" |
      sort -u | sed "s#^#$(basename "$name" .log): #"
  done
fi
printf -v seconds '%s, ' "${took[@]}"
echo "took, with what had to be built: ${seconds%, }"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
