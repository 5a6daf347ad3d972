"""Speed of one run on one machine: python -m bench.speed [PASSAGES].

Three ratios, each of things measured side by side: a fresh process to its first answer against sentence-transformers to its
first vector; a whole ingest, which embeds every sentence and title too, against SentenceTransformer.encode of the passages
alone; and the encoder inside that ingest against the bare compiled encoder, given the same kind of texts. The passages are those
of kb/, each under other headings again and again until there are enough of them, so that none is embedded for nothing. The bare
encoder gets a tenth of them with their sentences, half before the ingest and half after it, sentence-transformers a twentieth.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from statistics import fmean, median
from typing import Any

from bench.machine import duration, keep
from footnote.build import build
from footnote.encoder.compiling import encoder_for
from footnote.encoder.models import find_model
from footnote.passages import embedded_text, sentences_in, split
from footnote.readers import read_articles
from footnote.reporting import Activity
from footnote.search import Searcher
from footnote.settings import DEFAULT_MODEL, PASSAGES

PASSAGES_WANTED = 20_000
COLD_RUNS = 5
QUESTION = "How do we make up after a quarrel?"
_REFERENCE = """
import sys
from sentence_transformers import SentenceTransformer
SentenceTransformer(sys.argv[1], device="cpu").encode(sys.argv[2])
"""


class Quiet:
    """A watcher that times the embedding from its first report to its last."""

    def __init__(self) -> None:
        self.marks: list[tuple[float, int]] = []

    def say(self, text: str) -> None:
        print("   ", text, file=sys.stderr)

    def progress(self, activity: Activity, done: int, total: int) -> None:
        if activity == "Embedding":
            self.marks.append((time.perf_counter(), done))


def main() -> None:
    """Measures, prints and keeps the result."""
    with tempfile.TemporaryDirectory() as scratch:
        kb, index = Path(scratch, "kb"), Path(scratch, "index")
        _write_articles(Path("kb"), kb, int(sys.argv[1]) if len(sys.argv) > 1 else PASSAGES_WANTED)
        result = {**_ingest(kb, index), **_cold(index), **_questions(index)}
    path = keep("speed", result)
    for name, value in result.items():
        print(f"{name:<48}{value}")
    print(path)


def _write_articles(source: Path, target: Path, passages: int) -> None:
    """Copies of the articles, each with another first word in every heading, until there are passages enough."""
    target.mkdir()
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(source.glob("*.md"))}
    copies = passages // (len(texts) * 11) + 1
    for copy in range(copies):
        for name, text in texts.items():
            changed = text.replace("\n## ", f"\n## Part {copy}: ").replace("\n### ", f"\n### Part {copy}: ")
            (target / f"{copy}-{name}").write_text(changed, encoding="utf-8")


def _ingest(kb: Path, index: Path) -> dict[str, Any]:
    from sentence_transformers import SentenceTransformer

    model = find_model(DEFAULT_MODEL)
    encoder = encoder_for(model, index / "encoders", lambda text: print("   ", text, file=sys.stderr))
    articles = [article for reading in read_articles(kb) for article in reading.articles]
    passages = [passage for article in articles for passage in split(article, encoder.count_tokens, encoder.max_tokens, PASSAGES)]
    of = {article.id: article for article in articles}

    def texts(step: int, first: int = 0) -> tuple[int, list[str], list[str]]:
        chosen = passages[first::step]
        spans = [(passage, sentences_in(of[passage.article_id], passage)) for passage in chosen]
        sentences = [passage.text[start:end] for passage, found in spans for start, end in found]
        return len(chosen), [embedded_text(passage) for passage in chosen], sentences

    reference = SentenceTransformer(str(model.folder), device="cpu")
    watcher = Quiet()

    def bare(first: int) -> float:
        count, whole, parts = texts(20, first)
        return duration(lambda: encoder.embed_passages([*whole, *parts])) / count

    before = bare(0)
    ingest = duration(lambda: build(kb, index, watcher))
    alone = 1 / fmean((before, bare(10)))
    count, some, _ = texts(20, 5)
    slow = count / duration(lambda: reference.encode(some, normalize_embeddings=True, show_progress_bar=False))
    whole, inside = len(passages) / ingest, len(passages) / (watcher.marks[-1][0] - watcher.marks[0][0])
    return {
        "passages": len(passages),
        "mean tokens a passage": round(fmean(encoder.count_tokens(some)), 1),
        "whole ingest, s": round(ingest, 1),
        "whole ingest, passages/s": round(whole, 1),
        "bare compiled encoder with their sentences, passages/s": round(alone, 1),
        "SentenceTransformer.encode, passages/s": round(slow, 1),
        "whole ingest / SentenceTransformer.encode": round(whole / slow, 2),
        "whole ingest / bare compiled encoder": round(whole / alone, 3),
        "embedding inside the ingest / bare encoder": round(inside / alone, 3),
    }


def _cold(index: Path) -> dict[str, Any]:
    """Wall time of fresh processes, the two kinds in turn."""
    folder = str(find_model(DEFAULT_MODEL).folder)
    ask = [sys.executable, "-m", "footnote", "ask", QUESTION, "--index", str(index)]
    reference = [sys.executable, "-c", _REFERENCE, folder, QUESTION]
    times: dict[str, list[float]] = {"ask": [], "reference": []}
    for _ in range(COLD_RUNS):
        for name, command in (("ask", ask), ("reference", reference)):
            times[name].append(duration(partial(subprocess.run, command, check=True, capture_output=True)))
    ours, theirs = median(times["ask"]), median(times["reference"])
    return {
        "fresh process to first answer, s": round(ours, 2),
        "fresh process to first vector with sentence-transformers, s": round(theirs, 2),
        "first answer / first vector": round(ours / theirs, 3),
    }


def _questions(index: Path) -> dict[str, Any]:
    searcher = Searcher.open(index)
    searcher.ask(QUESTION)
    times = sorted(duration(lambda: searcher.ask(QUESTION)) for _ in range(50))
    return {"one question, p50 ms": round(times[25] * 1e3, 1), "one question, p90 ms": round(times[45] * 1e3, 1)}


if __name__ == "__main__":
    main()
