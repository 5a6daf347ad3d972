"""What starting a program may not load, each in a process of its own."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT


@pytest.mark.parametrize("module", ["footnote.__main__", "footnote.page.ask", "footnote.page.read", "ingest"])
def test_starting_is_light(module):
    heavy = (
        "torch",
        "transformers",
        "sentence_transformers",
        "onnxruntime",
        "faiss",
        "pandas",
        "tantivy",
        "yaml",
        "markdown_it",
        "lxml",
        "dask",
        "distributed",
        "pymilvus",
        "grpc",
    )
    code = f"import sys; import {module}; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
