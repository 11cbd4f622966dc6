#!/usr/bin/env bash
# Simulates rollouts and judges them by our guards and by the rules of other systems. `--quick` takes a minute.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh build
exec cargo run --quiet --release --locked --manifest-path bench/guards/Cargo.toml -- "$@"
