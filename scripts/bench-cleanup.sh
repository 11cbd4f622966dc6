#!/usr/bin/env bash
# References and cleanups on a generated repository of 8,000 files, beside ripgrep and Piranha.
set -euo pipefail
cd "$(dirname "$0")/.."
work=target/bench-cleanup
mkdir -p "$work"
command -v rg >/dev/null || { command -v apt-get >/dev/null && apt-get install -y -qq ripgrep >/dev/null; } || true
python3 -c 'import polyglot_piranha' 2>/dev/null || python3 -m pip install --quiet --target "$work/python" polyglot-piranha ||
    echo "Piranha could not be installed and is left out" >&2
cargo build --quiet --release --manifest-path bench/cleanup/Cargo.toml --target-dir target/bench
PYTHONPATH="$work/python" python3 bench/cleanup/run.py target/bench/release/hoist-bench-cleanup "$work/repository"
