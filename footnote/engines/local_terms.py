"""Which terms stand in each passage, as arrays that are mapped into memory: what the keyword index can't tell of one passage.

terms/passages.npy   a row a passage: where its terms begin, and how many there are in its text, its headings and its title
terms/terms.npy      a row a distinct term of a passage: its number, and how often it stands in each of the three
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from footnote.disk import ArrayFolder, mapped_arrays
from footnote.engines import Entry, ranges, term_number

FOLDER = "terms"
FIELDS = ("text", "heading", "title")
"""The fields of a passage that terms are counted in."""

_PASSAGE = np.dtype([("first_term", "<i8"), *((name, "<i4") for name in FIELDS)])
_TERM = np.dtype([("term", "<u4"), ("text", "<u2"), ("heading", "u1"), ("title", "u1")])
_KINDS = {"passages": _PASSAGE, "terms": _TERM}
_MOST = [np.iinfo(_TERM[name]).max for name in FIELDS]  # further times are not counted


@dataclass(frozen=True, slots=True)
class Counts:
    """How often some terms stand in some passages: by field, of shape ``(passages, terms)``; and the lengths of the fields."""

    counts: dict[str, NDArray[np.int64]]
    lengths: dict[str, NDArray[np.int64]]


class TermWriter(ArrayFolder):
    """Writes the terms of entries into the new folder ``folder``; ``terms`` are those that the keyword index knows."""

    def __init__(self, folder: Path, terms: Callable[[str], Sequence[str]]) -> None:
        super().__init__(folder, {name: (kind, None) for name, kind in _KINDS.items()})
        self._passages, self._terms = self._writers
        self._find_terms = terms

    def finish(self) -> None:
        # What would come next begins where all of it ends.
        self._passages.append(np.array([(self._terms.rows, 0, 0, 0)], dtype=_PASSAGE))

    def append(self, entry: Entry) -> None:
        """Adds the passages of one more article."""
        title = self._find_terms(entry.article.metadata.title)
        passages: list[tuple[int, ...]] = []
        terms: list[tuple[int, ...]] = []
        for passage in entry.passages:
            said = self._find_terms(passage.text), self._find_terms(" ".join(passage.context)), title
            passages.append((self._terms.rows + len(terms), *map(len, said)))
            counts = [Counter(map(term_number, some)) for some in said]
            terms += [
                (number, *(min(count[number], most) for count, most in zip(counts, _MOST, strict=True)))
                for number in sorted(set().union(*counts))
            ]
        self._passages.append(np.array(passages, dtype=_PASSAGE))
        self._terms.append(np.array(terms, dtype=_TERM))


class TermStore:
    """Reads what ``TermWriter`` wrote. Raises ValueError or OSError where the files are not of one library."""

    def __init__(self, folder: Path, passages: int) -> None:
        self._passages, self._terms = mapped_arrays(folder, _KINDS)
        if (self._passages.dtype, self._terms.dtype) != (_PASSAGE, _TERM) or not len(self._passages):
            raise ValueError("the terms are not of this form")
        found = len(self._passages), len(self._terms)
        expected = passages + 1, int(self._passages[-1]["first_term"])
        if found != expected:
            raise ValueError(f"the terms have {found} rows instead of {expected}")
        self.averages = {name: float(self._passages[name].sum(dtype=np.int64)) / max(passages, 1) for name in FIELDS}
        """How many terms each field of a passage has on average."""

    def counts(self, rows: Sequence[int], terms: Sequence[str]) -> Counts:
        """How often each of the distinct ``terms`` stands in the passages at ``rows``."""
        where = np.asarray(rows, dtype=np.int64)
        begins, ends = self._passages["first_term"][where], self._passages["first_term"][where + 1]
        found = self._terms[ranges(begins, ends)]
        passage = np.repeat(np.arange(len(where)), ends - begins)
        counts = {name: np.zeros((len(where), len(terms)), dtype=np.int64) for name in FIELDS}
        numbers = np.ascontiguousarray(found["term"])
        for column, term in enumerate(terms):
            (places,) = np.nonzero(numbers == term_number(term))
            for name in FIELDS:
                counts[name][passage[places], column] = found[name][places]
        return Counts(counts, {name: self._passages[name][where].astype(np.int64) for name in FIELDS})
