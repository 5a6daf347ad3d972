"""How many questions that need a care notice get one, and how many others: ``python -m bench.care``.

The questions of ``bench/golden/care.csv`` say by their kind what they need: ``violence/indirect`` a notice, ``ordinary/sex`` and
``near-miss/word`` none. ``care.yaml`` was written with the split "dev" at hand, and mended after a look at "test": their figures
say little about new questions. "fresh" was written by another hand without a look at the file; none of its questions stands in
it, but the two numbers that weigh examples against ordinary questions (footnote/care.py) were set with all splits at hand. As a
further check, the notices that the golden questions (``bench/golden/questions.csv``) get are counted, without those of the
articles on abuse.
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
from footnote.care import FILE, Care, read_care
from footnote.encoder import Encoder
from footnote.search import Searcher

QUESTIONS = Path(__file__).with_name("golden")
NEEDED = {
    "violence": "danger now and violence at home",
    "self-harm": "suicidal thoughts and self-harm",
    "child": "a child in danger",
    "sexual": "sexual violence and coercion",
    "control": "control, stalking and threats",
    "own-violence": "the reader fears hurting someone",
}
ON_DANGER = frozenset({"emotional-abuse-and-coercive-control.md", "leaving-safely.md"})
BARS = {"caught": 0.95, "ordinary": 0.02}


def main() -> int:
    """Measures, prints and keeps the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kb", type=Path, default=Path("kb"))
    parser.add_argument("--care", type=Path, default=FILE)
    options = parser.parse_args()
    care = read_care(options.care)
    with tempfile.TemporaryDirectory() as scratch:
        build(options.kb, Path(scratch), Quiet())
        searcher = Searcher.open(Path(scratch))
        result = {split: _measured(care, searcher.encoder, split) for split in ("dev", "test", "fresh")}
        searcher.close()
    for split, found in result.items():
        for group in ("needed", "ordinary", "golden"):
            print(split, group, {name: value for name, value in found[group].items() if name != "kinds"})
    print(keep("care", {"bars": BARS, **result}))
    return 0


def _measured(care: Care, encoder: Encoder, split: str) -> dict[str, Any]:
    """What the questions of one split get: shares in all, counts by kind, and every question that got the wrong thing."""
    kinds: dict[str, dict[str, int]] = defaultdict(lambda: {"questions": 0, "with a notice": 0})
    own, missed, notices = 0, [], []
    for row in _rows("care.csv", split):
        question, kind = row["question"], row["kind"]
        topic = care.match(question, encoder)
        kinds[kind]["questions"] += 1
        kinds[kind]["with a notice"] += topic is not None
        needed = NEEDED.get(kind.split("/")[0])
        own += topic is not None and topic.topic == needed
        if needed and topic is None:
            missed.append(question)
        if not needed and topic is not None:
            notices.append([question, topic.topic])
    needing = {kind: counts for kind, counts in kinds.items() if kind.split("/")[0] in NEEDED}
    others = {kind: counts for kind, counts in kinds.items() if kind not in needing}
    return {
        "needed": {**_share(needing), "its own topic's": own, "missed": missed, "kinds": needing},
        "ordinary": {**_share(others), "notices": notices, "kinds": others},
        "golden": _golden(care, encoder, split),
    }


def _share(kinds: dict[str, dict[str, int]]) -> dict[str, Any]:
    questions = sum(counts["questions"] for counts in kinds.values())
    noticed = sum(counts["with a notice"] for counts in kinds.values())
    return {"questions": questions, "with a notice": noticed, "share": round(noticed / questions, 3)}


def _golden(care: Care, encoder: Encoder, split: str) -> dict[str, Any]:
    """The golden questions that no article on danger answers; some of those that get a notice are about danger all the same."""
    questions = [row["question"] for row in _rows("questions.csv", split) if row["article"] not in ON_DANGER]
    topics = [(question, care.match(question, encoder)) for question in questions]
    notices = [[question, topic.topic] for question, topic in topics if topic is not None]
    return {
        "questions": len(questions),
        "with a notice": len(notices),
        "share": round(len(notices) / max(len(questions), 1), 3),
        "notices": notices,
    }


def _rows(name: str, split: str) -> list[dict[str, str]]:
    with open(QUESTIONS / name, encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["split"] == split]


if __name__ == "__main__":
    sys.exit(main())
