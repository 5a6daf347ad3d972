"""Where a library's passages, vectors and keywords live. The seam is one Protocol for those who read a library.

``local.py`` keeps them in the files of a snapshot. Another engine is another module with an Engine and a way to write one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from footnote.encoder import Vectors
from footnote.records import Article, Candidate, Filter, Metadata, Passage


@dataclass(frozen=True, slots=True)
class Entry:
    """One article on its way into an engine, with its passages in order."""

    article: Article
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """One article as a list shows it."""

    id: str
    source: str
    metadata: Metadata
    passages: int


class Engine(Protocol):
    """A library that does not change under its reader. Rows count passages from 0. Safe to use from several threads."""

    def candidates(self, question: str, vector: Vectors, where: Filter, limit: int) -> list[Candidate]:
        """The passages that either search puts among its first ``limit``, filtered before the cut, in the order of rows.

        ``vector`` is of shape ``(dimension,)``. Both scores are exact for every candidate, whichever search found it.
        """
        ...

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """The passages at ``rows``, in that order."""
        ...

    def passages_of(self, article_id: str) -> list[Passage]:
        """The passages of one article in order; none where there is no article of that id."""
        ...

    def passage(self, passage_id: str) -> Passage | None:
        """The passage of that id, or None where there is none."""
        ...

    def article(self, article_id: str) -> Article | None:
        """The whole article, or None where there is none of that id."""
        ...

    def listings(self) -> list[Listing]:
        """All articles, in the order of their ids."""
        ...

    def terms(self, text: str) -> list[str]:
        """The terms of ``text`` as the keyword search knows them: lower case, accents folded, stemmed."""
        ...

    def rarity(self, term: str) -> float:
        """The inverse document frequency of a term, as BM25 counts it: ``ln(1 + (N - n + 0.5) / (n + 0.5))``."""
        ...

    def count(self) -> int:
        """The number of passages."""
        ...

    def close(self) -> None:
        """Lets go of files and memory."""
        ...
