"""How much faster two workers embed than one: python -m bench.workers [--passages N] [--rounds N].

Each worker is a process of its own with one thread, held to one core; both crews are there from the start and warm, and take
their turns on the same passages of kb/, their sentences and titles. Who hands the work out and takes it back is not held to
any core and takes its part of both. The median of the rounds' ratios counts.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.machine import compile_apart, keep
from footnote.crew import Crew, Texts, cut
from footnote.encoder import Encoder
from footnote.encoder.opening import open_encoder
from footnote.passages import embedded_text
from footnote.readers import read_articles
from footnote.workers import local_workers

_TOGETHER = 32  # passages in a part, as an ingest has it


def main() -> None:
    """Measures, prints and keeps the result."""
    parser = argparse.ArgumentParser(prog="bench.workers", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--passages", type=int, default=512, help="in each turn (default: 512)")
    parser.add_argument("--rounds", type=int, default=5, help="default: 5")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as scratch, local_workers(1, threads=1) as one, local_workers(2, threads=1) as two:
        compile_apart(Path(scratch))
        folder = next(Path(scratch, "encoders").iterdir())
        encoder = open_encoder(folder)
        parts = _parts(encoder, options.passages)
        passages = sum(len(part.whole) for part in parts)
        held: set[int] = set()
        for crew in (one, two):
            crew.equip(encoder, folder)
            _embed(crew, parts[:4])  # starts them, and has them open the encoder
            held |= _hold(held)
        rates = [(passages / _embed(one, parts), passages / _embed(two, parts)) for _ in _rounds(options.rounds)]
    result = {
        "load of the machine before": round(load, 1),
        "passages and titles a turn": passages,
        "one worker, passages/s": round(median(alone for alone, _ in rates), 1),
        "two workers, passages/s": round(median(both for _, both in rates), 1),
        "two workers / one": round(median(both / alone for alone, both in rates), 2),
        "the same, round by round": [round(both / alone, 2) for alone, both in rates],
    }
    path = keep("workers", result)
    for name, value in result.items():
        print(f"{name:<48}{value}")
    print(path)


def _rounds(count: int) -> Iterator[int]:
    for number in range(count):
        print(f"    round {number + 1} of {count}", file=sys.stderr)
        yield number


def _parts(encoder: Encoder, passages: int) -> list[Texts]:
    """Parts as an ingest makes them, of so many passages, again and again the same if kb/ has fewer."""
    entries = [cut(article, encoder)[0] for reading in read_articles(Path("kb")) for article in reading.articles]
    pairs = [pair for entry in entries for pair in zip(entry.passages, entry.sentences, strict=True)]
    pairs = [pairs[number % len(pairs)] for number in range(passages)]
    found = []
    for start in range(0, passages, _TOGETHER):
        some = pairs[start : start + _TOGETHER]
        whole = dict.fromkeys(embedded_text(passage) for passage, _ in some)
        sentences = dict.fromkeys(passage.text[begin:end] for passage, spans in some for begin, end in spans)
        found.append(Texts("", list(whole), [text for text in sentences if text not in whole]))
    return found


def _embed(crew: Crew, parts: list[Texts]) -> float:
    """The seconds that the crew takes."""
    started = time.perf_counter()
    for _ in crew.embed(iter(parts)):
        pass
    return time.perf_counter() - started


def _hold(others: set[int]) -> set[int]:
    """Holds the workers that are new beside ``others`` to a core each, with all their threads; gives their process ids."""
    import psutil

    cores = sorted(os.sched_getaffinity(0))
    children = [child for child in psutil.Process().children() if "spawn_main" in " ".join(child.cmdline())]
    found = sorted({child.pid for child in children} - others)
    for pid, core in zip(found, cores, strict=False):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with contextlib.suppress(ProcessLookupError):
                os.sched_setaffinity(int(thread), {core})
    return set(found)


if __name__ == "__main__":
    main()
