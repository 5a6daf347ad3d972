# make run    environment, index over kb/, page on http://127.0.0.1:8501
# make unit   environment, then the tests without model, browser, process or network: after each edit
# make test   environment, then every test but the long loops
# make lint   ruff and mypy
# make coverage  every test, and which lines and branches none of them runs
# make torture  the long loops of faults, and no other test
# make fuzz   changed files for every reader, MINUTES each; others each day
# make sbom   sbom.json: every package in the environment, with its version and licence
# make audit  known vulnerabilities of those packages; asks the network

BIN := .venv/bin
AUDIT := .venv-audit/bin
PORT ?= 8501
export TORCH_INDEX_URL PYTHON
# Bytecode is kept, so that pytest need not rewrite its assertions again in every worker of every run.
export PYTHONDONTWRITEBYTECODE :=

# The tests of a file share servers and indexes, so a file is the group that stays in one worker. Files come in the order of
# their names: the unit tests, which are the shortest, fill what is left at the end. OPTIONS go to pytest as they are.
# One worker more than there are cores (eight at most) computes while others wait for a server.
WORKERS := -n $$($(BIN)/python -c 'import os; print(min(os.cpu_count() + 1, 8))') --dist loadfile --no-loadscope-reorder
MINUTES ?= 10
SEED ?= $(shell date +%Y%j)

.PHONY: run unit test coverage lint bench torture fuzz sbom audit

run:
	@scripts/environment requirements.txt
	@$(BIN)/python ingest.py || test $$? -ge 3
	@exec $(BIN)/python -m streamlit run app.py --server.port $(PORT)

unit:
	@scripts/environment requirements-dev.txt
	@$(BIN)/python -m pytest tests/unit $(WORKERS) $(OPTIONS)

test:
	@scripts/environment requirements-dev.txt
	@$(BIN)/python -m pytest $(WORKERS) $(OPTIONS)

coverage:
	@scripts/environment requirements-dev.txt
	@$(BIN)/python -m pytest $(WORKERS) --cov --cov-report=term-missing:skip-covered $(OPTIONS)

lint:
	@scripts/environment requirements-dev.txt
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench:
	@scripts/environment requirements-dev.txt
	@$(BIN)/python -m bench.speed

torture:
	@scripts/environment requirements-dev.txt
	@$(BIN)/python -m pytest -m torture $(OPTIONS)

fuzz:
	@scripts/environment requirements-dev.txt
	@$(BIN)/python -c 'from footnote.readers.formats import FORMATS; print(*(form.name for form in FORMATS), sep="\n")' | \
	    while read -r reader; do $(BIN)/python -m tests.fuzz "$$reader" --minutes $(MINUTES) --seed $(SEED) || exit 1; done

sbom: $(AUDIT)/cyclonedx-py
	@scripts/environment requirements.txt
	@$(AUDIT)/cyclonedx-py environment $(BIN)/python --output-format JSON --output-reproducible --output-file sbom.json

audit: $(AUDIT)/pip-audit
	@scripts/environment requirements.txt
	@$(AUDIT)/pip-audit --progress-spinner off --path $$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')

$(AUDIT)/cyclonedx-py $(AUDIT)/pip-audit: requirements-audit.txt
	@scripts/environment requirements.txt
	@$(BIN)/python -m venv .venv-audit
	@$(AUDIT)/python -m pip install --disable-pip-version-check --quiet -r requirements-audit.txt
	@touch $(AUDIT)/cyclonedx-py $(AUDIT)/pip-audit
