# Hearth: `make run` serves the demo home, `make test` passes the tests. Both set up what they need first.
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
# The first interpreter that really runs and is of a version that Hearth supports.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && { echo $$p; break; }; done)
# What Debian gives: a voice and what MediaPipe draws on for the hub; and for the tests a broker, system call traces, the audio
# encoders, and what builds the page and looks at it.
SYSTEM_RUN := flite espeak-ng libgles2 libegl1
RTSP_CAMERA := python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly
SYSTEM_TEST := $(SYSTEM_RUN) iproute2 mosquitto strace pulseaudio pulseaudio-utils chromium $(RTSP_CAMERA) $(shell command -v npm >/dev/null || echo npm)
PAGE := hub/web/static/index.html
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra gesture --extra camera --extra swarm

.PHONY: help setup ui run demo test lint bench docs models lock clean newest-mediapipe

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/made: requirements/run.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Hearth needs Python 3.11, 3.12 or 3.13; none was found. Install one, or: make PYTHON=/path/to/python3" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { \
		echo "this Python has no venv module; trying virtualenv from pip" >&2; \
		rm -rf $(VENV); $(PYTHON) -m pip install --quiet --user --break-system-packages virtualenv && $(PYTHON) -m virtualenv -q $(VENV); }
	@echo "installing Hearth's libraries into $(VENV) (about a minute)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/made-dev: $(VENV)/made requirements/dev.txt
	@echo "installing the tools for tests and lint"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/dev.txt
	@touch $@

# Debian packages: installed where we are root on Debian, named otherwise. The hub runs without them.
define system_packages
	@missing=""; for p in $(1); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q "ok installed" || missing="$$missing $$p"; done; \
	if [ -z "$$missing" ]; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
		echo "installing Debian packages:$$missing"; \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; } >/dev/null 2>&1 \
			|| echo "they could not be installed; going on without:$$missing"; \
	else echo "not installed, done without:$$missing  (on Debian: sudo apt install$$missing)"; fi
endef

# The page: built where npm is present. Without it, or where it fails, the hub serves a plain page that needs no building.
define build_page
	@if command -v npm >/dev/null 2>&1; then $(MAKE) -s --no-print-directory $(PAGE) \
		|| echo "the page could not be built (npm run build in frontend/ says why); the hub serves its plain page"; \
	else echo "npm is not installed; the hub serves its plain page (on Debian: sudo apt install npm, then: make setup)"; fi
endef

frontend/node_modules/made: frontend/package.json frontend/package-lock.json frontend/.npmrc
	@echo "installing what builds the page"
	@cd frontend && npm ci --silent
	@touch $@

$(PAGE): frontend/node_modules/made $(shell find frontend/src frontend/*.ts frontend/*.json frontend/index.html -type f 2>/dev/null)
	@echo "building the page"
	@cd frontend && npm run --silent build -- --logLevel warn
	@touch $@

ui: ## build the page
	$(call build_page)

setup: $(VENV)/made ## everything that `make run` needs
	$(call system_packages,$(SYSTEM_RUN))
	$(call build_page)
	@$(BIN)/python -m compileall -q hub skills devices # a sealed worker cannot keep what it compiles
	@$(BIN)/hearth models pull

run: setup ## serve the demo home and print its address
	@$(BIN)/hearth run --config demo

demo: setup ## the demo home plays its story
	@$(BIN)/hearth demo

test: setup $(VENV)/made-dev ## all tests
	$(call system_packages,$(SYSTEM_TEST))
	$(call build_page)
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest -n 3 --dist worksteal -q -m "not alone"
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest -q -m alone tests/e2e tests/swarm

# A release that tries to send usage metrics, for the test that it cannot.
newest-mediapipe: $(VENV)/newest-mediapipe/made

$(VENV)/newest-mediapipe/made: requirements/mediapipe-newest.txt $(VENV)/made
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --target $(@D) -r $<
	@touch $@

lint: $(VENV)/made-dev ## format, lint, types, import direction
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@if test -e frontend/node_modules/made; then cd frontend && npm run --silent check; fi

bench: setup $(VENV)/made-dev ## every benchmark, beside its peer
	@$(BIN)/hearth bench all

docs: $(VENV)/made ## write the reference pages from the code
	@$(BIN)/hearth docs docs/reference

models: $(VENV)/made ## train the small models that come with the hub
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m hub.learning.train_gesture

lock: $(VENV)/made-dev ## resolve requirements/ anew
	@$(LOCK) pyproject.toml --group build -o requirements/run.txt
	@$(LOCK) pyproject.toml --group build --group dev -o requirements/dev.txt

clean: ## remove what was made
	@rm -rf $(VENV) frontend/node_modules hub/web/static .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
