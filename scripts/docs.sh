#!/usr/bin/env bash
# Warnings are denied, so a link to a renamed item fails here and not in front of a reader.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh build
export RUSTDOCFLAGS="-D warnings"
exec cargo doc --quiet --workspace --no-deps --document-private-items --locked
