"""txtai: ``Embeddings`` with content, as its documentation begins."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from txtai import Embeddings

from bench.peers.driver import BATCH, TOP, Corpus, Passage, run


class Txtai:
    """The model through transformers, vectors in FAISS, texts in SQLite: what txtai chooses itself."""

    def __init__(self, corpus: Corpus) -> None:
        self._folder = corpus.model

    def load(self) -> None:
        self._embeddings = Embeddings(path=self._folder, content=True, encodebatch=BATCH, gpu=False)

    def ingest(self, passages: Sequence[Passage], index: Path) -> None:
        self._embeddings.index((passage.id, {"text": passage.text, "title": passage.title}, None) for passage in passages)
        self._embeddings.save(str(index))

    def open(self, index: Path) -> None:
        self._embeddings = Embeddings()
        self._embeddings.load(str(index))

    def ask(self, question: str) -> list[Passage]:
        return [Passage(found["id"], "", found["text"]) for found in self._embeddings.search(question, TOP)]


if __name__ == "__main__":
    run(Txtai)
