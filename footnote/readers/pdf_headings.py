"""Which paragraphs of a PDF are headings, and of which level: by their size and weight, their numbers and the bookmarks.

Knows paragraphs, not articles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from footnote.readers.lineshapes import is_contents, is_heading
from footnote.readers.pdf_lines import Line
from footnote.readers.pdf_paragraphs import Draft
from footnote.readers.pdf_text import Bookmark

LARGE = 1.1  # times the text's size: what is set so much larger is a heading
_NOT_SMALL = 0.93  # times the text's size: what is set smaller is a caption, however bold
_LONGEST = 150  # characters
_LONGEST_BOLD = 110
_MOST_LINES = 4
_NUMBER = re.compile(r"(?P<number>\d{1,3}(?:\.\d{1,3})*)\.?\s+(?=\S)|(?:[IVX]{1,5}|[A-H])\.\s+(?=\S)|§\s*\d+\s+")
_SEVERAL = re.compile(r"\d{1,2}(?:\.\d{1,2})+\.?\s+[^\W\d_a-z]")
_CHAPTER = re.compile(
    r"(?:chapter|part|kapitel|teil|chapitre|partie|cap[ií]tulo|appendix|anhang)\s+[\dIVXLA-H]+[.:]?", re.IGNORECASE
)
_ENTRY = re.compile(r".*\S(?:\s*[.·…_]{2,}|(?:\s+\.)+|\s)\s*(?:\d{1,4}|[ivxlc]{1,7})")
_DOTTED = re.compile(r".*(?:[.·…]\s?){4,}\s*(?:\d{1,4}|[ivxlc]{1,7})")
_LEAST_ENTRIES = 2
_LEAST_DOTTED = 3
_DEEPEST = 6  # levels
_MARKED = 0.8  # the share of the headings that must be bookmarks for these to say the levels

Style = tuple[float, bool, int]
"""The size, whether it is not bold, and the depth of its number: what sorts first is further up."""


def without_contents(lines: Sequence[Line]) -> list[Line]:
    """The lines but for tables of contents: under a heading for one, or with dots that lead to page numbers."""
    kept: list[Line] = []
    index = 0
    while index < len(lines):
        named = is_contents(lines[index].text)
        start = index + 1 if named else index
        pattern, least = (_ENTRY, _LEAST_ENTRIES) if named else (_DOTTED, _LEAST_DOTTED)
        end = _entries_end(lines, start, pattern)
        if end - start >= least:
            index = end
        else:
            kept.append(lines[index])
            index += 1
    return kept


def _entries_end(lines: Sequence[Line], start: int, pattern: re.Pattern[str]) -> int:
    """Where a list of entries ends; an entry may run over two lines."""
    end = start
    while end < len(lines):
        if pattern.fullmatch(lines[end].text):
            end += 1
        elif end > start and end + 1 < len(lines) and _DOTTED.fullmatch(lines[end + 1].text):
            end += 2
        else:
            break
    return end


def heading_name(text: str) -> str:
    """What a heading is called: without its number."""
    text = " ".join(text.split())
    match = _NUMBER.match(text)
    return (text[match.end() :] if match else text).rstrip(": ") or text


def levels(drafts: Sequence[Draft], texts: Sequence[str], size: float, bookmarks: Sequence[Bookmark]) -> dict[int, int]:
    """The level of each draft that is a heading, by its index, from 1. ``size`` is that of the text."""
    marked = {_key(bookmark.title): bookmark.level for bookmark in bookmarks}
    mostly_bold = 2 * sum(len(text) for draft, text in zip(drafts, texts, strict=True) if draft.first.is_bold) > sum(
        map(len, texts)
    )
    found = {
        index: _style(draft.first, texts[index])
        for index, draft in enumerate(drafts)
        if _is_heading(draft, texts[index], size, mostly_bold, marked)
    }
    while found and max(found) == len(drafts) - 1:
        del found[max(found)]  # a heading over nothing is none
    ranks = _ranks(found.values())
    known = {index: marked[_key(texts[index])] for index in found if _key(texts[index]) in marked}
    if len(known) < _MARKED * len(found):
        return {index: ranks[style] for index, style in found.items()}
    of_style = {found[index]: level for index, level in known.items()}
    return {index: known.get(index, of_style.get(style, ranks[style])) for index, style in found.items()}


def is_chapter(text: str) -> bool:
    """Whether a heading only says which chapter begins; its name stands under it."""
    return bool(_CHAPTER.fullmatch(text))


def _ranks(styles: Iterable[Style]) -> dict[Style, int]:
    return {style: min(rank, _DEEPEST) for rank, style in enumerate(sorted(set(styles)), start=1)}


def _style(line: Line, text: str) -> Style:
    match = _NUMBER.match(text)
    depth = match["number"].count(".") + 1 if match and match["number"] else 1
    return -round(line.size * 2) / 2, not line.is_bold, depth


def _key(title: str) -> str:
    return heading_name(title).casefold()


def _is_heading(draft: Draft, text: str, size: float, mostly_bold: bool, marked: Mapping[str, int]) -> bool:
    line = draft.first
    if draft.is_note or draft.is_row or line.aside or len(draft.lines) > _MOST_LINES or len(text) > _LONGEST:
        return False
    if not any(letter.isalpha() for letter in text):
        return False
    if draft.is_item and not _NUMBER.match(text):
        return False
    if _key(text) in marked:
        return True
    if line.size < _NOT_SMALL * size or text.endswith((".", ",", ";")):
        return False
    if line.size >= LARGE * size:
        return True
    if line.is_bold and not mostly_bold:
        return len(text) <= _LONGEST_BOLD
    alone = len(draft.lines) == 1
    return alone and (bool(_SEVERAL.match(text)) or (text.isupper() and is_heading(text.title()) and len(text) > 3))
