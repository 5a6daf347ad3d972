"""How often the right passage comes first: python -m bench.relationships FOLDER QUESTIONS.csv ...

Each question names a quote of a few words; a passage is right only if it holds it.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.machine import keep
from footnote.build import build
from footnote.reporting import Activity
from footnote.search import Searcher


class Quiet:
    """A watcher that says nothing."""

    def say(self, text: str) -> None:
        """Nothing."""

    def progress(self, activity: Activity, done: int, total: int) -> None:
        """Nothing."""


def ranks(searcher: Searcher, questions: list[dict[str, str]], top: int = 10) -> list[int | None]:
    """The rank of the first passage that holds each question's quote, None where none of the first ``top`` does."""
    found = []
    for row in questions:
        hits = searcher.ask(row["question"], top).hits
        found.append(next((hit.rank for hit in hits if row["quote"] in hit.passage.text), None))
    return found


def main() -> int:
    """Measures, prints and keeps the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kb", type=Path)
    parser.add_argument("questions", type=Path, nargs="+")
    options = parser.parse_args()
    result: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as scratch:
        build(options.kb, Path(scratch), Quiet())
        searcher = Searcher.open(Path(scratch))
        for path in options.questions:
            with open(path, encoding="utf-8", newline="") as file:
                rows = list(csv.DictReader(file))
            found = ranks(searcher, rows)
            missed = {row["question"]: rank for row, rank in zip(rows, found, strict=True) if rank != 1}
            result[path.stem] = {
                "questions": len(rows),
                "first": sum(rank == 1 for rank in found),
                "in the first three": sum(rank is not None and rank <= 3 for rank in found),
                "not first, with their rank": missed,
            }
            print(path.stem, {name: value for name, value in result[path.stem].items() if isinstance(value, int)})
    print(keep("relationships", result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
