"""What the rounds come to: medians for each participant, and Footnote's share of each peer's figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import mean, median
from typing import Any

from bench.peers.measuring import rounded

Figures = Mapping[str, float]
Rounds = Sequence[Figures]

RATE = "ingest, passages/s"
FIRST = "fresh process to first answer, s"
MEMORY = "memory of that process, MB"
QUESTION = "one question, p50 ms"


def medians(rounds: Rounds) -> dict[str, float]:
    """Each figure's median over the rounds."""
    told = [name for name in rounds[0] if all(name in figures for figures in rounds)]
    return rounded({name: median(figures[name] for figures in rounds) for name in told})


def ratios(footnote: Rounds, encoder: Rounds, peer: Rounds) -> dict[str, float]:
    """Footnote's figures by a peer's, each round's by its own, and of these the median."""

    def by(ours: Rounds, name: str) -> float:
        return median(our[name] / their[name] for our, their in zip(ours, peer, strict=True))

    return rounded(
        {
            "encoding alone, Footnote's encoder / peer": by(encoder, RATE),
            "whole ingest, Footnote / peer": by(footnote, RATE),
            "first answer, Footnote / peer": by(footnote, FIRST),
            "memory of that process, Footnote / peer": by(footnote, MEMORY),
            "one question, Footnote / peer": by(footnote, QUESTION),
        }
    )


def agreement(found: Sequence[Sequence[str]], reference: Sequence[Sequence[str]]) -> float:
    """How much of what the reference found is among what was found, on average over the questions."""
    return round(mean(len(set(ours) & set(theirs)) / len(theirs) for ours, theirs in zip(found, reference, strict=True)), 4)


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """The participants' medians, a line each."""
    columns = (RATE, FIRST, MEMORY, QUESTION, "one question, p99 ms", "disk, bytes a passage")
    width = max(len(row["name"]) for row in rows)
    lines = [f"{'':{width}}  " + "  ".join(columns)]
    for row in rows:
        lines.append(f"{row['name']:{width}}  " + "  ".join(f"{row['median'][name]:>{len(name)},g}" for name in columns))
    return "\n".join(lines)
