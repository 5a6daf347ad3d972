"""How long one question takes with all of it on: python -m bench.questions DIR ... [--documents 8700]

One library of the documents of the test collections (bench/retrieval.py), so many of them drawn by chance, and their queries
asked in turn through ``Searcher.ask``; beside it the time that embedding the question takes of that, in the same run.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from functools import partial
from pathlib import Path

import numpy as np

from bench.machine import duration, keep
from bench.retrieval import library, read_lines, reading

WARM, ASKED = 50, 1_000


def main() -> int:
    """Measures, prints and keeps the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", metavar="DIR")
    parser.add_argument("--documents", type=int, default=8_700, help="how many; the five shared sets give 10,000 passages")
    options = parser.parse_args()
    documents = [
        row | {"_id": f"{folder.name}/{row['_id']}"} for folder in options.folders for row in read_lines(folder / "corpus.jsonl")
    ]
    queries = [row["text"] for folder in options.folders for row in read_lines(folder / "queries.jsonl")]
    drawn = np.random.default_rng(0)
    documents = [documents[index] for index in drawn.permutation(len(documents))[: options.documents]]
    queries = [queries[index] for index in drawn.permutation(len(queries)) if any(map(str.isalnum, queries[index]))]
    with tempfile.TemporaryDirectory() as scratch:
        searcher = library([reading(row) for row in documents], Path(scratch, "index"))
        for query in queries[:WARM]:
            searcher.ask(query)
        asked = queries[WARM : WARM + ASKED]
        whole = [duration(partial(searcher.ask, query)) * 1e3 for query in asked]
        encoding = [duration(partial(searcher.encoder.embed_question, query)) * 1e3 for query in asked]
        result = {
            "passages": searcher.engine.count(),
            "questions": len(asked),
            **{f"one question, p{part} ms": round(float(np.percentile(whole, part)), 1) for part in (50, 90, 99)},
            "of that embedding the question, p50 ms": round(float(np.median(encoding)), 1),
        }
        searcher.close()
    for name, value in result.items():
        print(f"{name:<48}{value}")
    print(keep("questions", result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
