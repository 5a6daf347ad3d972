# make run    environment, index over kb/, page on http://127.0.0.1:8501
# make test   environment, then every test
# make lint   ruff and mypy

BIN := .venv/bin
PORT ?= 8501
export TORCH_INDEX_URL PYTHON

.PHONY: run test lint bench

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
