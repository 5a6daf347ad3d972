"""What of the ranked passages is shown: what a question asks for in words, what is relevant, which five places.

Knows scores and texts, nothing of engines or encoders.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footnote.records import Confidence

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

    @property
    def total(self) -> float:
        """The information of all of them."""
        return sum(self.information.values())

    def shares(self, naming: NDArray[np.bool_]) -> list[float]:
        """The share of the question's information that each passage names, in [0, 1]; 0 for a question without content words.

        ``naming``, of shape ``(passages, terms)``, says whether each passage has each of the terms, in their order.
        """
        weights = np.array(list(self.information.values()), dtype=np.float64)
        found: list[float] = (naming @ weights / (self.total or 1.0)).tolist()
        return found


def function_terms(terms: Callable[[str], list[str]]) -> frozenset[str]:
    """What an engine makes of the function words, which stand in every passage and tell nothing."""
    return _FUNCTION_WORDS.union(*(terms(word) for word in _FUNCTION_WORDS))


def rarity(holding: int, passages: int) -> float:
    """The inverse document frequency of a term, as BM25 counts it: ``ln(1 + (N - n + 0.5) / (n + 0.5))``."""
    return math.log(1 + (passages - holding + 0.5) / (holding + 0.5))


def wanted(
    terms: Sequence[str], telling_nothing: frozenset[str], information: Callable[[Sequence[str]], dict[str, float]]
) -> Wanted:
    """The content terms among the ``terms`` of a question: all that do not tell nothing."""
    return Wanted(information([term for term in dict.fromkeys(terms) if term not in telling_nothing]))


def coverages(
    numbers: dict[int, float], terms: NDArray[np.uint32], sentence_of: NDArray[np.int64], sentences: int
) -> NDArray[np.float64]:
    """The share of the question's information that each sentence names, of shape ``(sentences,)``.

    ``numbers`` maps each term of the question, by its number, to its information; ``terms`` are the distinct terms of the
    sentences that ``sentence_of`` names.
    """
    found = np.zeros(sentences)
    for number, weight in numbers.items():
        found[sentence_of[terms == number]] += weight
    total = sum(numbers.values())
    return found / total if total else found


def marks(
    first: NDArray[np.int64],
    spans: NDArray[np.int32],
    cosines: NDArray[np.float64],
    covered: NDArray[np.float64],
    words_share: float,
) -> list[tuple[int, int]]:
    """The span of the sentence that answers best in each passage, by its cosine and the share of the question it names.

    ``first`` tells where the sentences of each passage begin, with the end of the last; the others have a row a sentence.
    """
    scores = (1 - words_share) * cosines + words_share * covered
    passage = np.repeat(np.arange(len(first) - 1), np.diff(first))
    (best,) = np.nonzero(scores == np.maximum.reduceat(scores, first[:-1])[passage])
    _, earliest = np.unique(passage[best], return_index=True)  # of sentences that answer equally well
    return [(start, end) for start, end in spans[best[earliest]].tolist()]


def confidence(evidence: float, thresholds: dict[str, float]) -> Confidence:
    """A word for how much speaks for a passage."""
    if evidence >= thresholds["strong"]:
        return "strong"
    return "related" if evidence >= thresholds["related"] else "weak"


def places(articles: Sequence[str], top: int, per_article: int, certain: Collection[int] = ()) -> list[int]:
    """Which ``top`` of the ranked passages are shown, given the article of each, in ranked order.

    At most ``per_article`` of one article, unless the other articles leave places empty: those are filled up. The indexes in
    ``certain`` have their place in any case.
    """
    seen: Counter[str] = Counter()
    first: list[int] = []
    later: list[int] = []
    for index, article in enumerate(articles):
        seen[article] += 1
        (first if seen[article] <= per_article or index in certain else later).append(index)
    return sorted((sorted(first, key=lambda index: index not in certain) + later)[:top])


def same_texts(passages: Sequence[Sequence[str]], least: float) -> list[list[int]]:
    """The passages, given as sentences, in groups of those that say the same; groups and passages in the order given.

    Two say the same where their common sentences are at least the share ``least`` of the shorter one, by characters.
    """
    groups: list[list[int]] = []
    sizes: list[int] = []
    holding: dict[str, list[int]] = {}
    seen: dict[tuple[str, ...], int] = {}
    for index, sentences in enumerate(map(tuple, map(dict.fromkeys, passages))):
        size = sum(map(len, sentences))
        shared: Counter[int] = Counter()
        for sentence in sentences:
            for group in holding.get(sentence, ()):
                shared[group] += len(sentence)
        likely = (group for group, common in shared.most_common() if common >= least * min(size, sizes[group]))
        same = seen.setdefault(sentences, next(likely, len(groups)))
        if same < len(groups):
            groups[same].append(index)
            continue
        for sentence in sentences:
            holding.setdefault(sentence, []).append(len(groups))
        groups.append([index])
        sizes.append(size)
    return groups
