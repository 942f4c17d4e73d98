#!/usr/bin/env bash
# Installs what a task needs and this machine lacks. Quiet and quick when nothing is missing.
#
#   scripts/setup.sh run|test|check|bench
#
# Debian 12, as root or with sudo. Rust itself is not installed from Debian (its version is years
# too old): the script says how to get it.
set -euo pipefail
task=${1:-run}
cd "$(dirname "$0")/.."
PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin

packages=(build-essential perl pkg-config)
if [ "$task" = test ]; then packages+=(chromium coturn curl fonts-noto-color-emoji pebble postgresql-15 python3-aiosmtpd); fi

missing=()
for package in "${packages[@]}"; do
  dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
    missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "setup: installing ${missing[*]}"
  as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
      echo "setup: run as root: apt-get install ${missing[*]}" >&2
      exit 1
    }
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
    --no-install-recommends "${missing[@]}" >/dev/null
fi

if ! command -v cargo >/dev/null; then
  cat >&2 <<TEXT
setup: cargo is missing. Install Rust as https://rustup.rs describes, open a new shell, and run
       the same command again. The version is chosen by rust-toolchain.toml ($(sed -n 's/^channel = //p' rust-toolchain.toml)).
TEXT
  exit 1
fi

# `cargo install` compiles from source, once. Neither tool computes much itself, so that optimizing
# them would take minutes longer than it saves.
install_tool() {
  local tool=$1 version=$2
  cargo "${tool#cargo-}" --version >/dev/null 2>&1 && return
  echo "setup: compiling $tool $version (once)"
  cargo install --quiet --locked --debug --version "$version" "$tool"
}
case $task in
  test) install_tool cargo-nextest 0.9.143 ;;
  check) install_tool cargo-deny 0.20.2 ;;
  run | bench) ;;
  *) echo "setup: unknown task '$task'" >&2; exit 2 ;;
esac
