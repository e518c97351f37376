# Every target is a line or two over a script. 'make' alone prints this help.
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.installed
# Three for two cores, since they also wait; each has a Temporal, a PostgreSQL and a mail catcher of
# its own.
ALL_TESTS := $(BIN)/python -m pytest -n 3 --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help demo up down test check torture bench bench-letters bench-ranking bench-assignment replay histories lifecycle letters catalogues format lock clean

help: ## this help
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: name it, as in 'make demo PYTHON=python3.12'."; exit 1; }
	@echo "Setting up .venv from requirements.lock: about a minute, once"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY) ## play the Boras to Catalonia case, from request to published card
	@$(BIN)/mobility demo

up: $(READY) ## start Temporal, PostgreSQL, mail catcher and a worker, and leave them running
	@$(BIN)/mobility up

down: $(READY) ## stop them; what was recorded stays
	@$(BIN)/mobility down

test: $(READY) ## run all tests on a real Temporal server, PostgreSQL and mail server
	@$(ALL_TESTS)

check: $(READY) ## format, lint, types, imports, tests: what CI runs
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(ALL_TESTS)

torture: $(READY) ## kill the worker at every boundary of a journey, one after another
	@$(BIN)/python -m pytest -m torture --timeout=3600

bench: $(READY) ## mobilities per second and latency, beside the barest workflow
	@$(BIN)/python -m benchmarks

bench-letters: $(READY) ## letters per second, beside a bare pool of connections; a morning of 10,000
	@$(BIN)/python -m benchmarks.letters

bench-ranking: $(READY) ## one request ranked over 1,000 to 100,000 offers, beside a bare floor and SQL
	@$(BIN)/python -m benchmarks.ranking

bench-assignment: $(READY) ## joint assignment with its proof, beside the bare solver
	@$(BIN)/python -m benchmarks.assignment

replay: $(READY) ## replay the saved histories with today's workflow code
	@$(BIN)/python -m pytest tests/workflows/test_replay.py

histories: $(READY) ## record the saved histories anew, after a change that needs it
	@$(BIN)/python -m tests.workflows.record_histories

lifecycle: $(READY) ## draw docs/lifecycle.md from the two tables of the domain
	@$(BIN)/python -m starter.lifecycle_page > docs/lifecycle.md

letters: $(READY) ## write every letter in every language on one page, to look at
	@$(BIN)/python -m tests.mail.letters_page

catalogues: $(READY) ## bring the catalogues up to date, and say what is to be translated
	@$(BIN)/python -m mail.translating
	@$(BIN)/python -m portal.translating

format: $(READY) ## put the code in its usual form
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: ## lock the dependencies anew (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --all-extras pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header -c requirements.lock pyproject.toml -o requirements-runtime.lock

clean: ## stop everything and remove what was set up or recorded here
	@test ! -x $(BIN)/mobility || $(BIN)/mobility down
	rm -rf .venv .mobility out build *.egg-info
