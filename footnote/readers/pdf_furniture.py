"""Running heads and feet and page numbers: what stands at the same place of several pages, at the top or the bottom, is no text.

Knows words and where they stand.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise

from footnote.readers.pdf_letters import Word
from footnote.readers.pdf_lines import rows
from footnote.readers.pdf_text import Page

_DEPTH = 3  # rows of a running head, and of a running foot
_LEAST_SHARE = 0.25  # of the pages on which a line is repeated: left and right pages may have different ones, and chapters
_APART = 2.0  # of its size: the white space between the parts of a running head
_SAME_PLACE = 4  # points that a line may move from page to page
_LARGE = 1.15  # times the text's size: what is set so much larger is a heading, though its number may be the page's
_ALONE = 1.8  # of its size: the least distance of a single page's number from its text
_NUMBER = re.compile(
    r"[\W_]*(?:(?:page|seite|p|s|pg|folio)\b\.?\s*)?(?:(?P<number>\d{1,4})|(?P<roman>[ivxlc]{1,8}))"
    r"(?:\s*(?:/|\||of|von|de|di|av)\s*\d{1,4})?[\W_]*",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+|\b[ivxlc]+\b", re.IGNORECASE)
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}

Row = list[Word]


@dataclass(frozen=True, slots=True)
class _Edge:
    """A row near the top or the bottom of a page: which page it is, how deep it stands, its parts and where they stand."""

    page: int
    is_top: bool
    row: Row
    parts: tuple[str, ...]
    is_large: bool

    @property
    def base(self) -> float:
        return max(word.base for word in self.row)

    def shapes(self) -> Iterator[tuple[bool, str]]:
        for part in self.parts:
            shape = part.casefold() if self.is_large else _DIGITS.sub("0", part.casefold())
            yield self.is_top, shape

    def numbers(self) -> Iterator[tuple[str, int]]:
        """The page numbers that the parts may be, less the page's place among all pages: the same on every page then."""
        for part in self.parts:
            match = _NUMBER.fullmatch(part)
            if match is None or self.is_large:
                continue
            if match["number"]:
                yield "number", int(match["number"]) - self.page
            elif (value := _roman(match["roman"])) is not None:
                yield "roman", value - self.page


def without_furniture(pages: Sequence[Page], size: float, known: Sequence[str]) -> list[Page]:
    """The pages without their running heads and feet.

    ``size`` is that of the text. ``known`` are the title and the author: alone at the top or bottom of a later page they are
    a running head though they stand there only once.
    """
    edges = {page.number: list(_edges(page, size)) for page in pages}
    places: defaultdict[tuple[bool, str, int], set[int]] = defaultdict(set)
    counted: Counter[tuple[str, int]] = Counter()
    for edge in chain.from_iterable(edges.values()):
        for shape in edge.shapes():
            places[*shape, round(edge.base)].add(edge.page)
        counted.update(edge.numbers())
    said = {text.casefold() for text in known}
    least = max(2, _LEAST_SHARE * len(pages))

    def is_repeated(edge: _Edge) -> bool:
        near = range(round(edge.base) - _SAME_PLACE, round(edge.base) + _SAME_PLACE + 1)
        for shape in edge.shapes():
            if len(set().union(*(places[*shape, base] for base in near if (*shape, base) in places))) >= least:
                return True
        if any(counted[number] > 1 for number in edge.numbers()):
            return True
        return edge.page > pages[0].number and not edge.is_large and all(part.casefold() in said for part in edge.parts)

    left = [_stripped(page, edges[page.number], is_repeated) for page in pages]
    return left if any(page.words for page in left) else list(pages)


def _stripped(page: Page, edges: Sequence[_Edge], is_repeated: Callable[[_Edge], bool]) -> Page:
    gone: set[Word] = set()
    for is_top in (True, False):
        for edge in edges:
            if edge.is_top is not is_top:
                continue
            if not is_repeated(edge) and not _is_lone_number(edge, page):
                break
            gone.update(edge.row)
    return replace(page, words=tuple(word for word in page.words if word not in gone)) if gone else page


def _edges(page: Page, size: float) -> Iterator[_Edge]:
    """The rows at the top of a page from the top down, then those at its bottom from the bottom up."""
    found = rows(page.words)
    for is_top, outer in ((True, found[:_DEPTH]), (False, found[: -_DEPTH - 1 : -1])):
        for row in outer:
            is_large = max(word.size for word in row) > _LARGE * size
            yield _Edge(page.number, is_top, row, _parts(row), is_large)


def _parts(row: Row) -> tuple[str, ...]:
    """What stands at the left, in the middle and at the right of a row."""
    parts = [[row[0].text]]
    for before, word in pairwise(row):
        if word.x0 - before.x1 > _APART * word.size:
            parts.append([])
        parts[-1].append(word.text)
    return tuple(" ".join(part) for part in parts)


def _is_lone_number(edge: _Edge, page: Page) -> bool:
    """Whether a row is the number of its page, far from the text: a document may have one page only."""
    values = list(edge.numbers())
    if not values or values[0][1] != 0 or len(edge.parts) > 1:
        return False
    others = [word.base for word in page.words if word not in edge.row]
    distance = min((abs(base - edge.base) for base in others), default=0)
    return distance > _ALONE * edge.row[0].size


def _roman(text: str) -> int | None:
    """The value of a roman numeral; None where the letters are none."""
    values = [_ROMAN[letter] for letter in text.lower()]
    total = sum(-value if value < after else value for value, after in zip(values, [*values[1:], 0], strict=True))
    return total if _numeral(total) == text.lower() else None


def _numeral(value: int) -> str:
    parts = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
    text = ""
    for worth, letters in parts:
        count, value = divmod(value, worth)
        text += letters * count
    return text
