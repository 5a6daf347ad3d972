"""The vectors of a library: of its passages, their sentences and the titles. What is known of them already is not embedded."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from footnote.crew import Crew, MadeOf, Texts
from footnote.encoder import Encoder, Vectors
from footnote.engines import Embedded, Entry, Library, rounded
from footnote.journal import Journal, Made
from footnote.passages import Span, embedded_text
from footnote.records import Passage

OnEmbedded = Callable[[int], None]
"""Called with the number of passages embedded so far."""

_PROBED = 3  # passages that are embedded again to see whether a model still gives what it gave
_LEAST_AGREEMENT = 0.999  # cosine; other processors and versions of the runtime move the last digits, another model all of them
_TOGETHER = 32  # passages embedded between two reports of progress
_MOST_TOGETHER = 256  # articles that wait for each other


class Known:
    """The vectors that need not be made: those of the last state, and those that ``journal`` keeps."""

    def __init__(self, before: Library | None, journal: Journal) -> None:
        self.journal = journal
        self._before = before
        self._rows = before.vector_keys() if before is not None else {}
        self.titles: Mapping[str, Vectors] = before.title_vectors() if before is not None else {}

    def __contains__(self, key: bytes) -> bool:
        return key in self._rows or key in self.journal

    def get(self, key: bytes) -> Made:
        """The vectors of the passage of that key and of its sentences. Raises KeyError."""
        if self._before is None or key not in self._rows:
            return self.journal.get(key)
        return self._before.made(self._rows[key])


@dataclass(slots=True)
class _Chunk:
    """Some entries, the keys of their passages, and what of them has to be embedded: passages by their keys, and titles."""

    entries: list[Entry] = field(default_factory=list)
    keys: list[Sequence[bytes]] = field(default_factory=list)
    new: dict[bytes, tuple[Passage, Sequence[Span]]] = field(default_factory=dict)
    titles: dict[str, None] = field(default_factory=dict)

    def texts(self) -> Texts:
        """Everything that has to be embedded, each text once."""
        passages = [embedded_text(passage) for passage, _ in self.new.values()]
        whole = dict.fromkeys([*passages, *self.titles])
        sentences = (passage.text[start:end] for passage, spans in self.new.values() for start, end in spans)
        rest = dict.fromkeys(text for text in sentences if text not in whole)
        return Texts(self.entries[0].article.id, list(whole), list(rest))


class _Made:
    """The vectors of some texts, by text."""

    def __init__(self, texts: Texts, vectors: MadeOf) -> None:
        self._whole, sentences = vectors
        self._row = {text: number for number, text in enumerate((*texts.whole, *texts.sentences))}
        self._rounded = np.concatenate([rounded(self._whole), sentences])  # a whole passage can be one sentence
        self.dimension = self._whole.shape[1]

    def whole(self, text: str) -> Vectors:
        vector: Vectors = self._whole[self._row[text]]
        return vector

    def sentences(self, texts: Iterable[str]) -> NDArray[np.int8]:
        return self._rounded[[self._row[text] for text in texts]]


def keys_of(entry: Entry, encoder: Encoder) -> list[bytes]:
    """Stand for everything that shaped each passage's vectors: what the encoder was given, how it is cut, and the encoder."""
    return [_key(passage, sentences, encoder) for passage, sentences in zip(entry.passages, entry.sentences, strict=True)]


def embed(
    entries: Iterable[tuple[Entry, Sequence[bytes]]], known: Known, crew: Crew, on_embedded: OnEmbedded
) -> Iterator[tuple[Entry, Embedded]]:
    """The entries with their vectors; each comes with ``keys_of`` it. Equal passages are embedded once, known ones not at all.

    While some are taken from here, the next are being embedded.
    """
    done = 0
    under_way: deque[tuple[_Chunk, Texts]] = deque()

    def texts() -> Iterator[Texts]:
        for chunk in _chunks(entries, known, under_way):
            under_way.append((chunk, chunk.texts()))
            yield under_way[-1][1]

    for vectors in crew.embed(texts()):
        chunk, given = under_way[0]
        made = _Made(given, vectors)
        _keep(chunk, made, known.journal)
        under_way.popleft()
        done += len(chunk.new)
        if chunk.new:
            on_embedded(done)
        yield from _embedded(chunk, made, known)


def agrees(engine: Library, encoder: Encoder) -> bool:
    """Whether ``encoder`` still gives the vectors that the library has, tried on a few passages spread over it."""
    rows = engine.spread(_PROBED)
    stored = engine.vectors(rows)
    if stored.shape[1] != encoder.dimension:
        return False
    again = encoder.embed_passages([embedded_text(passage) for passage in engine.passages(rows)])
    return bool((np.sum(stored * again, axis=1) >= _LEAST_AGREEMENT).all())


def _key(passage: Passage, sentences: Sequence[Span], encoder: Encoder) -> bytes:
    given = f"{encoder.fingerprint}\0{embedded_text(passage)}\0{sentences}"
    return hashlib.sha256(given.encode()).digest()[:16]


def _chunks(
    entries: Iterable[tuple[Entry, Sequence[bytes]]], known: Known, under_way: Iterable[tuple[_Chunk, Texts]]
) -> Iterator[_Chunk]:
    """The entries in groups of about as much work; what is under way is not asked for again."""
    chunk = _Chunk()
    for entry, keys in entries:
        chunk.entries.append(entry)
        chunk.keys.append(keys)
        for key, passage, sentences in zip(keys, entry.passages, entry.sentences, strict=True):
            if key not in known and not any(key in other.new for other, _ in under_way):
                chunk.new.setdefault(key, (passage, sentences))
        if entry.article.metadata.title not in known.titles:
            chunk.titles[entry.article.metadata.title] = None
        if len(chunk.new) >= _TOGETHER or len(chunk.entries) >= _MOST_TOGETHER:
            yield chunk
            chunk = _Chunk()
    if chunk.entries:
        yield chunk


def _keep(chunk: _Chunk, made: _Made, journal: Journal) -> None:
    """Puts the vectors of a chunk's texts into the journal, by passage."""
    for key, (passage, spans) in chunk.new.items():
        journal.put(key, (made.whole(embedded_text(passage)), made.sentences([passage.text[start:end] for start, end in spans])))


def _embedded(chunk: _Chunk, made: _Made, known: Known) -> Iterator[tuple[Entry, Embedded]]:
    """The entries of a chunk with their vectors, all of which are known by now, and those of the titles."""
    for entry, keys in zip(chunk.entries, chunk.keys, strict=True):
        found = [known.get(key) for key in keys]
        title = entry.article.metadata.title
        yield (
            entry,
            Embedded(
                np.array([vector for vector, _ in found], dtype=np.float32).reshape(len(found), made.dimension),
                np.concatenate([np.empty((0, made.dimension), dtype=np.int8), *(sentences for _, sentences in found)]),
                known.titles[title] if title in known.titles else made.whole(title),
                keys,
            ),
        )
