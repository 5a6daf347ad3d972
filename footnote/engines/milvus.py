"""The engine of Milvus: answers from one state of a library, whose rows ``milvus_writing.py`` wrote.

A state is seen through a condition that every search has: rows born by then, of articles that are not gone. What either search
finds is fetched whole and scored here: the cosine from the stored vector, BM25 from the stored terms and the library's counts. So
both scores are exact, whatever kind of index found a passage, and they are the local engine's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footnote.encoder import Vectors
from footnote.engines import Entry, Listing, Sentences
from footnote.engines.local_terms import FIELDS
from footnote.engines.local_writing import analyzer, exact_analyzer
from footnote.engines.milvus_connection import MOST, Connection
from footnote.engines.milvus_reading import Info, Rows, kept_in
from footnote.engines.milvus_rows import Names, digest, order, spelt, unpacked
from footnote.engines.milvus_terms import Question, place_of, question
from footnote.engines.milvus_where import holds, narrowed
from footnote.projection import Points, between
from footnote.records import Article, Candidate, Filter, Passage
from footnote.settings import SearchSettings
from footnote.spelling import likeliest


class MilvusEngine:
    """A Library over one state of a library whose collections are ``names``. Raises IndexProblem.

    ``is_settled`` says that it was written long enough ago for all servers to have it.
    """

    def __init__(
        self, connection: Connection, names: Names, info: Info, settings: SearchSettings, is_settled: bool = False
    ) -> None:
        self.info = info
        self.dimension = info.dimension
        self.rows = Rows(connection, names, info, is_settled)
        self._boosts = (1.0, settings.heading_boost, settings.title_boost)
        self._analyzer, self._exact_analyzer = analyzer(), exact_analyzer()

    def candidates(self, question: str, telling: Sequence[str], vector: Vectors, where: Filter, limit: int) -> list[Candidate]:
        if not self.info.passages:
            return []
        seen = self._passing(where)
        near = self.rows.nearest("vector", vector.tolist(), seen, limit)
        if not near:
            return []
        terms = list(dict.fromkeys(self.terms(question)))
        weights = {place: weight for place, (_, weight) in self._asked(telling or terms).weights.items()}
        matching = self.rows.nearest("terms", weights, seen, limit) if weights else []
        articles = self.rows.titled(self._title(question))
        titled = set(self.rows.rows_of(f"{seen} and article in {articles}") if articles else [])
        only = [term for term in terms if self.holding(term) == 1]
        sole = [row for term in only for row in self._with(term, seen)]
        rows = sorted({*near, *matching, *titled, *sole})
        stored = dict(zip(rows, self.rows.passages(rows), strict=True))
        self.rows.make_sure_it_is_kept()
        rows.sort(key=lambda row: order(stored[row].kept.place))
        keywords = self._asked(terms).scores([stored[row].counts for row in rows])
        return [
            Candidate(row, float(stored[row].vector @ vector), keyword, row in titled)
            for row, keyword in zip(rows, keywords, strict=True)
        ]

    def near(self, vector: Vectors, limit: int) -> tuple[NDArray[np.float32], Sentences]:
        """The cosines of so many nearest passages, and their sentences."""
        rows = self.rows.nearest("vector", vector.tolist(), self.rows.seen, limit) if self.info.passages else []
        return (self.vectors(rows) @ vector).astype(np.float32), self.sentences(rows)

    def sentences(self, rows: Sequence[int]) -> Sentences:
        stored = self.rows.passages([int(row) for row in rows])
        ends = [one.read.ends.astype(np.int64) for one in stored]
        sizes = [np.diff(some, prepend=0) for some in ends]
        first = [0, *accumulate(len(some) for some in ends)]
        return Sentences(
            np.array(first, dtype=np.int64),
            np.array([span for one in stored for span in one.kept.spans], dtype=np.int32).reshape(-1, 2),
            _joined([one.read.vectors for one in stored], np.int8, self.dimension),
            _joined([one.read.lengths for one in stored], np.float32),
            _joined([one.read.terms for one in stored], np.uint32),
            np.repeat(np.arange(first[-1]), _joined(sizes, np.int64)),
            np.array(self.rows.titles([one.article for one in stored]), dtype=np.float32).reshape(-1, self.dimension),
        )

    def vectors(self, rows: Sequence[int]) -> Vectors:
        return self.rows.vectors([int(row) for row in rows])

    def made(self, row: int) -> tuple[Vectors, NDArray[np.int8]]:
        (stored,) = self.rows.passages([row])
        return stored.vector, stored.read.vectors

    def points(self, rows: Sequence[int]) -> Points:
        known, points = self._landmarks
        return between(self.vectors(rows), known, points) if len(rows) and len(known) else np.zeros((len(rows), 2), np.float32)

    def spread(self, most: int) -> list[int]:
        step = max(1, -(-self.info.next_passage // most)) if self.info.passages > most else 1
        found = self.rows.rows_of(f"{self.rows.seen} and row % {step} == 0" if step > 1 else self.rows.seen)
        return found or self.rows.rows_of(self.rows.seen, limit=most)  # what was spread evenly has gone

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        return [kept.passage for kept in self.rows.kept([int(row) for row in rows])]

    def passages_of(self, article_id: str) -> list[Passage]:
        found = self.rows.article(article_id)
        return self.passages(range(found[0].first, found[0].first + found[0].passages)) if found else []

    def passage(self, passage_id: str) -> Passage | None:
        if not re.fullmatch("[0-9a-f]{16}", passage_id):
            return None
        rows = self.rows.rows_of(f'{self.rows.seen} and name == "{passage_id}"', limit=1)
        return self.passages(rows)[0] if rows else None

    def article(self, article_id: str) -> Article | None:
        found = self.rows.article(article_id)
        return found[1] if found else None

    def listings(self) -> list[Listing]:
        return self._listings

    @cached_property
    def _listings(self) -> list[Listing]:
        found = sorted(self.rows.listed(), key=lambda one: one.id)
        return [Listing(one.id, one.source, one.metadata, one.passages) for one in found]

    def terms(self, text: str) -> list[str]:
        return list(self._analyzer.analyze(text))

    def words(self, text: str) -> list[str]:
        return list(self._exact_analyzer.analyze(text))

    def holding(self, term: str) -> int:
        return self.holdings([term])[term]

    def holdings(self, terms: Sequence[str]) -> dict[str, int]:
        return {term: max(held) for term, held in self.rows.holding(terms).items()}

    def rows_with(self, term: str) -> list[int]:
        return sorted(self._with(term, self.rows.seen))

    def naming(self, rows: Sequence[int], terms: Sequence[str]) -> NDArray[np.bool_]:
        places = [np.array([place_of(FIELDS.index(name), term) for term in terms], np.uint32) for name in ("text", "heading")]
        stored = self.rows.passages([int(row) for row in rows])
        counts = [sum(one.counts.at(some) for some in places) for one in stored]
        return np.array(counts, dtype=np.int64).reshape(len(stored), len(terms)) > 0

    def is_title(self, question: str) -> bool:
        return bool(self.words(question)) and bool(self.rows.titled(self._title(question)))

    def stands(self, phrase: str, where: Filter) -> bool:
        return bool(self.rows.rows_of(self._passing(replace(where, phrases=(phrase,), without=())), limit=1))

    def words_like(self, word: str, most_edits: int) -> list[str]:
        begins = f"w{spelt(word[0])}"
        sizes = f"length >= {len(word) - most_edits} and length <= {len(word) + most_edits}"
        rows = self.rows.words(f'word like "{begins}%" and {sizes}')
        holding = {row["plain"]: row["text"] for row in rows.values() if row["text"]}
        return likeliest(word, holding, most_edits)

    def languages(self) -> list[str]:
        return list(self.info.languages)

    def count(self) -> int:
        return self.info.passages

    def vector_keys(self) -> Mapping[bytes, int]:
        return {bytes.fromhex(row["made_from"]): row["row"] for row in self.rows.every_passage("made_from")}

    def title_vectors(self) -> Mapping[str, Vectors]:
        return _Titles(self.rows)

    def sources(self) -> dict[str, list[str]]:
        self.rows.read_ahead()
        found: dict[str, list[str]] = {}
        for one in sorted(self.rows.listed(), key=lambda one: order(one.place)):
            found.setdefault(one.source, []).append(one.id)
        return found

    def entry(self, article: Article) -> Entry:
        found = self.rows.article(article.id)
        assert found is not None
        kept = self.rows.kept(range(found[0].first, found[0].first + found[0].passages))
        return Entry(article, tuple(one.passage for one in kept), tuple(one.spans for one in kept))

    def standing(self) -> Iterator[tuple[str, str, int, int, tuple[tuple[int, int], ...]]]:
        for row in self.rows.every_passage("content"):
            one = kept_in(row)
            yield one.passage.id, one.passage.article_id, one.passage.start, one.passage.end, one.spans

    def keyword_count(self) -> int:
        return self.rows.counted()[0]

    def close(self) -> None:
        self.rows.close()

    def _asked(self, terms: Sequence[str]) -> Question:
        averages = [max(tokens, 1) / self.info.passages for tokens in self.info.tokens]
        return question(self.rows.holding(terms), self.info.passages, averages, self._boosts)

    def _with(self, term: str, seen: str) -> list[int]:
        """The rows of the passages that hold a term, as many as one answer may have."""
        weights = {place_of(field, term): 1.0 for field in range(len(FIELDS))}
        return self.rows.nearest("terms", weights, seen, MOST) if self.holding(term) else []

    def _title(self, text: str) -> str:
        return digest(" ".join(self.words(text)))

    def _passing(self, where: Filter) -> str:
        """The condition that the passages meet which ``where`` lets through."""
        conditions = [self.rows.seen, *narrowed(where)]
        conditions += [holds(self.words(phrase)) for phrase in where.phrases]
        seen = " and ".join(conditions)
        # Milvus Lite knows no "not" before a comparison, but "not in".
        ruled_out = {row for words in where.without for row in self.rows.rows_of(f"{seen} and {holds(self.words(words))}")}
        return f"{seen} and row not in {sorted(ruled_out)}" if ruled_out else seen

    @cached_property
    def _landmarks(self) -> tuple[Vectors, Points]:
        if not self.info.mapped:
            return np.zeros((0, self.dimension), np.float32), np.zeros((0, 2), np.float32)
        vectors, points = unpacked(self.rows.piece(f"map-{self.info.map}"), np.float32, np.float32)
        return vectors.reshape(-1, self.dimension), points.reshape(-1, 2)


class _Titles(Mapping[str, Vectors]):
    """The vectors of titles, each fetched when it is asked for."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._articles = {one.metadata.title: one.row for one in rows.listed()}

    def __getitem__(self, title: str) -> Vectors:
        return self._rows.titles([self._articles[title]])[0]

    def __iter__(self) -> Iterator[str]:
        return iter(self._articles)

    def __len__(self) -> int:
        return len(self._articles)


def _joined(arrays: Sequence[NDArray[Any]], kind: type, width: int | None = None) -> NDArray[Any]:
    """Arrays one after the other, an empty one where there are none."""
    return np.concatenate([np.empty((0,) if width is None else (0, width), dtype=kind), *arrays])
