"""sentence-transformers and FAISS, with nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sentence_transformers import SentenceTransformer

from bench.peers.driver import BATCH, Corpus, Passage, run
from bench.peers.plain import Plain, write


class SentenceTransformers:
    """The model as its own library runs it."""

    def __init__(self, corpus: Corpus) -> None:
        self._folder = corpus.model

    def load(self) -> None:
        self._model = SentenceTransformer(self._folder, device="cpu")

    def ingest(self, passages: Sequence[Passage], index: Path) -> None:
        texts = [passage.text for passage in passages]
        write(self._model.encode(texts, batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False), passages, index)

    def open(self, index: Path) -> None:
        self.load()
        self._plain = Plain(index)

    def ask(self, question: str) -> list[Passage]:
        return self._plain.nearest(self._model.encode([question], normalize_embeddings=True, show_progress_bar=False))


if __name__ == "__main__":
    run(SentenceTransformers)
