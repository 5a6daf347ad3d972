"""The nouns of Footnote: frozen records that every other module speaks in.

Offsets are Python ``str`` indexes into ``Article.text``, half-open: ``text[start:end]``.
A field that is not known is ``None``; nothing here is guessed. This module imports nothing of Footnote.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known about an article beside its text."""

    title: str
    author: str | None = None
    published: str | None = None  # ISO 8601 date; a month alone is "2024-03"
    tags: tuple[str, ...] = ()
    url: str | None = None
    language: str | None = None
    summary: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of an article under one heading; an article's sections cover its text in order.

    ``start`` is where the heading line begins, ``body`` where the words under it begin. Text before the first heading has
    the path ``()``. An inline label (``Mutual respect. Both of you ...``) opens a section whose ``body == start``,
    because the label stands inside its paragraph.
    """

    path: tuple[str, ...]
    start: int
    body: int
    end: int
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One article: canonical text without markup, paragraphs parted by a blank line, headings as paragraphs.

    ``id`` is the path relative to the knowledge base, with ``#n`` (from 1) where a file holds several articles.
    ``source_start`` is the offset in the decoded file at which the article begins, where the format tells.
    """

    id: str
    source: str
    metadata: Metadata
    text: str
    sections: tuple[Section, ...]
    source_start: int | None = None

    def section_at(self, offset: int) -> Section:
        """The section that holds ``offset``; the last one that begins at or before it."""
        found = self.sections[0]
        for section in self.sections:
            if section.start > offset:
                break
            found = section
        return found


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of one article that answers one question: ``text == article.text[start:end]``.

    ``context`` is the heading path that the encoder is given beside the text; it is not shown as passage text.
    ``id`` depends on the article's id and the text alone, so that a link survives a rebuild.
    """

    id: str
    article_id: str
    start: int
    end: int
    text: str
    context: tuple[str, ...] = ()
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about a file that its owner should know; the file was read all the same."""

    source: str
    text: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that was not read: why, and what would help."""

    source: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What one file gave: articles, or a refusal. ``sha256`` is of the file's bytes, empty where they could not be read.

    ``format`` is the name of the format it was read as.
    """

    source: str
    sha256: str
    articles: Sequence[Article] = ()
    notices: tuple[Notice, ...] = ()
    refusal: Refusal | None = None
    format: str | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """The files of a knowledge base against what was indexed, by their content; each in the order of names.

    A file is renamed where one is gone and another new with the same bytes: pairs of the old name and the new one.
    """

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    gone: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.renamed or self.gone)

    def lines(self) -> list[tuple[str, str]]:
        """What happened (``new``, ``changed``, ``renamed``, ``gone``) and to which file, or from which name to which."""
        return [
            *(("new", name) for name in self.new),
            *(("changed", name) for name in self.changed),
            *(("renamed", f"{old} -> {new}") for old, new in self.renamed),
            *(("gone", name) for name in self.gone),
        ]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which articles may answer. Values of one field are alternatives; fields add up; empty means no limit.

    Tags and authors match without regard to case; an author matches where the words given stand in the author's name.
    ``since`` and ``until`` are ISO dates, both included; an article without a date passes neither. A language matches with
    or without its region ("en" takes "en-GB"). ``phrases`` must all stand in a passage, its headings or its title, word for
    word; none of ``without`` may.
    """

    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    languages: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    @property
    def of_articles(self) -> bool:
        """Whether some articles are left out whole."""
        return bool(self.tags or self.authors or self.articles or self.since or self.until or self.languages)

    def __bool__(self) -> bool:
        return bool(self.of_articles or self.phrases or self.without)


class Candidate(NamedTuple):
    """A passage that may answer, with both raw scores: cosine similarity in [-1, 1] and BM25 (0 where no term matches).

    ``titled`` says that the question is the title of its article. A tuple, as ``Ranked`` is: a question makes hundreds of both.
    """

    row: int
    similarity: float
    keyword: float
    titled: bool = False


class Ranked(NamedTuple):
    """A candidate read sentence by sentence. ``score`` orders the candidates of one question and says nothing across questions.

    ``sentence`` is the span of the sentence that answers best, as offsets into the passage; ``nearness`` and ``coverage`` say how
    near the passage and its sentences come, and how much of the question's information one of them names. ``evidence`` is
    what both say about whether the passage answers at all. ``is_certain`` says that it alone holds what the
    question names.
    """

    candidate: Candidate
    score: float
    sentence: tuple[int, int]
    nearness: float
    coverage: float
    evidence: float
    is_certain: bool = False


Confidence = Literal["strong", "related", "weak"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where else a passage's text stands."""

    title: str
    source: str
    article_id: str
    passage_id: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that answers, with what is needed to cite it. ``rank`` counts from 1.

    ``score`` orders the hits of one answer and says nothing across answers. ``highlights`` are half-open offsets into
    ``passage.text``: what answers best comes first. ``section`` is the heading path at the first of them. ``headings`` are
    the offsets of the heading lines that the passage runs across. ``also_in`` says where the same text stands again.
    """

    rank: int
    score: float
    similarity: float
    keyword: float
    passage: Passage
    source: str
    metadata: Metadata
    section: tuple[str, ...]
    highlights: tuple[tuple[int, int], ...]
    headings: tuple[tuple[int, int], ...]
    citation: str
    confidence: Confidence
    also_in: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question: hits best first, or none where nothing in the knowledge base is relevant.

    ``nearest`` is the most evidence that any passage gave, enough to answer or not; 0 where there was none to look at.
    ``read_as`` is the question as it was answered where a misspelled word was mended. ``absent`` are the phrases required
    that stand in no passage. ``subjects`` are the titles of the three articles that come nearest to a question without a hit.
    """

    question: str
    verdict: Literal["answered", "nothing_relevant"]
    snapshot: str
    asked_at: str  # ISO 8601, UTC
    hits: tuple[Hit, ...] = ()
    nearest: float = 0.0
    read_as: str | None = None
    absent: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
