"""What a file is when it is not what its name says, told by its first bytes."""

from __future__ import annotations

from footnote.errors import Unreadable
from footnote.readers.zipped import Archive

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of Word before 2007, and of what Office encrypts since
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OTHERS = ((b"{\\rtf", "a rich text file", ".rtf"), (b"%PDF", "a PDF", ".pdf"), (b"<!doctype html", "a web page", ".html"),
           (b"<html", "a web page", ".html"))  # fmt: skip
_ZIPPED = {
    b"application/vnd.oasis.opendocument.text": ("an OpenDocument text", ".odt"),
    b"application/epub+zip": ("an e-book", ".epub"),
}


def require_zip(content: bytes, kind: str, suffix: str) -> None:
    """Raises Unreadable where ``content`` is no zip, saying what it is instead; ``kind`` is what it was taken for."""
    if content.startswith(b"PK"):
        return
    if content.startswith(_OLE):
        if _ENCRYPTED in content:
            raise Unreadable("It is protected with a password.", "Save it without the password.")
        raise Unreadable("It is a file of an old Office (.doc).", f"Open it in a word processor and save it as {suffix}.")
    if not content:
        raise Unreadable("It is empty: no words were found in it.", "Write something in it, or remove it.")
    refuse_other(content, kind, suffix)


def refuse_other(content: bytes, kind: str, suffix: str) -> None:
    """Raises Unreadable for a file that is not of the kind it was taken for, with its real name where that is known."""
    start = content[:1_000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for mark, name, other in _OTHERS:
        if start.startswith(mark.lower()):
            raise Unreadable(f"It is {name}, not {kind}.", f"Name it {other}.")
    raise Unreadable(f"It is not {kind}.", f"Open it in its own program and save it as {suffix}.")


def refuse_zip(archive: Archive, kind: str, suffix: str) -> None:
    """Raises Unreadable for a zip that is not of the kind it was taken for."""
    mimetype = archive.read("mimetype").strip() if "mimetype" in archive else b""
    if mimetype in _ZIPPED:
        name, other = _ZIPPED[mimetype]
        raise Unreadable(f"It is {name}, not {kind}.", f"Name it {other}.")
    if "word/document.xml" in archive:
        raise Unreadable(f"It is a Word file, not {kind}.", "Name it .docx.")
    raise Unreadable(f"It is a zip file, not {kind}.", f"Open it in its own program and save it as {suffix}.")


def too_deep() -> Unreadable:
    """For a file whose parts stand in one another beyond all measure."""
    return Unreadable("Its parts are nested too deeply to be a text.", "Open it in its own program and save it again.")
