"""Pure functions of scores: from what is known of each candidate to one order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footnote.settings import SearchSettings

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of the candidates of one question, each of shape ``(candidates,)``.

    ``similarity``, ``sentence`` and ``title`` are cosines to the question: the passage's, its best sentence's, its article's
    title's. ``keyword`` is BM25. ``coverage`` is the share of the question's information, in [0, 1], that one sentence names.
    """

    similarity: Scores
    sentence: Scores
    title: Scores
    keyword: Scores
    coverage: Scores


def standardized(scores: Scores) -> Scores:
    """Z-scores, ``(x - mean) / standard deviation`` over the population; zeros where all scores are equal."""
    deviation = scores.std()
    return (scores - scores.mean()) / deviation if deviation > 1e-9 else np.zeros_like(scores)


def nearness(signals: Signals, settings: SearchSettings) -> Scores:
    """How near each passage comes by meaning: its own cosine and its best sentence's, weighed."""
    share = settings.sentence_share
    return (1 - share) * signals.similarity + share * signals.sentence


def fused(signals: Signals, settings: SearchSettings) -> Scores:
    """One score a candidate: the convex sum of its z-scored nearness and its z-scored BM25, over the candidates given.

    Scores are fused, not ranks: how far the best stands above the rest is what tells, and ranks forget it. A title that says
    more of the question than any sentence adds to the nearness. BM25 counts in full where the words stand in one sentence, and
    weighs the more, the more of the question's words the best sentence of all has: a question in other words than the
    articles' own is one of meaning.
    """
    near = nearness(signals, settings) + settings.title_share * np.maximum(0, signals.title - signals.sentence)
    words = signals.keyword * (settings.scattered_words + signals.coverage)
    best = float(signals.coverage.max(initial=0.0))
    weight = settings.words_least + (settings.words_most - settings.words_least) * best
    return (1 - weight) * standardized(near) + weight * standardized(words)


def evidence(signals: Signals, settings: SearchSettings) -> Scores:
    """How much each candidate says for being an answer at all; unlike ``fused`` it can be compared across questions."""
    share = settings.evidence_sentence_share
    near = (1 - share) * signals.similarity + share * signals.sentence
    return near + settings.evidence_words * signals.coverage
