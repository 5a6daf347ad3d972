"""Writes the rows of a new state of a library, which nobody sees until the state is said to be current (stores/milvus.py).

Where the last state was written with the same model, only articles that are new or changed get rows; those gone or changed are
named in the new state and removed when no state that is kept sees them. Otherwise everything is written into new collections.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from footnote.engines import Embedded, Entry
from footnote.engines.local_terms import FIELDS
from footnote.engines.local_writing import analyzer, exact_analyzer
from footnote.engines.milvus import MilvusEngine
from footnote.engines.milvus_connection import Connection, Row
from footnote.engines.milvus_reading import WORD, Info, parts
from footnote.engines.milvus_rows import (
    KINDS,
    NO_VECTOR,
    PIECE,
    Kept,
    Listed,
    Names,
    as_json,
    author_bytes,
    digest,
    facets,
    latest,
    one_of,
    packed,
    packed_counts,
    packed_sentences,
    phrases,
    pieces,
    schema_of,
    sign,
    spelt,
)
from footnote.engines.milvus_terms import count
from footnote.projection import laid_out, landmarks
from footnote.records import Passage
from footnote.settings import MILVUS
from footnote.spelling import LONGEST_WORD

_TOGETHER = 500  # passages that wait to be written


@dataclass(frozen=True, slots=True)
class Articles:
    """The articles of a new state in their order, and what each passage's vector is made from."""

    entries: Sequence[Entry]
    keys: Sequence[Sequence[bytes]]

    def places(self) -> Iterator[tuple[str, int]]:
        """Of each article its file, and its number among that file's articles."""
        seen: Counter[str] = Counter()
        for entry in self.entries:
            yield entry.article.source, seen[entry.article.source]
            seen[entry.article.source] += 1


@dataclass(frozen=True, slots=True)
class Plan:
    """What a new state takes: the numbers of the articles to write, where each stands, and the articles that are gone.

    ``last`` is the state that it is added to; None where it begins a base of its own. ``unseen`` are the rows that ``last`` does
    not see, but the state before it does.
    """

    chosen: list[int]
    places: list[tuple[str, int]]
    signs: list[str]
    gone: list[Listed]
    unseen: tuple[int, ...]
    last: MilvusEngine | None


@dataclass(slots=True)
class _Tally:
    """How many passages more, or fewer, hold each term and word; and the terms of each field of them all."""

    terms: tuple[Counter[str], ...] = field(default_factory=lambda: tuple(Counter() for _ in FIELDS))
    words: Counter[str] = field(default_factory=Counter)
    tokens: list[int] = field(default_factory=lambda: [0] * len(FIELDS))


def plan(articles: Articles, last: MilvusEngine | None, removed: Collection[int]) -> Plan:
    """What has to be written for ``articles``, where ``last`` is what the library holds now, without the rows ``removed``."""
    places = list(articles.places())
    signs = [sign(*one) for one in zip(articles.entries, articles.keys, places, strict=True)]
    everything = list(range(len(signs)))
    if last is None:
        return Plan(everything, places, signs, [], (), None)
    known = {one.id: one for one in last.rows.listed()}
    kept = {one.sign for one in known.values()}
    wanted = set(signs)
    gone = [one for one in known.values() if one.sign not in wanted]
    unseen = tuple(row for row in last.info.gone if row not in removed)
    if len(gone) + len(unseen) > MILVUS.most_gone:
        return Plan(everything, places, signs, [], (), None)
    return Plan([number for number in everything if signs[number] not in kept], places, signs, gone, unseen, last)


