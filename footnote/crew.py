"""Who does the parts of an ingest that can be done apart: parsing files, cutting articles, embedding texts.

The seam is one Protocol. ``Alone`` is this process, the ordinary ingest; ``workers`` are other processes, here or on other
machines. Whoever does them and in whatever order, the parts come back in the order they were given, and one process writes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from footnote import passages as splitting
from footnote.encoder import Encoder, Vectors
from footnote.engines import Entry, rounded
from footnote.readers import Unparsed, in_turn
from footnote.records import Article, Passage, Reading
from footnote.settings import PASSAGES

Cut = tuple[Entry, int]
"""An article with its passages, and how many of those the model can't read whole."""

MadeOf = tuple[Vectors, NDArray[np.int8]]
"""The vectors of Texts: of ``whole``, of shape ``(len(whole), dimension)``, and of ``sentences``, one byte a number."""


@dataclass(frozen=True, slots=True)
class Texts:
    """What is embedded together; no text is twice among all of it.

    ``whole`` are passages and titles, whose vectors are kept in full. ``first`` is the id of the article that they begin with.
    """

    first: str
    whole: list[str]
    sentences: list[str]


class Crew(Protocol):
    """Does the parts of one ingest. What is done already among those it is given, it hands on in its turn."""

    def parse(self, files: Iterable[Unparsed | Reading]) -> Iterator[Reading]: ...

    def equip(self, encoder: Encoder, folder: Path) -> None:
        """From now on articles are cut for ``encoder``, which is kept in ``folder``, and texts embedded with it."""
        ...

    def split(self, articles: Iterable[Article | Cut]) -> Iterator[Cut]: ...

    def embed(self, texts: Iterable[Texts]) -> Iterator[MadeOf]: ...


class Alone:
    """This process: one part after another. While what was embedded is being written, the next is being embedded."""

    _encoder: Encoder

    def parse(self, files: Iterable[Unparsed | Reading]) -> Iterator[Reading]:
        return in_turn(files)

    def equip(self, encoder: Encoder, folder: Path) -> None:
        from footnote.encoder.gpu import for_passages

        self._encoder = for_passages(encoder)

    def split(self, articles: Iterable[Article | Cut]) -> Iterator[Cut]:
        for one in articles:
            yield one if isinstance(one, tuple) else cut(one, self._encoder)

    def embed(self, texts: Iterable[Texts]) -> Iterator[MadeOf]:
        with ThreadPoolExecutor(1) as pool:
            under_way: deque[Future[MadeOf]] = deque()
            for some in texts:
                under_way.append(pool.submit(made_of, some, self._encoder))
                if len(under_way) > 1:
                    yield under_way.popleft().result()
            for made in under_way:
                yield made.result()


def cut(article: Article, encoder: Encoder) -> Cut:
    """The passages of an article and their sentences."""
    passages = tuple(splitting.split(article, encoder.count_tokens, encoder.max_tokens, PASSAGES))
    sentences = tuple(splitting.sentences_in(article, passage) for passage in passages)
    return Entry(article, passages, sentences), too_long(passages, encoder)


def too_long(passages: Iterable[Passage], encoder: Encoder) -> int:
    """How many of the passages the model can't read whole."""
    lengths = encoder.count_tokens([splitting.embedded_text(passage) for passage in passages])
    return sum(length > encoder.max_tokens for length in lengths)


def made_of(texts: Texts, encoder: Encoder) -> MadeOf:
    """The vectors of some texts."""
    vectors = encoder.embed_passages([*texts.whole, *texts.sentences])
    return vectors[: len(texts.whole)], rounded(vectors[len(texts.whole) :])
