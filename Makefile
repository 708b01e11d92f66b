# Yingbin 迎宾. `make help` lists what there is.
#
#   make run  PORT=8080 DATA=var HOST=127.0.0.1     the demo park
#   make test ARGS="tests/domain -q"                the tests, or some of them

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
LOCKS := deploy/locks

# Only what was asked for is set: otherwise the settings' own defaults hold.
PORT ?=
DATA ?=
HOST ?=
CHOSEN = $(if $(PORT),YINGBIN_PORT='$(PORT)') $(if $(DATA),YINGBIN_DATA='$(DATA)') $(if $(HOST),YINGBIN_HOST='$(HOST)')

# Compiled files are kept, whatever the machine's habit: each server that a test starts would compile the house again.
export PYTHONDONTWRITEBYTECODE :=

# What pytest is given; the default spreads the whole suite over three processes, since browsers and servers are often waited for.
ARGS ?= -n 3 --dist worksteal

.PHONY: help run test check bench prove lock shots clean install install-tests packages catalogue

help: ## This list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: install ## Serve the demo park on http://127.0.0.1:8080 (PORT= DATA= HOST=)
	@exec env $(CHOSEN) $(BIN)/yingbin demo

test: install-tests packages ## Run every test, on both databases (ARGS= to choose)
	@$(BIN)/python -m pytest $(ARGS)

check: install-tests ## Format, lint, types, import contracts, docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q -p no:randomly tests/architecture

bench: install-tests ## Measure against the Node peer (two minutes; FULL=1 for all; WRITE=1 keeps the short form's page)
	@tests/services/packages.sh bench
	@FULL='$(FULL)' WRITE='$(WRITE)' $(BIN)/python -m tests.bench

prove: install-tests packages ## Every proof in its full form; names what privilege was missing
	@$(BIN)/python -m tests.prove all

shots: install-tests packages ## Make the README's pictures anew
	@$(BIN)/python -m tests.browser.shots

install: $(VENV)/.run-stamp catalogue ## The virtual environment with what a server needs

install-tests: $(VENV)/.test-stamp catalogue ## The same with what tests and checks need

packages:
	@tests/services/packages.sh

# Merged at install, so that a catalogue never lags behind its sentences; quick when nothing changed.
catalogue:
	@$(BIN)/python -m server.web.translate

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Yingbin needs Python 3.11 or newer.' >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo 'Install python3-venv first: apt install python3-venv' >&2; exit 1; }

# The stamps are younger than the lock they stand for: nothing is installed again until a lock changes.
# What is imported is compiled then; to compile everything before took a third of the installation.
$(VENV)/.run-stamp: $(LOCKS)/run.txt pyproject.toml | $(BIN)/python
	@echo 'Installing what the server needs …'
	@$(PIP) install --quiet --no-compile --require-hashes -r $(LOCKS)/run.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test-stamp: $(LOCKS)/test.txt pyproject.toml | $(BIN)/python
	@echo 'Installing what the tests need …'
	@$(PIP) install --quiet --no-compile --require-hashes -r $(LOCKS)/test.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.run-stamp

lock: $(BIN)/python ## Resolve pyproject.toml anew into deploy/locks, with hashes and without addresses
	@$(PIP) install --quiet uv==0.13.9
	@$(BIN)/python $(LOCKS)/lock.py

clean: ## Remove what the checks and builds made; keeps .venv and the data
	rm -rf build dist *.egg-info .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache .grimp_cache htmlcov .coverage .coverage.* test-results
	find kiosk floor_tablet server tests -name __pycache__ -prune -exec rm -rf {} +
