"""What word processors have in common: styled paragraphs, lists, tables, notes -> one article. Knows no file format.

A reader walks its file and hands over Items in the order of the page; what is a heading, a title or a byline is decided here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import PurePosixPath
from typing import Literal

from footnote.readers.blocks import Block, Heading, Paragraph, assemble
from footnote.readers.bylines import is_fact, parse_byline
from footnote.readers.dates import iso_date
from footnote.readers.decoding import clean
from footnote.readers.lineshapes import is_bullet, tag_names
from footnote.readers.properties import Properties, real_author, real_date, real_language, real_tags, real_title
from footnote.records import Article, Metadata

Role = Literal["text", "title", "subtitle", "author", "date", "table"]

NOTES = "Notes"
_MOST_BYLINES = 4  # lines under a title
_MOST_BOLD = 2  # lines in a row that are headings: an address is more
_LONGEST_HEADING = 110  # characters, of a line in bold
_MOST_HEADING_WORDS = 17
_SENTENCE_ENDS = ".,;…。、，；"
_DEEPEST = 9  # lists in lists that are shown further to the right
_LONGEST_CELL = 1_000  # characters; a table with a longer one lays out a page

EMBEDDED = "It holds diagrams, charts or other objects, and the words in them were not read."
_UNTITLED = "It has no title and is shown as '{}': give its first line the style 'Title', or fill in the title in its properties."


@dataclass(frozen=True, slots=True)
class Item:
    """A paragraph, list item or table as a reader sees it; lines are parted by line feeds.

    ``level`` is a heading's outline level, from 1. ``marker`` is the number or bullet shown before it, ``depth`` says how deep in
    lists it stands, from 0.
    """

    text: str
    level: int | None = None
    marker: str = ""
    depth: int | None = None
    bold: bool = False
    role: Role = "text"

    @property
    def shown(self) -> str:
        """The text with what stands before it."""
        return f"{self.marker} {self.text}".strip()


Cell = Sequence[Item]


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote or endnote with the mark that the text refers to it by."""

    mark: str
    text: str


def tidy(text: str) -> str:
    """Text with its lines cleaned, runs of spaces made one and blank lines left out."""
    return "\n".join(filter(None, (" ".join(line.split()) for line in clean(text).split("\n"))))


def table(rows: Sequence[Sequence[Cell]]) -> list[Item]:
    """A table as one item, a line a row; the items of its cells where it does no more than lay out a page."""
    cells = [cell for row in rows for cell in row]
    columns = max((len(row) for row in rows), default=0)
    headed = any(item.level is not None or item.role == "title" for cell in cells for item in cell)
    if columns < 2 or headed or any(len(_flat(cell)) > _LONGEST_CELL for cell in cells):
        return [item for cell in cells for item in cell]
    lines = (" | ".join(_flat(cell) for cell in row).rstrip(" |") for row in rows)  # a merged cell leaves empty ones behind it
    return [Item("\n".join(filter(None, lines)), role="table")]


def to_article(
    items: Sequence[Item], notes: Sequence[Note], properties: Properties, source: str
) -> tuple[list[Article], list[str]]:
    """The article that ``items`` make up and what its owner should know; none where there is no word in them."""
    tidied = (replace(item, text=tidy(item.text), marker=_one_line(item.marker)) for item in items)
    found = _with_bold_headings([item for item in tidied if item.text])
    title, found = _title(found, properties)
    found, told = _told(found) if title is not None else (found, Metadata(""))
    blocks = [*_blocks(found), *_noted(notes)]
    if not blocks:
        return [], []
    shown = title or PurePosixPath(source).stem
    metadata = Metadata(
        title=shown,
        author=told.author or real_author(properties.author),
        published=told.published or real_date(properties.created),
        tags=told.tags or real_tags(properties.keywords),
        language=real_language(properties.language),
    )
    body, sections = assemble(blocks)
    return [Article(source, source, metadata, body, sections)], [] if title else [_UNTITLED.format(shown)]


def _flat(cell: Cell) -> str:
    return " ".join(_line(item) for item in cell if item.text.strip())


def _line(item: Item) -> str:
    return _one_line(item.shown)


def _name(item: Item) -> str:
    return " ".join(item.text.split())


