"""From a PDF's bytes to its pages with their words, its bookmarks and what it says of itself.

This module and ``pdf_letters`` know pdfium, and nobody else does.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from footnote.errors import Unreadable
from footnote.readers.pdf_letters import Letters, Word, upright

_MOST_PAGES = 5_000
_TAIL = 4_096  # bytes at a file's end in which the mark of the end must stand
_MOST_BOOKMARKS = 5_000
_LONGEST_PROPERTY = 20_000  # bytes
_PAGE = re.compile(rb"/Type\s*/Page\b")
_NO_PAGES = re.compile(rb"/Kids\s*\[\s*\]|/Count\s+0\b")


@dataclass(frozen=True, slots=True)
class Page:
    """The words of one page in the order in which they were drawn. ``number`` counts from 1."""

    number: int
    words: tuple[Word, ...]
    unknown: int  # letters that no font says the meaning of
    has_pictures: bool


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An entry of the outline that viewers show beside the pages; the outermost have the level 1."""

    title: str
    level: int


@dataclass(frozen=True, slots=True)
class Document:
    """What a PDF holds. ``unread`` are the numbers of pages that are damaged."""

    pages: tuple[Page, ...]
    unread: tuple[int, ...]
    bookmarks: tuple[Bookmark, ...]
    properties: dict[str, str]
    language: str


def load(content: bytes) -> Document:
    """The document in ``content``. Raises Unreadable for what is no PDF, cut short, encrypted, damaged or without pages."""
    if b"%PDF-" not in content[:1_024]:
        raise Unreadable("It is no PDF, whatever it is called.", "Give it the ending of what it is, or save it as PDF again.")
    if b"%%EOF" not in content[-_TAIL:]:
        raise Unreadable("It is cut short: the end of the file is missing.", "Copy or download it again.")
    pdf = _opened(content)
    try:
        return _document(pdf)
    finally:
        pdf.close()


def _opened(content: bytes) -> Any:
    import pypdfium2
    from pypdfium2 import raw

    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        # Without pages pdfium fails and tells the error of the file before.
        if not _PAGE.search(content) and _NO_PAGES.search(content):
            raise Unreadable("It has no pages.", "Save it as PDF again.") from error
        if error.err_code == raw.FPDF_ERR_PASSWORD:
            raise Unreadable("It is encrypted and opens only with a password.", "Save a copy without the password.") from error
        if error.err_code == raw.FPDF_ERR_SECURITY:
            raise Unreadable("It is encrypted in a way that can't be read.", "Save a copy without encryption.") from error
        raise Unreadable("It is damaged: its parts can't be found.", "Copy or download it again, or print it to PDF.") from error


def _document(pdf: Any) -> Document:
    from pypdfium2 import raw

    count = len(pdf)
    if count < 1:
        raise Unreadable("It has no pages.", "Save it as PDF again.")
    if count > _MOST_PAGES:
        raise Unreadable(f"It has {count:,} pages, more than {_MOST_PAGES:,}.", "Split it into articles.")
    found = [(index + 1, _page(pdf, index)) for index in range(count)]
    pages = tuple(page for _, page in found if page is not None)
    if not pages:
        raise Unreadable("It is damaged: none of its pages can be read.", "Copy or download it again, or print it to PDF.")
    unread = tuple(number for number, page in found if page is None)
    return Document(pages, unread, tuple(_bookmarks(pdf)), _properties(pdf), _told(raw.FPDFCatalog_GetLanguage, pdf))


def _properties(pdf: Any) -> dict[str, str]:
    from pypdfium2 import raw

    names = ("Title", "Author", "Keywords", "Creator", "Producer", "CreationDate")
    return {name: _told(raw.FPDF_GetMetaText, pdf, name.encode()) for name in names}


def _bookmarks(pdf: Any) -> Iterator[Bookmark]:
    from pypdfium2 import raw

    for number, bookmark in enumerate(pdf.get_toc(max_depth=6)):
        if number == _MOST_BOOKMARKS:
            return
        yield Bookmark(_told(raw.FPDFBookmark_GetTitle, bookmark), bookmark.level + 1)


def _told(ask: Callable[..., int], *about: Any) -> str:
    """A text that pdfium writes as UTF-16 into a buffer, sound or not."""
    size = ask(*about, None, 0)
    if not 2 < size <= _LONGEST_PROPERTY:
        return ""
    buffer = ctypes.create_string_buffer(size)
    ask(*about, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
    return buffer.raw[: size - 2].decode("utf-16-le", "ignore")


def _page(pdf: Any, index: int) -> Page | None:
    """The page at ``index``, or None where it is damaged."""
    import pypdfium2

    try:
        page = pdf[index]
    except pypdfium2.PdfiumError:
        return None
    try:
        letters = page.get_textpage()
    except pypdfium2.PdfiumError:
        page.close()
        return None
    try:
        reading = Letters(letters.raw, page.get_bbox())
        words = [] if reading.count < 1 else list(reading.words(index + 1))
        return Page(index + 1, tuple(upright(words)), reading.unknown, _has_pictures(page))
    finally:
        letters.close()
        page.close()


def _has_pictures(page: Any) -> bool:
    from pypdfium2 import raw

    pictures = (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM, raw.FPDF_PAGEOBJ_SHADING)
    count = min(raw.FPDFPage_CountObjects(page), 1_000)
    return any(raw.FPDFPageObj_GetType(raw.FPDFPage_GetObject(page, index)) in pictures for index in range(count))
