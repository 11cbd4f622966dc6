#!/usr/bin/env bash
# Builds the web console into console/dist, from where it gets into the binary; does nothing when nothing has changed.
# Without Node there is no console: the server says so on its page, and everything else works.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

if ! command -v npm >/dev/null; then
    say "no npm: the server is built without its console"
    exit 0
fi

cd console
sources=(package.json package-lock.json index.html vite.config.ts tsconfig.json scripts src public)
sum() { find "${sources[@]}" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1; }

installed=node_modules/.hoist-installed
if [ ! -f "$installed" ] || [ package-lock.json -nt "$installed" ]; then
    say "installing what the console is built with"
    # Not `npm ci`: it refuses a lock file without the packages of platforms that a registry does not have.
    npm install --no-save --silent --no-audit --no-fund
    npm --prefix tools install --no-save --silent --no-audit --no-fund
    touch "$installed"
fi
if [ "$(cat dist/.sources 2>/dev/null)" != "$(sum)" ]; then
    say "building the console"
    npm run --silent build >/dev/null
    sum >dist/.sources
    # The compiler does not look for files that were not there before.
    touch ../crates/hoist-server/src/console/assets.rs
fi
