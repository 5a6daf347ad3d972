"""The sentences of a library as arrays that are mapped into memory, so that a question reads only those it asks about.

sentences/passages.npy   a row a passage: its article, and where its sentences begin
sentences/spans.npy      a row a sentence: offsets into its passage, the length of its vector, where its terms begin
sentences/vectors.npy    a row a sentence: one byte a number
sentences/terms.npy      the numbers of each sentence's distinct terms
sentences/titles.npy     a row an article: the vector of its title
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footnote.disk import ArrayFolder, mapped_arrays
from footnote.encoder import Vectors
from footnote.engines import Embedded, Entry, Sentences, ranges, term_number

FOLDER = "sentences"
_PASSAGE = np.dtype([("article", "<i4"), ("first_sentence", "<i8")])
_SPAN = np.dtype([("start", "<i4"), ("end", "<i4"), ("length", "<f4"), ("first_term", "<i8")])

_KINDS: dict[str, np.dtype[Any]] = {
    "passages": _PASSAGE,
    "spans": _SPAN,
    "vectors": np.dtype("i1"),
    "terms": np.dtype("<u4"),
    "titles": np.dtype("<f4"),
}


class SentenceWriter(ArrayFolder):
    """Writes the sentences of entries into the new folder ``folder``; ``terms`` are those that the keyword index knows."""

    def __init__(self, folder: Path, dimension: int, terms: Callable[[str], Sequence[str]]) -> None:
        widths = dict.fromkeys(("vectors", "titles"), dimension)
        super().__init__(folder, {name: (kind, widths.get(name)) for name, kind in _KINDS.items()})
        self._passages, self._spans, self._vectors, self._terms, self._titles = self._writers
        self._find_terms = terms

    def finish(self) -> None:
        # What would come next begins where all of it ends.
        self._passages.append(np.array([(self._titles.rows, self._spans.rows)], dtype=_PASSAGE))
        self._spans.append(np.array([(0, 0, 1.0, self._terms.rows)], dtype=_SPAN))

    def append(self, entry: Entry, embedded: Embedded) -> None:
        """Adds the sentences of one more article."""
        lengths = np.linalg.norm(embedded.sentences.astype(np.float32), axis=1).tolist()
        passages: list[tuple[int, int]] = []
        spans: list[tuple[int, int, float, int]] = []
        numbers: list[int] = []
        for passage, sentences in zip(entry.passages, entry.sentences, strict=True):
            passages.append((self._titles.rows, self._spans.rows + len(spans)))
            for start, end in sentences:
                spans.append((start, end, lengths[len(spans)], self._terms.rows + len(numbers)))
                numbers += sorted({term_number(term) for term in self._find_terms(passage.text[start:end])})
        self._passages.append(np.array(passages, dtype=_PASSAGE))
        self._spans.append(np.array(spans, dtype=_SPAN))
        self._vectors.append(embedded.sentences)
        self._terms.append(np.array(numbers, dtype="<u4"))
        self._titles.append(embedded.title.reshape(1, -1))


class SentenceStore:
    """Reads what ``SentenceWriter`` wrote. Raises ValueError or OSError where the files are not of one library."""

    def __init__(self, folder: Path, passages: int) -> None:
        arrays = mapped_arrays(folder, _KINDS)
        self._passages, self._spans, self._vectors, self._terms, self._titles = arrays
        is_formed = [array.dtype for array in arrays] == list(_KINDS.values())
        if not is_formed or 0 in (len(self._passages), len(self._spans)):
            raise ValueError("the sentences are not of this form")
        articles, sentences = self._passages[-1].tolist()
        found = (len(self._passages), len(self._spans), len(self._vectors), len(self._terms), len(self._titles))
        expected = (passages + 1, sentences + 1, sentences, int(self._spans[-1]["first_term"]), articles)
        if found != expected:
            raise ValueError(f"the sentences have {found} rows instead of {expected}")
        self.dimension = int(self._titles.shape[1])
        if self._vectors.shape[1] != self.dimension:
            raise ValueError(f"the sentences have {self._vectors.shape[1]} dimensions, the titles {self.dimension}")

    def read(self, rows: Sequence[int]) -> Sentences:
        """The sentences of the passages at ``rows``."""
        where = np.asarray(rows, dtype=np.int64)
        begins, ends = self._passages["first_sentence"][where], self._passages["first_sentence"][where + 1]
        chosen = ranges(begins, ends)
        spans = self._spans[chosen]
        after = self._spans["first_term"][chosen + 1]
        return Sentences(
            np.concatenate(([0], np.cumsum(ends - begins))),
            np.stack((spans["start"], spans["end"]), axis=1),
            self._vectors[chosen],
            spans["length"],
            self._terms[ranges(spans["first_term"], after)],
            np.repeat(np.arange(len(chosen)), after - spans["first_term"]),
            self._titles[self._passages["article"][where]],
        )

    def vectors_of(self, row: int) -> NDArray[np.int8]:
        """The vectors of the sentences of one passage, one byte a number, of shape ``(sentences, dimension)``."""
        found: NDArray[np.int8] = self._vectors[self._passages["first_sentence"][row] : self._passages["first_sentence"][row + 1]]
        return found

    def spans_of(self, row: int) -> tuple[tuple[int, int], ...]:
        """The spans of the sentences of one passage."""
        spans = self._spans[self._passages["first_sentence"][row] : self._passages["first_sentence"][row + 1]]
        return tuple(zip(spans["start"].tolist(), spans["end"].tolist(), strict=True))

    def article_of(self, rows: Sequence[int]) -> NDArray[np.int32]:
        """The number of the article that each passage at ``rows`` is of."""
        found: NDArray[np.int32] = self._passages["article"][np.asarray(rows, dtype=np.int64)]
        return found

    def spread(self, many: int) -> Vectors:
        """Unit vectors of up to ``many`` sentences and as many titles spread evenly over the library, one after the other."""
        chosen = np.concatenate([_spread(vectors, many).astype(np.float32) for vectors in (self._vectors, self._titles)])
        found: Vectors = chosen / np.maximum(np.linalg.norm(chosen, axis=1, keepdims=True), 1e-12)
        return found

    def title_of(self, article: int) -> NDArray[np.float32]:
        """The vector of the title of the article of that number."""
        found: NDArray[np.float32] = self._titles[article]
        return found


def _spread(vectors: NDArray[Any], many: int) -> NDArray[Any]:
    rows = np.linspace(0, len(vectors) - 1, min(many, len(vectors))).astype(np.int64)
    found: NDArray[Any] = vectors[np.unique(rows)]
    return found
