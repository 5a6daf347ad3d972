"""Which words are no slips of the pen, whether or not the articles use them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spellchecker import SpellChecker

_DICTIONARIES = frozenset("ar de en es eu fa fr it lv nl pt ru".split())
"""The languages that pyspellchecker has word lists of."""


def is_a_word(word: str, languages: Sequence[str]) -> bool:
    """Whether a dictionary of English, or of one of ``languages`` ("de", "en-GB"), has ``word``, whatever its case."""
    wanted = {language.split("-")[0].lower() for language in languages} & _DICTIONARIES
    return word.lower() in _checker(tuple(sorted({"en", *wanted})))


@lru_cache(maxsize=4)
def _checker(languages: tuple[str, ...]) -> SpellChecker:
    from spellchecker import SpellChecker

    return SpellChecker(language=list(languages))
