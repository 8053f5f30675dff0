# Plenum's commands. `make help` lists them; scripts/setup installs what they need, once.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.NOTPARALLEL:

CARGO_HOME ?= $(HOME)/.cargo
export PATH := $(CURDIR)/.tools/bin:$(CARGO_HOME)/bin:$(PATH)

# Where `run` and `watch` keep their database and the mails that they write.
run watch: export PLENUM_DATABASE__URL := sqlite://$(CURDIR)/data/plenum.db
run watch: export PLENUM_MAIL__OUTBOX := $(CURDIR)/data/outbox

.PHONY: help
help: ## List these commands
	@echo 'Plenum. make …'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: setup
setup: ## Install what building and running need (every command below does so itself)
	@scripts/setup run

.PHONY: run
run: export PLENUM_DEMO := true
run: build ## Build, fill an empty database in data/, serve the demo on 127.0.0.1:8080
	@mkdir -p data
	@dist/plenum --config dist/Leptos.toml seed
	@exec dist/plenum --config dist/Leptos.toml serve

.PHONY: watch
watch: setup ## Serve a debug build, and rebuild and reload at each change
	@mkdir -p data
	@cargo run --quiet --features ssr -- seed
	@exec cargo leptos watch --split -- serve

.PHONY: build
build: setup ## Build in release into dist/, which runs from any directory
	@cargo leptos build --release -P --split
	@scripts/assemble

.PHONY: test
test: test-unit test-browser ## Run every test: unit, property, integration, browser

.PHONY: test-unit
test-unit: setup ## Run the tests in Rust: unit, property, integration over real sockets
	@cargo test --features ssr

.PHONY: test-browser
test-browser: setup-test build ## Run the tests in real browsers against dist/
	@node end2end/run.mjs

.PHONY: check
check: setup ## Check format, lints for server and browser, and documentation
	@cargo fmt --check
	@cargo clippy --features ssr --all-targets -- -D warnings
	@cargo clippy --lib --features hydrate --target wasm32-unknown-unknown -- -D warnings
	@RUSTDOCFLAGS='-D warnings' cargo doc --no-deps --features ssr --document-private-items

.PHONY: bench
bench: setup-bench build ## Measure, and print a table
	@cargo bench --features ssr --bench live

.PHONY: bench-peers
bench-peers: build ## Measure Plenum beside sockudo and Bun's WebSocket server, which it installs
	@scripts/setup peers
	@cargo bench --features ssr --bench live -- peers

.PHONY: screenshots
screenshots: setup-test build ## Take the pictures in docs/ anew
	@node end2end/screenshots.mjs

.PHONY: clean
clean: ## Remove what was built; data/ and the installed tools stay
	@cargo clean
	@rm -rf dist end2end/results

.PHONY: setup-test setup-bench
setup-test:
	@scripts/setup test
setup-bench:
	@scripts/setup bench
