"""The terms of a passage as Milvus holds them: numbers in a sparse vector to find it by, and counts to score it by."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from footnote.answer import rarity
from footnote.engines.bm25 import saturated

Holding = tuple[int, ...]
"""How many passages hold a term in each field."""


@lru_cache(maxsize=100_000)
def place_of(field: int, term: str) -> int:
    """The number that stands for a term in a field of a sparse vector, from 1 on."""
    return zlib.crc32(f"{field} {term}".encode()) % (2**31 - 2) + 1


@dataclass(frozen=True, slots=True)
class Counts:
    """The terms of one passage: the numbers of ``place_of``, in order, how often each occurs, and the length of each field."""

    places: NDArray[np.uint32]
    times: NDArray[np.uint32]
    lengths: tuple[int, ...]

    def weights(self, averages: Sequence[float], fields: NDArray[np.uint8]) -> NDArray[np.float64]:
        """What each term counts, before its rarity; ``fields`` are those that the terms stand in."""
        lengths, average = np.array(self.lengths, dtype=np.int64)[fields], np.array(averages, dtype=np.float64)[fields]
        return saturated(self.times.astype(np.int64), lengths, average)

    def at(self, places: NDArray[np.uint32]) -> NDArray[np.int64]:
        """How often the terms of those numbers occur, of shape ``(len(places),)``."""
        found = np.minimum(np.searchsorted(self.places, places), max(len(self.places) - 1, 0))
        if not len(self.places):
            return np.zeros(len(places), dtype=np.int64)
        times: NDArray[np.int64] = np.where(self.places[found] == places, self.times[found], 0).astype(np.int64)
        return times


def count(fields: Sequence[Sequence[str]]) -> tuple[Counts, NDArray[np.uint8]]:
    """The counts of a passage whose fields have these terms, and the field of each."""
    found: dict[int, tuple[int, int]] = {}
    for number, terms in enumerate(fields):
        for term in terms:
            place = place_of(number, term)
            found[place] = found.get(place, (0, number))[0] + 1, number
    places = sorted(found)
    times = np.array([found[place][0] for place in places], dtype=np.uint32)
    where = np.array([found[place][1] for place in places], dtype=np.uint8)
    return Counts(np.array(places, dtype=np.uint32), times, tuple(map(len, fields))), where


@dataclass(frozen=True, slots=True)
class Question:
    """The terms of a question in a library: what each counts in each field, by ``place_of``, rarity and field taken together."""

    weights: Mapping[int, tuple[int, float]]
    averages: tuple[float, ...]

    def scores(self, passages: Sequence[Counts]) -> list[float]:
        """BM25 of each of some passages."""
        if not passages or not self.weights:
            return [0.0] * len(passages)
        fields = np.array([field for field, _ in self.weights.values()], dtype=np.int64)
        weights = np.array([weight for _, weight in self.weights.values()], dtype=np.float64)
        places = np.fromiter(self.weights, dtype=np.uint32, count=len(self.weights))
        times = np.stack([counts.at(places) for counts in passages])
        lengths = np.array([counts.lengths for counts in passages], dtype=np.int64)[:, fields]
        averages = np.array(self.averages, dtype=np.float64)[fields]
        found: list[float] = (saturated(times, lengths, averages) @ weights).tolist()
        return found


def question(terms: Mapping[str, Holding], passages: int, averages: Sequence[float], boosts: Sequence[float]) -> Question:
    """A question of ``terms``, with the passages that hold each, asked of a library of so many."""
    weights = {
        place_of(field, term): (field, boosts[field] * rarity(holding, passages))
        for term, held in terms.items()
        for field, holding in enumerate(held)
        if holding
    }
    return Question(weights, tuple(averages))
