"""BM25 over the fields of a passage, from counts. Pure functions, so that every engine gives the same scores.

The scores are Tantivy's, which the local engine finds passages with: k1 = 1.2, b = 0.75, lengths rounded as it keeps them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footnote.answer import rarity

K1, B = 1.2, 0.75
_KEPT = np.array([*range(40), *(24 + ((8 + low) << shift) for shift in range(1, 28) for low in range(8))], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class FieldCounts:
    """What BM25 wants to know of one field: how often the terms of a question stand in it.

    ``counts``, of shape ``(passages, terms)``, has how often each term stands in it in each passage asked about, ``lengths``, of
    shape ``(passages,)``, how many terms it has there, and ``average`` how many in a passage of the library on average.
    ``holding`` tells in how many passages of the library each term stands in it. ``boost`` is the weight of the field.
    """

    counts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    average: float
    holding: Sequence[int]
    boost: float


def bm25(fields: Sequence[FieldCounts], passages: int) -> NDArray[np.float64]:
    """The sum over fields of their BM25, in a library of so many ``passages``; of shape ``(passages asked about,)``.

    Robertson and Zaragoza, The Probabilistic Relevance Framework (2009), eq. 3.15, with the rarity that ``answer.py`` defines.
    """
    total = np.zeros(len(fields[0].lengths) if fields else 0)
    for field in fields:
        weights = np.array([rarity(holding, passages) for holding in field.holding], dtype=np.float64)
        total += field.boost * (saturated(field.counts, field.lengths[:, np.newaxis], field.average) @ weights)
    return total


def saturated(counts: NDArray[np.int64], lengths: NDArray[np.int64], average: float | NDArray[np.float64]) -> NDArray[np.float64]:
    """What terms count that stand so often in fields of these lengths, before their rarity; shapes as they broadcast."""
    norm = K1 * (1 - B + B * rounded_down(lengths) / np.maximum(average, 1e-9))
    found: NDArray[np.float64] = counts * (K1 + 1) / np.maximum(counts + norm, 1e-9)
    return found


def rounded_down(lengths: NDArray[np.int64]) -> NDArray[np.float64]:
    """Lengths as search engines keep them in one byte: exact up to 40, then with four significant bits.

    The byte is that of Lucene's SmallFloat, which Tantivy uses too.
    """
    found: NDArray[np.float64] = _KEPT[np.searchsorted(_KEPT, lengths, side="right") - 1]
    return found