def _one_line(text: str) -> str:
    return " ".join(clean(text).split())


def _with_bold_headings(items: list[Item]) -> list[Item]:
    """Where nothing was given a heading's style, short lines in bold are the headings; the first of all is the title."""
    if any(item.level is not None or item.role == "title" for item in items):
        return items
    found: list[Item] = []
    for bold, run in groupby(items, _may_head):
        lines = list(run)
        is_last = len(found) + len(lines) == len(items)
        if bold and len(lines) <= _MOST_BOLD and not is_last:
            lines = [replace(item, level=1 if not found and index == 0 else 2) for index, item in enumerate(lines)]
        found += lines
    return found


def _may_head(item: Item) -> bool:
    """Whether an item is a line in bold that could be a heading: short, and no sentence."""
    text = item.text
    alone = item.bold and item.level is None and item.role == "text" and item.depth is None and "\n" not in text
    short = len(text) <= _LONGEST_HEADING and len(text.split()) <= _MOST_HEADING_WORDS
    return (
        alone and short and not text[0].islower() and text[-1] not in _SENTENCE_ENDS and not is_bullet(text) and not is_fact(text)
    )


def _title(items: list[Item], properties: Properties) -> tuple[str | None, list[Item]]:
    """The title and the items without the line that says it.

    What is shown as the title goes before the properties: those often tell of the file that a new one was begun from.
    """
    first = next((index for index, item in enumerate(items) if item.role == "title"), None)
    if first is not None:
        end = next((index for index in range(first, len(items)) if items[index].role != "title"), len(items))
        title = " ".join(_name(item) for item in items[first:end])
        return title, items[:first] + items[end:]
    given = real_title(properties.title)
    line = 0 if given else _title_line(items)
    if line is None or not items:
        return given, items
    name = _name(items[line])
    if given and given.casefold() != name.casefold():
        return given, items
    return name, items[1:] if line == 0 else items


def _title_line(items: list[Item]) -> int | None:
    """Where the title stands that nothing calls so: a heading before all else, else a first line in bold, else the only heading
    of the first level."""
    if not items:
        return None
    if items[0].level == 1 or (_may_head(items[0]) and len(items) > 1):
        return 0
    tops = [index for index, item in enumerate(items) if item.level == 1]
    return tops[0] if len(tops) == 1 else None


def _told(items: list[Item]) -> tuple[list[Item], Metadata]:
    """What the lines under the title tell of author, date and tags, and the items without those lines."""
    author = published = None
    tags: tuple[str, ...] = ()
    kept: list[Item] = []
    read = 0
    for item in items[:_MOST_BYLINES]:
        if item.level is not None or item.depth is not None or "\n" in item.text or item.role == "table":
            break
        if item.role == "subtitle":
            kept.append(item)
        elif item.role == "author":
            author = ", ".join(filter(None, (author, item.text)))
        elif item.role == "date":
            published = published or iso_date(item.text)
        elif byline := parse_byline(item.text, under_title=True):
            author, published = author or byline.author, published or byline.published
        elif found := tag_names(item.text):
            tags = tags or found
        elif not is_fact(item.text):
            break
        read += 1
    return [*kept, *items[read:]], Metadata("", author, published, tags)


def _blocks(items: Sequence[Item]) -> Iterator[Block]:
    for in_list, run in groupby(items, lambda item: item.depth is not None and item.level is None):
        if in_list:
            yield Paragraph("\n".join(line for item in run for line in _list_lines(item)))
            continue
        for item in run:
            level = 1 if item.role == "title" else item.level
            if level is None:
                yield Paragraph(item.text)
            else:
                yield Heading(_line(item), _name(item), level)


def _list_lines(item: Item) -> Iterator[str]:
    marker = f"{item.marker} " if item.marker else ""
    for number, line in enumerate(item.text.split("\n")):
        yield "  " * min(item.depth or 0, _DEEPEST) + (marker if number == 0 else "") + line


def _noted(notes: Sequence[Note]) -> Iterator[Block]:
    texts = [f"{_one_line(note.mark)} {text}" for note in notes if (text := tidy(note.text))]
    if texts:
        yield Heading(NOTES, NOTES, 1)
        yield from map(Paragraph, texts)
