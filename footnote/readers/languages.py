"""The language that an article is in, told from its text. Nothing is guessed: where it is not clear, there is none."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from footnote.records import Article

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_LEAST_LETTERS = 60  # fewer are too few to tell Danish from Norwegian by
_LEAST_CONFIDENCE = 0.9  # of 139 languages
_STRETCH = 300  # characters


def with_language(article: Article) -> Article:
    """The article with the language it is in, where nothing said so before and its text is clear."""
    if article.metadata.language is not None:
        return article
    return replace(article, metadata=replace(article.metadata, language=language_of(article.text)))


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of the language of ``text``; None for few words, several languages or one without a code."""
    stretches = _stretches(text)
    code = _clear("\n".join(stretches))
    if code is None or len(code) != 2 or any(_clear(stretch) not in (None, code) for stretch in stretches):
        return None
    return code


def _stretches(text: str) -> list[str]:
    """The text in three parts, or as much of its beginning, middle and end."""
    length = min(_STRETCH, -(-len(text) // 3))
    return [text[start : start + length] for start in (0, (len(text) - length) // 2, len(text) - length)]


def _clear(text: str) -> str | None:
    """The language that a stretch of text is in, where that is clear."""
    if sum(map(str.isalpha, text)) < _LEAST_LETTERS:
        return None
    code, confidence = _identifier().classify(text)
    return code if confidence >= _LEAST_CONFIDENCE else None


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
