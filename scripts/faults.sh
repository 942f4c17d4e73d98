#!/usr/bin/env bash
# Kills Kontor with -9 at random moments while it deletes by rule, erases people, writes backups and restores them, and
# looks after each: nothing acknowledged is lost, nothing deleted comes back, no half set looks whole.
#
#   scripts/faults.sh [KILLS]    how often in all, default 200
#
# Half of the kills hit a server that deletes and erases, a quarter each a backup and a restore. Ends with a line
# for each that says how many cut something off.
set -uo pipefail
cd "$(dirname "$0")/.."
PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin
kills=${1:-200}
case $kills in
  '' | *[!0-9]*) echo "faults: '$kills' is no number of kills" >&2; exit 2 ;;
esac
scripts/setup.sh test || exit 1
log=target/faults.log
: >"$log"
began=$SECONDS

# A test of the binary `http`, by a part of its name.
loop() {
  KONTOR_KILLS=$2 cargo nextest run --locked --package kontor --test http --success-output immediate \
    -E "test($1)" 2>&1 | tee -a "$log"
  return "${PIPESTATUS[0]}"
}

failed=0
loop killed_while_it_deletes $((kills / 2)) || failed=1
loop a_backup_that_is_killed $((kills / 4)) || failed=1
loop a_restore_that_is_killed $((kills / 4)) || failed=1
echo "== faults: after $((SECONDS - began)) s"
grep -E '^ *[0-9]+ kills ' "$log"
exit $failed
