"""What number a list item or heading shows, as word processors count. Knows no file format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

BULLET = "•"

_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"))
_ROMAN_UNITS = ((5, "v"), (4, "iv"), (1, "i"))
_MOST_ROMAN = 3_999
_MOST_LETTERS = 260  # "jjjjjjjjjj"; a list that goes on longer is counted in figures
_LONGEST_PATTERN = 60  # characters: a number, not a text that every paragraph would repeat
_LARGEST = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list counts. ``form`` is 1, 01, a, A, i, I, the bullet, or nothing for no number.

    ``pattern`` is what is shown, with ``%1`` where the number of the first level stands, ``%2`` that of the second ...
    """

    form: str = "1"
    pattern: str = "%1."
    start: int = 1
    only_figures: bool = False


@dataclass(slots=True)
class Counter:
    """Where a list has got to: the current number of each level, from 0."""

    values: dict[int, int] = field(default_factory=dict)

    def label(self, levels: Mapping[int, Level], depth: int, start: int | None = None) -> str:
        """Counts one item on and gives what it shows; empty where it shows nothing. ``start`` begins the count anew."""
        level = levels.get(depth, Level(pattern=f"%{depth + 1}."))
        self.values[depth] = start if start is not None else self.values.get(depth, level.start - 1) + 1
        for deeper in [other for other in self.values if other > depth]:
            del self.values[deeper]
        return BULLET if level.form == BULLET else self._shown(levels, level)

    def _shown(self, levels: Mapping[int, Level], level: Level) -> str:
        def number(match: re.Match[str]) -> str:
            depth = int(match.group(1)) - 1
            one = levels.get(depth, Level())
            return numeral(self.values.get(depth, one.start), "1" if level.only_figures else one.form)

        pattern = level.pattern if level.form else re.sub(r"%\d", "", level.pattern)
        return re.sub(r"%([1-9])", number, pattern[:_LONGEST_PATTERN]).strip()


def numeral(value: int, form: str) -> str:
    """``value`` in figures, letters (a, b, ... z, aa, bb ...) or Roman numerals; in figures where the form has none for it."""
    if form in ("a", "A") and 1 <= value <= _MOST_LETTERS:
        letters = chr(ord("a") + (value - 1) % 26) * ((value - 1) // 26 + 1)
        return letters if form == "a" else letters.upper()
    if form in ("i", "I") and 1 <= value <= _MOST_ROMAN:
        roman = ""
        for unit, mark in (*_ROMAN, *_ROMAN_UNITS):
            roman += mark * (value // unit)
            value %= unit
        return roman if form == "i" else roman.upper()
    return f"{value:02}" if form == "01" else "" if form in ("", BULLET) else str(value)


def whole(text: str | None, default: int) -> int:
    """A whole number in a file, or ``default`` where it is none or beyond all measure."""
    figures = (text or "").strip()
    if not re.fullmatch(r"-?[0-9]{1,10}", figures):
        return default
    return max(-_LARGEST, min(_LARGEST, int(figures)))
