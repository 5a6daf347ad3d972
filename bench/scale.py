"""What growth costs: python -m bench.scale [PASSAGES ...]

Libraries of so many passages (by default 1,000, 10,000 and 100,000; bench/synthetic.py says how they are made) go through the
product's own splitting, writing and opening, and the golden questions are asked of each through ``Searcher.ask`` with everything
on. The vectors of the libraries are put together from a few real ones and cost little, as embedding takes the same time a passage
at any size; making up the articles is part of the times. Beside the times stand what a passage takes of disk and memory, and how
many of the ten really nearest passages the chosen search finds. Each size runs in a process of its own. ``--index milvus-lite``
keeps the same libraries in Milvus Lite, whose server is a process of its own: its memory is counted apart.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from bench.machine import compile_apart, duration, keep
from bench.synthetic import Pool, PoolEncoder
from footnote.build import build_with
from footnote.encoder.compiling import encoder_for
from footnote.encoder.models import find_model
from footnote.manifest import State
from footnote.records import Filter, Reading
from footnote.reporting import Activity
from footnote.search import Searcher
from footnote.settings import DEFAULT_MODEL
from footnote.stores import Index
from footnote.stores.opening import store_at

KINDS = ("folder", "milvus-lite")
SIZES = (1_000, 10_000, 100_000)
QUESTIONS = Path("bench/golden/questions.csv")
WARM = 40
_TRIED = 200  # articles, by which it is known how many passages one gives


class Stopwatch:
    """A watcher that tells how long each stretch of a build took."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._doing, self._since = "start", time.perf_counter()

    def say(self, text: str) -> None:
        print("   ", text, file=sys.stderr)
        self._now(text.split()[0])

    def progress(self, activity: Activity, done: int, total: int) -> None:
        if activity != self._doing:
            self._now(activity)

    def stop(self) -> dict[str, float]:
        """The seconds of each stretch."""
        self._now("over")
        return self.seconds

    def _now(self, doing: str) -> None:
        at = time.perf_counter()
        self.seconds[self._doing] = self.seconds.get(self._doing, 0.0) + at - self._since
        self._doing, self._since = doing, at


def main() -> int:
    """Measures, prints and keeps the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", type=int, nargs="*", default=list(SIZES), metavar="PASSAGES")
    parser.add_argument("--indexes", type=Path, metavar="FOLDER", help="keep the libraries there; none is built twice")
    parser.add_argument("--index", choices=KINDS, default=KINDS[0], help="which engine keeps them (default: folder)")
    parser.add_argument("--only", choices=("build", "ask"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = options.indexes or Path(stack.enter_context(tempfile.TemporaryDirectory(dir=".")))
        if options.only:
            index = _index(options.index, options.sizes[0], folder)
            print(json.dumps(built(options.sizes[0], index) if options.only == "build" else asked(index)))
            return 0
        rows = []
        for size in options.sizes:
            rows.append(_measured(options.index, size, folder))
            print(json.dumps(rows[-1], indent=1))
    name = "scale" if options.index == KINDS[0] else f"scale-{options.index}"
    print(keep(name, {"libraries": rows}))
    return 0


def _index(kind: str, size: int, folder: Path) -> Index:
    return folder / str(size) if kind == KINDS[0] else f"{kind}:{folder / str(size)}.db"


def _measured(kind: str, size: int, folder: Path) -> dict[str, Any]:
    kept = folder / f"{size}{'' if kind == KINDS[0] else f'-{kind}'}.json"
    if not kept.exists():
        compile_apart(store_at(_index(kind, size, folder)).layout().index)
        kept.write_text(json.dumps(_apart("build", kind, size, folder)), encoding="utf-8")
    return {"build": json.loads(kept.read_text(encoding="utf-8")), "ask": _apart("ask", kind, size, folder)}


def _apart(step: str, kind: str, size: int, folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.scale", str(size), "--only", step, "--index", kind, "--indexes", str(folder)]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return found


def built(size: int, index: Index) -> dict[str, Any]:
    """Builds a library of about ``size`` passages in ``index``, where the encoder is; the times of its stretches."""
    store = store_at(index)
    real = encoder_for(find_model(DEFAULT_MODEL), store.layout().encoders, lambda text: print("   ", text, file=sys.stderr))
    pool = Pool(Path("kb"))
    encoder = PoolEncoder(real, pool)
    articles = round(size / passages_an_article(pool, encoder))
    readings = (Reading(one.source, f"{one.source:0>64}", (one,)) for one in pool.articles(0, articles))
    watch, used = Stopwatch(), _processor_seconds()
    snapshot = build_with(encoder, readings, index, watch)
    seconds, used = watch.stop(), _processor_seconds() - used
    passages = snapshot.manifest.passages
    return {
        "passages": passages,
        "articles": snapshot.manifest.articles,
        "seconds": {doing: round(took, 2) for doing, took in seconds.items()},
        "ingest with vectors that cost nothing, ms a passage": round(sum(seconds.values()) / passages * 1e3, 3),
        "the same, processor ms": round(used / passages * 1e3, 3),
        "peak memory, MB": _peak_memory(),
        **_of_server(),
        "disk, bytes a passage": round(_disk(index, snapshot) / passages),
        "search": snapshot.manifest.search,
    }


def _disk(index: Index, state: State) -> int:
    """The bytes of a state: of a snapshot's files, or of the file of Milvus Lite."""
    if isinstance(index, str):
        return Path(index.partition(":")[2]).stat().st_size
    return sum(path.stat().st_size for path in (store_at(index).layout().snapshots / state.name).rglob("*") if path.is_file())


