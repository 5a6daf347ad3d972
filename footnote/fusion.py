"""Pure functions of scores: from two rankings to one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from footnote.records import Candidate

Scores = NDArray[np.float64]


def standardized(scores: Scores) -> Scores:
    """Z-scores, ``(x - mean) / standard deviation`` over the population; zeros where all scores are equal."""
    deviation = scores.std()
    return (scores - scores.mean()) / deviation if deviation > 1e-9 else np.zeros_like(scores)


def fused(candidates: Sequence[Candidate], dense_weight: float) -> Scores:
    """One score a candidate: the convex sum of its z-scored similarity and its z-scored BM25.

    Scores are fused, not ranks: how far the best stands above the rest is what tells, and ranks forget it. The z-scores are
    taken over the candidates given. Shape ``(len(candidates),)``.
    """
    similarity = np.array([candidate.similarity for candidate in candidates], dtype=np.float64)
    keyword = np.array([candidate.keyword for candidate in candidates], dtype=np.float64)
    return dense_weight * standardized(similarity) + (1 - dense_weight) * standardized(keyword)
