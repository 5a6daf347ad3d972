"""Which words are no slips of the pen, whether or not the articles use them; and what those that are may have been meant as."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spellchecker import SpellChecker

_DICTIONARIES = frozenset("ar de en es eu fa fr it lv nl pt ru".split())
"""The languages that pyspellchecker has word lists of."""

LONGEST_WORD = 40
"""Letters; longer ones are nobody's misspelled word."""

_MOST_LIKELY = 8  # words that a misspelled one is tried as


def likeliest(word: str, holding: Mapping[str, int], most_edits: int) -> list[str]:
    """The words that take the fewest edits to become ``word``, at most so many; not more than eight, the commonest first.

    ``holding`` maps each to the number of passages that have it.
    """
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extract

    found = extract(word, list(holding), scorer=OSA.distance, score_cutoff=most_edits, limit=None)
    fewest = min((edits for _, edits, _ in found), default=0)
    likely = [near for near, edits, _ in found if edits == fewest]
    return sorted(likely, key=lambda near: (-holding[near], near))[:_MOST_LIKELY]


def is_a_word(word: str, languages: Sequence[str]) -> bool:
    """Whether a dictionary of English, or of one of ``languages`` ("de", "en-GB"), has ``word``, whatever its case."""
    wanted = {language.split("-")[0].lower() for language in languages} & _DICTIONARIES
    return word.lower() in _checker(tuple(sorted({"en", *wanted})))


@lru_cache(maxsize=4)
def _checker(languages: tuple[str, ...]) -> SpellChecker:
    from spellchecker import SpellChecker

    return SpellChecker(language=list(languages))
