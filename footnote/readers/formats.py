"""Which formats there are, and which one a file is in: by what it begins with, else by its suffix.

A format is one record and one module. A package can add one: an entry point of the group ``footnote.readers`` that names a
Format, whose module has the function ``read``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from footnote.errors import ReaderBroken

if TYPE_CHECKING:
    from importlib.metadata import EntryPoints

ENTRY_POINTS = "footnote.readers"


@dataclass(frozen=True, slots=True)
class Format:
    """One format. ``module`` has ``read(content, source) -> (articles, notices)``, which raises Unreadable.

    ``content`` is the decoded text where ``is_text``, else the file's bytes. A file that begins with one of ``marks`` is
    in this format whatever it is called, and so is a zip in which one of ``zip_marks`` stands; ``suffixes`` are in lower case,
    with their dot.
    """

    name: str
    suffixes: tuple[str, ...]
    module: str
    is_text: bool = False
    marks: tuple[bytes, ...] = ()
    zip_marks: tuple[bytes, ...] = ()

    def is_marked(self, content: bytes) -> bool:
        """Whether ``content`` shows by itself that it is in this format."""
        is_zip = bool(self.zip_marks) and content.startswith(b"PK\x03\x04")
        return content.startswith(self.marks) or (is_zip and any(mark in content for mark in self.zip_marks))


FORMATS: tuple[Format, ...] = (
    Format("Markdown", (".md", ".markdown"), "footnote.readers.markdown", is_text=True),
    Format("text", (".txt", ".text"), "footnote.readers.dump", is_text=True),
    Format(
        "HTML",
        (".html", ".htm", ".xhtml", ".xht", ".mhtml", ".mht"),
        "footnote.readers.webpage",
        marks=(b"<!DOCTYPE html", b"<!doctype html", b"<!DOCTYPE HTML", b"<html", b"<HTML"),
    ),
    Format("PDF", (".pdf",), "footnote.readers.pdf", marks=(b"%PDF-",)),
    # The container of Word before 2007, and of what Office encrypts since: its reader says what is to be done.
    Format("Word", (".docx",), "footnote.readers.word", marks=(b"\xd0\xcf\x11\xe0",), zip_marks=(b"word/document.xml",)),
    Format(
        "OpenDocument",
        (".odt", ".fodt"),
        "footnote.readers.opendocument",
        zip_marks=(b"mimetypeapplication/vnd.oasis.opendocument.text",),
    ),
    Format("RTF", (".rtf",), "footnote.readers.rich_text", marks=(b"{\\rtf",)),
    Format("EPUB", (".epub",), "footnote.readers.epub", zip_marks=(b"mimetypeapplication/epub+zip",)),
    Format("CSV", (".csv", ".tsv"), "footnote.readers.delimited", is_text=True),
    Format("JSON", (".jsonl", ".ndjson", ".json"), "footnote.readers.json_exports", is_text=True),
)


@cache
def formats() -> tuple[Format, ...]:
    """Footnote's own formats and those that installed packages add. Raises ReaderBroken naming a package that can't be used."""
    added = []
    for point in _points():
        try:
            found = point.load()
        except Exception as error:  # whatever a foreign package raises
            raise _broken(point.name, f"can't be loaded from {point.value}: {error}") from error
        if not isinstance(found, Format):
            raise _broken(point.name, f"is no Format but {point.value}, a {type(found).__name__}")
        added.append(found)
    return (*added, *FORMATS)  # an added one may take a suffix over


def added_readers() -> list[str]:
    """The packages that add formats, with their versions: what else shapes the articles of a file."""
    return sorted({f"{point.dist.name} {point.dist.version}" for point in _points() if point.dist is not None})


def _points() -> EntryPoints:
    from importlib.metadata import entry_points

    return entry_points(group=ENTRY_POINTS)


def _broken(name: str, what: str) -> ReaderBroken:
    return ReaderBroken(f"The reader '{name}' {what}. Mend or uninstall the package that brings it.")


def suffixes(known: Sequence[Format]) -> tuple[str, ...]:
    """The suffixes of all of them, each once."""
    return tuple(dict.fromkeys(suffix for one in known for suffix in one.suffixes))


def format_of(name: str, content: bytes, known: Sequence[Format]) -> Format | None:
    """The format of a file called ``name``; None where it is in none that is known."""
    suffix = PurePosixPath(name).suffix.lower()
    marked = [one for one in known if one.is_marked(content)]
    named = [one for one in known if suffix in one.suffixes]
    both = [one for one in named if one in marked]
    return next(iter((*both, *marked, *named)), None)
