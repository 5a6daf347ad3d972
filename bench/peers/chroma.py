"""Chroma's persistent client, whatever embeds; the two drivers of Chroma differ in that alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import chromadb

from bench.peers.driver import TOP, Corpus, Passage

_NAME = "passages"


class Chroma:
    """A collection in which every passage has its title as metadata."""

    def __init__(self, corpus: Corpus, embedding: Callable[[Corpus], Any]) -> None:
        self._corpus, self._embedding = corpus, embedding

    def load(self) -> None:
        self._model = self._embedding(self._corpus)

    def ingest(self, passages: Sequence[Passage], index: Path) -> None:
        client = chromadb.PersistentClient(str(index))
        collection = client.create_collection(_NAME, embedding_function=self._model)
        most = client.get_max_batch_size()
        for start in range(0, len(passages), most):
            part = passages[start : start + most]
            collection.add(
                ids=[passage.id for passage in part],
                documents=[passage.text for passage in part],
                metadatas=[{"title": passage.title} for passage in part],
            )

    def open(self, index: Path) -> None:
        self.load()
        self._collection = chromadb.PersistentClient(str(index)).get_collection(_NAME, embedding_function=self._model)

    def ask(self, question: str) -> list[Passage]:
        found = self._collection.query(query_texts=[question], n_results=TOP, include=["documents", "metadatas"])
        rows = zip(found["ids"][0], found["metadatas"][0], found["documents"][0], strict=True)
        return [Passage(name, metadata["title"], text) for name, metadata, text in rows]