def _of_server() -> dict[str, int]:
    """The most memory that the server of Milvus Lite has taken; nothing where there is none."""
    found = {}
    for child in Path("/proc/thread-self/children").read_text().split():
        said = dict(line.partition(":")[::2] for line in Path("/proc", child, "status").read_text().splitlines())
        found["peak memory of the server, MB"] = round(int(said["VmHWM"].split()[0]) / 1e3)
    return found


def _peak_memory() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3)


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def passages_an_article(pool: Pool, encoder: PoolEncoder) -> float:
    """How many passages a synthetic article gives, on average."""
    from footnote.passages import split
    from footnote.settings import PASSAGES

    return sum(len(split(one, encoder.count_tokens, encoder.max_tokens, PASSAGES)) for one in pool.articles(0, _TRIED)) / _TRIED


def asked(index: Index) -> dict[str, Any]:
    """Opens the library and asks it the golden questions."""
    with QUESTIONS.open(encoding="utf-8", newline="") as file:
        questions = [row["question"] for row in csv.DictReader(file)]
    started = time.perf_counter()
    searcher = Searcher.open(index)
    opened = time.perf_counter() - started
    searcher.ask(questions[0])
    first = _peak_memory()
    for question in questions[:WARM]:
        searcher.ask(question)
    took, embedding = [], []
    for question in questions:
        took.append(duration(partial(searcher.ask, question)) * 1e3)
        embedding.append(duration(partial(searcher.encoder.embed_question, question)) * 1e3)
    filtered, memory = _filtered(searcher, questions), _peak_memory()
    return {
        "opening, s": round(opened, 2),
        **{f"one question, p{part} ms": round(float(np.percentile(took, part)), 1) for part in (50, 90, 99)},
        "of that embedding the question, p50 ms": round(float(np.median(embedding)), 1),
        "narrowed to one tag of 97, p50 ms": round(filtered, 1),
        "memory after the first answer, mapped files included, MB": first,
        "memory after all of them, MB": memory,
        **_of_server(),
        "recall at 10 against exact": recall(searcher, questions),
    }


def _filtered(searcher: Searcher, questions: list[str]) -> float:
    took = []
    for number, question in enumerate(questions):
        took.append(duration(partial(searcher.ask, question, where=Filter(tags=(f"shelf-{number % 97}",)))) * 1e3)
    return float(np.median(took[1:]))


def recall(searcher: Searcher, questions: list[str]) -> float:
    """The share of the ten nearest passages, as an exact search finds them, that the chosen search finds."""
    engine = searcher.engine
    rows = np.array(engine.spread(engine.count()))
    vectors = engine.vectors(rows.tolist())
    found = []
    for question in questions:
        vector = searcher.encoder.embed_question(question)
        exact = set(rows[np.argsort(-(vectors @ vector), kind="stable")[:10]].tolist())
        near = sorted(engine.candidates("", (), vector, Filter(), 100), key=lambda one: -one.similarity)
        found.append(len(exact & {one.row for one in near[:10]}) / len(exact))
    return round(float(np.mean(found)), 4)


if __name__ == "__main__":
    sys.exit(main())
