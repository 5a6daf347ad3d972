"""What a file is when it is not what its name says, told by its first bytes."""

from __future__ import annotations

from typing import NoReturn

from footnote.errors import Unreadable
from footnote.readers.zipped import Archive, open_zip

ZIP = b"PK"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of Word before 2007, and of what Office encrypts since
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OTHERS = ((b"{\\rtf", "a rich text file", ".rtf"), (b"%PDF", "a PDF", ".pdf"), (b"<!doctype html", "a web page", ".html"),
           (b"<html", "a web page", ".html"))  # fmt: skip
_ZIPPED = {
    b"application/vnd.oasis.opendocument.text": ("an OpenDocument text", ".odt"),
    b"application/epub+zip": ("an e-book", ".epub"),
}
_OFFICE = {"xl/workbook.xml": "a spreadsheet", "ppt/presentation.xml": "a presentation"}


def refuse_other(content: bytes, kind: str, suffix: str) -> NoReturn:
    """Raises Unreadable for a file that is not of the kind it was taken for, with its real name where that is known."""
    if not content.strip():
        raise Unreadable("It is empty: no words were found in it.", "Write something in it, or remove it.")
    if content.startswith(ZIP):
        refuse_zip(open_zip(content), kind, suffix)
    if content.startswith(_OLE):
        if _ENCRYPTED in content:
            raise Unreadable("It is protected with a password.", "Save it without the password.")
        raise Unreadable("It is a file of an old Office (.doc).", f"Open it in a word processor and save it as {suffix}.")
    start = content[:1_000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for mark, name, other in _OTHERS:
        if start.startswith(mark.lower()):
            raise Unreadable(f"It is {name}, not {kind}.", f"Name it {other}.")
    raise Unreadable(f"It is not {kind}.", f"Open it in its own program and save it as {suffix}.")


def refuse_zip(archive: Archive, kind: str, suffix: str) -> NoReturn:
    """Raises Unreadable for a zip that is not of the kind it was taken for."""
    mimetype = archive.read("mimetype").strip() if "mimetype" in archive else b""
    if mimetype in _ZIPPED:
        name, other = _ZIPPED[mimetype]
        raise Unreadable(f"It is {name}, not {kind}.", f"Name it {other}.")
    if "word/document.xml" in archive and suffix != ".docx":
        raise Unreadable(f"It is a Word file, not {kind}.", "Name it .docx.")
    found = next((name for part, name in _OFFICE.items() if part in archive), "a zip file")
    raise Unreadable(f"It is {found}, not {kind}.", f"Open it in its own program and save its text as {suffix}.")


def too_deep() -> Unreadable:
    """For a file whose parts stand in one another beyond all measure."""
    return Unreadable("Its parts are nested too deeply to be a text.", "Open it in its own program and save it again.")
