"""Words that stand beside each other -> lines of text, with where they stand and how they look. Knows one column at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from footnote.readers.pdf_letters import Word

_HIGH = 0.5  # of its size: how high above its baseline a word is sure to reach
_INITIAL = 1.6  # times the line's size: an initial that stands beside several lines
_SPACED = 4  # letters in a row, set apart, are a word
_WORD_SPACE = 1.5  # times the space between such letters: that between such words
_MARKS = frozenset("0123456789*†‡§")

REFERENCE_START, REFERENCE_END = "\x0e", "\x0f"


@dataclass(frozen=True, slots=True)
class Line:
    """One line. ``left`` and ``right`` are the edges of its column, ``column`` numbers the column in its document.

    In ``text`` a small raised number stands between REFERENCE_START and REFERENCE_END. ``cells`` are the cells of a table's
    row. ``mark`` is that of the footnote that begins with the line. An ``aside`` stands beside the text, which goes on
    behind it.
    """

    text: str
    page: int
    column: int
    x0: float
    x1: float
    base: float
    size: float
    is_bold: bool
    is_italic: bool
    left: float
    right: float
    cells: tuple[str, ...] = ()
    mark: str = ""
    aside: bool = False


def rows(words: Sequence[Word]) -> list[list[Word]]:
    """The words that stand beside each other, from the top down, each row from left to right."""
    found: list[list[Word]] = []
    bottom = float("-inf")
    for word in sorted(words, key=lambda word: word.base - _HIGH * word.size):
        if found and word.base - _HIGH * word.size < bottom:
            found[-1].append(word)
            bottom = max(bottom, word.base)
        else:
            found.append([word])
            bottom = word.base
    return [sorted(row, key=lambda word: word.x0) for row in found]


def to_lines(words: Sequence[Word]) -> list[Line]:
    """The lines of one column."""
    left, right = min(word.x0 for word in words), max(word.x1 for word in words)
    return [to_line(row, left, right) for chain in rows(words) for row in _unchained(chain)]


def typical(words: Sequence[Word]) -> float:
    """The size in which most letters of the words are set."""
    letters: dict[float, int] = {}
    for word in words:
        size = round(word.size, 1)
        letters[size] = letters.get(size, 0) + len(word.text)
    return max(letters, key=lambda size: letters[size])


def _unchained(row: list[Word]) -> list[list[Word]]:
    """One line, or the lines that something tall beside them, such as a large initial, holds together."""
    size = typical(row)
    bases = sorted({round(word.base, 1) for word in row if abs(word.size - size) < 0.15 * size})
    starts = [base for index, base in enumerate(bases) if not index or base - bases[index - 1] > _HIGH * size]
    if len(starts) < 2:
        return [row]
    found: list[list[Word]] = [[] for _ in starts]
    for word in row:
        middle = word.base - (0 if word.size <= 1.15 * size else 0.7 * word.size)
        found[max(0, sum(start <= middle + 0.45 * size for start in starts) - 1)].append(word)
    return [line for line in found if line]


def to_line(row: list[Word], left: float, right: float, cells: tuple[str, ...] = ()) -> Line:
    """The words of a row as a line of a column with these edges, its page and column not told yet."""
    row = _with_spaced(row)
    size = typical(row)
    letters = sum(len(word.text) for word in row)
    has_initial = len(row) > 1 and len(row[0].text) == 1 and row[0].size > _INITIAL * size
    has_mark = len(row) > 1 and _is_raised(row[0], row[1], size)
    return Line(
        " | ".join(cells) if cells else joined(row[1:] if has_mark else row),
        0,
        0,
        row[1].x0 if has_initial else row[0].x0,
        max(word.x1 for word in row),
        max((word.base for word in row if abs(word.size - size) < 0.15 * size), default=row[0].base),
        size,
        sum(len(word.text) for word in row if word.is_bold) >= 0.8 * letters,
        sum(len(word.text) for word in row if word.is_italic) >= 0.8 * letters,
        left,
        right,
        cells,
        row[0].text if has_mark else "",
    )


def _with_spaced(row: list[Word]) -> list[Word]:
    """The row with letters that are set apart, as in ``C H O I R``, made words."""
    if len(row) < _SPACED or 4 * sum(len(word.text) == 1 for word in row) < 3 * len(row):
        return row
    spaces = [word.x0 - before.x1 for before, word in pairwise(row)]
    words = [row[0]]
    for word, space in zip(row[1:], spaces, strict=True):
        if space < _WORD_SPACE * median(spaces):
            words[-1] = words[-1]._replace(text=words[-1].text + word.text, x1=word.x1)
        else:
            words.append(word)
    return words


def _is_raised(word: Word, other: Word, size: float) -> bool:
    """Whether a word is the mark of a footnote: small, and above the baseline of the line."""
    is_small = word.size < 0.85 * max(size, other.size) and word.base < other.base - 0.1 * size
    return is_small and all(letter in _MARKS for letter in word.text)


def joined(row: Sequence[Word]) -> str:
    """The words with spaces between them, raised numbers between their signs."""
    parts: list[str] = []
    for index, word in enumerate(row):
        after_initial = index == 1 and len(row[0].text) == 1 and row[0].size > _INITIAL * word.size and word.text[0].islower()
        if index and not word.is_glued and not after_initial:
            parts.append(" ")
        is_reference = index > 0 and word.is_glued and _is_raised(word, row[index - 1], 0)
        parts.append(REFERENCE_START + word.text + REFERENCE_END if is_reference else word.text)
    return "".join(parts)
