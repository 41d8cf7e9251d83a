# Every target installs what it needs first: `make demo` and `make test` work alone on a fresh machine.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest
SEEDS ?= 200
CHECK_SEEDS ?= 50

.PHONY: help
help:  ## this list
	@awk -F':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- what the targets stand on ---

.PHONY: system
system:  ## install the Debian packages that are missing (as root)
	@scripts/install_system_packages run

.PHONY: system-test
system-test:
	@scripts/install_system_packages run test

$(VENV)/.demo: requirements/demo.lock pyproject.toml
	@scripts/install_python_packages $(VENV) requirements/demo.lock
	@touch $@

$(VENV)/.dev: requirements/dev.lock pyproject.toml
	@scripts/install_python_packages $(VENV) requirements/dev.lock
	@touch $@ $(VENV)/.demo

.PHONY: setup
setup: system-test $(VENV)/.dev  ## install everything, and the hooks
	@git rev-parse --git-dir >/dev/null 2>&1 && $(BIN)/pre-commit install >/dev/null || true

.PHONY: npm
npm:
	@$(if $(wildcard $(BIN)/python),$(BIN)/python,python3) scripts/build_console --has-npm || \
	    scripts/install_python_packages $(VENV) requirements/console.lock only

# --- for users ---

.PHONY: demo
demo: system $(VENV)/.demo  ## play the story on real containers
	@$(BIN)/python scripts/build_console --if-npm
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m demo.play

.PHONY: console
console: npm  ## build the web console into console/dist; brings an npm if there is none
	@$(if $(wildcard $(BIN)/python),$(BIN)/python,python3) scripts/build_console

# --- for those who change it ---

.PHONY: fmt
fmt: $(VENV)/.dev  ## format, fix what can be fixed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python scripts/build_console --npm run format

.PHONY: static
static: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/build_console --npm run check

.PHONY: check
check: static  ## the fast part: format, types, layers, docs, unit, wire, api, 50 seeds
	$(BIN)/python scripts/build_console --npm run test
	$(PYTEST) -q -n 2 --dist loadgroup tests/unit tests/wire tests/test_docs.py tests/test_house.py
	$(PYTEST) -q -n 2 --dist loadgroup tests/api
	ROADSTEAD_SIM_SEEDS=$(CHECK_SEEDS) $(PYTEST) -q -n 2 tests/sim

.PHONY: agent
agent: system-test $(VENV)/.dev  ## tests that need runc, network namespaces and Envoy
	$(PYTEST) -q tests/dataplane tests/agent tests/host

.PHONY: e2e
e2e: system-test $(VENV)/.dev  ## tests with real clients against a running Roadstead
	$(PYTEST) -q tests/store tests/server tests/e2e

.PHONY: test
test: system-test $(VENV)/.dev  ## all of it, real containers and a real browser included
	@$(MAKE) --no-print-directory static
	@$(MAKE) --no-print-directory console
	ROADSTEAD_SIM_SEEDS=$(SEEDS) $(BIN)/python scripts/run_all_tests

.PHONY: browser
browser: system-test $(VENV)/.dev console  ## the console in a real browser: make browser ONLY=sign_in
	$(PYTEST) -q tests/console $(if $(ONLY),-k $(ONLY))

.PHONY: sim
sim: $(VENV)/.dev  ## replay a simulation: make sim SEED=17, or many: make sim SEEDS=5000
	ROADSTEAD_SIM_SEED=$(SEED) ROADSTEAD_SIM_SEEDS=$(SEEDS) $(PYTEST) -q -n 2 tests/sim/test_seeds.py

.PHONY: bench
bench: system-test $(VENV)/.dev  ## the benchmarks, each beside a peer: make bench ONLY=run_task
	$(BIN)/python -m bench $(ONLY)

.PHONY: dev
dev: system $(VENV)/.dev  ## a running Roadstead in .dev, and the console that follows its sources
	@scripts/run_dev $(BIN)

.PHONY: parity
parity: $(VENV)/.dev  ## rewrite docs/parity.md
	$(BIN)/python scripts/write_parity

.PHONY: changelog
changelog: $(VENV)/.dev  ## the release notes that the fragments make
	$(BIN)/towncrier build --draft --version next

.PHONY: lock
lock: $(VENV)/.dev  ## renew requirements/*.lock
	scripts/lock_requirements $(BIN)/uv
	$(BIN)/python scripts/lock_console
