# The front door. No logic lives here: scripts/ prepares the machine and runs things, `cargo xtask` checks things.
# A target that needs more than Rust installs it first (scripts/setup.sh says what, and does nothing when it is there).

.DEFAULT_GOAL := help
.PHONY: help setup demo dev test bench bench-guards bench-cleanup lint fmt tidy deny docs clean

help: ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:[^#]*## /\t/' | expand -t 16

setup: ## Install what the tests need, and stop there
	scripts/setup.sh test

demo: ## Run the whole loop on this machine, with a sample shop as traffic
	scripts/demo.sh

dev: ## Run a server with its data in ./hoist-data
	scripts/dev.sh

test: ## Run everything CI runs
	scripts/test.sh

bench: ## Run the benchmarks, peers beside ours in one run
	scripts/bench.sh

bench-guards: ## Simulate rollouts, the rules of other systems beside our guards
	scripts/bench-guards.sh

bench-cleanup: ## Measure references and cleanups beside ripgrep and Piranha
	scripts/bench-cleanup.sh

lint: ## Run clippy on the whole workspace, warnings denied
	scripts/lint.sh

fmt: ## Format the code
	scripts/setup.sh lint
	cargo fmt --all

tidy: ## Check what the compiler cannot: sizes, words, edges, links
	scripts/setup.sh build
	cargo xtask tidy

deny: ## Check dependencies: advisories, bans, licences, sources
	scripts/deny.sh advisories bans licenses sources

docs: ## Build the API documentation, warnings denied
	scripts/docs.sh

clean: ## Remove what the build wrote
	cargo clean
