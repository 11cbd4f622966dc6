#!/usr/bin/env bash
# References and cleanups on a generated repository of 8,000 files, beside ripgrep and Piranha.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

PIRANHA_VERSION=0.4.9

scripts/setup.sh bench-cleanup
work=target/bench-cleanup
python=$work/piranha-$PIRANHA_VERSION/bin/python
if ! "$python" -c 'import polyglot_piranha' 2>/dev/null; then
    python3 -m venv "$work/piranha-$PIRANHA_VERSION"
    "$python" -m pip install --quiet --disable-pip-version-check "polyglot-piranha==$PIRANHA_VERSION" ||
        say "Piranha could not be installed and is left out"
fi
cargo build --quiet --release --locked --manifest-path bench/cleanup/Cargo.toml --target-dir target/bench
"$python" bench/cleanup/run.py target/bench/release/hoist-bench-cleanup "$work/repository"
