# A menu, never logic: what each target does stands in scripts/.
.DEFAULT_GOAL := help
.PHONY: help setup dev run test faults bench test-tools check lock generate screenshots clean

help:        ## this list
	@grep -E '^[a-z-]+: .*##' Makefile | sed -E 's/:.*##/\t/' | expand -t 14

setup:       ## virtual environment, locked packages, front-end bundle
	@scripts/setup

dev:         ## as setup, with what tests and checks need
	@scripts/setup --dev

run: setup   ## the whole product on http://127.0.0.1:8000 with a demo company
	@.venv/bin/deskwire demo --serve

test: dev test-tools  ## every test, browser tests included
	@scripts/test

faults: dev  ## servers killed under load for an hour; a table (docs/reliability.md)
	@scripts/faults

bench: dev   ## what it costs and how long it takes, beside references; a table (docs/performance.md)
	@scripts/bench

test-tools:  ## what the tests need from the system; installs it when root
	@scripts/test-tools

check: dev ## linters, types, layers, generated files
	@scripts/check

generate: dev ## protocol documents and wire types from the Structs
	@scripts/generate

lock:        ## requirements*.lock anew from pyproject.toml
	@scripts/lock

screenshots: dev ## the pictures in docs/ from a running demo
	@.venv/bin/python scripts/screenshots.py

clean:       ## everything that setup made
	rm -rf .venv node_modules static/dist
