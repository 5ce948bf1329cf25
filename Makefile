# `make demo` and `make test` do everything, the virtual environment included, on a machine that has Python 3.11 or
# newer, a C++ compiler and make. Without a compiler they work too, on the NumPy engine.

SHELL := /bin/sh
VENV  := .venv
BIN   := $(VENV)/bin
JOBS  ?= 2

# The first Python that is new enough; `make PYTHON=... demo` chooses another.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$p" -c "$(NEW_ENOUGH)" >/dev/null 2>&1 && echo "$$p" && break; done)

# Built again when what is compiled or what it depends on has changed; Python files need no building.
SOURCES := pyproject.toml CMakeLists.txt $(wildcard symreg/engine/core/*.cpp symreg/engine/core/*.h)

.PHONY: help demo test lint types layers unit browser engines fuzz mutants benchmark docs clean
.DEFAULT_GOAL := help

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

demo: $(VENV)/.installed ## Find Kepler's third law and the energy of a moving mass, then say where the reports are
	$(BIN)/symreg run experiments/kepler.yaml --runs runs/demo --fresh
	$(BIN)/symreg run experiments/relativistic_energy.yaml --runs runs/demo --fresh
	@echo
	@echo "Two laws, each with a page to look at:"
	@for name in kepler relativistic_energy; do echo "  runs/demo/$$name/report.html"; done

test: lint types layers unit engines ## Style, types, layers, all tests and the examples of the documentation

lint: $(VENV)/.installed-dev ## ruff
	$(BIN)/ruff check .

types: $(VENV)/.installed-dev ## mypy --strict
	$(BIN)/mypy --strict symreg

layers: $(VENV)/.installed-dev ## Imports point one way (see .importlinter)
	$(BIN)/lint-imports --no-logo

unit: $(VENV)/.installed-dev ## pytest; JOBS=4 for more processes
	$(BIN)/python -m pytest -q -n $(JOBS)

BROWSERS := chromium chromium-browser google-chrome google-chrome-stable

browser: ## Chromium for the tests of the page, from Debian's packages, where there is none
	@for name in $(BROWSERS); do command -v "$$name" >/dev/null && exit 0; done; \
	echo "Installing Chromium, in which the tests look at the page ..."; \
	$$(test "$$(id -u)" = 0 || echo sudo) sh -c \
		'apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core'

# Searches whose course depends on the last digits: what they must find holds whichever engine made these.
ENGINE_TESTS := tests/search/native/bank/test_doublings.py tests/search/native/test_rank.py tests/search/native/joins/test_products.py

engines: $(VENV)/.installed-dev ## The tests of searches with AVX2 alone and with NumPy alone
	SYMREG_ENGINE=avx2 $(BIN)/python -m pytest -q -n $(JOBS) $(ENGINE_TESTS)
	SYMREG_ENGINE=numpy $(BIN)/python -m pytest -q -n $(JOBS) $(ENGINE_TESTS)

fuzz: $(VENV)/.installed-dev ## Property tests with new examples, many more than in `make test`
	HYPOTHESIS_PROFILE=fuzz $(BIN)/python -m pytest -q -n $(JOBS) tests/properties

mutants: $(VENV)/.installed-dev ## Change the modules that decide, and list what no test notices (about an hour)
	$(BIN)/python -m pip install --quiet "cosmic-ray>=8.4"
	$(BIN)/python tests/mutants.py --jobs $(JOBS)

benchmark: $(VENV)/.installed ## The Feynman equations without noise, one minute each at most (an hour or more)
	$(BIN)/symreg benchmark feynman --noise 0 --time '60 s'

docs: $(VENV)/.installed-docs ## The site in build/docs: every page and notebook executed, no warning (some minutes)
	$(BIN)/python -m pytest -q tests/test_docs.py
	$(BIN)/python -m sphinx -b html -W --keep-going -q docs build/docs
	@echo "See build/docs/index.html"

clean: ## Remove what make has made; runs/ stays
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "symreg needs Python 3.11 or newer; set PYTHON=/path/to/python"; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)

$(VENV)/.installed: $(SOURCES) | $(BIN)/python
	@echo "Building symreg and installing what it needs into $(VENV): a minute or two ..."
	@$(BIN)/python -m pip install --quiet --editable .
	@$(BIN)/python -c "from symreg.engine import get_engine; print('engine:', get_engine().name)"
	@touch $@

$(VENV)/.installed-dev: $(SOURCES) | $(BIN)/python
	@echo "Building symreg and installing it with its tools into $(VENV): some minutes ..."
	@$(BIN)/python -m pip install --quiet --editable ".[dev]"
	@$(BIN)/python -c "from symreg.engine import get_engine; print('engine:', get_engine().name)"
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-docs: $(VENV)/.installed-dev
	@$(BIN)/python -m pip install --quiet --editable ".[docs]"
	@touch $@
