"""Footnote itself: ``footnote.build.build``, which ``python ingest.py`` calls, and ``Searcher.ask``, with everything on."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from bench.peers.driver import TOP, Corpus, Passage, run


class Footnote:
    """A whole ingest of the Markdown files that the passages are from, and whole answers."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def load(self) -> None:
        """Nothing: a build opens the encoder itself, so its time holds that too."""

    def ingest(self, passages: Sequence[Passage], index: Path) -> dict[str, float]:
        from bench.scale import Stopwatch
        from footnote.build import build

        index.mkdir(parents=True)
        shutil.copytree(self._corpus.encoders, index / "encoders")
        watch = Stopwatch()
        report = build(self._corpus.kb, index, watch)
        if report.passages != len(passages):
            raise SystemExit(f"Footnote indexed {report.passages} passages, the peers {len(passages)}.")
        return watch.stop()

    def open(self, index: Path) -> None:
        from footnote.search import Searcher

        self._searcher = Searcher.open(index)

    def ask(self, question: str) -> list[Passage]:
        hits = self._searcher.ask(question, top=TOP).hits
        return [Passage(hit.passage.id, hit.metadata.title, hit.passage.text) for hit in hits]


if __name__ == "__main__":
    run(Footnote)
