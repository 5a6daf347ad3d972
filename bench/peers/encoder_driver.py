"""Footnote's compiled encoder and FAISS, with nothing else: the same work as sentence_transformers_driver.py."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.peers.driver import Corpus, Passage, run
from bench.peers.plain import Plain, write
from footnote.encoder.opening import open_encoder


class CompiledEncoder:
    """The model as Footnote runs it."""

    def __init__(self, corpus: Corpus) -> None:
        self._folder = next(corpus.encoders.iterdir())

    def load(self) -> None:
        self._encoder = open_encoder(self._folder)

    def ingest(self, passages: Sequence[Passage], index: Path) -> None:
        write(self._encoder.embed_passages([passage.text for passage in passages]), passages, index)

    def open(self, index: Path) -> None:
        self.load()
        self._plain = Plain(index)

    def ask(self, question: str) -> list[Passage]:
        return self._plain.nearest(self._encoder.embed_question(question)[np.newaxis])


if __name__ == "__main__":
    run(CompiledEncoder)
