"""Writes the files that the local engine reads.

library.sqlite   articles and passages (the texts, offsets and metadata)
vectors.faiss    one unit vector a passage, and perhaps compressed.faiss (local_vectors.py)
keywords/        a Tantivy index of the passages; BM25 with k1 = 1.2, b = 0.75
sentences/       the sentences of the passages and their vectors (local_sentences.py)
terms/           which terms stand in each passage (local_terms.py)
words/           the words as they are written (local_words.py)
points.npy       where each passage stands on the map
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from footnote.disk import write_array
from footnote.encoder import Vectors
from footnote.engines import Embedded, Entry, Near, Sentences, local_sentences, local_terms, local_words
from footnote.engines.local_sentences import SentenceStore, SentenceWriter
from footnote.engines.local_terms import FIELDS, TermWriter
from footnote.engines.local_vectors import VectorSearch, VectorStore, VectorWriter, compress
from footnote.engines.local_words import WordWriter
from footnote.projection import LaidOut, laid_out
from footnote.records import Passage

if TYPE_CHECKING:
    import tantivy

OnWritten = Callable[[int, int], None]
"""Called with the number of passages that the map has so far, and of all."""

LIBRARY = "library.sqlite"
KEYWORDS = "keywords"
POINTS = "points.npy"

# Built aside and thrown away if anything goes wrong: a journal would only be written twice. It is flushed when it is whole.
_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE article (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL, title TEXT NOT NULL, author TEXT, published TEXT,
    tags TEXT NOT NULL, url TEXT, language TEXT, summary TEXT, text TEXT NOT NULL, sections TEXT NOT NULL, source_start INTEGER,
    first_passage INTEGER NOT NULL, passages INTEGER NOT NULL, title_words TEXT NOT NULL
);
CREATE INDEX article_title ON article(title_words);
CREATE INDEX article_language ON article(language);
CREATE TABLE passage (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, article INTEGER NOT NULL REFERENCES article(row),
    start INTEGER NOT NULL, end INTEGER NOT NULL, context TEXT NOT NULL, page INTEGER, vector_key BLOB NOT NULL
);
"""
EXACT = "exact"
"""The field that holds text, headings and title as they are written, for phrases and words ruled out."""
_ANALYZER = "footnote"
_EXACT_ANALYZER = "footnote-exact"
_MEASURED_WITH = 200  # sentences, and as many titles
_WRITER_MEMORY = 64_000_000  # bytes; beyond it Tantivy writes a segment


def analyzer() -> tantivy.TextAnalyzer:
    """What makes terms of a text: lower case, accents folded, English stems; words of over 60 bytes are left out."""
    import tantivy

    return _folding().filter(tantivy.Filter.remove_long(60)).filter(tantivy.Filter.stemmer("english")).build()


def exact_analyzer() -> tantivy.TextAnalyzer:
    """What makes words of a text: lower case, accents folded, however long."""
    return _folding().build()


def _folding() -> tantivy.TextAnalyzerBuilder:
    import tantivy

    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    return builder.filter(tantivy.Filter.lowercase()).filter(tantivy.Filter.ascii_fold())


def write(
    folder: Path,
    made: Iterable[tuple[Entry, Embedded]],
    dimension: int,
    before: LaidOut | None = None,
    on_finished: OnWritten | None = None,
) -> VectorSearch:
    """Writes a library into the empty ``folder``, an article at a time; gives how its nearest passages are found.

    ``dimension`` is that of the vectors, ``before`` the map of the library's last state. Raises OSError where the disk is full or
    refuses, whichever library noticed it.
    """
    keys: list[bytes] = []
    with (
        _Library(folder) as library,
        _Keywords(folder) as keywords,
        VectorWriter(folder, dimension) as vectors,
        SentenceWriter(folder / local_sentences.FOLDER, dimension, analyzer().analyze) as sentences,
        TermWriter(folder / local_terms.FOLDER, analyzer().analyze) as terms,
        WordWriter(folder / local_words.FOLDER, exact_analyzer().analyze) as words,
    ):
        for entry, embedded in made:
            library.append(entry, embedded.keys)
            keywords.append(entry)
            vectors.append(embedded.passages)
            sentences.append(entry, embedded)
            terms.append(entry)
            words.append(entry)
            keys += embedded.keys
    questions = SentenceStore(folder / local_sentences.FOLDER, len(keys)).spread(_MEASURED_WITH)
    search = compress(folder, len(keys), questions)
    stored = VectorStore(folder, len(keys))
    write_array(folder / POINTS, laid_out(stored.stored, keys, before, on_finished))
    return search


