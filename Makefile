# The one place for task names. Everything runs from .venv, made from requirements.lock by `make setup`.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3)
BIN := .venv/bin

.PHONY: setup demo app test lint audit validate validate-shop bench mutate docs notice wheel lock clean

setup: .venv/.installed

.venv/.installed: requirements.lock pyproject.toml
	$(PYTHON) -c "import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 13) else 'gait needs Python 3.11 or 3.12: make PYTHON=/path/to/python3.11')"
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch .venv/.installed

demo: setup  ## analyse the sample run
	$(BIN)/gait demo

app: setup  ## open the dashboard
	$(BIN)/gait app

# First what drives a browser, alone: beside other work it runs out of time. Then the rest in two processes.
test: setup lint
	$(BIN)/python -m pytest tests/browser; browser=$$?; \
	  $(BIN)/python -m pytest -n 2 --dist loadfile tests/faults tests/integration tests/unit && exit $$browser

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# OPTIONS=--all fails when a single package could not be audited; --write renews reports/validation/audit.md.
OPTIONS ?=
audit: setup  ## ask the package index what is known against the packages of the lock; fails when it audited none
	$(BIN)/python -m validation.audit $(OPTIONS)

# A folder of clips with truth files; the project's own samples by default.
CLIPS ?= sample_videos
validate: setup  ## accuracy against known truth
	$(BIN)/gait validate $(CLIPS)

# SHOP_CLIPS and SHOP_WRONG: see validation/shop.py.
validate-shop: setup  ## conditions of a shop, and standing clips that do not belong to the run
	$(BIN)/python -m validation.shop $(SHOP_CLIPS) $(if $(SHOP_WRONG),--wrong $(SHOP_WRONG))

bench: setup  ## speed, as ratios measured in one run
	$(BIN)/python -m validation.benchmark

# Rooms as in validation/mutation.py (all by default); SAMPLE mutants of each, 0 for all. About 2 s of one core a mutant.
ROOMS ?=
SAMPLE ?= 220
mutate: setup  ## break the judging rooms in small ways and see what the fast tests miss (installs mutmut into .venv)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "mutmut>=3.8,<4"
	nice -n 15 $(BIN)/python -m validation.mutation $(ROOMS) --sample $(SAMPLE)

docs: setup  ## API pages from the docstrings, into build/api
	$(BIN)/python docs/api.py

notice: setup  ## NOTICE, from the lock and what the installed packages say of their licences
	$(BIN)/python docs/notice.py

wheel: setup  ## the package, into dist
	$(BIN)/python -m hatchling build -t wheel

# RENEW=--upgrade takes the newest of all that pyproject.toml allows; without it only what must change changes.
RENEW ?=
lock:  ## resolve pyproject.toml into requirements.lock (needs uv)
	uv pip compile --quiet $(RENEW) --universal --python-version 3.11 --generate-hashes --all-extras --group dev \
	  --custom-compile-command "make lock" pyproject.toml -o requirements.lock

clean:
	rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .hypothesis
