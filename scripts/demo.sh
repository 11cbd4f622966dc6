#!/usr/bin/env bash
# Builds the binary and runs the demonstration. Arguments go to `hoist demo`.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh build
scripts/console.sh
exec cargo run --quiet --locked --package hoist -- demo "$@"
