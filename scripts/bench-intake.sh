#!/usr/bin/env bash
# Counting of events beside reading them, and what the counts take in memory.
set -euo pipefail
cd "$(dirname "$0")/.."
exec cargo run --quiet --release --locked --manifest-path bench/intake/Cargo.toml --target-dir target/bench-intake
