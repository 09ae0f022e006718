# Parley: set up, run, test. `make help` lists the targets.
# The set-up rules depend on pyproject.toml and constraints.txt: change either and the next command installs again.

.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input install --quiet
BENCH := .bench-venv
TESTS := $(BIN)/python -m pytest -n 2 --dist worksteal --durations 15
FLAGSHIP := scenarios/ukraine/anchorage-2025.yaml

.PHONY: help run test quick check lint bench calibration docs findings mechanisms sweeps image clean

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

run: $(VENV)/.ready ## compare the talk formats of the flagship scenario and say where the report is
	@echo "First the rules of the talks are compiled: about a minute of one processor, once for a version of Parley."
	$(BIN)/parley warm $(FLAGSHIP)
	@echo "Now the talks are played; the first table comes first."
	$(BIN)/parley compare $(FLAGSHIP)

test: $(VENV)/.ready-dev ## run the test suite
	$(TESTS)

quick: $(VENV)/.ready-dev ## run the quick half of the tests: no talks, nothing that compiles
	$(TESTS) --quick

check: lint ## everything that CI runs: style, types, layers, tests
	$(TESTS)

lint: $(VENV)/.ready-dev ## style, types, layers
	$(BIN)/ruff check --no-cache .
	$(BIN)/ruff format --no-cache --check .
	$(BIN)/pyright
	$(BIN)/lint-imports

bench: $(VENV)/.ready-dev $(BENCH)/.ready ## how fast, side by side with what a user would pick instead
	$(BIN)/python -m benchmarks.run $(BENCH_OPTIONS)

calibration: $(VENV)/.ready ## whether the back-test finds known constants, into docs/backtest-calibration.md
	$(BIN)/python -m benchmarks.validation.run_calibration --page docs/backtest-calibration.md

docs: $(VENV)/.ready-dev ## write the generated pages and the editor's schema again
	$(BIN)/python -m tests.reference
	$(BIN)/python -m tests.architecture

findings: $(VENV)/.ready ## answer the flagship's standing questions under every variant, into docs/findings.md
	$(BIN)/parley study scenarios/ukraine/studies.yml --out docs/findings.md

mechanisms: $(VENV)/.ready ## switch each mechanism of the evidence on and off, into docs/mechanisms.md
	$(BIN)/parley mechanisms --page docs/mechanisms.md

sweeps: $(VENV)/.ready-dev ## play the designs that ship (minutes), into docs/sweeps.md
	$(BIN)/python -m benchmarks.shipped_sweeps

image: $(VENV)/.ready ## draw the README's picture from a run of the flagship
	$(BIN)/parley compare $(FLAGSHIP) --no-variants --out build/image
	mkdir -p docs/images
	cp build/image/figures/outcomes.png docs/images/outcomes.png

clean: ## remove the environment, caches and builds; results stay
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@# An interpreter that cannot make environments (Debian splits ensurepip off) is passed over like a wrong version.
	@for candidate in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
	  if "$$candidate" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' \
	    >/dev/null 2>&1; then found="$$candidate"; break; fi; \
	done; \
	if [ -z "$${found:-}" ]; then \
	  echo "Parley needs Python 3.11, 3.12 or 3.13 with its venv module, and found none." >&2; \
	  echo "On Debian or Ubuntu: apt-get install python3 python3-venv" >&2; \
	  echo "Elsewhere: make PYTHON=/path/to/python3.12 ..." >&2; \
	  exit 1; \
	fi; \
	echo "Setting up $(VENV) with $$($$found --version); this takes a few minutes, once."; \
	rm -rf $(VENV); "$$found" -m venv $(VENV)

$(VENV)/.ready: pyproject.toml constraints.txt | $(VENV)/bin/python
	@$(PIP) -c constraints.txt -e .
	@touch $@

$(VENV)/.ready-dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	@$(PIP) -c constraints.txt -e '.[dev]'
	@touch $(VENV)/.ready $@

$(BENCH)/.ready: | $(VENV)/bin/python
	@# NegMAS (AGPL, 800 MB) is only ever measured from outside: an environment of its own, never imported by Parley.
	@test -x $(BENCH)/bin/python || $(BIN)/python -m venv $(BENCH)
	@echo '*' > $(BENCH)/.gitignore
	@$(BENCH)/bin/python -m pip --disable-pip-version-check --no-input install --quiet 'negmas==0.16.0' && touch $@ \
	  || echo "NegMAS could not be installed; the benchmark goes on without it." >&2
