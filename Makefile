# The first target does all set-up; every other target that runs code depends on it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
READERS := $(VENV)/formats/.ready
SDK := $(VENV)/sdk/.ready
CASES ?= ../shared/cases
FILES ?=
LONG ?= tests

# Tests that need a browser are skipped, with a reason, where there is none and none can be installed.
BROWSER = command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
	apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium >/dev/null; } || true

# What a process has compiled, the next one reads.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup readers demo demo-gitops demo-rollout check test test-long golden schemas docs bench conformance oracle mutation clean

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt "pip>=25.1"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --group dev -e ".[sandbox]"
	$(BIN)/python -m compileall -q $(VENV)/lib reconciler || true
	$(BIN)/python -m reconciler.render.html.fetch || true
	touch $@

# What reads Moorline's formats in tests: each in a place of its own, none in the environment.
$(READERS): tests/render/node/package.json tests/access/node/package.json tests/render/terraform.txt | $(STAMP)
	mkdir -p $(@D)
	cp tests/render/node/package*.json $(@D)
	npm ci --prefix $(@D) --ignore-scripts --no-audit --no-fund --loglevel=error
	mkdir -p $(@D)/access
	cp tests/access/node/package*.json $(@D)/access
	npm ci --prefix $(@D)/access --ignore-scripts --no-audit --no-fund --loglevel=error
	npm install --no-save --no-package-lock --no-audit --no-fund --loglevel=error --prefix $(VENV)/node yaml-language-server@1.25.0
	$(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps --no-binary :all: -d $(@D) pytest==9.2.0
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --target $(@D)/analysis numpy==1.24.1 scipy==1.9.3
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target $(@D)/fairness fairlearn==0.15.0 narwhals==2.29.0 pandas==3.1.1
	$(PYTHON) -m venv $(@D)/terraform
	$(@D)/terraform/bin/pip install --quiet --disable-pip-version-check -r tests/render/terraform.txt
	$(BROWSER)
	$(BIN)/python -m pytest --collect-only -q >/dev/null || true # writes what pytest compiles of the tests
	touch $@

readers: $(READERS)

demo: setup
	$(BIN)/python -m docs.demo

demo-gitops: setup
	$(BIN)/python -m docs.demo_gitops

demo-rollout: setup
	$(BIN)/python -m docs.demo_rollout

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

test: check readers
	$(BIN)/python -m pytest -n 3 --dist worksteal

# What `make test` takes a sample of, whole: hours. LONG="tests/crash" takes a part.
test-long: readers
	MOORLINE_LONG=1 $(BIN)/python -m pytest -n 2 --dist worksteal $(LONG)

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

# What the SageMaker SDK writes for the steps of our pipelines; it lives apart, and no user needs it.
$(SDK): tests/oracle/requirements.txt | $(STAMP)
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/pip install --quiet --disable-pip-version-check -r tests/oracle/requirements.txt
	touch $@

oracle: $(SDK)
	MOORLINE_SDK=$(VENV)/sdk/bin/python $(BIN)/python -m pytest tests/oracle

mutation: setup
	$(BIN)/python -m tests.mutation $(FILES)

clean:
	rm -rf $(VENV) .moorline
