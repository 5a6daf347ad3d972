"""A library of any size for measuring growth: its sentences and their vectors are real, how they are put together is not.

The pool is every sentence of the articles in kb/, each embedded once by the real encoder. A synthetic article takes runs of
two to four neighbouring sentences from three of those articles, and in every passage one sentence names a code that stands
nowhere else, so that the vocabulary grows with the library as a real one's does. The vector of a passage is the mean of
its sentences' real vectors, slightly turned by a direction of its own: near what it speaks of, never equal to another. Sentences
have their real vectors. So neighbours are as crowded as in a library that says similar things often, which is hard on a
search that approximates; random vectors would be harder still, but answer no question.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from footnote.encoder import Encoder, OnEmbedded, Vectors
from footnote.passages import sentences
from footnote.readers import read_articles
from footnote.readers.blocks import Heading, Paragraph, assemble
from footnote.records import Article, Metadata

_SECTIONS = 6
_RUNS = 3  # of neighbouring sentences, under one heading
_TURN = 0.25  # how far a passage's vector is turned from the mean of its sentences'
_CODE = "It is kept under the sign"


class Pool:
    """The sentences of real articles, by article, with the headings they stand under."""

    def __init__(self, kb: Path) -> None:
        articles = [article for reading in read_articles(kb) for article in reading.articles]
        self.titles = [article.metadata.title for article in articles]
        self.headings = [list(dict.fromkeys(section.path[-1] for section in one.sections if section.path)) for one in articles]
        self.sentences = [
            [
                article.text[start:end]
                for section in article.sections
                for start, end in sentences(article.text, section.body, section.end)
            ]
            for article in articles
        ]

    def articles(self, first: int, count: int) -> Iterator[Article]:
        """``count`` articles from number ``first`` on; an article depends on its number alone."""
        for number in range(first, first + count):
            yield self._article(number)

    def _article(self, number: int) -> Article:
        draw = np.random.default_rng([7, number])
        bases = draw.integers(len(self.titles), size=3).tolist()
        blocks: list[Heading | Paragraph] = []
        for part in range(_SECTIONS):
            base = bases[part % len(bases)]
            name = self.headings[base][int(draw.integers(len(self.headings[base])))]
            blocks.append(Heading(name, name, 2))
            said = []
            for run in range(_RUNS):
                pool = self.sentences[bases[(part + run) % len(bases)]]
                start = int(draw.integers(len(pool) - 4))
                said += pool[start : start + int(draw.integers(2, 5))]
            said.insert(len(said) // 2, f"{_CODE} {_name(number * _SECTIONS + part)}.")
            blocks.append(Paragraph(" ".join(said)))
        text, sections = assemble(blocks)
        source = f"{number // 1000:04}/{number:07}.md"
        tags = (f"shelf-{number % 97}", f"year-{1990 + number % 30}")
        metadata = Metadata(f"{self.titles[bases[0]]} ({number})", f"Author {number % 211}", f"{1990 + number % 30}-05-01", tags)
        return Article(source, source, metadata, text, sections, 0)


class PoolEncoder:
    """The real encoder for questions and token counts; texts made of the pool's sentences get their vectors from those."""

    def __init__(self, encoder: Encoder, pool: Pool) -> None:
        self._encoder = encoder
        self.model, self.fingerprint, self.dimension = encoder.model, encoder.fingerprint, encoder.dimension
        self.max_tokens, self.unrelated_similarity = encoder.max_tokens, encoder.unrelated_similarity
        known = list(dict.fromkeys([*pool.titles, _CODE, *(one for said in pool.sentences for one in said)]))
        self._known = dict(zip(known, encoder.embed_passages(known), strict=True))
        self._by_opening: dict[str, list[str]] = {}
        for text in sorted(known, key=len, reverse=True):
            self._by_opening.setdefault(text[:12], []).append(text)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._encoder.count_tokens(texts)

    def embed_question(self, text: str) -> Vectors:
        return self._encoder.embed_question(text)

    def embed_passages(self, texts: Sequence[str], on_embedded: OnEmbedded | None = None) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            known = self._known.get(text)
            vectors[row] = self._made(text) if known is None else known
        if on_embedded is not None:
            on_embedded(len(texts))
        return vectors

    def _made(self, text: str) -> Vectors:
        found, place = [], 0
        while place < len(text):
            like = self._by_opening.get(text[place : place + 12], ())
            known = next((one for one in like if text.startswith(one, place)), None)
            if known is not None:
                found.append(self._known[known])
                place += len(known)
            place = _next_word(text, place)
        turned = np.random.default_rng(zlib.crc32(text.encode())).standard_normal(self.dimension).astype(np.float32)
        turned /= np.linalg.norm(turned)
        if found:
            mean = np.sum(found, axis=0)
            turned = mean / np.linalg.norm(mean) + _TURN * turned
        vector: Vectors = turned / np.linalg.norm(turned)
        return vector


def _next_word(text: str, place: int) -> int:
    space = min((found for found in (text.find(" ", place), text.find("\n", place)) if found >= 0), default=len(text))
    return space + 1


def _name(number: int) -> str:
    """A word that can be spoken, another for every number."""
    syllables = [first + vowel for first in "bdfgklmnprstvz" for vowel in "aeiou"]
    word = ""
    while not word or number:
        number, digit = divmod(number, len(syllables))
        word += syllables[digit]
    return f"{word}x"
