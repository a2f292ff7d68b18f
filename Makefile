# The first target does all set-up; every other target that runs code depends on it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
CASES ?= ../shared/cases
FILES ?=

# Tests that need a browser are skipped, with a reason, where there is none and none can be installed.
BROWSER = command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
	apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium >/dev/null; } || true

.PHONY: setup demo check test golden schemas docs bench conformance mutation clean

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt "pip>=25.1"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --group dev -e ".[sandbox]"
	$(BIN)/python -m compileall -q $(VENV)/lib reconciler || true
	$(BIN)/python -m reconciler.render.html.fetch || true
	$(BROWSER)
	touch $@

demo: setup
	$(BIN)/python -m docs.demo

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

test: check
	$(BIN)/python -m pytest -n 2 --dist worksteal

golden: setup
	UPDATE_GOLDEN=1 $(BIN)/python -m pytest -n 2 tests

schemas: setup
	$(BIN)/python -m schemas.generate

docs: setup
	$(BIN)/python -m docs.generate

bench: setup
	$(BIN)/python -m benchmarks

conformance: setup
	$(BIN)/python -m tests.conformance $(CASES)

mutation: setup
	$(BIN)/python -m tests.mutation $(FILES)

clean:
	rm -rf $(VENV) .moorline
