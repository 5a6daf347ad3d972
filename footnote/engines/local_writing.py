"""Writes the files that the local engine reads.

library.sqlite   articles and passages (the texts, offsets and metadata)
vectors.faiss    one unit vector a passage, exact inner product; row i is passage i
keywords/        a Tantivy index of the passages; BM25 with k1 = 1.2, b = 0.75
"""

from __future__ import annotations

import errno
import json
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from footnote.encoder import Vectors
from footnote.engines import Entry
from footnote.records import Passage

if TYPE_CHECKING:
    import tantivy

LIBRARY = "library.sqlite"
VECTORS = "vectors.faiss"
KEYWORDS = "keywords"

_SCHEMA = """
CREATE TABLE article (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL, title TEXT NOT NULL, author TEXT, published TEXT,
    tags TEXT NOT NULL, url TEXT, language TEXT, summary TEXT, text TEXT NOT NULL, sections TEXT NOT NULL, source_start INTEGER,
    first_passage INTEGER NOT NULL, passages INTEGER NOT NULL
);
CREATE TABLE passage (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, article INTEGER NOT NULL REFERENCES article(row),
    start INTEGER NOT NULL, end INTEGER NOT NULL, context TEXT NOT NULL, page INTEGER, vector_key BLOB NOT NULL
);
"""
FIELDS = ("text", "heading", "title")
_ANALYZER = "footnote"
_WRITER_MEMORY = 64_000_000  # bytes; beyond it Tantivy writes a segment


def analyzer() -> tantivy.TextAnalyzer:
    """What makes terms of a text: lower case, accents folded, English stems; words of over 60 bytes are left out."""
    import tantivy

    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in (tantivy.Filter.remove_long(60), tantivy.Filter.lowercase(), tantivy.Filter.ascii_fold()):
        builder = builder.filter(step)
    return builder.filter(tantivy.Filter.stemmer("english")).build()


def write(folder: Path, entries: Iterable[Entry], vectors: Vectors, vector_keys: Sequence[bytes]) -> None:
    """Writes a library into the empty ``folder``; row ``i`` of ``vectors`` and ``vector_keys`` is of the i-th passage.

    Raises OSError where the disk is full or refuses, whichever library noticed it.
    """
    try:
        _write(folder, entries, vectors, vector_keys)
    except (sqlite3.OperationalError, ValueError) as error:
        raise OSError(errno.EIO, str(error).split("\n")[0]) from error


def _write(folder: Path, entries: Iterable[Entry], vectors: Vectors, vector_keys: Sequence[bytes]) -> None:
    library = sqlite3.connect(folder / LIBRARY)
    library.executescript(_SCHEMA)
    keywords = _KeywordWriter(folder / KEYWORDS)
    row = 0
    for number, entry in enumerate(entries):
        library.execute(f"INSERT INTO article VALUES ({','.join('?' * 15)})", _article_row(number, entry, row))
        for passage in entry.passages:
            library.execute(
                "INSERT INTO passage VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    row,
                    passage.id,
                    number,
                    passage.start,
                    passage.end,
                    json.dumps(passage.context),
                    passage.page,
                    vector_keys[row],
                ),
            )
            keywords.add(row, passage, entry.article.metadata.title)
            row += 1
    library.commit()
    library.close()
    keywords.close()
    _write_vectors(folder / VECTORS, vectors)


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


class _KeywordWriter:
    def __init__(self, folder: Path) -> None:
        import tantivy

        folder.mkdir()
        schema = tantivy.SchemaBuilder().add_unsigned_field("row", stored=False, indexed=True, fast=True)
        for name in FIELDS:
            schema = schema.add_text_field(name, stored=False, tokenizer_name=_ANALYZER, index_option="position")
        self._folder = folder
        self._index = tantivy.Index(schema.build(), path=str(folder), reuse=False)
        self._index.register_tokenizer(_ANALYZER, analyzer())
        # One thread, so that the same articles always give the same order of documents and of equal scores.
        self._writer = self._index.writer(heap_size=_WRITER_MEMORY, num_threads=1)

    def add(self, row: int, passage: Passage, title: str) -> None:
        import tantivy

        document = tantivy.Document()
        document.add_unsigned("row", row)
        for name, words in zip(FIELDS, (passage.text, " ".join(passage.context), title), strict=True):
            document.add_text(name, words)
        self._writer.add_document(document)

    def close(self) -> None:
        self._writer.commit()
        self._writer.wait_merging_threads()
        for path in self._folder.iterdir():
            if path.suffix == ".lock":
                path.unlink()
            else:
                path.chmod(0o644)  # Tantivy's own choice would keep other users of a shared index out


def _write_vectors(path: Path, vectors: Vectors) -> None:
    import faiss

    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors, dtype=np.float32))
    # faiss.write_index reports success on a full disk; bytes written by Python do not.
    path.write_bytes(faiss.serialize_index(index).tobytes())
