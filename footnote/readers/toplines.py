"""The lines at the top of an article that say its title, its author and its date again: they are metadata, not its text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from footnote.readers.blocks import Block, Heading, Paragraph
from footnote.readers.bylines import Byline, is_fact, parse_byline
from footnote.readers.dates import find_date
from footnote.records import Metadata

TOP = 5
"""Blocks at the top of an article, among which its title and byline may stand again."""
_LONGEST_BYLINE = 140  # characters
_BYLINE_WORDS = frozenset("by von par por door av and und et y en & on am le posted published written updated".split())
_READING_TIME = re.compile(r"\b\d+ min(?:ute)?s?\.? read\b", re.IGNORECASE)
_MARKS = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."})


def plain_title(text: str) -> str:
    """A title for comparison: whatever its case, its quotation marks, its dashes and its last full stop."""
    return " ".join(text.translate(_MARKS).casefold().split()).strip(" .")


def titled(given: str | None, blocks: Sequence[Block]) -> tuple[str | None, Sequence[Block]]:
    """An article's title and its blocks without the heading that says it: the title given, else that of a first heading."""
    first = blocks[0] if blocks else None
    if given is None:
        return (first.text, blocks[1:]) if isinstance(first, Heading) and first.level == 1 else (None, blocks)
    for place, block in enumerate(blocks[:TOP]):
        if isinstance(block, Heading) and plain_title(block.text) == plain_title(given):
            return given, [*blocks[:place], *blocks[place + 1 :]]
    return given, blocks


def without_top_lines(blocks: Sequence[Block], known: Metadata) -> list[Block]:
    """The blocks without the first that says the title and without bylines at the top.

    A heading at the top that says the summary is a paragraph: some pages set it so.
    """
    title = plain_title(known.title)
    said = next((place for place, block in enumerate(blocks[:TOP]) if plain_title(block.text) == title), None)
    rest = [block for place, block in enumerate(blocks) if place != said]
    return without_bylines([_as_text(block, known) for block in rest[:TOP]] + rest[TOP:], known.author)


def byline_of(blocks: Sequence[Block]) -> Byline:
    """What the lines at the top say of author and date, up to the first sentence."""
    author = published = None
    for block in blocks[:TOP]:
        said = parse_byline(block.text, under_title=True) if "\n" not in block.text else None
        if said is None and not is_fact(block.text):
            break
        author, published = author or (said.author if said else None), published or (said.published if said else None)
    return Byline(author, published)


def without_bylines(blocks: Sequence[Block], author: str | None) -> list[Block]:
    """The blocks without those at the top that say nothing but who wrote the article; all where there are no others."""
    rest = [block for block in blocks[:TOP] if not _is_byline(block.text, author)] + list(blocks[TOP:])
    return rest or list(blocks)


def _as_text(block: Block, known: Metadata) -> Block:
    says_summary = known.summary is not None and plain_title(block.text) == plain_title(known.summary)
    return Paragraph(block.text) if says_summary else block


def _is_byline(text: str, author: str | None) -> bool:
    """Whether a line says nothing but who wrote the article, and when."""
    if len(text) > _LONGEST_BYLINE or "\n" in text:
        return False
    if is_fact(text) or _READING_TIME.search(text):
        return True
    rest = text
    for name in author.split(", ") if author else ():
        rest = rest.replace(name, " ")
    found = find_date(rest)
    if found is not None:
        rest = rest[: found[1][0]] + rest[found[1][1] :]
    return rest != text and all(word.lower() in _BYLINE_WORDS for word in re.findall(r"[\w&]+", rest))
