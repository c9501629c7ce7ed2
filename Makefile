# Two commands on a fresh clone: `make demo` and `make test`. Python 3.11 or later is all they need.
# Every target sets up what it needs in .venv, once; `PYTHON=python3.12 make test` chooses a Python.

SHELL := /bin/sh
BIN := .venv/bin
export REQUEST
# What is imported is compiled once, not in each of the many processes that follow.
unexport PYTHONDONTWRITEBYTECODE
# As many test processes as tests/conftest.py says; tests/scheduling.py says who takes what.
PARALLEL := -n auto

.DEFAULT_GOAL := help
.PHONY: help setup demo test check format bench lock clean

help: ## show these lines
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

setup: ## install everything into .venv (the others do it by themselves)
	@PYTHON="$(PYTHON)" sh tools/setup.sh

demo: setup ## see it work: no key, no services (REQUEST="…" for another sentence)
	@$(BIN)/python tools/demo.py

test: setup ## every test
	@$(BIN)/python -m pytest $(PARALLEL)

check: setup ## format, lint, types, floors, migrations, and the fast tests
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/pyright
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m codex.common.database.diff --check
	@$(BIN)/python -m pytest $(PARALLEL) -m "not slow"

format: setup ## mend what ruff can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: setup ## every benchmark: a table, and benchmarks/latest.json
	@$(BIN)/python -m benchmarks

lock: setup ## pin the dependencies of pyproject.toml again, with hashes
	@$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
		--generate-hashes --no-header --no-emit-index-url -q -o requirements.lock

clean: ## remove what set-up made
	rm -rf .venv .make codex/common/database/engine/node_modules codex/common/database/client
