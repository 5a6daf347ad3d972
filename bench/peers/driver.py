"""What every driver does: put a corpus into an index, or open one that stands on disk and answer questions.

A driver runs as ``python -m bench.peers.NAME_driver ingest|ask CORPUS INDEX`` in its peer's environment, so this module knows the
standard library alone. What is measured goes to standard output, a line of JSON each; whatever a library prints goes elsewhere.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

TOP = 5
DIMENSION = 384
BATCH = 16  # texts a batch; sentence-transformers was fastest with it, of 1, 8, 16, 32 and 64 tried on one core
WARM = 20  # questions asked before any is timed, the first among them


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage ready cut: what is embedded, and what an answer shows."""

    id: str
    title: str
    text: str


class Corpus:
    """A folder that ``bench.peers.corpus`` made; texts are read when they are asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kb = folder / "kb"
        self.encoders = folder / "encoders"
        self.onnx = folder / "onnx"

    @cached_property
    def model(self) -> str:
        """The folder of the model, as its authors published it."""
        return (self.folder / "model.txt").read_text(encoding="utf-8")

    @cached_property
    def questions(self) -> list[str]:
        """One a line."""
        return (self.folder / "questions.txt").read_text(encoding="utf-8").splitlines()

    @cached_property
    def passages(self) -> list[Passage]:
        """In the order of the articles."""
        with (self.folder / "passages.jsonl").open(encoding="utf-8") as lines:
            return [Passage(**json.loads(line)) for line in lines]


class Library(Protocol):
    """One way to search passages by meaning. Made from a corpus, it has nothing loaded yet."""

    def load(self) -> None:
        """Loads what embeds, before ``ingest``; what that takes is counted apart."""
        ...

    def ingest(self, passages: Sequence[Passage], index: Path) -> dict[str, float] | None:
        """Embeds ``passages`` and leaves them in ``index``, whole and on disk; may tell the seconds of its stretches."""
        ...

    def open(self, index: Path) -> None:
        """Opens what ``ingest`` left, in another process, and loads what questions need."""
        ...

    def ask(self, question: str) -> list[Passage]:
        """The ``TOP`` passages that answer best, best first, with their texts; the titles may be left empty."""
        ...


def run(library: Callable[[Corpus], Library]) -> None:
    """Does what the command line says, and tells what it took."""
    told = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def tell(**values: Any) -> None:
        print(json.dumps({**values, "peak MB": peak_megabytes()}), file=told, flush=True)

    step, corpus, index = sys.argv[1], Corpus(Path(sys.argv[2])), Path(sys.argv[3])
    if step == "ingest":
        ingest(library(corpus), corpus, index, tell)
    else:
        ask(library(corpus), corpus.questions, index, tell)


def ingest(library: Library, corpus: Corpus, index: Path, tell: Callable[..., None]) -> None:
    """Times from the model loaded and the texts in memory to the index on disk."""
    library.load()
    passages = corpus.passages
    started = time.perf_counter()
    stretches = library.ingest(passages, index)
    tell(seconds=time.perf_counter() - started, stretches=stretches or {})


def ask(library: Library, questions: Sequence[str], index: Path, tell: Callable[..., None]) -> None:
    """Answers the first question, then all of them; the first line told is that answer."""
    library.open(index)
    tell(first=[(passage.id, passage.text) for passage in library.ask(questions[0])])
    for question in questions[1:WARM]:
        library.ask(question)
    found, milliseconds = [], []
    for question in questions:
        started = time.perf_counter()
        answer = library.ask(question)
        milliseconds.append((time.perf_counter() - started) * 1e3)
        found.append([passage.id for passage in answer])
    tell(milliseconds=milliseconds, found=found)


def peak_megabytes() -> float:
    """The most memory this process has held at once, mapped files included."""
    status = Path("/proc/self/status")
    if status.exists():  # of this program alone; what getrusage says can be that of the process it was started from
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
