"""Tables of articles, one a row: CSV with commas, semicolons, tabs or bars -> articles."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import chain

from footnote.errors import Unreadable
from footnote.readers.exports import Record, articles_of, is_known, numbered, require_text
from footnote.records import Article
from footnote.settings import MAX_FILE_BYTES

_DELIMITERS = (",", ";", "\t", "|")
_ONE_COLUMN = "\x1f"  # stands in no text
_CLOSE = "Close it; within a field, write a quotation mark twice."
_END = "\ue000end\ue000"  # the row after the last: a quotation mark that is never closed swallows it


def read(text: str, source: str) -> tuple[list[Article], list[str]]:
    """The article of each row; the first row names the columns. Raises Unreadable where none of them is one of text."""
    csv.field_size_limit(MAX_FILE_BYTES)
    text = text.replace("\0", "")
    text, told = _without_sep(text)
    delimiter = told or _delimiter(text)
    rows = _rows(text, delimiter)
    names = _names(next(rows, []))
    require_text(names)
    too_long: list[int] = []
    found, notices = articles_of(_records(rows, names, too_long), source, "row")
    if too_long:
        notices.append(
            f"With more fields than there are columns, and the last ones left out: {numbered('row', too_long)}. "
            "Put quotes around a field that holds the sign between fields."
        )
    return found, notices


def _without_sep(text: str) -> tuple[str, str | None]:
    """The table without a first line that names the sign between fields (``sep=;``), and that sign."""
    first, _, rest = text.partition("\n")
    if first[:4].casefold() == "sep=" and first[4:].rstrip("\r") in _DELIMITERS:
        return rest, first[4]
    return text, None


def _delimiter(text: str) -> str:
    """The sign with which the first row falls into the most columns whose names are known, then into the most."""

    def gives(delimiter: str) -> tuple[int, int]:
        names = next(_rows(text, delimiter), [])
        return sum(is_known(name) for name in names), len(names)

    best = max(_DELIMITERS, key=gives)
    return best if gives(best)[1] > 1 else _ONE_COLUMN


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    """The rows that hold something. Raises Unreadable at a quotation mark that is never closed."""
    lines = csv.reader(chain(io.StringIO(text, newline=""), ["\n", _END]), delimiter=delimiter)
    line = 1
    for row in lines:
        if row and row[-1].endswith(_END):
            if row != [_END]:
                raise Unreadable(f"The row that begins in line {line} has a quotation mark that is never closed.", _CLOSE)
            return
        if any(field.strip() for field in row):
            yield row
        line = lines.line_num + 1


def _names(row: list[str]) -> list[str]:
    """The columns' names; a second one of the same name, or one without, is told by its number."""
    names: dict[str, None] = {}
    for number, cell in enumerate(row, start=1):
        name = cell.strip() or f"column ({number})"
        while name in names:
            name = f"{name} ({number})"
        names[name] = None
    return list(names)


def _records(rows: Iterator[list[str]], names: list[str], too_long: list[int]) -> Iterator[Record]:
    for number, row in enumerate(rows, start=1):
        if any(field.strip() for field in row[len(names) :]):
            too_long.append(number)
        yield Record(number, dict(zip(names, row, strict=False)))
