"""The local engine: reads a library from the files of one snapshot folder, as ``local_writing.py`` left them."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec.json import decode
from numpy.typing import NDArray

from footnote.encoder import Vectors
from footnote.engines import Entry, Listing, Sentences, local_sentences, local_terms, local_words, ranges
from footnote.engines.bm25 import FieldCounts, bm25
from footnote.engines.local_sentences import SentenceStore
from footnote.engines.local_terms import FIELDS, TermStore
from footnote.engines.local_vectors import VectorStore
from footnote.engines.local_words import WordStore
from footnote.engines.local_writing import EXACT, KEYWORDS, LIBRARY, POINTS, analyzer, exact_analyzer
from footnote.errors import IndexDamaged
from footnote.filters import passes
from footnote.projection import LaidOut, Points
from footnote.records import Article, Candidate, Filter, Metadata, Passage, Section
from footnote.settings import SearchSettings
from footnote.spelling import likeliest

if TYPE_CHECKING:
    import tantivy

    Clause = tuple[tantivy.Occur, tantivy.Query]


class LocalEngine:
    """An Engine over one snapshot folder, whose files have been checked. Raises IndexDamaged."""

    def __init__(self, folder: Path, settings: SearchSettings) -> None:
        import tantivy

        self._boosts = {"text": 1.0, "heading": settings.heading_boost, "title": settings.title_boost}
        self._borrowed: tempfile.TemporaryDirectory[str] | None = None
        try:
            self._library = sqlite3.connect(
                f"{(folder / LIBRARY).resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
            self._library.execute("PRAGMA trusted_schema = OFF")
            self._count = int(self._library.execute("SELECT count(*) FROM passage").fetchone()[0])
            self.vector_store = VectorStore(folder, self._count)
            self._keywords = self._open_keywords(folder / KEYWORDS)
            self._searcher = self._keywords.searcher()
            self.sentence_store = SentenceStore(folder / local_sentences.FOLDER, self._count)
            self._terms = TermStore(folder / local_terms.FOLDER, self._count)
            self._words = WordStore(folder / local_words.FOLDER)
            self.dimension = self.sentence_store.dimension
            self._points = np.load(folder / POINTS, mmap_mode="r")
            if (self._points.shape, self._points.dtype) != ((self._count, 2), np.dtype("<f4")):
                raise ValueError(f"{POINTS} is of shape {self._points.shape} for {self._count} passages")
            if self.vector_store.dimension != self.sentence_store.dimension:
                raise ValueError(
                    f"vectors of {self.vector_store.dimension} dimensions, sentences of {self.sentence_store.dimension}"
                )
        except (sqlite3.Error, ValueError, RuntimeError, OSError, EOFError) as error:
            raise IndexDamaged(
                f"The snapshot {folder.name} can't be opened ({error}). Run: python ingest.py --rebuild"
            ) from error
        # Both searches of a question are narrowed alike, and often the next question too.
        self._last_passing: tuple[Filter | None, NDArray[np.int64]] = None, np.empty((0, 3), dtype=np.int64)
        self._analyzer = analyzer()
        self._exact_analyzer = exact_analyzer()
        self._tantivy = tantivy

    def candidates(self, question: str, telling: Sequence[str], vector: Vectors, where: Filter, limit: int) -> list[Candidate]:
        allowed = self._allowed(where)
        if self._count == 0 or (allowed is not None and not allowed.any()):
            return []
        terms = list(dict.fromkeys(self.terms(question)))
        titled = {row for row in self._titled(question) if allowed is None or allowed[row]}
        only = {row for row in self._only(terms) if allowed is None or allowed[row]}
        near = self.vector_store.nearest(vector, allowed, limit)
        matching = self._matching(telling or terms, self._clauses(where), limit)
        found = sorted({*near, *matching, *titled, *only})
        scores = zip((self.vectors(found) @ vector).tolist(), self._bm25(terms, found).tolist(), strict=True)
        return [Candidate(row, *both, row in titled) for row, both in zip(found, scores, strict=True)]

    def sentences(self, rows: Sequence[int]) -> Sentences:
        return self.sentence_store.read(rows)

    def points(self, rows: Sequence[int]) -> Points:
        return np.asarray(self._points[list(rows)])

    def spread(self, most: int) -> list[int]:
        found: list[int] = np.unique(np.linspace(0, self._count - 1, min(self._count, most)).astype(int)).tolist()
        return found

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        query = (
            "SELECT passage.row, passage.id, article.id, start, end, substr(article.text, start + 1, end - start), context, page "
            f"FROM passage JOIN article ON article.row = passage.article WHERE passage.row IN ({','.join('?' * len(rows))})"
        )
        found = {
            row: Passage(passage_id, article_id, start, end, text, decode(context, type=tuple[str, ...]), page)
            for row, passage_id, article_id, start, end, text, context, page in self._library.execute(
                query, [int(row) for row in rows]
            )
        }
        return [found[row] for row in rows]

    def passages_of(self, article_id: str) -> list[Passage]:
        query = "SELECT first_passage, passages FROM article WHERE id = ?"
        found = self._library.execute(query, (article_id,)).fetchone()
        return self.passages(range(found[0], found[0] + found[1])) if found else []

    def passage(self, passage_id: str) -> Passage | None:
        found = self._library.execute("SELECT row FROM passage WHERE id = ?", (passage_id,)).fetchone()
        return self.passages([found[0]])[0] if found else None

    def article(self, article_id: str) -> Article | None:
        names = "id, source, title, author, published, tags, url, language, summary, text, sections, source_start"
        row = self._library.execute(f"SELECT {names} FROM article WHERE id = ?", (article_id,)).fetchone()
        if row is None:
            return None
        found, source, *known, text, sections, source_start = row
        return Article(found, source, _metadata(known), text, _sections(sections), source_start)

    def listings(self) -> list[Listing]:
        names = "id, source, title, author, published, tags, url, language, summary, passages"
        rows = self._library.execute(f"SELECT {names} FROM article ORDER BY id")
        return [Listing(found, source, _metadata(known), passages) for found, source, *known, passages in rows]

    def terms(self, text: str) -> list[str]:
        return list(self._analyzer.analyze(text))

    def words(self, text: str) -> list[str]:
        return list(self._exact_analyzer.analyze(text))

    def holding(self, term: str) -> int:
        return max(self._searcher.doc_freq(name, term) for name in FIELDS)

    def holdings(self, terms: Sequence[str]) -> dict[str, int]:
        return {term: self.holding(term) for term in terms}

    def rows_with(self, term: str) -> list[int]:
        query, schema = self._tantivy.Query, self._keywords.schema
        anywhere = query.boolean_query([(self._tantivy.Occur.Should, query.term_query(schema, name, term)) for name in FIELDS])
        return sorted(self._rows(anywhere, max(self._count, 1)))

    def naming(self, rows: Sequence[int], terms: Sequence[str]) -> NDArray[np.bool_]:
        counts = self._terms.counts(rows, terms).counts
        found: NDArray[np.bool_] = counts["text"] + counts["heading"] > 0
        return found

    def is_title(self, question: str) -> bool:
        return bool(self._titled(question))

    def stands(self, phrase: str, where: Filter) -> bool:
        clauses = self._clauses(replace(where, phrases=(phrase,), without=()))
        return bool(self._searcher.search(self._tantivy.Query.boolean_query(clauses), 1, count=False).hits)

    def words_like(self, word: str, most_edits: int) -> list[str]:
        return likeliest(word, self._words.like(word, most_edits), most_edits)

    def languages(self) -> list[str]:
        return self._languages

    @cached_property
    def _languages(self) -> list[str]:
        found = self._library.execute("SELECT DISTINCT language FROM article WHERE language IS NOT NULL ORDER BY language")
        return [language for (language,) in found]

    def count(self) -> int:
        return self._count

    def vectors(self, rows: Sequence[int]) -> Vectors:
        return self.vector_store.at(np.asarray(rows, dtype=np.int64))

    def title_vectors(self) -> dict[str, NDArray[np.float32]]:
        titles = self._library.execute("SELECT title, row FROM article")
        return {title: self.sentence_store.title_of(row) for title, row in titles}

    def vector_keys(self) -> dict[bytes, int]:
        return dict(self._library.execute("SELECT vector_key, row FROM passage ORDER BY row DESC"))

    def made(self, row: int) -> tuple[Vectors, NDArray[np.int8]]:
        return self.vectors([row])[0], self.sentence_store.vectors_of(row)

    def laid_out(self) -> LaidOut:
        """The map, with what each point's vector was made from."""
        keys = [key for (key,) in self._library.execute("SELECT vector_key FROM passage ORDER BY row")]
        return LaidOut(keys, np.asarray(self._points))

    def sources(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for source, article_id in self._library.execute("SELECT source, id FROM article ORDER BY row"):
            found.setdefault(source, []).append(article_id)
        return found

    def entry(self, article: Article) -> Entry:
        query = (
            "SELECT passage.row, passage.id, start, end, context, page FROM article JOIN passage ON passage.row >= first_passage "
            "AND passage.row < first_passage + article.passages WHERE article.id = ? ORDER BY passage.row"
        )
        passages, sentences = [], []
        for row, passage_id, start, end, context, page in self._library.execute(query, (article.id,)):
            # The text is cut here: SQLite would count the characters before each passage anew.
            text = article.text[start:end]
            passages.append(Passage(passage_id, article.id, start, end, text, decode(context, type=tuple[str, ...]), page))
            sentences.append(self.sentence_store.spans_of(row))
        return Entry(article, tuple(passages), tuple(sentences))

    def spans(self) -> Iterable[tuple[str, str, int, int]]:
        """Passage id, article id, start and end of every passage, in the order of rows."""
        return self._library.execute(
            "SELECT passage.id, article.id, start, end FROM passage JOIN article ON article.row = passage.article "
            "ORDER BY passage.row"
        )

    def standing(self) -> Iterator[tuple[str, str, int, int, tuple[tuple[int, int], ...]]]:
        for row, place in enumerate(self.spans()):
            yield *place, self.sentence_store.spans_of(row)

    def keyword_count(self) -> int:
        return int(self._searcher.num_docs)

    def close(self) -> None:
        self._library.close()
        if self._borrowed is not None:
            self._borrowed.cleanup()

    def _open_keywords(self, folder: Path) -> tantivy.Index:
        import tantivy

        try:
            return tantivy.Index.open(str(folder))
        except ValueError:
            # Tantivy writes a lock file even to read. Where the folder is read-only, links to its files stand in for it.
            self._borrowed = tempfile.TemporaryDirectory(prefix="footnote-")
            for path in (path for path in folder.iterdir() if path.suffix != ".lock"):
                os.symlink(path.resolve(), Path(self._borrowed.name, path.name))
            return tantivy.Index.open(self._borrowed.name)

    def _matching(self, terms: Sequence[str], clauses: Sequence[Clause], limit: int) -> list[int]:
        """The rows of the passages that hold any of the terms and meet the clauses, the best ``limit`` by BM25."""
        query, occur = self._tantivy.Query, self._tantivy.Occur
        if not terms:
            return []
        any_term = query.boolean_query(
            [
                (occur.Should, query.boost_query(query.term_query(self._keywords.schema, name, term), boost))
                for name, boost in self._boosts.items()
                for term in terms
            ]
        )
        if clauses:
            unscored = [(how, query.const_score_query(clause, 0.0)) for how, clause in clauses]
            any_term = query.boolean_query([(occur.Must, any_term), *unscored])
        return self._rows(any_term, limit)

    def _bm25(self, terms: Sequence[str], rows: Sequence[int]) -> NDArray[np.float64]:
        """BM25 of the passages at ``rows``. The keyword index could tell it only by scoring all that hold a term once more."""
        found = self._terms.counts(rows, terms)
        fields = [
            FieldCounts(
                found.counts[name],
                found.lengths[name],
                self._terms.averages[name],
                [self._searcher.doc_freq(name, term) for term in terms],
                boost,
            )
            for name, boost in self._boosts.items()
        ]
        return bm25(fields, self._count)

    def _rows(self, query: tantivy.Query, limit: int) -> list[int]:
        """The rows that ``query`` finds, the best ``limit``."""
        hits = self._searcher.search(query, max(limit, 1), count=False).hits  # Tantivy panics at 0, as of an empty library
        return [int(row or 0) for row in self._searcher.fast_field_values("row", [address for _, address in hits])]

    def _clauses(self, where: Filter) -> list[Clause]:
        """What a passage must meet, for the keyword index."""
        query, occur, schema = self._tantivy.Query, self._tantivy.Occur, self._keywords.schema
        clauses = [(occur.Must, self._phrase(phrase)) for phrase in where.phrases]
        clauses += [(occur.MustNot, self._phrase(words)) for words in where.without]
        if where.of_articles:
            clauses.append((occur.Must, query.term_set_query(schema, "article", self._passing(where)[:, 0].tolist())))
        return clauses

    def _phrase(self, phrase: str) -> tantivy.Query:
        words, schema = self.words(phrase), self._keywords.schema
        if len(words) < 2:
            return self._tantivy.Query.term_query(schema, EXACT, words[0] if words else "")
        return self._tantivy.Query.phrase_query(schema, EXACT, list(words))

    def _only(self, terms: Sequence[str]) -> list[int]:
        """The rows of the passages that alone hold one of the terms."""
        return [row for term in terms if self.holding(term) == 1 for row in self.rows_with(term)]

    def _titled(self, question: str) -> list[int]:
        """The rows of the articles whose title the question is."""
        query = "SELECT first_passage, passages FROM article WHERE title_words = ? AND title_words != ''"
        ranges = self._library.execute(query, (" ".join(self.words(question)),))
        return [row for first, many in ranges for row in range(first, first + many)]

    def _allowed(self, where: Filter) -> NDArray[np.bool_] | None:
        """Whether each passage passes, or None where all do."""
        if not where:
            return None
        allowed = np.zeros(self._count, dtype=np.bool_)
        if where.phrases or where.without:
            everything = (self._tantivy.Occur.Must, self._tantivy.Query.all_query())
            allowed[self._rows(self._tantivy.Query.boolean_query([everything, *self._clauses(where)]), self._count)] = True
            return allowed
        _, begins, ends = self._passing(where).T
        allowed[ranges(begins, ends)] = True
        return allowed

    def _passing(self, where: Filter) -> NDArray[np.int64]:
        """The articles that pass, of shape ``(articles, 3)``: number, first passage, and the one after the last."""
        last, found = self._last_passing
        if last != where:
            rows = [(number, first, first + one.passages) for number, one, first in self._articles if passes(one, where)]
            found = np.array(rows, dtype=np.int64).reshape(-1, 3)
            self._last_passing = where, found
        return found

    @cached_property
    def _articles(self) -> list[tuple[int, Listing, int]]:
        places = {
            found: (number, first) for found, number, first in self._library.execute("SELECT id, row, first_passage FROM article")
        }
        return [(places[listing.id][0], listing, places[listing.id][1]) for listing in self.listings()]


def _metadata(known: Sequence[Any]) -> Metadata:
    title, author, published, tags, url, language, summary = known
    return Metadata(title, author, published, decode(tags, type=tuple[str, ...]), url, language, summary)


def _sections(text: str) -> tuple[Section, ...]:
    return tuple(Section(tuple(path), start, body, end, page) for *path, start, body, end, page in decode(text))
