"""The letters of a PDF's page, as pdfium has them -> its words, with where they stand and how they look.

Coordinates are points: x from the left, y from the top downwards, along the direction in which most of a page's text runs.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from statistics import median
from typing import Any, NamedTuple

from footnote.errors import Unreadable
from footnote.readers.decoding import clean

_MOST_PAGE_CHARS = 200_000  # a page of a newspaper has some 30,000
_BOLD = re.compile(r"bold|black|heavy|demi|cmbx|sfbx|ecbx|(?:[-,_ ]|[a-z])Bd(?![a-z])", re.IGNORECASE)
_ITALIC = re.compile(r"ital|obli|cmti|cmsl|sfti|ecti", re.IGNORECASE)
_MARKS = frozenset("0123456789*†‡§")
_NO_LETTERS = dict.fromkeys(map(ord, "\0\ufffd\uffff"))
_LIGATURES = str.maketrans(
    {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st"}
)
_SOFT_END = re.compile("\u00ad$")  # a hyphen at a line's end may be kept as a soft one
_HYPHEN_AT_END = "\x02"  # what pdfium gives for a hyphen at which it has joined two lines
_TOKEN = re.compile(rf"[^\s{_HYPHEN_AT_END}]+")
_SPACE = 0.15  # of the size: the least white space between words
_NO_SPACE = 0.05  # of the size: a space so narrow is none

Box = tuple[float, float, float, float]
"""Left, bottom, right and top, in points from the lower left corner."""


class Word(NamedTuple):
    """A word, or a part of one: before a hyphen at a line's end, or where its size changes. ``base`` is its baseline.

    ``is_glued`` says that nothing parts it from the word before.
    """

    text: str
    x0: float
    x1: float
    base: float
    size: float
    is_bold: bool
    is_italic: bool
    is_glued: bool = False


class _Placed(NamedTuple):
    """A word in the coordinates of the file: y upwards. ``turn`` is its direction in quarter turns, None where it is aslant.

    ``is_continued`` says that it may go on where the one before it ends.
    """

    word: Word
    box: Box
    origin: tuple[float, float]
    turn: int | None
    is_continued: bool


class Letters:
    """The letters of one page, asked of pdfium one by one; only what is needed, for each question costs half a microsecond."""

    def __init__(self, letters: Any, bounds: Box) -> None:
        from pypdfium2 import raw

        self._raw = raw
        self._letters = letters
        self._bounds = bounds
        self.count = raw.FPDFText_CountChars(letters)
        self.unknown = 0
        self._styles: dict[int, _Style] = {}
        self._box = raw.FS_RECTF()
        self._matrix = raw.FS_MATRIX()
        self._name = ctypes.create_string_buffer(128)
        self._flags = ctypes.c_int()
        self._x, self._y = ctypes.c_double(), ctypes.c_double()

    def words(self, number: int) -> Iterator[_Placed]:
        """The words of the page of this ``number`` in the order of drawing. Raises Unreadable where there are far too many."""
        if self.count > _MOST_PAGE_CHARS:
            raise Unreadable(f"Page {number} holds {self.count:,} characters.", "Split it, or save it anew in a simpler form.")
        ask, letters = self._raw.FPDFText_GetUnicode, self._letters
        text = "".join(
            chr(code) if 0 < code < 0x110000 else "\0" for code in (ask(letters, index) for index in range(self.count))
        )
        end = 0
        for match in _TOKEN.finditer(text):
            between, end = text[end : match.start()], match.end()
            is_parted = text[end : end + 1] == _HYPHEN_AT_END
            boxes = [self._letter_box(index) for index in range(match.start(), end)]
            for first, last in self._runs(text, match.start(), end, boxes):
                joint = _Joint(first > match.start(), is_parted and last == end, between)
                yield from self._placed(text[first:last], first, boxes[first - match.start() : last - match.start()], joint)

    def _runs(self, text: str, start: int, end: int, boxes: Sequence[Box]) -> Iterator[tuple[int, int]]:
        """A word in one part, or in several where it runs over a line's end or has the mark of a footnote."""
        marked = (text[start] in _MARKS) != (text[end - 1] in _MARKS)
        if not marked and abs(boxes[0][1] - boxes[-1][1]) < 1:
            yield start, end
            return
        look = [(self._raw.FPDFText_GetFontSize(self._letters, index), self._origin(index)[1]) for index in range(start, end)]
        for index in range(start + 1, end):
            if look[index - start] != look[index - start - 1]:
                yield start, index
                start = index
        yield start, end

    def _origin(self, index: int) -> tuple[float, float]:
        self._raw.FPDFText_GetCharOrigin(self._letters, index, self._x, self._y)
        return self._x.value, self._y.value

    def _placed(self, text: str, start: int, boxes: Sequence[Box], joint: _Joint) -> Iterator[_Placed]:
        """The word whose letters begin at ``start``, in parts where white space stands between them; none off the page."""
        style = self._style(start)
        cuts = [0, *(_gaps(boxes, style.size) if style.turn == 0 else ()), len(text)]
        for first, last in pairwise(cuts):
            known = text[first:last]
            if self._raw.FPDFText_HasUnicodeMapError(self._letters, start + first) == 1:
                self.unknown += len(known)
            if not known.isprintable() or not known.isascii():
                known = clean(_SOFT_END.sub("-", known.translate(_NO_LETTERS)).translate(_LIGATURES))
            box = _around(boxes[first:last])
            if not known or not self._is_on_page(box) or not 0.5 < style.size < 2_000:
                continue
            known += "-" * (joint.is_parted and last == len(text))
            word = Word(known, 0, 0, 0, style.size, style.is_bold, style.is_italic, joint.is_glued and first == 0)
            is_continued = first == 0 and (joint.between.isspace() or not joint.between)
            yield _Placed(word, box, self._origin(start + first), style.turn, is_continued)

    def _letter_box(self, index: int) -> Box:
        box = self._box
        self._raw.FPDFText_GetLooseCharBox(self._letters, index, box)
        return box.left, box.bottom, box.right, box.top

    def _is_on_page(self, box: Box) -> bool:
        x0, y0, x1, y1 = self._bounds
        return x0 <= (box[0] + box[2]) / 2 <= x1 and y0 <= (box[1] + box[3]) / 2 <= y1

    def _style(self, index: int) -> _Style:
        """The look of a letter, which all letters that are drawn at one go have in common."""
        raw, matrix = self._raw, self._matrix
        drawn = raw.FPDFText_GetTextObject(self._letters, index)
        address = ctypes.addressof(drawn.contents) if drawn else -index - 1
        if address not in self._styles:
            raw.FPDFText_GetMatrix(self._letters, index, matrix)
            size = raw.FPDFText_GetFontSize(self._letters, index) * (math.hypot(matrix.c, matrix.d) or 1.0)
            raw.FPDFText_GetFontInfo(self._letters, index, self._name, 128, self._flags)
            self._styles[address] = _Style(size, *_look(self._name.value, self._flags.value), _turn(matrix.a, matrix.b))
        return self._styles[address]


