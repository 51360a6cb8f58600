# Every task of this project. `make help` lists them; each makes what it needs by itself.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
LOCKED := $(VENV)/.locked
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input -qq
WORKERS ?= 2
# The interpreter to build on; the first that is new enough is taken when this is empty.
PYTHON ?=

# The project's own settings decide, not those of the shell that calls make.
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP VIRTUAL_ENV MAKEFLAGS MYPYPATH PYTEST_ADDOPTS
export PYTHONUTF8 := 1
export PIP_NO_WARN_SCRIPT_LOCATION := 1

.PHONY: help setup demo demo-site demo-centre test check fmt lint format types imports pytest bench docs snapshots words vectors faults migration lock clean

help: ## list the tasks
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: $(READY) ## make .venv from the locked dependencies

$(LOCKED): requirements/dev.txt
	@found=; \
	for candidate in $(PYTHON) python3 python3.13 python3.12 python3.11 python3.14; do \
	    if $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	        found=$$candidate; break; \
	    fi; \
	done; \
	if [ -z "$$found" ]; then \
	    echo 'Exam Kiosk needs Python 3.11 or newer: install it and run make again.' >&2; exit 1; \
	fi; \
	if ! $$found -c 'import ensurepip, venv' >/dev/null 2>&1; then \
	    echo "$$found has no venv module: install it (on Debian: apt-get install python3-venv) and run make again." >&2; \
	    exit 1; \
	fi; \
	echo "setup: a virtual environment in $(VENV), with the locked dependencies"; \
	$$found -m venv --clear $(VENV)
	@$(PIP) install --require-hashes --requirement requirements/dev.txt
	@touch $@

$(READY): $(LOCKED) pyproject.toml
	@$(PIP) install --no-index --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY) ## the whole story, from key ceremony to score report, in build/demo
	@$(BIN)/python -m tests.demo

demo-site: $(READY) ## a whole site's day with all that goes wrong in it, in build/demo-site
	@$(BIN)/python -m tests.demo_site

demo-centre: $(READY) ## a season of forty sites at the centre, from drives to certificates, in build/demo-centre
	@$(BIN)/python -m tests.demo_centre

test: setup ## set up, then check everything
	@$(MAKE) --no-print-directory check

check: format lint types imports pytest ## format, lint, types, imports, tests

fmt: $(READY) ## rewrite the code in the house format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix-only .

format: $(READY) ## is the code in the house format
	@$(BIN)/ruff format --check .

lint: $(READY) ## ruff's rules
	@$(BIN)/ruff check .

types: $(READY) ## mypy, strict
	@$(BIN)/mypy

imports: $(READY) ## imports go down the floors only
	@$(BIN)/lint-imports --no-logo

pytest: $(READY) ## the tests
	@$(BIN)/python -m pytest --quiet --numprocesses $(WORKERS)

faults: $(READY) ## kills, crash states and altered bytes, many more of each
	@EXAM_KIOSK_FAULTS=long $(BIN)/python -m pytest --quiet -m faults --timeout 3600

bench: $(READY) ## measure, print the ratios and write docs/benchmarks.md
	@$(BIN)/python -m benchmarks

docs: $(READY) ## write the generated pages again
	@UPDATE_DOCS=1 $(BIN)/python -m pytest --quiet -m docs

snapshots: $(READY) ## write the pictures and texts of the screens again
	@UPDATE_SNAPSHOTS=1 $(BIN)/python -m pytest --quiet -m snapshot

words: $(READY) ## bring the catalogues of the other languages in step with the screens
	@$(BIN)/python -m tests.languages.catalogue

vectors: $(READY) ## write the test vectors of the formats again
	@$(BIN)/python -m tests.vectors.generate

migration: $(READY) ## write the ledger's newest step, not yet released, again from its tables
	@$(BIN)/python -m tests.results.migration

# Only the names and versions in pyproject.toml go in; hashes come out, and no address of any index.
LOCK := build/lock/bin/uv pip compile --quiet --system-certs --universal --python-version 3.11 \
    --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --annotation-style line

lock: $(READY) ## choose the newest allowed dependencies and write requirements/*.txt again
	@$(BIN)/python -m venv --clear build/lock
	@build/lock/bin/python -m pip --disable-pip-version-check --no-input -qq install \
	    --require-hashes --requirement requirements/lock.txt
	@$(LOCK) --upgrade --group lock --output-file requirements/lock.txt
	@$(LOCK) --upgrade pyproject.toml --all-extras --group dev --output-file requirements/dev.txt
	@$(LOCK) --upgrade pyproject.toml --extra site --constraint requirements/dev.txt --output-file requirements/site.txt
	@$(LOCK) --upgrade pyproject.toml --extra centre --constraint requirements/dev.txt --output-file requirements/centre.txt

clean: ## remove everything that make has made
	@rm -rf build dist $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
