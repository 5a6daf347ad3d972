"""How much evidence far-off questions find in a library, and so how much a passage must give to count as an answer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from footnote.encoder import Encoder, Vectors
from footnote.encoder.probes import QUESTIONS
from footnote.engines import Near
from footnote.settings import SearchSettings

_NEAREST = 100  # passages whose sentences are looked at for each question

OnAsked = Callable[[int, int], None]
"""Called with the number of questions asked so far, and of all."""


def thresholds(near: Near, encoder: Encoder, settings: SearchSettings, on_asked: OnAsked | None = None) -> dict[str, float]:
    """The thresholds that go with an index, whose nearest passages ``near`` finds.

    ``evidence`` stands above the median of what unrelated questions find at best in this library, which grows with the library
    and depends on what it is about, and above what unrelated texts have in common with this model. The median, because a
    library may well answer some of the questions. ``named``, ``related`` and ``strong`` follow from the model alone and from
    ``evidence``.
    """
    mean, deviation = encoder.unrelated_similarity
    best = []
    for question in QUESTIONS:
        best.append(_best_evidence(near, encoder.embed_question(question), settings.evidence_sentence_share))
        if on_asked is not None:
            on_asked(len(best), len(QUESTIONS))
    least = max(float(np.median(best)) + settings.unrelated_sds * deviation, mean + settings.unrelated_floor_sds * deviation)
    return {
        "evidence": least,
        "named": mean + settings.named_sds * deviation,
        "related": least + settings.related_sds * deviation,
        "strong": least + settings.strong_sds * deviation,
    }


def _best_evidence(near: Near, vector: Vectors, share: float) -> float:
    """The most evidence that a passage gives for one question, by meaning alone."""
    similarities, sentences = near(vector, _NEAREST)
    if not len(similarities):
        return 0.0
    cosines = np.maximum.reduceat(sentences.cosines(vector), sentences.first[:-1])
    return float(((1 - share) * similarities + share * cosines).max())
