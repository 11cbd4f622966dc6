#!/usr/bin/env bash
# Runs every benchmark of the workspace. Figures are ratios, taken side by side in one run.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh bench
cargo run --quiet --release --locked --manifest-path bench/Cargo.toml -- --report "$@"
scripts/bench-intake.sh
exec scripts/bench-http.sh
