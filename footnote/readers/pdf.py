"""PDF -> one article with its pages: text in the order of reading, without running heads, words at line ends mended.

A PDF holds letters at places. The steps: words (pdf_text, pdf_letters), less what stands on every page (pdf_furniture), lines
in columns (pdf_columns, pdf_lines), paragraphs (pdf_paragraphs), their text (pdf_mending), title and headings (pdf_title,
pdf_headings).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from footnote.errors import Unreadable
from footnote.passages import sentences
from footnote.readers.blocks import Block, Heading, Paragraph, assemble
from footnote.readers.pdf_columns import read as lines_of
from footnote.readers.pdf_furniture import without_furniture
from footnote.readers.pdf_headings import heading_name, is_chapter, levels, without_contents
from footnote.readers.pdf_lines import Line
from footnote.readers.pdf_mending import Mender, Written, grouped
from footnote.readers.pdf_paragraphs import Draft, paragraphs, text_size
from footnote.readers.pdf_properties import properties
from footnote.readers.pdf_text import Document, Page, load
from footnote.readers.pdf_title import head
from footnote.readers.properties import real_author, real_date, real_language, real_tags, real_title
from footnote.records import Article, Metadata

_RECOGNISE = "Run text recognition (OCR) on it and put the result here."
_LEAST_WORDS = 4  # on a page; fewer beside a picture are a stamp on a scan
_MOST_UNKNOWN = 0.2  # of the letters


def read(content: bytes, source: str) -> tuple[list[Article], list[str]]:
    """The article in a PDF and what its owner should know. Raises Unreadable with the reason and what would help."""
    document = load(content)
    notices = _checked(document)
    known = properties(content, document.properties, document.language)
    title, author = real_title(known.title), real_author(known.author)
    size = text_size(word for page in document.pages for word in page.words)
    lines = _lines(without_furniture(document.pages, size, [text for text in (title, author) if text]))
    drafts = paragraphs(lines, size)
    mender = Mender(drafts, real_language(known.language))
    written = [mender.write(draft) for draft in drafts]
    found = head(drafts, [one.text for one in written], size, title, author)
    rest = [index for index in range(len(drafts)) if index not in found.told_by] or list(range(len(drafts)))
    drafts, written = [drafts[index] for index in rest], [written[index] for index in rest]
    blocks = list(_blocks(drafts, written, levels(drafts, [one.text for one in written], size, document.bookmarks)))
    if not blocks:
        return [], []
    text, sections = assemble(blocks)
    shown = found.title or PurePosixPath(source).stem
    if found.title is None:
        notices.append(f"It has no title and is shown as '{shown}': fill in the title in its properties.")
    metadata = Metadata(
        shown,
        found.author or author,
        found.published or real_date(known.created),
        found.tags or real_tags(known.keywords),
        language=real_language(known.language),
    )
    return [Article(source, source, metadata, text, sections)], notices


def _checked(document: Document) -> list[str]:
    """Notices about pages that give no text. Raises Unreadable where none does."""
    scanned = [page.number for page in document.pages if len(page.words) < _LEAST_WORDS and page.has_pictures]
    words = sum(len(page.words) for page in document.pages)
    if words == 0 and not scanned:
        raise Unreadable("Its pages hold no text.", f"If they show some: {_RECOGNISE}")
    if len(scanned) == len(document.pages):
        raise Unreadable("Its pages are pictures without text, as of a scan.", _RECOGNISE)
    letters = sum(len(word.text) for page in document.pages for word in page.words)
    if sum(page.unknown for page in document.pages) > _MOST_UNKNOWN * letters:
        raise Unreadable("Its fonts do not say which letters they show.", _RECOGNISE)
    notices = []
    if scanned:
        notices.append(f"{_pages(scanned)} without text: only a picture was found there. {_RECOGNISE}")
    if document.unread:
        notices.append(f"{_pages(document.unread)} damaged and left out. Copy or download it again.")
    return notices


def _pages(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:10])) + (", ..." if len(numbers) > 10 else "")
    return f"Pages {shown} are" if len(numbers) > 1 else f"Page {shown} is"


def _lines(pages: Sequence[Page]) -> list[Line]:
    lines: list[Line] = []
    for page in pages:
        lines += lines_of(page.words, page.number, lines[-1].column + 1 if lines else 0)
    return without_contents(lines) or lines


def _blocks(drafts: Sequence[Draft], written: Sequence[Written], levels: Mapping[int, int]) -> Iterator[Block]:
    """Headings and paragraphs; the items of a list and the rows of a table are one paragraph each."""
    index = 0
    while index < len(drafts):
        draft, end = drafts[index], index + 1
        if index in levels:
            # "Chapter 2" stands over its name.
            end += is_chapter(written[index].text) and end in levels
            yield _heading(written[index:end], levels[end - 1])
        else:
            while end < len(drafts) and end not in levels and _is_list(draft, drafts[end]):
                end += 1
            yield _paragraph(grouped(written[index:end]))
        index = end


def _is_list(draft: Draft, following: Draft) -> bool:
    if draft.is_note or following.is_note or draft.first.aside != following.first.aside:
        return False
    return (draft.is_item and following.is_item) or (draft.is_row and following.is_row)


def _heading(written: Sequence[Written], level: int) -> Heading:
    text = " ".join(" ".join(one.text for one in written).split())
    return Heading(text, heading_name(written[-1].text), level, written[0].page)


def _paragraph(written: Written) -> Paragraph:
    """A page begins with the first sentence that begins on it."""
    turns: dict[int, int] = {}
    if written.turns:
        starts = [start for start, _ in sentences(written.text, 0, len(written.text))]
        for offset, page in written.turns:
            first = next((start for start in starts if start >= offset), None)
            if first is not None:
                turns[first] = page
    return Paragraph(written.text, page=written.page, turns=tuple(turns.items()))
