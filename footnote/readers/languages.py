"""The language that an article is in, told from its text. Nothing is guessed: where it is not clear, there is none."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from footnote.records import Article

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_LEAST_LETTERS = 60  # fewer are too few to tell Danish from Norwegian by
_LEAST_CONFIDENCE = 0.9  # of 139 languages; a text half in one and half in another stays below it
_STRETCH = 500  # characters read at the beginning, in the middle and at the end


def with_language(article: Article) -> Article:
    """The article with the language it is in, where nothing said so before and its text is clear."""
    if article.metadata.language is not None:
        return article
    return replace(article, metadata=replace(article.metadata, language=language_of(article.text)))


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of the language of ``text``; None for few words, several languages or one without a code."""
    sample = text if len(text) <= 3 * _STRETCH else "\n".join(_stretches(text))
    if sum(map(str.isalpha, sample)) < _LEAST_LETTERS:
        return None
    code, confidence = _identifier().classify(sample)
    return code if confidence >= _LEAST_CONFIDENCE and len(code) == 2 else None


def _stretches(text: str) -> tuple[str, str, str]:
    middle = len(text) // 2
    return text[:_STRETCH], text[middle - _STRETCH // 2 : middle + _STRETCH // 2], text[-_STRETCH:]


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
