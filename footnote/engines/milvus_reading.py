"""What a state of a library in Milvus is fetched by: rows decoded, long texts put together, what was fetched remembered."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec
import numpy as np

from footnote.encoder import Vectors
from footnote.engines.milvus_connection import CollectionMissing, Connection, Row
from footnote.engines.milvus_rows import Kept, Listed, Names, Read, digest, one_of, read_counts, read_sentences, spelt
from footnote.engines.milvus_terms import Counts, Holding
from footnote.errors import IndexDamaged
from footnote.records import Article

_REMEMBERED = 2_000  # passages, and as many titles, articles and terms: a few questions ask for the same ones
_AT_ONCE = 500  # rows of passages in one answer
_AHEAD = 200  # articles that an ingest reads at once
_LEAN = ["row", "content"]
_WHOLE = [*_LEAN, "article", "vector", "counts", "sentences"]

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Info:
    """What a state says of itself for its reader. ``number`` counts the states of a library, ``base`` names its collections.

    ``gone`` are the rows of articles that only an older state still sees. ``tokens`` are the lengths of all passages together,
    field by field, ``normal`` the average ones that the stored weights were worked out with. ``next_article`` and
    ``next_passage`` are rows that are free; ``map`` is the state whose landmarks count, laid out for ``mapped`` passages.
    """

    number: int
    base: int
    passages: int
    articles: int
    dimension: int
    gone: tuple[int, ...]
    tokens: tuple[int, ...]
    normal: tuple[float, ...]
    languages: tuple[str, ...]
    next_article: int
    next_passage: int
    map: int
    mapped: int


@dataclass(frozen=True, slots=True)
class Stored:
    """A passage with all that is kept of it; ``article`` is the row of its article."""

    article: int
    kept: Kept
    vector: Vectors
    counts: Counts
    read: Read


class _Memory(Generic[K, V]):
    """Remembers the last values that were asked for. Safe to use from several threads."""

    def __init__(self, load: Callable[[list[K]], dict[K, V]], most: int = _REMEMBERED) -> None:
        self._load, self.most = load, most
        self._known: OrderedDict[K, V] = OrderedDict()
        self._lock = threading.Lock()

    def known(self, keys: Iterable[K]) -> dict[K, V]:
        """The values of those keys that are remembered."""
        with self._lock:
            return {key: self._known[key] for key in keys if key in self._known}

    def get(self, keys: Iterable[K]) -> dict[K, V]:
        """The values of those keys that have one."""
        wanted = list(dict.fromkeys(keys))
        found = self.known(wanted)
        missing = [key for key in wanted if key not in found]
        if missing:
            loaded = self._load(missing)
            with self._lock:
                self._known.update(loaded)
                while len(self._known) > self.most:
                    self._known.popitem(last=False)
            found |= {key: loaded[key] for key in missing if key in loaded}
        return found


class Rows:
    """The rows of one state. What they hold never changes, so what was fetched is remembered."""

    def __init__(self, connection: Connection, names: Names, info: Info, is_settled: bool = False) -> None:
        self.info = info
        self._connection = connection.settled() if is_settled else connection
        self._now, self._states = connection, names.states
        self.articles_in, self.passages_in, self.words_in, self.pieces_in = (
            names.of(info.base, kind) for kind in ("articles", "passages", "words", "pieces")
        )
        gone = f" and {{}} not in {list(info.gone)}" if info.gone else ""
        self.seen = f"born <= {info.number}{gone.format('article')}"
        self.seen_articles = f"born <= {info.number}{gone.format('row')}"
        self._passages: _Memory[int, Stored] = _Memory(self._load_passages)
        self._kept: _Memory[int, Kept] = _Memory(self._load_kept)
        self._titles: _Memory[int, Vectors] = _Memory(self._load_titles)
        self._articles: _Memory[str, tuple[Listed, Article]] = _Memory(self._load_articles)
        self._of_title: _Memory[str, list[int]] = _Memory(self._load_of_title)
        self._held: _Memory[str, Holding] = _Memory(self._load_holding)
        self._ahead: dict[str, int] = {}

    def close(self) -> None:
        """Lets go of the connection."""
        for name in ("_connection", "_now"):
            self.__dict__.pop(name, None)

    def nearest(self, field: str, vector: Any, where: str, limit: int) -> list[int]:
        """The rows of passages with the largest product, best first."""
        return self._connection.search(self.passages_in, field, vector, where, limit)

    def passages(self, rows: Sequence[int]) -> list[Stored]:
        """The passages at ``rows`` with all that is kept of them. Raises IndexDamaged where one is missing."""
        return _in_order(self._passages.get(rows), rows)

    def kept(self, rows: Sequence[int]) -> list[Kept]:
        """The same without vectors."""
        found = {row: one.kept for row, one in self._passages.known(rows).items()}
        return _in_order(found | self._kept.get([row for row in rows if row not in found]), rows)

    def vectors(self, rows: Sequence[int]) -> Vectors:
        """The vectors of the passages at ``rows``."""
        found: dict[int, Vectors] = {}
        for some in parts(rows):
            answer = self._connection.rows(self.passages_in, f"row in {some}", ["row", "vector"])
            found |= {row["row"]: np.array(row["vector"], dtype=np.float32) for row in answer}
        return np.array(_in_order(found, rows), dtype=np.float32).reshape(len(rows), self.info.dimension)

    def titles(self, articles: Sequence[int]) -> list[Vectors]:
        """The vectors of the titles of the articles at these rows."""
        return _in_order(self._titles.get(articles), articles)

    def article(self, article_id: str) -> tuple[Listed, Article] | None:
        """An article, or None where there is none of that id."""
        return self._articles.get([article_id]).get(article_id)

    def read_ahead(self) -> None:
        """From now on articles are asked for in their order, all of them: some are fetched with the one that is asked for."""
        self._ahead = {one.id: one.row for one in self.listed()}

    def listed(self) -> list[Listed]:
        """What lists show of all articles, in the order of their rows."""
        answer = self._connection.every(self.articles_in, self.seen_articles, ["row", "listing"])
        return [_decoded(row["listing"], Listed) for row in self._whole(list(answer), "listing")]

    def rows_of(self, where: str, limit: int | None = None) -> list[int]:
        """The rows of the passages that meet a condition: all of them, or some."""
        if limit is not None:
            return [row["row"] for row in self._connection.rows(self.passages_in, where, ["row"], limit)]
        return [row["row"] for row in self._connection.every(self.passages_in, where, ["row"])]

    def titled(self, title: str) -> list[int]:
        """The rows of the articles of that title, which is hashed."""
        return self._of_title.get([title])[title]

    def holding(self, terms: Sequence[str]) -> dict[str, Holding]:
        """How many passages hold each term in text, headings and title."""
        return self._held.get(terms)

    def words(self, where: str) -> dict[str, Row]:
        """Of each word or term that meets a condition, the row that counts in this state."""
        return _newest(self._connection.every(self.words_in, f"born <= {self.info.number} and ({where})", WORD))

    def every_passage(self, *fields: str) -> Iterator[Row]:
        """All passages in the order of their rows, those of an article together."""
        answer = self._connection.every(self.passages_in, self.seen, ["row", *fields])
        while some := [row for _, row in zip(range(_AT_ONCE), answer, strict=False)]:
            yield from self._whole(some, *(field for field in fields if field == "content"))

    def piece(self, owner: str) -> str:
        """A long text, put together."""
        found = self._connection.every(self.pieces_in, f'owner == "{owner}"', ["piece", "content"])
        return "".join(row["content"] for row in sorted(found, key=lambda row: row["piece"]))

    def counted(self) -> tuple[int, int]:
        """How many passages and articles are there."""
        return (
            self._connection.count(self.passages_in, self.seen),
            self._connection.count(self.articles_in, self.seen_articles),
        )

    def make_sure_it_is_kept(self) -> None:
        """Raises IndexDamaged where this state has been swept away, and what was fetched may lack something."""
        try:
            if self._now.rows(self._states, f"state == {self.info.number} and piece == 0", ["state"], 1):
                return
        except CollectionMissing:
            pass
        raise IndexDamaged("The library was brought up to date twice since it was opened. Open it again.")

    def _load_passages(self, rows: list[int]) -> dict[int, Stored]:
        found = {}
        for some in parts(self._and_the_next(rows)):
            answer = self._connection.rows(self.passages_in, f"row in {some}", _WHOLE)
            for row in self._whole(answer, "content", "counts", "sentences"):
                found[row["row"]] = Stored(
                    row["article"],
                    kept_in(row),
                    np.array(row["vector"], dtype=np.float32),
                    read_counts(row["counts"]),
                    read_sentences(row["sentences"]),
                )
        return found

    def _and_the_next(self, rows: list[int]) -> list[int]:
        """The rows, and where all are read one after another those that will be asked for next."""
        return list(range(min(rows), max(max(rows) + 1, min(rows) + _AT_ONCE))) if self._ahead else rows

    def _load_kept(self, rows: list[int]) -> dict[int, Kept]:
        found: dict[int, Row] = {}
        for some in parts(self._and_the_next(rows)):
            found |= {row["row"]: row for row in self._connection.rows(self.passages_in, f"row in {some}", _LEAN)}
        return {row: kept_in(one) for row, one in zip(found, self._whole(list(found.values()), "content"), strict=True)}

    def _load_of_title(self, titles: list[str]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {title: [] for title in titles}
        where = f"{self.seen_articles} and {one_of('title', titles)}"
        for row in self._connection.rows(self.articles_in, where, ["row", "title"]):
            found[row["title"]].append(row["row"])
        return found

    def _load_titles(self, articles: list[int]) -> dict[int, Vectors]:
        found = {}
        for some in parts(articles):
            for row in self._connection.rows(self.articles_in, f"row in {some}", ["row", "vector"]):
                found[row["row"]] = np.array(row["vector"], dtype=np.float32)
        return found

    def _load_articles(self, ids: list[str]) -> dict[str, tuple[Listed, Article]]:
        wanted = one_of("name", map(digest, ids))
        if ids[0] in self._ahead:
            first = self._ahead[ids[0]]
            wanted = f"row >= {first} and row < {first + _AHEAD}"
        where = f"{self.seen_articles} and {wanted}"
        answer = self._whole(self._connection.rows(self.articles_in, where, ["row", "listing", "text"]), "listing", "text")
        listed = [(_decoded(row["listing"], Listed), _decoded(row["text"], Article)) for row in answer]
        return {one.id: (one, article) for one, article in listed}

    def _load_holding(self, terms: list[str]) -> dict[str, Holding]:
        spelling = {f"t{spelt(term)}": term for term in terms}
        found: dict[str, Row] = {}
        for some in parts(list(spelling)):
            where = f"born <= {self.info.number} and {one_of('word', some)}"
            found |= _newest(self._connection.rows(self.words_in, where, WORD))
        held = {spelling[word]: (row["text"], row["heading"], row["title"]) for word, row in found.items()}
        return {term: held.get(term, (0, 0, 0)) for term in terms}

    def _whole(self, rows: list[Row], *fields: str) -> list[Row]:
        """The rows with what was too long for these fields put together."""
        for row in rows:
            for field in fields:
                row[field] = row[field] or self.piece(f"{field}-{row['row']}")
        return rows


WORD = ["key", "born", "word", "plain", "text", "heading", "title"]


def kept_in(row: Row) -> Kept:
    """What is kept in a passage's row."""
    return _decoded(row["content"], Kept)


def parts(wanted: Sequence[V]) -> Iterator[list[V]]:
    """What is wanted, as much at a time as one answer may hold."""
    yield from (list(wanted[first : first + _AT_ONCE]) for first in range(0, len(wanted), _AT_ONCE))


def _newest(rows: Iterable[Row]) -> dict[str, Row]:
    """Of the rows of each word the one that was born last."""
    found: dict[str, Row] = {}
    for row in rows:
        if row["word"] not in found or row["born"] > found[row["word"]]["born"]:
            found[row["word"]] = row
    return found


def _in_order(found: dict[int, V], rows: Sequence[int]) -> list[V]:
    try:
        return [found[row] for row in rows]
    except KeyError as error:
        raise IndexDamaged(f"Row {error} is missing from the library. Run: python ingest.py --rebuild") from error


def _decoded(text: str, kind: type[V]) -> V:
    try:
        return msgspec.json.decode(text, type=kind)
    except ValueError as error:
        raise IndexDamaged(f"A row of the library is not what was written ({error}). Run: python ingest.py --rebuild") from error
