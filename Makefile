# Two commands set everything up on a fresh machine: make demo, make test.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
EXAMPLES := examples/ledger.py:41:25 examples/wordcount.c:79:16 examples/LruCache.java:60:13

.DEFAULT_GOAL := help
.PHONY: help demo test lint format clean

help:
	@echo "make demo    install into $(VENV) and complete three files, without any editor"
	@echo "make test    install what the tests need and run them all"
	@echo "make lint    check style"
	@echo "make format  format the code"
	@echo "make clean   remove $(VENV) and caches"

demo: $(VENV)/.demo
	@for place in $(EXAMPLES); do \
	  echo; echo "python -m engine complete --typing $$place"; echo; \
	  $(BIN)/python -m engine complete --typing $$place || exit 1; \
	done

test: $(VENV)/.test
	$(BIN)/python -m pytest

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/.test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis build dist *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

KERNEL := $(wildcard engine/kernel/*.c engine/kernel/*.h building/*.py) setup.py

$(VENV)/.demo: $(VENV)/bin/python pyproject.toml constraints.txt $(KERNEL)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.test: $(VENV)/.demo
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt \
	  -e ".[corpus,cluster,hub,train,evaluate,gguf,repl,edit,nvim,dev]"
	@touch $@
