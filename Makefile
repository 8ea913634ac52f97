# The commands of Tidslager. Each does its own set-up: a virtual environment in .venv, made anew when pyproject.toml changes.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
NIGHT ?= 1

.DEFAULT_GOAL := help
.PHONY: help demo test check fix docs approve agency soak bench year clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Run: make PYTHON=python3.13 …" if sys.version_info < (3, 11) else 0)'
	@echo "Setting up $(VENV) (once; a minute or two) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: $(READY) ## Crawl a pretend agency on two nights, over real HTTP, and show what changed
	@$(BIN)/python -m tests.agency.demo

test: $(READY) ## Run all tests
	@$(BIN)/python -m pytest -q -n auto -m "not soak"

check: $(READY) ## Everything that must hold before a commit: style, types, layers, tests with coverage, fresh docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m docs.build --check
	$(BIN)/python -m pytest -q -n auto -m "not soak" --cov --cov-report=term --cov-fail-under=95

fix: $(READY) ## Format, and mend what can be mended by machine
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(READY) ## Write the generated pages of docs/ anew
	$(BIN)/python -m docs.build

approve: $(READY) ## Rewrite the expected files of the tests, then show what differs
	TIDSLAGER_APPROVE=1 $(BIN)/python -m pytest -q tests/test_parse.py tests/test_diff.py
	git diff --stat -- tests

agency: $(READY) ## Serve the pretend agency on this machine until interrupted (NIGHT=2 for its second night)
	@$(BIN)/python -m tests.agency --night $(NIGHT)

soak: $(READY) ## The long trials
	$(BIN)/python -m pytest -q -n auto -m soak

bench: $(READY) ## The yardsticks, each against a named peer
	@$(BIN)/python -m pip install --quiet --upgrade 'pip>=24'  # older ones stumble over two peers that ask for lxml
	@$(BIN)/python -m pip install --quiet --editable '.[dev,bench]'
	$(BIN)/python -m benchmarks

year: $(READY) ## Live a year of nights and draw what they cost (docs/year.svg)
	@$(BIN)/python -m pip install --quiet --editable '.[dev,bench]'
	$(BIN)/python -m benchmarks year

clean: ## Remove what set-up and tests made
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache htmlcov .coverage*
