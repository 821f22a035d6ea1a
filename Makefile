# cued: `make` alone lists what there is. Every target does the set-up it needs, and only once.
BIN := .venv/bin
TIME ?= 1h
.DEFAULT_GOAL := help
.PHONY: help setup run install uninstall test lint bench soak soak-tests lock golden picture clean

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*##/  make \1 \t/p' Makefile | expand -t 20

setup:  ## make .venv with .venv/bin/cued
	@scripts/setup run

run: setup  ## hear cued: a run, or 90 seconds with a simulated runner where sound card or pod are missing
	@$(BIN)/cued make-run

install:  ## make cued a service that starts with this machine; ./install.sh --help tells the options
	@./install.sh

uninstall:  ## take that away again; your runs and your configuration stay
	@./install.sh --uninstall

test: lint  ## everything that must hold
	@echo "== tests in real time, two at a time"
	@$(BIN)/pytest -n 2 --dist loadfile -m "(audio or alone) and not soak" $$(grep -rlE "mark\.(audio|alone)" tests --include="test_*.py")
	@echo "== tests"
	@$(BIN)/pytest -n 4 --dist loadfile --no-loadscope-reorder -m "not audio and not alone and not soak"

lint:  ## the static part of `make test`
	@scripts/setup test
	@echo "== static checks"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

bench:  ## measure cued beside its peers; prints a table and writes JSON
	@scripts/setup bench
	@$(BIN)/python -m benchmarks

soak:  ## an hour of the real daemon with all that goes wrong on a run (TIME=5min SEED=7)
	@scripts/setup test
	@$(BIN)/python -m tests.soak --time $(TIME) $(if $(SEED),--seed $(SEED))

soak-tests:  ## every test, the long ones too, with many more examples for each property
	@scripts/setup test
	@$(BIN)/pytest -m "soak or not soak" --hypothesis-profile=hunt

golden:  ## conduct the golden runs anew, for review
	@scripts/setup test
	@$(BIN)/python -m tests.golden
	@$(BIN)/python -m tests.coaching

picture:  ## draw the README's picture of a run anew
	@scripts/setup test
	@scripts/picture

lock:  ## write the lock files anew after a change in pyproject.toml
	@scripts/setup run
	@scripts/lock

clean:  ## remove what make and the tools made
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
