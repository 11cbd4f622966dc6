#!/usr/bin/env bash
# Measures the release build of `hoist serve` beside a bare hyper server, in one run, and prints a table with the goals.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --locked --release --package hoist
target=${CARGO_TARGET_DIR:-target}
cargo build --locked --release --manifest-path bench/http/Cargo.toml --target-dir "$target/bench-http"
exec "$target/bench-http/release/hoist-bench-http" run "$target/release/hoist"
