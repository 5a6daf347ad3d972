"""Paragraphs and tables of an RTF file as they come to an end, made Items. A flow is the body, a note or a text box."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from footnote.readers.document import Cell, Item, table
from footnote.readers.numbering import BULLET
from footnote.readers.stylenames import heading_level, is_contents, role

_MOST_LEVELS = 9
_LONGEST_MARKER = 30  # characters; more is text whose group was not closed
_INDENT = 360  # twips that a list is further in than the one around it
# The number or bullet that some programs write out as text, hanging before the paragraph.
_TYPED_MARK = re.compile(r"\s*(?P<mark>[•·▪–-]|\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,6})[.)])\t\s*")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(slots=True)
class Style:
    """A style of the style sheet; ``level`` is a heading's, from 1."""

    name: str = ""
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """What is said about a paragraph: its style and outline level, whether it is in a table, its list and its indents (twips)."""

    style: int = 0
    level: int | None = None
    in_table: bool = False
    depth: int = 0
    left: int = 0
    first_line: int = 0


@dataclass(slots=True)
class Flow:
    """What was read of one flow: the items that are complete, the paragraph and the table that are not yet."""

    kind: Literal["body", "footnote", "endnote", "box"] = "body"
    items: list[Item] = field(default_factory=list)
    boxes: list[Item] = field(default_factory=list)  # of the paragraph; they stand behind it
    marker: list[str] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _plain: bool = False  # a word of the paragraph is not bold
    _rows: list[list[Cell]] = field(default_factory=list)
    _cells: list[Cell] = field(default_factory=list)
    _cell: list[Item] = field(default_factory=list)

    def add(self, text: str, bold: bool) -> None:
        """Words of the paragraph."""
        self._parts.append(text)
        self._plain = self._plain or not (bold or text.isspace())

    def end_paragraph(self, shape: Shape, styles: Mapping[int, Style]) -> None:
        """The paragraph is complete, and this is what was said about it."""
        text = paired("".join(self._parts))
        marker = paired("".join(self.marker)).strip()
        style = styles.get(shape.style, Style())
        found: list[Item] = []
        if text.strip() and not is_contents(style.name):
            found.append(_item(text, marker, shape, style, not self._plain))
        found += self.boxes
        self._parts, self.marker, self.boxes, self._plain = [], [], [], False
        if shape.in_table:
            self._cell += found
        elif found:
            self._end_table()
            self.items += found

    def end_cell(self, shape: Shape, styles: Mapping[int, Style]) -> None:
        """The cell is complete, and its last paragraph with it."""
        self.end_paragraph(replace(shape, in_table=True), styles)
        self._cells.append(self._cell)
        self._cell = []

    def end_row(self) -> None:
        """The row is complete."""
        if self._cells:
            self._rows.append(self._cells)
            self._cells = []

    def end(self, shape: Shape, styles: Mapping[int, Style]) -> list[Item]:
        """The items of the whole flow, which is complete."""
        self.end_paragraph(shape, styles)
        self._end_table()
        return self.items

    def _end_table(self) -> None:
        if self._cell:
            self._cells.append(self._cell)
            self._cell = []
        self.end_row()
        if self._rows:
            self.items += table(self._rows)
            self._rows = []


def paired(text: str) -> str:
    """Text in which halves of characters, which RTF writes one by one, are put together."""
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def outline_level(number: int | None) -> int | None:
    """A heading's level, from 1, that an outline level in the file says; None for body text."""
    return number + 1 if number is not None and 0 <= number < _MOST_LEVELS else None


def _item(text: str, marker: str, shape: Shape, style: Style, bold: bool) -> Item:
    level = outline_level(shape.level) or heading_level(style.name) or style.level
    depth = max(0, min(_MOST_LEVELS, shape.depth))
    if not marker and shape.first_line < 0 and (typed := _TYPED_MARK.match(text)):
        marker, text = typed["mark"], text[typed.end() :]
        depth = max(0, min(_MOST_LEVELS, shape.left // _INDENT - 1))
    if len(marker) > _LONGEST_MARKER:
        marker, text = "", f"{marker} {text}"
    if marker and (marker == "o" or not any(letter.isalnum() for letter in marker)):  # Word's second bullet is an "o"
        marker = BULLET
    return Item(text, level, marker, depth if marker else None, bold, role(style.name))
