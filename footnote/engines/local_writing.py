"""Writes the files that the local engine reads.

library.sqlite   articles and passages (the texts, offsets and metadata)
vectors.faiss    one unit vector a passage, and perhaps compressed.faiss (local_vectors.py)
keywords/        a Tantivy index of the passages; BM25 with k1 = 1.2, b = 0.75
sentences/       the sentences of the passages and their vectors (local_sentences.py)
points.npy       where each passage stands on the map
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from footnote.disk import write_array
from footnote.encoder import Vectors
from footnote.engines import Embedded, Entry
from footnote.engines.local_sentences import FOLDER, write_sentences
from footnote.engines.local_vectors import VectorSearch, write_vectors
from footnote.projection import laid_out
from footnote.records import Passage

if TYPE_CHECKING:
    import tantivy

OnWritten = Callable[[int, int], None]
"""Called with the number of rows written so far, and of all: a passage is a row of library, keywords, sentences and map."""

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
CREATE TABLE passage (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, article INTEGER NOT NULL REFERENCES article(row),
    start INTEGER NOT NULL, end INTEGER NOT NULL, context TEXT NOT NULL, page INTEGER, vector_key BLOB NOT NULL
);
CREATE TABLE word (word TEXT PRIMARY KEY, passages INTEGER NOT NULL) WITHOUT ROWID;
"""
FIELDS = ("text", "heading", "title")
EXACT = "exact"
"""The field that holds text, headings and title as they are written, for phrases and words ruled out."""
_ANALYZER = "footnote"
_EXACT_ANALYZER = "footnote-exact"
_LONGEST_WORD = 40  # letters; longer ones are nobody's misspelled word
_TIMES = 4  # that each passage is written: library, keywords, sentences, map
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


def write(folder: Path, entries: Sequence[Entry], embedded: Embedded, on_written: OnWritten | None = None) -> VectorSearch:
    """Writes a library into the empty ``folder``; gives how its nearest passages are found.

    Raises OSError where the disk is full or refuses, whichever library noticed it.
    """
    written = 0

    def tell(rows: int) -> None:
        nonlocal written
        written += rows
        if on_written is not None:
            on_written(written, _TIMES * len(embedded.passages))

    with _as_disk_error(sqlite3.OperationalError):
        _write_library(folder / LIBRARY, entries, embedded.keys, tell)
    with _as_disk_error(ValueError):  # what Tantivy raises, whatever went wrong
        _write_keywords(folder / KEYWORDS, entries, tell)
    search = write_vectors(folder, embedded.passages, _questions(embedded))
    write_sentences(folder / FOLDER, entries, embedded, analyzer().analyze, tell)
    write_array(folder / POINTS, laid_out(embedded.passages, embedded.keys, embedded.before))
    tell(len(embedded.passages))
    return search


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


def _questions(embedded: Embedded) -> Vectors:
    """Sentences and titles spread evenly over the library, which stand for questions."""
    sentences, titles = (_spread(vectors) for vectors in (embedded.sentences, embedded.titles))
    found = np.concatenate((sentences, titles)).astype(np.float32)
    vectors: Vectors = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12)
    return vectors


def _spread(vectors: Any) -> Any:
    return vectors[np.unique(np.linspace(0, len(vectors) - 1, _MEASURED_WITH).astype(np.int64))]


def _write_library(path: Path, entries: Sequence[Entry], keys: Sequence[bytes], tell: Callable[[int], None]) -> None:
    words_of = exact_analyzer().analyze
    library = sqlite3.connect(path)
    library.executescript(_SCHEMA)
    holding: Counter[str] = Counter()
    row = 0
    for number, entry in enumerate(entries):
        title_words = " ".join(words_of(entry.article.metadata.title))
        library.execute(f"INSERT INTO article VALUES ({','.join('?' * 16)})", (*_article_row(number, entry, row), title_words))
        for passage in entry.passages:
            context = json.dumps(passage.context)
            place = (row, passage.id, number, passage.start, passage.end, context, passage.page, keys[row])
            library.execute("INSERT INTO passage VALUES (?, ?, ?, ?, ?, ?, ?, ?)", place)
            holding.update(set(words_of(" ".join((*passage.context, passage.text)))))
            row += 1
        tell(len(entry.passages))
    known = sorted((word, many) for word, many in holding.items() if len(word) <= _LONGEST_WORD)
    library.executemany("INSERT INTO word VALUES (?, ?)", known)
    library.commit()
    library.close()


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


def _write_keywords(folder: Path, entries: Sequence[Entry], tell: Callable[[int], None]) -> None:
    import tantivy

    folder.mkdir()
    schema = tantivy.SchemaBuilder()
    for name in ("row", "article"):
        schema = schema.add_unsigned_field(name, stored=False, indexed=True, fast=True)
    for name in FIELDS:
        schema = schema.add_text_field(name, stored=False, tokenizer_name=_ANALYZER, index_option="freq")
    schema = schema.add_text_field(EXACT, stored=False, tokenizer_name=_EXACT_ANALYZER, index_option="position")
    index = tantivy.Index(schema.build(), path=str(folder), reuse=False)
    index.register_tokenizer(_ANALYZER, analyzer())
    index.register_tokenizer(_EXACT_ANALYZER, exact_analyzer())
    # One thread, so that the same articles always give the same order of documents and of equal scores.
    writer = index.writer(heap_size=_WRITER_MEMORY, num_threads=1)
    row = 0
    for number, entry in enumerate(entries):
        for passage in entry.passages:
            writer.add_document(_document(row, number, passage, entry.article.metadata.title))
            row += 1
        tell(len(entry.passages))
    writer.commit()
    writer.wait_merging_threads()
    for path in folder.iterdir():
        if path.suffix == ".lock":
            path.unlink()
        else:
            path.chmod(0o644)  # Tantivy's own choice would keep other users of a shared index out


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
