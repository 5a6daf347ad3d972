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

from footnote.disk import write_array
from footnote.engines import Embedded, Entry, Sentences, term_number

FOLDER = "sentences"
_PASSAGE = np.dtype([("article", "<i4"), ("first_sentence", "<i8")])
_SPAN = np.dtype([("start", "<i4"), ("end", "<i4"), ("length", "<f4"), ("first_term", "<i8")])


def write_sentences(
    folder: Path,
    entries: Sequence[Entry],
    embedded: Embedded,
    terms: Callable[[str], Sequence[str]],
    tell: Callable[[int], None],
) -> None:
    """Writes the sentences of ``entries`` into the new folder ``folder``; ``terms`` are those that the keyword index knows.

    ``tell`` is called with the number of passages done since the last call.
    """
    folder.mkdir()
    passages: list[tuple[int, int]] = []
    spans: list[tuple[int, int, float, int]] = []
    numbers: list[int] = []
    lengths = np.linalg.norm(embedded.sentences.astype(np.float32), axis=1).tolist()
    for article, entry in enumerate(entries):
        for passage, sentences in zip(entry.passages, entry.sentences, strict=True):
            passages.append((article, len(spans)))
            for start, end in sentences:
                spans.append((start, end, lengths[len(spans)], len(numbers)))
                numbers += sorted({term_number(term) for term in terms(passage.text[start:end])})
        tell(len(entry.passages))
    passages.append((len(entries), len(spans)))
    spans.append((0, 0, 1.0, len(numbers)))
    for name, array in (
        ("passages", np.array(passages, dtype=_PASSAGE)),
        ("spans", np.array(spans, dtype=_SPAN)),
        ("vectors", embedded.sentences),
        ("terms", np.array(numbers, dtype="<u4")),
        ("titles", embedded.titles.astype("<f4")),
    ):
        write_array(folder / f"{name}.npy", array)


class SentenceStore:
    """Reads what ``write_sentences`` wrote. Raises ValueError or OSError where the files are not of one library."""

    def __init__(self, folder: Path, passages: int) -> None:
        # As plain arrays over the mapped files: a slice of numpy's own kind of mapped array takes ten times as long.
        self._passages, self._spans, self._vectors, self._terms, self._titles = (
            np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r"))
            for name in ("passages", "spans", "vectors", "terms", "titles")
        )
        arrays: tuple[NDArray[Any], ...] = (self._passages, self._spans, self._vectors, self._terms, self._titles)
        is_formed = [array.dtype for array in arrays] == [np.dtype(kind) for kind in (_PASSAGE, _SPAN, "i1", "<u4", "<f4")]
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
        chosen = _ranges(begins, ends)
        spans = self._spans[chosen]
        after = self._spans["first_term"][chosen + 1]
        return Sentences(
            np.concatenate(([0], np.cumsum(ends - begins))),
            np.stack((spans["start"], spans["end"]), axis=1),
            self._vectors[chosen],
            spans["length"],
            self._terms[_ranges(spans["first_term"], after)],
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

    def title_of(self, article: int) -> NDArray[np.float32]:
        """The vector of the title of the article of that number."""
        found: NDArray[np.float32] = self._titles[article]
        return found


def _ranges(begins: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """All numbers from each begin to each end, one range after the other."""
    sizes = ends - begins
    offsets = np.repeat(begins - np.concatenate(([0], np.cumsum(sizes)[:-1])), sizes)
    found: NDArray[np.int64] = offsets + np.arange(int(sizes.sum()))
    return found