def nearest_in(folder: Path, passages: int) -> Near:
    """What finds the nearest passages of the library that ``write`` has written into ``folder``, with as many ``passages``."""
    vectors, sentences = VectorStore(folder, passages), SentenceStore(folder / local_sentences.FOLDER, passages)

    def near(vector: Vectors, limit: int) -> tuple[Vectors, Sentences]:
        found = vectors.nearest(vector, None, limit) if passages else {}
        return np.array(list(found.values()), dtype=np.float32), sentences.read(list(found))

    return near


@contextlib.contextmanager
def _as_disk_error(kind: type[Exception]) -> Iterator[None]:
    """Turns what a library says about the disk into the error of the system that it stems from."""
    try:
        yield
    except kind as error:
        said = str(error).split("\n")[0]
        number = re.search(r"(?:os error |code: )(\d+)", said)
        if number is None and getattr(error, "sqlite_errorname", "") != "SQLITE_FULL":
            raise OSError(errno.EIO, said) from error
        code = int(number.group(1)) if number else errno.ENOSPC
        raise OSError(code, os.strerror(code)) from error


class _Library:
    """Writes library.sqlite, which is whole when it is left without an error."""

    def __init__(self, folder: Path) -> None:
        self._words_of = exact_analyzer().analyze
        self._articles = self._passages = 0
        self._database = sqlite3.connect(folder / LIBRARY)
        with _as_disk_error(sqlite3.OperationalError):
            self._database.executescript(_SCHEMA)

    def append(self, entry: Entry, keys: Sequence[bytes]) -> None:
        title_words = " ".join(self._words_of(entry.article.metadata.title))
        article = (*_article_row(self._articles, entry, self._passages), title_words)
        with _as_disk_error(sqlite3.OperationalError):
            self._database.execute(f"INSERT INTO article VALUES ({','.join('?' * len(article))})", article)
            for passage, key in zip(entry.passages, keys, strict=True):
                context = json.dumps(passage.context)
                place = (self._passages, passage.id, self._articles, passage.start, passage.end, context, passage.page, key)
                self._database.execute("INSERT INTO passage VALUES (?, ?, ?, ?, ?, ?, ?, ?)", place)
                self._passages += 1
        self._articles += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with contextlib.closing(self._database), _as_disk_error(sqlite3.OperationalError):
            if kind is None:
                self._database.commit()


class _Keywords:
    """Writes keywords/, which is whole when it is left without an error."""

    def __init__(self, folder: Path) -> None:
        import tantivy

        self._folder = folder / KEYWORDS
        self._folder.mkdir()
        self._articles = self._passages = 0
        schema = tantivy.SchemaBuilder()
        for name in ("row", "article"):
            schema = schema.add_unsigned_field(name, stored=False, indexed=True, fast=True)
        for name in FIELDS:
            schema = schema.add_text_field(name, stored=False, tokenizer_name=_ANALYZER, index_option="freq")
        schema = schema.add_text_field(EXACT, stored=False, tokenizer_name=_EXACT_ANALYZER, index_option="position")
        with _as_disk_error(ValueError):  # what Tantivy raises, whatever went wrong
            index = tantivy.Index(schema.build(), path=str(self._folder), reuse=False)
            index.register_tokenizer(_ANALYZER, analyzer())
            index.register_tokenizer(_EXACT_ANALYZER, exact_analyzer())
            # One thread, so that the same articles always give the same order of documents and of equal scores.
            self._writer = index.writer(heap_size=_WRITER_MEMORY, num_threads=1)

    def append(self, entry: Entry) -> None:
        with _as_disk_error(ValueError):
            for passage in entry.passages:
                self._writer.add_document(_document(self._passages, self._articles, passage, entry.article.metadata.title))
                self._passages += 1
        self._articles += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            return
        with _as_disk_error(ValueError):
            self._writer.commit()
            self._writer.wait_merging_threads()
        for path in self._folder.iterdir():
            if path.suffix == ".lock":
                path.unlink()
            else:
                path.chmod(0o644)  # Tantivy's own choice would keep other users of a shared index out


def _article_row(number: int, entry: Entry, first_passage: int) -> tuple[Any, ...]:
    article, known = entry.article, entry.article.metadata
    return (
        number,
        article.id,
        article.source,
        known.title,
        known.author,
        known.published,
        json.dumps(known.tags, ensure_ascii=False),
        known.url,
        known.language,
        known.summary,
        article.text,
        json.dumps([[*section.path, section.start, section.body, section.end, section.page] for section in article.sections]),
        article.source_start,
        first_passage,
        len(entry.passages),
    )


def _document(row: int, article: int, passage: Passage, title: str) -> tantivy.Document:
    import tantivy

    document = tantivy.Document()
    document.add_unsigned("row", row)
    document.add_unsigned("article", article)
    for name, words in zip(FIELDS, (passage.text, " ".join(passage.context), title), strict=True):
        document.add_text(name, words)
    for words in (passage.text, *passage.context, title):
        document.add_text(EXACT, words)
    return document
