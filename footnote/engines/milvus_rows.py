"""What stands in the collections of Milvus, and how texts and arrays become values of their fields and back.

A library NAME has the collection ``NAME_states``, and for every base (the first build, and each later one from the ground up):

    NAME_<base>_articles   a row an article: what lists show, its text, the vector of its title
    NAME_<base>_passages   a row a passage: its text and place, its vector, its sentences, its terms as a sparse vector
    NAME_<base>_words      a row a term or word for each state that changed how many passages hold it
    NAME_<base>_pieces     what is too long for one field, in pieces; the landmarks of the map

Rows are only ever added and removed, never changed: ``born`` is the number of the state that added one. No text of an article or
a reader stands in a condition as it is: names are hashed, words spelt in letters and digits alone.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from footnote.engines import Entry, term_number
from footnote.engines.milvus_terms import Counts
from footnote.records import Metadata, Passage

if TYPE_CHECKING:
    from pymilvus import CollectionSchema

SCHEMA = 1
"""Raised when the collections change shape."""

PIECE = 60_000  # bytes of a text in one field; Milvus takes 65,535
_LONGEST = 65_535
_MOST_FACETS = 4_000
NO_VECTOR = [0.0, 0.0]
"""Milvus wants a vector in every collection."""

_ARRAY = -1
FIELDS: dict[str, dict[str, int | None]] = {
    "states": {"key": 64, "state": None, "schema": None, "piece": None, "pieces": None, "content": _LONGEST},
    "articles": {
        "row": None, "born": None, "name": 32, "title": 32, "listing": _LONGEST, "text": _LONGEST,
    },
    "passages": {
        "row": None, "born": None, "article": None, "name": 16, "made_from": 32, "facets": _ARRAY, "author": _LONGEST,
        "published": 64, "latest": 64, "phrases": _LONGEST, "content": _LONGEST, "counts": _LONGEST, "sentences": _LONGEST,
    },
    "words": {"key": 600, "born": None, "word": 512, "plain": 512, "length": None, "text": None, "heading": None, "title": None},
    "pieces": {"key": 64, "born": None, "article": None, "owner": 48, "piece": None, "content": _LONGEST},
}  # fmt: skip
"""The fields of each kind of collection beside its vectors: the width of a text, None for a number."""

Row = dict[str, Any]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Names:
    """The collections of one library."""

    name: str

    @property
    def states(self) -> str:
        return f"{self.name}_states"

    def of(self, base: int, kind: str) -> str:
        """The collection of a base: its articles, passages, words or pieces."""
        return f"{self.name}_{base}_{kind}"

    def base_of(self, collection: str) -> int | None:
        """The base that a collection is of; None where it is none of this library's."""
        rest = collection.removeprefix(f"{self.name}_").partition("_")
        is_ours = collection.startswith(f"{self.name}_") and rest[0].isdecimal() and rest[2] in KINDS
        return int(rest[0]) if is_ours else None


@dataclass(frozen=True, slots=True)
class Listed:
    """What is kept of an article beside its text. ``place`` is its file, and its number among that file's articles.

    ``first`` is the row of its first passage; ``sign`` stands for all that is kept of it, ``row`` is its own.
    """

    row: int
    id: str
    source: str
    metadata: Metadata
    place: tuple[str, int]
    first: int
    passages: int
    sign: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a passage beside its vectors: its place among the library's, and the spans of its sentences."""

    passage: Passage
    place: tuple[str, int, int]
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """The sentences of a passage: their vectors, one byte a number, their lengths, and the numbers of each one's terms."""

    vectors: NDArray[np.int8]
    lengths: NDArray[np.float32]
    terms: NDArray[np.uint32]
    ends: NDArray[np.uint32]


KINDS = ("articles", "passages", "words", "pieces")


def order(place: tuple[str, int] | tuple[str, int, int]) -> tuple[Any, ...]:
    """What sorts places as the library is ordered: folders before names."""
    return place[0].split("/"), *place[1:]


def digest(text: str) -> str:
    """32 hexadecimal digits that stand for a text in a condition."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def spelt(word: str) -> str:
    """A word in letters and digits alone, so that it can stand in a condition: what is beyond ASCII by its number."""
    return "".join(letter if letter.isascii() and letter.isalnum() else f"U{ord(letter):x}Z" for letter in word)


def author_bytes(author: str) -> str:
    """An author's name so that a part of it is found whatever its letters, and nothing else: each byte of it as gXX."""
    return "".join(f"g{byte:02x}" for byte in author.casefold().encode("utf-8", "surrogatepass"))


def one_of(field: str, values: Iterable[str]) -> str:
    """The condition that a field is one of some values, each of which is hashed or spelt."""
    named = ", ".join(f'"{value}"' for value in values)
    return f"{field} in [{named}]"


def facets(metadata: Metadata, article_id: str) -> list[str]:
    """What an article can be narrowed to, hashed: its tags, its language with and without its region, its id."""
    language = (metadata.language or "").casefold().replace("_", "-").split("-") if metadata.language is not None else []
    languages = ["-".join(language[: many + 1]) for many in range(len(language))]
    found = [facet("article", article_id), *(facet("language", one) for one in languages)]
    return [*found, *(facet("tag", tag.casefold()) for tag in metadata.tags)][:_MOST_FACETS]


