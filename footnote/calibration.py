"""How much evidence far-off questions find in a library, and so how much a passage must give to count as an answer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from footnote.encoder import Encoder
from footnote.encoder.probes import QUESTIONS
from footnote.engines import Embedded, Entry
from footnote.settings import SearchSettings

_NEAREST = 100  # passages whose sentences are looked at for each question


OnAsked = Callable[[int, int], None]
"""Called with the number of questions asked so far, and of all."""


def thresholds(
    entries: list[Entry], embedded: Embedded, encoder: Encoder, settings: SearchSettings, on_asked: OnAsked | None = None
) -> dict[str, float]:
    """The thresholds that go with an index.

    ``evidence`` stands above the median of what unrelated questions find at best in this library, which grows with the library
    and depends on what it is about, and above what unrelated texts have in common with this model. The median, because a
    library may well answer some of the questions. ``named``, ``related`` and ``strong`` follow from the model alone and from
    ``evidence``.
    """
    mean, deviation = encoder.unrelated_similarity
    found = float(np.median(_best_evidence(entries, embedded, encoder, settings, on_asked)))
    least = max(found + settings.unrelated_sds * deviation, mean + settings.unrelated_floor_sds * deviation)
    return {
        "evidence": least,
        "named": mean + settings.named_sds * deviation,
        "related": least + settings.related_sds * deviation,
        "strong": least + settings.strong_sds * deviation,
    }


def _best_evidence(
    entries: list[Entry], embedded: Embedded, encoder: Encoder, settings: SearchSettings, on_asked: OnAsked | None
) -> NDArray[np.float64]:
    """The most evidence that a passage gives for each unrelated question, by meaning alone."""
    counts = [len(sentences) for entry in entries for sentences in entry.sentences]
    first = np.concatenate(([0], np.cumsum(counts)))
    share = settings.evidence_sentence_share
    best = []
    for question in QUESTIONS:
        vector = encoder.embed_question(question)
        similarities = embedded.passages @ vector
        nearest = np.argsort(-similarities, kind="stable")[:_NEAREST]
        near = []
        for row in nearest.tolist():
            sentences = embedded.sentences[first[row] : first[row + 1]].astype(np.float32)
            cosine = float((sentences @ vector / np.linalg.norm(sentences, axis=1)).max())
            near.append((1 - share) * float(similarities[row]) + share * cosine)
        best.append(max(near, default=0.0))
        if on_asked is not None:
            on_asked(len(best), len(QUESTIONS))
    return np.array(best)
