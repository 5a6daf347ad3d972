"""What of the candidates answers: which passages are relevant at all, and which sentence in a passage says it best.

Knows scores and texts, nothing of engines or encoders.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_FUNCTION_WORDS = frozenset(
    """
    a about after again all also always am an and any anyone anything are aren as at be because been before being best
    both but by can cannot could d did didn do does doesn doing don done each else ever every find for from get give go
    good got had has have having he help her here hers him his how i if in into is isn it its just know let like ll m
    make many may me mean might mine more most much must my need no nor not now of off often ok on one only or other our
    ours out over own please re really s same say she should so some someone something still such t take tell than thank
    that the their theirs them then there these they thing things this those to too up us use ve very want was wasn way
    we well were what when where which while who whom whose why will with without won would yes yet you your yours
    """.split()
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a question asks for in words: its content terms and the information each carries (BM25's rarity, in nats)."""

    information: dict[str, float]

    def coverage(self, terms: Sequence[str]) -> float:
        """The share of the question's information that ``terms`` hold, in [0, 1]; 0 for a question without content words."""
        total = sum(self.information.values())
        present = set(terms)
        return sum(weight for term, weight in self.information.items() if term in present) / total if total else 0.0


def function_terms(terms: Callable[[str], list[str]]) -> frozenset[str]:
    """What an engine makes of the function words, which stand in every passage and tell nothing."""
    return _FUNCTION_WORDS.union(*(terms(word) for word in _FUNCTION_WORDS))


def wanted(terms: Sequence[str], telling_nothing: frozenset[str], rarity: Callable[[str], float]) -> Wanted:
    """The content terms among the ``terms`` of a question: all that do not tell nothing."""
    return Wanted({term: rarity(term) for term in terms if term not in telling_nothing})


def is_relevant(similarity: float, coverage: float, thresholds: dict[str, float], least_coverage: float) -> bool:
    """Whether a passage stands clear of what unrelated texts look like, by meaning alone or by words and meaning together."""
    if similarity >= thresholds["similarity"]:
        return True
    return coverage >= least_coverage and similarity >= thresholds["similarity_with_words"]


def best_sentence(cosines: NDArray[np.float32], coverages: Sequence[float], words_weight: float) -> int:
    """The index of the sentence that answers best, by cosine and by the share of the question's words in it.

    ``cosines`` and ``coverages`` hold one number a sentence, at least one.
    """
    return int(np.argmax((1 - words_weight) * cosines + words_weight * np.asarray(coverages)))