class Writer:
    """Writes one new state, ``number``, of a library whose collections are ``names``.

    ``make_sure`` is called before rows are written; it raises where they are no longer ours to write. Raises IndexProblem.
    """

    def __init__(self, connection: Connection, names: Names, number: int, search: str, make_sure: Callable[[], None]) -> None:
        self._connection, self._names, self._number, self._search = connection, names, number, search
        self._make_sure = make_sure
        self._terms, self._words = analyzer().analyze, exact_analyzer().analyze
        self._waiting: dict[str, list[Row]] = {kind: [] for kind in KINDS}
        self.superseded: list[str] = []
        """The keys of rows of words that no state needs once this one is current and the last one before it."""

    def write(self, articles: Articles, todo: Plan, made: Iterator[tuple[Entry, Embedded]], dimension: int) -> Info:
        """Writes all rows but those of the map; gives what the state says of itself."""
        last = todo.last.info if todo.last is not None else None
        self._base = last.base if last is not None else self._number
        if last is None:
            for kind in KINDS:
                schema, indexes = schema_of(kind, dimension, self._search)
                self._connection.create(self._names.of(self._base, kind), schema, indexes)
        tally, passages = self._tallied(articles, todo)
        tokens = [a + b for a, b in zip(last.tokens if last else [0] * len(FIELDS), tally.tokens, strict=True)]
        total = passages + (last.passages if last else 0)
        normal = last.normal if last else tuple(max(many, 1) / max(total, 1) for many in tokens)
        row, first = (last.next_article, last.next_passage) if last else (0, 0)
        for number, (entry, embedded) in zip(todo.chosen, made, strict=True):
            self._add(entry, embedded, todo.places[number], todo.signs[number], row, first, normal)
            row, first = row + 1, first + len(entry.passages)
        self._flush()
        self._write_words(tally, todo.last)
        languages = {language for entry in articles.entries if (language := entry.article.metadata.language) is not None}
        return Info(
            number=self._number,
            base=self._base,
            passages=total,
            articles=len(articles.entries),
            dimension=dimension,
            gone=(*todo.unseen, *(one.row for one in todo.gone)),
            tokens=tuple(tokens),
            normal=normal,
            languages=tuple(sorted(languages)),
            next_article=row,
            next_passage=first,
            map=last.map if last else 0,
            mapped=last.mapped if last else 0,
        )

    def lay_out(self, engine: MilvusEngine, placed: Any) -> bool:
        """Makes the map of the state that ``engine`` reads, where it is new or the library has doubled or halved since the last.

        Says whether it did.
        """
        passages, mapped = engine.count(), engine.info.mapped
        if (not passages and not mapped) or (mapped and mapped / 2 < passages < mapped * 2):
            return False
        rows = engine.vector_keys()
        keys = landmarks(rows)
        vectors = engine.vectors([rows[key] for key in keys])
        points = laid_out(vectors, keys, None, placed)
        self._piece(f"map-{self._number}", -self._number, packed(vectors, points))
        self._flush()
        return True

    def _tallied(self, articles: Articles, todo: Plan) -> tuple[_Tally, int]:
        """What the new state's words are more than the last one's, and its passages."""
        tally, passages = _Tally(), 0
        for number in todo.chosen:
            passages += self._tally(tally, articles.entries[number], 1)
        for one in todo.gone:
            assert todo.last is not None
            article = todo.last.article(one.id)
            assert article is not None
            passages -= self._tally(tally, todo.last.entry(article), -1)
        return tally, passages

    def _tally(self, tally: _Tally, entry: Entry, by: int) -> int:
        title = self._terms(entry.article.metadata.title)
        for passage in entry.passages:
            for number, terms in enumerate(self._fields(passage, title)):
                tally.tokens[number] += by * len(terms)
                for term in set(terms):
                    tally.terms[number][term] += by
            for word in set(self._words(" ".join((*passage.context, passage.text)))):
                tally.words[word] += by
        return len(entry.passages)

    def _fields(self, passage: Passage, title: Sequence[str]) -> tuple[Sequence[str], ...]:
        return self._terms(passage.text), self._terms(" ".join(passage.context)), title

    def _add(
        self,
        entry: Entry,
        embedded: Embedded,
        place: tuple[str, int],
        signed: str,
        row: int,
        first: int,
        normal: Sequence[float],
    ) -> None:
        """Has the rows of one article written, ``row`` its own and ``first`` that of its first passage."""
        article, known = entry.article, entry.article.metadata
        listing = Listed(row, article.id, article.source, known, place, first, len(entry.passages), signed)
        self._waiting["articles"].append(
            {
                "row": row,
                "born": self._number,
                "name": digest(article.id),
                "title": digest(" ".join(self._words(known.title))),
                "listing": self._field(f"listing-{row}", row, as_json(listing)),
                "text": self._field(f"text-{row}", row, as_json(article)),
                "vector": embedded.title.tolist(),
            }
        )
        about = {
            "born": self._number,
            "article": row,
            "facets": facets(known, article.id),
            "author": author_bytes(known.author or "")[:PIECE],
            "published": (known.published or "")[:64],
            "latest": latest(known.published)[:64],
        }
        begin = 0
        for number, (passage, spans) in enumerate(zip(entry.passages, entry.sentences, strict=True)):
            vectors = embedded.sentences[begin : begin + len(spans)]
            begin += len(spans)
            rest = self._passage(first + number, row, passage, spans, (*place, number), known.title, vectors, normal)
            made_from = {"made_from": embedded.keys[number].hex(), "vector": embedded.passages[number].tolist()}
            self._waiting["passages"].append({**about, **made_from, **rest})
        if sum(map(len, self._waiting.values())) >= _TOGETHER:
            self._flush()

    def _passage(
        self,
        row: int,
        article: int,
        passage: Passage,
        spans: tuple[tuple[int, int], ...],
        place: tuple[str, int, int],
        title: str,
        vectors: Any,
        normal: Sequence[float],
    ) -> Row:
        """What the row of a passage holds of its own."""
        counts, fields = count(self._fields(passage, self._terms(title)))
        weights = counts.weights(normal, fields).tolist()
        sentences = [self._terms(passage.text[start:end]) for start, end in spans]
        return {
            "row": row,
            "name": passage.id,
            "phrases": phrases([self._words(text) for text in (passage.text, *passage.context, title)]),
            "content": self._field(f"content-{row}", article, as_json(Kept(passage, place, spans))),
            "counts": self._field(f"counts-{row}", article, packed_counts(counts)),
            "sentences": self._field(f"sentences-{row}", article, packed_sentences(vectors, sentences)),
            "terms": dict(zip(counts.places.tolist(), weights, strict=True)) or {0: 1.0},  # some versions take no empty one
        }

    def _field(self, owner: str, article: int, text: str) -> str:
        """What stands in the field of a row: the text, or nothing where it stands in pieces."""
        if len(text.encode()) <= PIECE:
            return text
        self._piece(owner, article, text)
        return ""

    def _piece(self, owner: str, article: int, text: str) -> None:
        self._waiting["pieces"] += [
            {
                "key": f"{owner}:{number}",
                "born": self._number,
                "article": article,
                "owner": owner,
                "piece": number,
                "content": content,
                "vector": NO_VECTOR,
            }
            for number, content in enumerate(pieces(text))
        ]

    def _write_words(self, tally: _Tally, last: MilvusEngine | None) -> None:
        """The rows of all words whose counts have changed."""
        changed: dict[str, tuple[str, list[int]]] = {}
        for number, terms in enumerate(tally.terms):
            for term, by in terms.items():
                changed.setdefault(f"t{spelt(term)}", ("", [0, 0, 0]))[1][number] += by
        for word, by in tally.words.items():
            if len(word) <= LONGEST_WORD:
                changed[f"w{spelt(word)}"] = word, [by, 0, 0]
        for some in parts([word for word, (_, by) in changed.items() if any(by)]):
            before = self._counts(some, last)
            for word in some:
                plain, more = changed[word]
                counts = [a + b for a, b in zip(before.get(word, (0, 0, 0)), more, strict=True)]
                self._waiting["words"].append(
                    {
                        "key": f"{self._number}:{word}",
                        "born": self._number,
                        "word": word,
                        "plain": plain,
                        "length": len(plain),
                        **dict(zip(FIELDS, counts, strict=True)),
                        "vector": NO_VECTOR,
                    }
                )
            self._flush()

    def _counts(self, words: Sequence[str], last: MilvusEngine | None) -> dict[str, tuple[int, ...]]:
        """How many passages hold each word in the last state; the rows of states before it are noted as superseded."""
        if last is None:
            return {}
        found = sorted(self._connection.every(last.rows.words_in, one_of("word", words), WORD), key=lambda row: row["born"])
        newest = {row["word"]: row for row in found}
        self.superseded += [row["key"] for row in found if row is not newest[row["word"]]]
        return {word: tuple(row[name] for name in FIELDS) for word, row in newest.items()}

    def _flush(self) -> None:
        for kind, rows in self._waiting.items():
            self._make_sure()
            self._connection.put(self._names.of(self._base, kind), rows)
            rows.clear()
