#!/usr/bin/env bash
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh lint
# The benchmarks are workspaces of their own, and nothing else notices that a dependency of ours is not in their lock files.
for manifest in bench/Cargo.toml bench/*/Cargo.toml; do
    cargo update --quiet --workspace --locked --manifest-path "$manifest"
done
exec cargo clippy --quiet --workspace --all-targets --locked -- -D warnings
