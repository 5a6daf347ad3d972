"""BM25 as Tantivy counts it, for engines that hold keywords otherwise: the same passages then have the same scores.

k1 = 1.2, b = 0.75; the score of a passage is the sum over its fields. Tantivy keeps the length of a field in one byte, so long
ones are rounded down; a length is taken here for what it is there.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_K1, _B = 1.2, 0.75
_EXACT_BELOW = 24  # lengths that have a byte of their own; beyond it they are numbers of four binary digits


Holding = tuple[int, ...]
"""How many passages hold a term in each field."""


@lru_cache(maxsize=100_000)
def place_of(field: int, term: str) -> int:
    """The number that stands for a term in a field of a sparse vector, from 1 on."""
    return zlib.crc32(f"{field} {term}".encode()) % (2**31 - 2) + 1


def counted_length(length: int) -> int:
    """What Tantivy takes the length of a field for."""
    over = length - _EXACT_BELOW
    shift = max(0, over.bit_length() - 4)
    return length if over < 0 else _EXACT_BELOW + (over >> shift << shift)


def rarity(holding: int, passages: int) -> float:
    """What a term counts that so many of all passages hold."""
    return float(np.log(1 + (passages - holding + 0.5) / (holding + 0.5)))


def saturated(count: float, length: int, average: float) -> float:
    """What ``count`` occurrences of a term count in a field of that length."""
    return count * (_K1 + 1) / (count + _K1 * (1 - _B + _B * length / average))


@dataclass(frozen=True, slots=True)
class Counts:
    """The terms of one passage: the numbers of ``place_of``, in order, how often each occurs, and the length of each field."""

    places: NDArray[np.uint32]
    times: NDArray[np.uint32]
    lengths: tuple[int, ...]

    def weights(self, averages: Sequence[float], fields: NDArray[np.uint8]) -> NDArray[np.float64]:
        """What each term counts, before its rarity; ``fields`` are those that the terms stand in."""
        normal = np.array([counted_length(length) / average for length, average in zip(self.lengths, averages, strict=True)])
        times = self.times.astype(np.float64)
        found: NDArray[np.float64] = times * (_K1 + 1) / (times + _K1 * (1 - _B + _B * normal[fields]))
        return found


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

    def score(self, counts: Counts) -> float:
        """BM25 of a passage."""
        total = 0.0
        for place, times in zip(counts.places.tolist(), counts.times.tolist(), strict=True):
            if place in self.weights:
                field, weight = self.weights[place]
                total += weight * saturated(times, counted_length(counts.lengths[field]), self.averages[field])
        return total


def question(terms: Mapping[str, Holding], passages: int, averages: Sequence[float], boosts: Sequence[float]) -> Question:
    """A question of ``terms``, with the passages that hold each, asked of a library of so many."""
    weights = {
        place_of(field, term): (field, boosts[field] * rarity(holding, passages))
        for term, held in terms.items()
        for field, holding in enumerate(held)
        if holding
    }
    return Question(weights, tuple(averages))
