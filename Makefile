PYTHON ?= python3
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin

.PHONY: play test near check bench checkpoints clean

play: $(VENV)/.play  ## the app on http://localhost:8501
	@$(BIN)/python -m playground.server --port $(PORT)

test: $(VENV)/.test  ## everything: unit, contract, architecture, pages, browser
	@$(BIN)/python -m tests.browser.chromium
	@$(BIN)/python -m tests

near: $(VENV)/.test  ## only the tests that what was changed can reach; make near BASE=HEAD~3 counts from there
	@$(BIN)/python -m tests.browser.chromium
	@$(BIN)/python -m tests.near $(BASE)

check: $(VENV)/.test  ## ruff, types, architecture
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest tests/test_architecture.py

bench: $(VENV)/.test  ## ours beside the peer's, in one run
	@$(BIN)/python -m tests.browser.chromium
	@$(BIN)/python -m tests.bench

checkpoints: $(VENV)/.play  ## train every checkpoint again and write checkpoints/README.md
	@$(BIN)/python -m checkpoints

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(not (3, 11) <= v <= (3, 13) and "Python 3.11, 3.12 or 3.13 is needed; name one with make PYTHON=python3.12")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.play: requirements.txt | $(VENV)/bin/python
	@echo "Installing requirements.txt into $(VENV) (once)..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.test: tests/requirements.txt $(VENV)/.play
	@echo "Installing tests/requirements.txt into $(VENV) (once)..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -r tests/requirements.txt
	@touch $@

clean:
	@rm -rf $(VENV) .pytest_cache .ruff_cache .mypy_cache .hypothesis screenshots
