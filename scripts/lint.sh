#!/usr/bin/env bash
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh lint
exec cargo clippy --quiet --workspace --all-targets --locked -- -D warnings
