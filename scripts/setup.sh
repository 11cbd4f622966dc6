#!/usr/bin/env bash
# Installs what a purpose needs on Debian, and does nothing when it is there.
#   scripts/setup.sh build|lint|test|deny|bench|bench-cleanup
# As root it installs Debian packages; otherwise it says what to install and stops.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

NEXTEST_VERSION=0.9.151
DENY_VERSION=0.20.2

missing=()

# need PACKAGE CHECK...: remembers the package when the check fails.
need() {
    local package=$1
    shift
    "$@" >/dev/null 2>&1 || missing+=("$package")
}

has_postgres() { compgen -G '/usr/lib/postgresql/*/bin/initdb' || command -v initdb; }
has_venv() { python3 -c 'import venv, ensurepip'; }

install_packages() {
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        fail "missing: ${missing[*]}. Install with: sudo apt-get install --no-install-recommends ${missing[*]}"
    fi
    say "installing Debian packages: ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null || apt-get update -qq
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
        { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; }
}

need_rust() {
    command -v cargo >/dev/null || fail "missing: cargo. Install Rust with rustup: https://rustup.rs"
    for component in "$@"; do
        cargo "$component" --version >/dev/null 2>&1 || rustup component add "${component/fmt/rustfmt}"
    done
}

# Distributions carry versions of Node that are too old for the providers under test, so this one is not installed here.
need_node() {
    command -v node >/dev/null || fail "missing: node (package nodejs). Install a current Node: https://nodejs.org"
    command -v npm >/dev/null || fail "missing: npm (package npm). It comes with Node: https://nodejs.org"
}

# Builds a tool of the cargo family once, without optimisation: it is fast enough, and there in a third of the time.
need_tool() {
    local name=$1 version=$2
    shift 2
    cargo "${name#cargo-}" --version >/dev/null 2>&1 && return 0
    say "building $name $version (once, a minute or two)"
    cargo install --quiet --locked --debug "$@" "$name" --version "$version" --root "$HOIST_TOOLS"
}

# Installs the compiler that the TypeScript cases of `hoist cleanup` are run with, next to what cargo builds.
need_typescript() {
    local from=crates/hoist-cleanup/tests/tools to=${CARGO_TARGET_DIR:-target}/tools/typescript
    cmp -s "$from/package-lock.json" "$to/installed" && return 0
    say "installing the TypeScript compiler of the tests"
    mkdir -p "$to"
    cp "$from/package.json" "$from/package-lock.json" "$from/.npmrc" "$to/"
    (cd "$to" && npm install --no-save --silent)
    cp "$from/package-lock.json" "$to/installed"
}

# Cleaned code is run where its language is there; nothing is left out in silence.
say_skipped() {
    for tool in go javac python3; do
        command -v "$tool" >/dev/null || say "no $tool: cleaned code of its language is not run by the tests"
    done
}

case "${1:-test}" in
build)
    need gcc command -v cc
    need_rust
    install_packages
    ;;
lint)
    need gcc command -v cc
    need_rust fmt clippy
    install_packages
    ;;
test)
    need gcc command -v cc
    need postgresql has_postgres
    need prometheus command -v prometheus
    need python3-venv has_venv
    need curl command -v curl
    need chromium command -v chromium
    need_node
    need_rust fmt clippy
    install_packages
    need_typescript
    say_skipped
    need_tool cargo-nextest "$NEXTEST_VERSION" --no-default-features --features default-no-update
    need_tool cargo-deny "$DENY_VERSION"
    ;;
deny)
    need_rust
    need_tool cargo-deny "$DENY_VERSION"
    ;;
bench)
    need gcc command -v cc
    need valgrind command -v valgrind
    need wrk command -v wrk
    need_rust
    install_packages
    ;;
bench-cleanup)
    need gcc command -v cc
    need ripgrep command -v rg
    need python3-venv has_venv
    need_rust
    install_packages
    ;;
*) fail "unknown purpose: $1. Choose build, lint, test, deny, bench or bench-cleanup" ;;
esac
