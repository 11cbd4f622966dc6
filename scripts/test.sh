#!/usr/bin/env bash
# Everything CI runs, cheapest first. The test run comes last, so that its summary is the last output.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

step "set-up" scripts/setup.sh test
step "console" scripts/console.sh
step "format" cargo fmt --all --check
step "dependencies" scripts/deny.sh bans licenses sources
step "tidy" cargo xtask tidy
step "clippy" scripts/lint.sh
step "documentation" scripts/docs.sh
step "console checks" npm --prefix console run --silent check
step "console in a browser" scripts/console-test.sh
say "tests"
exec cargo nextest run --workspace --locked --profile ci
