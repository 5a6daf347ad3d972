"""The words of a library as they are written, as arrays that are mapped into memory: what a misspelled word may have been.

words/words.npy   a row a word, in the order of their spelling: which letters it has, how many, and how many passages hold it
words/text.npy    the words themselves, one after the other, in UTF-8
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from footnote.disk import ArrayFolder, mapped_arrays
from footnote.engines import Entry
from footnote.spelling import LONGEST_WORD

FOLDER = "words"
_WORD = np.dtype([("begins", "<i8"), ("first", "<u4"), ("letters", "<u4"), ("length", "u1"), ("passages", "<u4")])
_KINDS: dict[str, np.dtype[Any]] = {"words": _WORD, "text": np.dtype("u1")}
_AT_ONCE = 100_000  # words that are put together before they are written


class WordWriter(ArrayFolder):
    """Writes the words of entries into the new folder ``folder``; ``words`` finds those of a text."""

    def __init__(self, folder: Path, words: Callable[[str], Sequence[str]]) -> None:
        super().__init__(folder, {name: (kind, None) for name, kind in _KINDS.items()})
        self._words, self._text = self._writers
        self._find_words = words
        self._holding: Counter[str] = Counter()

    def append(self, entry: Entry) -> None:
        """Counts the passages of one more article."""
        for passage in entry.passages:
            self._holding.update(set(self._find_words(" ".join((*passage.context, passage.text)))))

    def finish(self) -> None:
        known = sorted(word for word in self._holding if len(word) <= LONGEST_WORD)
        for start in range(0, len(known), _AT_ONCE):
            self._write(known[start : start + _AT_ONCE])
        # What would come next begins where all of it ends.
        self._words.append(np.array([(self._text.rows, 0, 0, 0, 0)], dtype=_WORD))

    def _write(self, words: Sequence[str]) -> None:
        spelt = [word.encode() for word in words]
        begins = self._text.rows + np.cumsum([0, *map(len, spelt)])
        rows = [
            (begin, ord(word[0]), _letters(word), len(word), self._holding[word])
            for begin, word in zip(begins.tolist(), words, strict=False)
        ]
        self._words.append(np.array(rows, dtype=_WORD))
        self._text.append(np.frombuffer(b"".join(spelt), dtype=np.uint8))


class WordStore:
    """Reads what ``WordWriter`` wrote. Raises ValueError or OSError where the files are not of one library."""

    def __init__(self, folder: Path) -> None:
        self._words, self._text = mapped_arrays(folder, _KINDS)
        if [self._words.dtype, self._text.dtype] != list(_KINDS.values()) or not len(self._words):
            raise ValueError("the words are not of this form")
        if (expected := int(self._words[-1]["begins"])) != len(self._text):
            raise ValueError(f"the words have {len(self._text)} letters instead of {expected}")

    def like(self, word: str, most_edits: int) -> dict[str, int]:
        """The words that begin like ``word``, and could be so few edits away; how many passages hold each."""
        rows = range(len(self._words) - 1)
        first, last = (bisect_left(rows, ord(word[0]) + more, key=self._first) for more in (0, 1))
        some = self._words[first:last]
        # An edit changes the length by one at most; it takes one letter away, or adds one, or both.
        is_near = np.bitwise_count(some["letters"] ^ _letters(word)) <= 2 * most_edits
        is_near &= np.abs(some["length"].astype(np.int64) - len(word)) <= most_edits
        (near,) = np.nonzero(is_near)
        return {self._spelt(first + row): int(some["passages"][row]) for row in near.tolist()}

    def _first(self, row: int) -> int:
        return int(self._words[row]["first"])

    def _spelt(self, row: int) -> str:
        begins, ends = self._words["begins"][row : row + 2]
        return self._text[begins:ends].tobytes().decode()


def _letters(word: str) -> int:
    """One bit a letter; letters may share a bit."""
    found = 0
    for letter in word:
        found |= 1 << ord(letter) % 32
    return found