class _Style(NamedTuple):
    size: float
    is_bold: bool
    is_italic: bool
    turn: int | None


class _Joint(NamedTuple):
    """How a word is joined: nothing parts it from the one before where ``is_glued``, a hyphen ends it where ``is_parted``."""

    is_glued: bool
    is_parted: bool
    between: str


def _gaps(boxes: Sequence[Box], size: float) -> Iterator[int]:
    """Before which letters there is white space that no character stands for; letters that are all set apart have none."""
    spaces = [after[0] - before[2] for before, after in pairwise(boxes)]
    if spaces and max(spaces) > _SPACE * size:
        usual = median(spaces) if len(spaces) > 2 else 0
        yield from (index for index, space in enumerate(spaces, start=1) if space > _SPACE * size + 2 * max(usual, 0))


def _around(boxes: Sequence[Box]) -> Box:
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return min(lefts), min(bottoms), max(rights), max(tops)


@cache
def _look(name: bytes, flags: int) -> tuple[bool, bool]:
    """Whether a font is bold and whether it is italic; its name says more than its flags, which many programs leave out."""
    text = name.decode("latin-1")
    return bool(_BOLD.search(text) or flags & 1 << 18), bool(_ITALIC.search(text) or flags & 1 << 6)


def _turn(a: float, b: float) -> int | None:
    angle = math.degrees(math.atan2(b, a)) / 90
    return round(angle) % 4 if abs(angle - round(angle)) < 0.06 else None


def upright(words: list[_Placed]) -> Iterator[Word]:
    """The words that run as most of the page's do; a stamp along the margin or across the page is none of its text."""
    letters: Counter[int] = Counter()
    for placed in words:
        if placed.turn is not None:
            letters[placed.turn] += len(placed.word.text)
    if not letters:
        return
    turn = letters.most_common(1)[0][0]
    before: Word | None = None
    for word, (left, bottom, right, top), (x, y), own, is_continued in words:
        if own != turn:
            continue
        x0, x1, base = ((left, right, -y), (bottom, top, x), (-right, -left, y), (-top, -bottom, -x))[turn]
        word = word._replace(x0=x0, x1=x1, base=base)
        # Some programs draw a space and go back over it; between letters that run upwards pdfium puts line ends of its own.
        if before is not None and is_continued and _goes_on(word, before):
            before = before._replace(text=before.text + word.text, x1=x1)
            continue
        if before is not None:
            yield before
        before = word
    if before is not None:
        yield before


def _goes_on(word: Word, before: Word) -> bool:
    """Whether a word goes on where the one before it ends, in the same size, without room for a space."""
    near = abs(word.x0 - before.x1) < _NO_SPACE * word.size and abs(word.base - before.base) < 0.1 * word.size
    return near and abs(word.size - before.size) < 0.1 * word.size
