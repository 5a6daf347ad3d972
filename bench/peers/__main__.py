"""Footnote beside its peers: python -m bench.peers [--passages N] [--questions N] [--rounds R] [--json]

The same passages, model and questions go through Footnote, sentence-transformers with FAISS, txtai, Chroma, LlamaIndex and
Haystack, one after another, round by round; of the rounds the median counts, and of Footnote's share of a peer's figure the
median of the rounds' shares. Every peer runs in an environment of its own (``.venv-peers/``, made here from the requirements
files beside this module), every ingest and every first answer in a fresh process, offline. A peer that can't be installed or
run is named with the reason, and has no figures.

"Ingest" begins for the peers when the model is loaded and the texts are in memory, and ends with an index on disk. For Footnote
it is the whole of ``footnote.build.build``, which opens the encoder, reads files, cuts them and embeds each sentence and title as
well; what it takes to embed the same texts as the peers and nothing else stands in a row of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.machine import keep
from bench.peers.environments import Unavailable, python_of, versions
from bench.peers.measuring import Place, measured, rounded
from bench.peers.participants import ENCODER, FOOTNOTE, PARTICIPANTS, PLAIN, Participant
from bench.peers.summary import agreement, medians, ratios, table


class Run:
    """The rounds so far, who is left out of them and why."""

    def __init__(self, corpus: Path, passages: int) -> None:
        self._corpus, self._passages = corpus, passages
        self.figures: dict[str, list[dict[str, float]]] = {}
        self.found: dict[str, list[list[str]]] = {}
        self.left_out: dict[str, str] = {}

    def round(self, number: int, pythons: dict[Participant, Path]) -> None:
        """Every participant once, in turn; each index is removed when its figures are taken."""
        for who, python in pythons.items():
            if who.name in self.left_out:
                continue
            with tempfile.TemporaryDirectory() as scratch:
                place = Place(python, self._corpus, Path(scratch, "index"), self._corpus / "home")
                try:
                    figures, found = measured(who, place, self._passages)
                except Unavailable as error:
                    self.leave_out(who, error)
                    continue
            self.figures.setdefault(who.name, []).append(figures)
            self.found.setdefault(who.name, found)
            print(f"round {number}  {who.name}: {figures['ingest, s']:.1f} s to ingest", file=sys.stderr)

    def leave_out(self, who: Participant, error: Unavailable) -> None:
        """A participant that failed once has no figures at all. Without Footnote there is nothing to compare."""
        print(f"{who.name} is left out: {error}", file=sys.stderr)
        if who in (FOOTNOTE, ENCODER):
            raise SystemExit(1)
        self.left_out[who.name] = str(error)
        self.figures.pop(who.name, None)

    def row(self, who: Participant, installed: dict[str, str]) -> dict[str, Any]:
        """What is kept of a participant."""
        rounds = self.figures[who.name]
        row: dict[str, Any] = {"name": who.name, "what": who.what, "uses torch": who.uses_torch, "versions": installed}
        if who is not FOOTNOTE and PLAIN.name in self.figures:
            row[f"found of what {PLAIN.name} finds"] = agreement(self.found[who.name], self.found[PLAIN.name])
        row["median"] = medians(rounds)
        if who not in (FOOTNOTE, ENCODER):
            row["ratios"] = ratios(self.figures[FOOTNOTE.name], self.figures[ENCODER.name], rounds)
        return row | {"rounds": [rounded(figures) for figures in rounds]}


def main() -> int:
    """Measures, prints and keeps the result."""
    options = _options()
    with tempfile.TemporaryDirectory() as scratch:
        corpus = Path(scratch, "corpus")
        (corpus / "home").mkdir(parents=True)
        about = _corpus(corpus, options.passages, options.questions)
        run = Run(corpus, about["passages"])
        pythons = _environments(run, options.only)
        load = round(os.getloadavg()[0], 1)
        for number in range(1, options.rounds + 1):
            run.round(number, pythons)
    rows = [run.row(who, versions(python, who.environment)) for who, python in pythons.items() if who.name in run.figures]
    result = {
        **about,
        "rounds": options.rounds,
        "load of the machine before": load,
        "participants": rows,
        "left out": run.left_out,
    }
    path = keep("peers", result)
    print(json.dumps(result, indent=1, ensure_ascii=False) if options.json else table(rows))
    print(path, file=sys.stderr)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.peers", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--passages", type=int, default=700, help="at least so many (default: 700)")
    parser.add_argument("--questions", type=int, default=160, help="asked of each, of the golden ones (default: 160)")
    parser.add_argument("--rounds", type=int, default=3, help="how often all of it (default: 3)")
    parser.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="this peer; may be given again (default: all)"
    )
    parser.add_argument("--json", action="store_true", help="print all of the result")
    options = parser.parse_args()
    if unknown := set(options.only) - {who.name for who in PARTICIPANTS}:
        parser.error(f"There is no peer {', '.join(sorted(unknown))}; there are: {'; '.join(who.name for who in PARTICIPANTS)}.")
    return options


def _corpus(folder: Path, passages: int, questions: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.peers.corpus", str(folder), str(passages), str(questions)]
    about: dict[str, Any] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return about


def _environments(run: Run, only: Sequence[str]) -> dict[Participant, Path]:
    """The interpreter of each participant; who can't have one is left out."""
    pythons = {}
    for who in PARTICIPANTS:
        if only and who.name not in only and who not in (FOOTNOTE, ENCODER):
            continue
        try:
            pythons[who] = python_of(who.environment)
        except Unavailable as error:
            run.leave_out(who, error)
    return pythons


if __name__ == "__main__":
    sys.exit(main())
