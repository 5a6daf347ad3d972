"""Chroma with its sentence-transformers embedding function."""

from __future__ import annotations

from functools import partial
from typing import Any

from chromadb.utils.embedding_functions import SentenceTransformerEmbeddingFunction

from bench.peers.chroma import Chroma
from bench.peers.driver import Corpus, run


def embedding(corpus: Corpus) -> Any:
    """The function, with its model loaded."""
    return SentenceTransformerEmbeddingFunction(corpus.model, device="cpu", normalize_embeddings=True)


if __name__ == "__main__":
    run(partial(Chroma, embedding=embedding))
