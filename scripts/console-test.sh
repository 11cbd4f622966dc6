#!/usr/bin/env bash
# Drives Debian's Chromium through the console of the built executable. Arguments go to the test runner.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/console.sh
cargo build --quiet --locked --package hoist
exec npm --prefix console run --silent e2e -- "$@"
