"""What a person says of a file after reading it in its own program: written by hand, never from a reader's output."""

from dataclasses import dataclass

from footnote.records import Article, Metadata


@dataclass(frozen=True)
class Expected:
    """One fixture file. ``sections`` are all heading paths in order, each with words that stand under it, and ``cut`` are words
    of the file that are none of the article's."""

    name: str
    known: Metadata
    sections: list[tuple[tuple[str, ...], list[str]]]
    cut: tuple[str, ...] = ()


def paths(article: Article) -> list[tuple[str, ...]]:
    return [section.path for section in article.sections]


def missing(article: Article, expected: Expected) -> list[str]:
    """The words that do not stand under their heading."""
    texts = [article.text[section.start : section.end] for section in article.sections]
    return [words for text, (_, said) in zip(texts, expected.sections, strict=True) for words in said if words not in text]


def not_cut(article: Article, expected: Expected) -> list[str]:
    """The words that should have been left out."""
    return [words for words in expected.cut if words in article.text]
