# make run    environment, index over kb/, page on http://127.0.0.1:8501
# make test   environment, then every test
# make lint   ruff and mypy
# make torture  the long loops of faults, and no other test
# make sbom   sbom.json: every package in the environment, with its version and licence
# make audit  known vulnerabilities of those packages; asks the network

BIN := .venv/bin
AUDIT := .venv-audit/bin
PORT ?= 8501
export TORCH_INDEX_URL PYTHON

.PHONY: run test lint bench torture sbom audit

run:
	@scripts/environment requirements.txt
	@$(BIN)/python ingest.py || test $$? -ge 3
	@exec $(BIN)/python -m streamlit run app.py --server.port $(PORT)

test:
	@scripts/environment requirements-dev.txt
	@$(BIN)/python -m pytest

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
	@$(BIN)/python -m pytest -m torture

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
