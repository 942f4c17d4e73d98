#!/usr/bin/env bash
# A private PostgreSQL 15 for tests: fast, reachable through a socket only, gone when stopped.
#
#   scripts/postgres-for-tests.sh start [DIR [PID]]   prints its URL (superuser, collation C)
#   scripts/postgres-for-tests.sh stop [DIR]          stops it and deletes DIR
#
# DIR defaults to one folder per checkout. With PID it stops by itself when that process has ended,
# however it ended. The server does not sync to disk: never use it for anything but tests.
set -euo pipefail
self=$(realpath "$0")
cd "$(dirname "$self")/.."
action=${1:-}
dir=${2:-${TMPDIR:-/tmp}/kontor-postgres-$(id -u)-$(pwd | cksum | cut -d ' ' -f 1)}
owner=${3:-}

bin=/usr/lib/postgresql/15/bin
if [ ! -x "$bin/initdb" ]; then
  found=$(command -v initdb || true)
  if [ -z "$found" ]; then
    echo "postgres-for-tests: PostgreSQL is missing; run: apt-get install postgresql-15" >&2
    exit 1
  fi
  bin=$(dirname "$(realpath "$found")")
fi

# PostgreSQL refuses to run as root; Debian's package brings the user `postgres`.
as_server=()
if [ "$(id -u)" -eq 0 ]; then as_server=(runuser -u postgres --); fi

url() {
  echo "postgres://postgres@${dir//\//%2F}/postgres"
}

stop() {
  if [ -f "$dir/data/postmaster.pid" ]; then
    (cd / && "${as_server[@]}" "$bin/pg_ctl" stop -D "$dir/data" -m immediate -s) || true
  fi
  rm -rf "$dir"
}

start() {
  if [ -f "$dir/data/postmaster.pid" ] &&
    (cd / && "${as_server[@]}" "$bin/pg_ctl" status -D "$dir/data" >/dev/null); then
    url
    return
  fi
  rm -rf "$dir"
  mkdir -p -m 700 "$dir"
  if [ "$(id -u)" -eq 0 ]; then chown postgres "$dir"; fi
  local log=$dir/log
  # PostgreSQL wants a working folder that its user may enter.
  cd /
  "${as_server[@]}" "$bin/initdb" -D "$dir/data" -U postgres -A trust --locale=C --encoding=UTF8 \
    --no-sync --no-instructions >/dev/null
  if ! "${as_server[@]}" "$bin/pg_ctl" start -D "$dir/data" -l "$log" -w -s -t 60 -o "\
      -c listen_addresses='' -c unix_socket_directories='$dir' -c fsync=off \
      -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 -c max_connections=400 \
      -c shared_buffers=64MB -c log_min_messages=fatal" >/dev/null 2>&1; then
    echo "postgres-for-tests: PostgreSQL does not start:" >&2
    cat "$log" >&2
    exit 1
  fi
  if [ -n "$owner" ]; then
    setsid "$self" watch "$dir" "$owner" </dev/null >/dev/null 2>&1 &
  fi
  url
}

case $action in
  start) start ;;
  stop) stop ;;
  watch)
    while kill -0 "$owner" 2>/dev/null; do sleep 0.3; done
    stop
    ;;
  *)
    echo "usage: $0 start [DIR [PID]] | stop [DIR]" >&2
    exit 2
    ;;
esac
