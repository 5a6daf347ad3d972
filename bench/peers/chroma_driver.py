"""Chroma with the embedding function it has of itself: all-MiniLM-L6-v2 by ONNX Runtime, in full precision.

That function would download its file from Chroma's own store. It finds one here that ``bench.peers.corpus`` exported from the
same weights, and runs it as it would its own.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from chromadb.utils.embedding_functions import ONNXMiniLM_L6_V2

from bench.peers.chroma import Chroma
from bench.peers.driver import Corpus, run


def embedding(corpus: Corpus) -> Any:
    """The function, with its files where it looks for them and loaded."""
    ONNXMiniLM_L6_V2.DOWNLOAD_PATH = corpus.folder
    ONNXMiniLM_L6_V2.EXTRACTED_FOLDER_NAME = corpus.onnx.name
    function = ONNXMiniLM_L6_V2(preferred_providers=["CPUExecutionProvider"])
    _ = function.model, function.tokenizer
    return function


if __name__ == "__main__":
    run(partial(Chroma, embedding=embedding))
