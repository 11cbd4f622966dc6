#!/usr/bin/env bash
# Runs a server with its data in ./hoist-data, where `hoist` looks for it by itself. Arguments go to `hoist serve`.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh build
scripts/console.sh
exec cargo run --quiet --locked --package hoist -- serve --data hoist-data "$@"