def facet(kind: str, value: str) -> str:
    """One of them."""
    return digest(f"{kind}\0{value}")


def latest(published: str | None) -> str:
    """The last day that a date, perhaps a year or a month alone, may mean; "" where none is known."""
    return published + "9999-99-99"[len(published) :] if published else ""


def phrases(texts: Iterable[Sequence[str]]) -> str:
    """The words of some texts one after another, so that a phrase of one of them is a part of it, cut where it grows too long."""
    found = f" {' | '.join(' '.join(map(spelt, words)) for words in texts)} "
    return found if len(found) <= _LONGEST else found[: found.rindex(" ", 0, _LONGEST) + 1]


def pieces(text: str) -> list[str]:
    """A text in pieces that a field can hold, none where it is empty."""
    content, begin, found = text.encode(), 0, []
    while begin < len(content):
        end = min(begin + PIECE, len(content))
        while end < len(content) and content[end] & 0xC0 == 0x80:  # inside a letter
            end -= 1
        found.append(content[begin:end].decode())
        begin = end
    return found


def packed(*arrays: NDArray[Any]) -> str:
    """Arrays as text, one after the other, each behind its number of values."""
    parts = [part for array in arrays for part in (np.uint32(array.size).tobytes(), np.ascontiguousarray(array).tobytes())]
    return base64.b64encode(b"".join(parts)).decode()


def unpacked(text: str, *kinds: Any) -> list[NDArray[Any]]:
    """The arrays that ``packed`` was given, of these kinds. Raises ValueError where it is none."""
    content, begin, found = base64.b64decode(text, validate=True), 0, []
    for kind in map(np.dtype, kinds):
        (size,) = np.frombuffer(content, np.uint32, 1, begin)
        found.append(np.frombuffer(content, kind, int(size), begin + 4))
        begin += 4 + int(size) * kind.itemsize
    return found


def packed_sentences(vectors: NDArray[np.int8], terms: Sequence[Sequence[str]]) -> str:
    """The sentences of a passage as text."""
    numbers = [sorted({term_number(term) for term in some}) for some in terms]
    lengths = np.linalg.norm(vectors.astype(np.float32), axis=1).astype(np.float32)
    flat = np.array([number for some in numbers for number in some], dtype=np.uint32)
    return packed(vectors, lengths, flat, np.cumsum([len(some) for some in numbers]).astype(np.uint32))


def read_sentences(text: str) -> Read:
    """The sentences that ``packed_sentences`` was given."""
    vectors, lengths, terms, ends = unpacked(text, np.int8, np.float32, np.uint32, np.uint32)
    return Read(vectors.reshape(len(lengths), -1), lengths, terms, ends)


def packed_counts(counts: Counts) -> str:
    """The terms of a passage as text."""
    return packed(counts.places, counts.times, np.array(counts.lengths, dtype=np.uint32))


def read_counts(text: str) -> Counts:
    """The terms that ``packed_counts`` was given."""
    places, times, lengths = unpacked(text, np.uint32, np.uint32, np.uint32)
    return Counts(places, times, tuple(lengths.tolist()))


def sign(entry: Entry, keys: Sequence[bytes], place: tuple[str, int]) -> str:
    """Stands for all that is kept of an article: where it changes, the article is written anew."""
    content = msgspec.msgpack.encode((entry, list(keys), place))
    return hashlib.sha256(content).hexdigest()


def as_json(record: Any) -> str:
    """A record as text."""
    return msgspec.json.encode(record).decode()


def fields_of(kind: str) -> set[str]:
    """The names of the fields of a collection of this kind."""
    return {*FIELDS[kind], "vector"} | ({"terms"} if kind == "passages" else set())


def schema_of(kind: str, dimension: int, search: str) -> tuple[CollectionSchema, list[Row]]:
    """The fields of a collection of this kind, and how its vectors are searched: ``search`` for those of a meaning."""
    from pymilvus import DataType, MilvusClient

    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    for name, width in FIELDS[kind].items():
        if width is None:
            schema.add_field(name, DataType.INT64, is_primary=name == "row")
        elif width == _ARRAY:
            schema.add_field(name, DataType.ARRAY, element_type=DataType.VARCHAR, max_capacity=_MOST_FACETS, max_length=32)
        else:
            # A server has what is only fetched on its disk, not in its memory.
            schema.add_field(name, DataType.VARCHAR, max_length=width, is_primary=name == "key", mmap_enabled=width == _LONGEST)
    has_meaning = kind in ("articles", "passages")
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension if has_meaning else len(NO_VECTOR))
    indexes: list[Row] = [{"field_name": "vector", "index_type": search if has_meaning else "FLAT", "metric_type": "IP"}]
    if kind == "passages":
        schema.add_field("terms", DataType.SPARSE_FLOAT_VECTOR)
        indexes.append({"field_name": "terms", "index_type": "SPARSE_INVERTED_INDEX", "metric_type": "IP"})
    return schema, indexes
