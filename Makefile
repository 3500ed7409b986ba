# Two commands set everything up on a fresh machine: make demo, make test.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
EXAMPLES := examples/ledger.py:35:16 examples/wordcount.c:79:16 examples/LruCache.java:60:13

# The parts under the names that they have when installed, for mypy.
NAMES := $(VENV)/names/codecomplete
PARTS := corpus engine integrations trainer

.DEFAULT_GOAL := help
.PHONY: help demo test lint format web wheels clean

help:
	@echo "make demo    install into $(VENV) and complete three files, without any editor"
	@echo "make test    install what the tests need, check style and types, run all tests"
	@echo "make lint    check style and types"
	@echo "make format  format the code"
	@echo "make web     build the page with ghost text (needs Node.js); MODELS names model directories"
	@echo "make wheels  build wheels for every system into dist/, and check what is in them"
	@echo "make clean   remove $(VENV) and caches"

demo: $(VENV)/.demo
	@for place in $(EXAMPLES); do \
	  echo; echo "python -m engine complete --typing $$place"; echo; \
	  $(BIN)/python -m engine complete --typing $$place || exit 1; \
	done

# Most tests wait for terminals and editors, so more of them run in parallel than there are cores.
JOBS := 6
test: lint
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder

lint: $(VENV)/.test $(NAMES)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

web: $(VENV)/.web
	$(BIN)/python building/page.py $(MODELS)
	@echo "then: $(BIN)/python -m codecomplete web"
wheels: $(VENV)/.test
	$(BIN)/python building/wheels.py --out dist

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(NAMES): $(VENV)/bin/python $(wildcard codecomplete/*)
	rm -rf $@
	mkdir -p $@
	ln -s $(foreach name,$(wildcard codecomplete/*.py) codecomplete/py.typed $(PARTS),$(abspath $(name))) $@

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

KERNEL := $(wildcard engine/kernel/*.c engine/kernel/*.h building/*.py) setup.py

$(VENV)/.demo: $(VENV)/bin/python pyproject.toml constraints.txt $(KERNEL)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.test: $(VENV)/.demo
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt \
	  -e ".[corpus,cluster,hub,train,federated,evaluate,gguf,transformers,repl,edit,nvim,web,dev]"
	@touch $@

$(VENV)/.web: $(VENV)/.demo
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[web]"
	@touch $@
