# Plenum's commands. `make help` lists them; scripts/setup installs what they need, once.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.NOTPARALLEL:

CARGO_HOME ?= $(HOME)/.cargo
export PATH := $(CURDIR)/.tools/bin:$(CARGO_HOME)/bin:$(PATH)

# Where `run` and `watch` keep their database and the mails that they write, unless the environment says otherwise.
run watch: export PLENUM_DATABASE__URL ?= sqlite://$(CURDIR)/data/plenum.db
run watch: export PLENUM_MAIL__OUTBOX ?= $(CURDIR)/data/outbox
# One tries webhooks out with a backend on this machine.
run watch: export PLENUM_WEBHOOKS__ALLOW_PRIVATE ?= true

# Crates that have no half in the browser.
SERVER_ONLY := --exclude plenum-store --exclude plenum-live --exclude plenum-web --exclude plenum-testing

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
	@LEPTOS_HASH_FILES=false LEPTOS_BIN_TARGET_DIR=target/watch LEPTOS_SITE_ROOT=target/watch/site \
		exec cargo leptos watch --split -- serve --seed

.PHONY: build
build: setup ## Build in release into dist/, which runs from any directory
	@cargo leptos build --release -P --split
	@scripts/assemble

.PHONY: test
test: test-unit test-browser ## Run every test: unit, property, integration, browser

.PHONY: test-unit
test-unit: setup-unit ## Run the tests in Rust: unit, property, integration over real sockets
	@cargo test --workspace --features ssr --lib --bins --tests

# The browser tests use the server that the tests in Rust use, built with their features so that nothing is built twice, and browser code
# that is quick to build.
.PHONY: build-test
build-test: setup-test
	@mkdir -p target/debug
	@LEPTOS_SITE_ROOT=target/test/site cargo leptos build --frontend-only --split
	@cargo test --quiet --workspace --features ssr --test plenum --no-run
	@scripts/assemble test

.PHONY: test-browser
test-browser: build-test ## Run the tests in real browsers against target/test/dist
	@PLENUM_BIN=$(CURDIR)/target/test/dist/plenum node end2end/run.mjs

.PHONY: test-release
test-release: setup-test build ## Run the tests in real browsers against dist/, the release build
	@node end2end/run.mjs

.PHONY: check
check: setup ## Check format, lints for server and browser, and documentation
	@cargo fmt --all --check
	@cargo clippy --workspace --features ssr --all-targets -- -D warnings
	@cargo clippy --workspace $(SERVER_ONLY) --lib --features hydrate --target wasm32-unknown-unknown -- -D warnings
	@RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --features ssr --document-private-items

.PHONY: check-fast
check-fast: setup ## Check that both halves and all tests compile; makes no code
	@cargo check --workspace --features ssr --all-targets
	@cargo check --lib --features hydrate --target wasm32-unknown-unknown

# The tests run first and record each statement that the program asks its database.
.PHONY: check-postgres
check-postgres: ## Check that PostgreSQL takes the schema and every statement (runs the tests in Rust)
	@scripts/setup postgres
	@rm -rf target/statements
	@RECORD_STATEMENTS=$(CURDIR)/target/statements PLENUM_LOG__FILTER=info,sqlx::query=off \
		cargo test --workspace --features ssr --lib --tests
	@scripts/check-postgres

# `make bench -- attack storm` measures these sections only: the goals beside `bench` are names of sections then.
SECTIONS := $(if $(filter bench,$(firstword $(MAKECMDGOALS))),$(wordlist 2,$(words $(MAKECMDGOALS)),$(MAKECMDGOALS)))
.PHONY: bench $(SECTIONS)
bench: setup-bench build ## Measure, and print a table; `make bench -- attack` measures one section
	@cargo bench --features ssr --bench live -- $(SECTIONS)
$(SECTIONS):
	@:

.PHONY: bench-peers
bench-peers: build ## Measure Plenum beside sockudo and Bun's WebSocket server, which it installs
	@scripts/setup peers
	@cargo bench --features ssr --bench live -- peers

# Not part of the tests: the first build of `make watch` takes minutes.
.PHONY: loops
loops: setup-test ## Time the loops of development, and try `make watch` in a browser
	@node end2end/loops.mjs

.PHONY: screenshots
screenshots: setup-test build ## Take the pictures in docs/
	@node end2end/screenshots.mjs

.PHONY: clean
clean: ## Remove what was built; data/ and the installed tools stay
	@cargo clean
	@rm -rf dist end2end/results

.PHONY: setup-unit setup-test setup-bench
setup-unit:
	@scripts/setup unit
setup-test:
	@scripts/setup test
setup-bench:
	@scripts/setup bench
