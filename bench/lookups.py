"""What must never fail: python -m bench.lookups [--kb kb]

Far-off questions and nonsense (bench/golden/far_off.csv) must find nothing; a rare term, a quoted phrase and a misspelled
question (bench/golden/exact.csv) must find the article they are about.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from bench.machine import keep
from bench.relationships import Quiet
from footnote.build import build
from footnote.errors import QuestionEmpty
from footnote.records import Answer
from footnote.search import Searcher

QUESTIONS = Path(__file__).with_name("golden")


def main() -> int:
    """Measures, prints and keeps the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kb", type=Path, default=Path("kb"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        build(options.kb, Path(scratch), Quiet())
        searcher = Searcher.open(Path(scratch))
        result = {"refused": _refused(searcher), "found": _found(searcher)}
        searcher.close()
    for group in result.values():
        for kind, counts in group.items():
            print(kind, counts)
    print(keep("lookups", result))
    return 0


def _refused(searcher: Searcher) -> dict[str, Any]:
    """By kind: how many questions, and which of them were answered."""
    result: dict[str, Any] = defaultdict(lambda: {"questions": 0, "answered": []})
    for row in _rows("far_off.csv"):
        answer = _ask(searcher, row["question"])
        result[row["kind"]]["questions"] += 1
        if answer is not None and answer.hits:
            result[row["kind"]]["answered"].append([row["question"], answer.hits[0].citation])
    return dict(result)


def _found(searcher: Searcher) -> dict[str, Any]:
    """By kind: how many questions, in how many the article is first and in the first three, and the others with its rank."""
    result: dict[str, Any] = defaultdict(lambda: {"questions": 0, "first": 0, "in the first three": 0, "not first": {}})
    for row in _rows("exact.csv"):
        answer = _ask(searcher, row["question"])
        hits = answer.hits if answer is not None else ()
        rank = next((hit.rank for hit in hits if hit.passage.article_id == row["article"]), None)
        counts = result[row["kind"]]
        counts["questions"] += 1
        counts["first"] += rank == 1
        counts["in the first three"] += rank is not None and rank <= 3
        if rank != 1:
            counts["not first"][row["question"]] = rank
    return dict(result)


def _ask(searcher: Searcher, question: str) -> Answer | None:
    try:
        return searcher.ask(question)
    except QuestionEmpty:
        return None


def _rows(name: str) -> list[dict[str, str]]:
    with open(QUESTIONS / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    sys.exit(main())
