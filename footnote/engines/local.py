"""The local engine: reads a library from the files of one snapshot folder, as ``local_writing.py`` left them."""

from __future__ import annotations

import json
import math
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from footnote.encoder import Vectors
from footnote.engines import Listing
from footnote.engines.local_writing import FIELDS, KEYWORDS, LIBRARY, VECTORS, analyzer
from footnote.errors import IndexDamaged
from footnote.records import Article, Candidate, Filter, Metadata, Passage, Section
from footnote.settings import SearchSettings

if TYPE_CHECKING:
    import tantivy


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
            self._count = int(self._library.execute("SELECT count(*) FROM passage").fetchone()[0])
            self._vectors = _read_vectors(folder / VECTORS, self._count)
            self._keywords = self._open_keywords(folder / KEYWORDS)
            self._searcher = self._keywords.searcher()
        except (sqlite3.Error, ValueError, RuntimeError, OSError) as error:
            raise IndexDamaged(
                f"The snapshot {folder.name} can't be opened ({error}). Run: python ingest.py --rebuild"
            ) from error
        self._analyzer = analyzer()
        self._tantivy = tantivy

    def candidates(self, question: str, vector: Vectors, where: Filter, limit: int) -> list[Candidate]:
        rows = self._rows(where)
        if self._count == 0 or (rows is not None and not len(rows)):
            return []
        similarities = self._nearest(vector, rows, limit)
        keywords = self._matching(question, rows, limit)
        found = sorted(similarities.keys() | keywords.keys())
        missing = [row for row in found if row not in similarities]
        if missing:
            similarities |= dict(zip(missing, (self.vectors(missing) @ vector).tolist(), strict=True))
        if len(keywords) >= limit:
            unscored = np.array([row for row in found if row not in keywords], dtype=np.int64)
            keywords |= self._matching(question, unscored, len(unscored)) if len(unscored) else {}
        return [Candidate(row, similarities[row], keywords.get(row, 0.0)) for row in found]

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        query = (
            "SELECT passage.row, passage.id, article.id, start, end, substr(article.text, start + 1, end - start), context, page "
            f"FROM passage JOIN article ON article.row = passage.article WHERE passage.row IN ({','.join('?' * len(rows))})"
        )
        found = {
            row: Passage(passage_id, article_id, start, end, text, tuple(json.loads(context)), page)
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

    def rarity(self, term: str) -> float:
        holding = max(self._searcher.doc_freq(name, term) for name in FIELDS)
        return math.log(1 + (self._count - holding + 0.5) / (holding + 0.5))

    def count(self) -> int:
        return self._count

    def vectors(self, rows: Sequence[int]) -> Vectors:
        """The vectors at ``rows``, of shape ``(len(rows), dimension)``."""
        vectors: Vectors = self._vectors.reconstruct_batch(np.asarray(rows, dtype=np.int64))
        return vectors

    def vector_keys(self) -> dict[bytes, int]:
        """What each passage's vector was made from, and its row."""
        return dict(self._library.execute("SELECT vector_key, row FROM passage ORDER BY row DESC"))

    def spans(self) -> Iterable[tuple[str, str, int, int]]:
        """Passage id, article id, start and end of every passage, in the order of rows."""
        return self._library.execute(
            "SELECT passage.id, article.id, start, end FROM passage JOIN article ON article.row = passage.article "
            "ORDER BY passage.row"
        )

    def keyword_count(self) -> int:
        """The number of passages that the keyword index holds."""
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

    def _nearest(self, vector: Vectors, rows: NDArray[np.int64] | None, limit: int) -> dict[int, float]:
        import faiss

        # faiss declares SearchParameters without the fields that it takes.
        selected = {} if rows is None else {"params": faiss.SearchParameters(sel=faiss.IDSelectorBatch(rows))}  # type: ignore[call-arg]
        limit = min(limit, self._count if rows is None else len(rows))
        scores, found = self._vectors.search(vector.reshape(1, -1), limit, **selected)
        return {row: score for row, score in zip(found[0].tolist(), scores[0].tolist(), strict=True) if row >= 0}

    def _matching(self, question: str, rows: NDArray[np.int64] | None, limit: int) -> dict[int, float]:
        """BM25 of the passages that hold any term of the question, best ``limit`` of ``rows``."""
        query, occur = self._tantivy.Query, self._tantivy.Occur
        terms = list(dict.fromkeys(self.terms(question)))
        if not terms:
            return {}
        any_term = query.boolean_query(
            [
                (occur.Should, query.boost_query(query.term_query(self._keywords.schema, name, term), boost))
                for name, boost in self._boosts.items()
                for term in terms
            ]
        )
        if rows is not None:
            chosen = query.term_set_query(self._keywords.schema, "row", [int(row) for row in rows])
            any_term = query.boolean_query([(occur.Must, any_term), (occur.Must, query.const_score_query(chosen, 0.0))])
        hits = self._searcher.search(any_term, limit, count=False).hits
        found = self._searcher.fast_field_values("row", [address for _, address in hits])
        return {int(row or 0): float(score) for row, (score, _) in zip(found, hits, strict=True)}

    def _rows(self, where: Filter) -> NDArray[np.int64] | None:
        """The rows of the passages whose article passes, or None where all do."""
        if not where:
            return None
        ranges = [range(first, first + many) for listing, first, many in self._ranges if _passes(listing, where)]
        return np.fromiter((row for rows in ranges for row in rows), dtype=np.int64)

    @cached_property
    def _ranges(self) -> list[tuple[Listing, int, int]]:
        firsts = dict(self._library.execute("SELECT id, first_passage FROM article"))
        return [(listing, firsts[listing.id], listing.passages) for listing in self.listings()]


def _passes(listing: Listing, where: Filter) -> bool:
    known = listing.metadata
    tags = {tag.casefold() for tag in known.tags}
    author, published = (known.author or "").casefold(), known.published
    if where.tags and not any(tag.casefold() in tags for tag in where.tags):
        return False
    if where.authors and not any(name.casefold() in author for name in where.authors):
        return False
    if where.articles and listing.id not in where.articles:
        return False
    if (where.since or where.until) and published is None:
        return False
    # A month without a day ("2024-03") is compared as a month.
    since_ok = not where.since or (published or "") >= where.since[: len(published or "")]
    return since_ok and (not where.until or (published or "") <= where.until)


def _metadata(known: Sequence[Any]) -> Metadata:
    title, author, published, tags, url, language, summary = known
    return Metadata(title, author, published, tuple(json.loads(tags)), url, language, summary)


def _sections(text: str) -> tuple[Section, ...]:
    return tuple(Section(tuple(path), start, body, end, page) for *path, start, body, end, page in json.loads(text))


def _read_vectors(path: Path, count: int) -> Any:
    import faiss

    index = faiss.deserialize_index(np.frombuffer(path.read_bytes(), dtype=np.uint8))
    if not isinstance(index, faiss.IndexFlat) or index.metric_type != faiss.METRIC_INNER_PRODUCT or index.ntotal != count:
        raise ValueError(f"{path.name} holds {index.ntotal} vectors of {type(index).__name__} for {count} passages")
    return index
