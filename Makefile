# `make help` lists the targets. All of them work on a fresh clone: each makes what it needs first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PYTEST := $(BIN)/python -m pytest

.DEFAULT_GOAL := help
.PHONY: help build check test lint types format snapshots bench fuzz tools lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

build: $(STAMP) ## write the files of hosts/ into build/
	$(BIN)/python -m nixgen build

check: $(STAMP) ## compare build/ with hosts/, write nothing
	$(BIN)/python -m nixgen check

test: $(STAMP) tools ## install the real programs where they are missing, then run every test
	$(PYTEST) -n auto

lint: $(STAMP) ## ruff: rules and format
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(STAMP) ## mypy --strict
	$(BIN)/mypy

format: $(STAMP) ## let ruff rewrite what it can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

snapshots: $(STAMP) ## rewrite snapshots/ and the other golden files, to be reviewed with git diff
	$(PYTEST) -m golden --regen-all

bench: $(STAMP) tools ## the tables of times in README.md
	$(BIN)/python -m bench
	$(BIN)/python -m bench.formatting
	$(BIN)/python -m bench.vault

fuzz: $(STAMP) tools ## the property tests with many more cases, in a new order each time
	HYPOTHESIS_PROFILE=fuzz $(PYTEST) -n auto tests/property

tools: $(STAMP) ## install the real programs for the tests, each only if missing
	$(BIN)/python toolchain/install.py

# The newest versions that pyproject.toml allows; it needs pip-tools on PATH.
lock: ## pin the dependencies again
	pip-compile --quiet --upgrade --extra dev --all-build-deps --allow-unsafe --generate-hashes \
		--no-header --no-emit-index-url --no-emit-find-links --strip-extras \
		--output-file requirements-dev.lock pyproject.toml

clean: ## remove what make wrote, except the real programs in .tools/
	rm -rf $(VENV) build dist *.egg-info .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMP): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "nixgen needs Python 3.11 or newer; run: make PYTHON=python3.11")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation \
		--config-settings editable_mode=compat --editable .
	@touch $@
