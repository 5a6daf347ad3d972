"""ODT (and its flat form, FODT) -> one article: what a reader of the printed page sees, with headings, lists, tables and notes.

The XML is walked directly: what the libraries for it add is writing, which is not needed here (docs/formats.md).
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from footnote.errors import Unreadable
from footnote.readers.document import EMBEDDED, to_article
from footnote.readers.kinds import ZIP, refuse_other, refuse_zip, too_deep
from footnote.readers.opendocument_body import Body
from footnote.readers.opendocument_styles import Styles
from footnote.readers.properties import Properties
from footnote.readers.xmlparts import child, children, local, parse
from footnote.readers.zipped import Archive, open_zip
from footnote.records import Article

_KIND = "an OpenDocument text"
_SUFFIX = ".odt"
_TEXT = b"application/vnd.oasis.opendocument.text"
_FLAT = b"<?xml"


def read(content: bytes, source: str) -> tuple[list[Article], list[str]]:
    """The article in an ODT or FODT file; no article where there is no word in it.

    Raises Unreadable for what is no OpenDocument text, is damaged or encrypted, holds a DTD or would fill the memory.
    """
    try:
        if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_FLAT):
            root = parse(content, "document")
            return _article(root, root, root, source, pictures=any(local(one.tag) == "binary-data" for one in root.iter()))
        if not content.startswith(ZIP):
            refuse_other(content, _KIND, _SUFFIX)
        return _packed(open_zip(content), source)
    except RecursionError as error:
        raise too_deep() from error


def _packed(archive: Archive, source: str) -> tuple[list[Article], list[str]]:
    mimetype = archive.read("mimetype").strip() if "mimetype" in archive else _TEXT
    if not mimetype.startswith(_TEXT) or ("content.xml" not in archive and "encrypted-package" not in archive):
        refuse_zip(archive, _KIND, _SUFFIX)
    if "encrypted-package" in archive or _is_encrypted(archive):
        raise Unreadable("It is protected with a password.", "Save it without the password.")
    content, styles, meta = (_part(archive, name) for name in ("content.xml", "styles.xml", "meta.xml"))
    return _article(content, styles, meta, source, pictures=any(name.startswith("Pictures/") for name in archive.names))


def _is_encrypted(archive: Archive) -> bool:
    manifest = _part(archive, "META-INF/manifest.xml")
    return manifest is not None and any(local(one.tag) == "encryption-data" for one in manifest.iter())


def _part(archive: Archive, name: str) -> Element | None:
    return parse(archive.read(name), name) if name in archive else None


def _article(
    content: Element | None, styles: Element | None, meta: Element | None, source: str, *, pictures: bool
) -> tuple[list[Article], list[str]]:
    text = child(content, "body", "text")
    if text is None:
        raise Unreadable(f"It is not {_KIND}.", f"Open it in its own program and save it as {_SUFFIX}.")
    body = Body(Styles.of((styles, content)))
    items = body.read(text)
    articles, notices = to_article(items, [*body.footnotes, *body.endnotes], _properties(child(meta, "meta")), source)
    if not articles and pictures:
        raise Unreadable("It holds pictures and no words; it may be a scan.", "Have its text recognised, and save that.")
    if articles and body.embedded:
        notices.append(EMBEDDED)
    return articles, notices


def _properties(meta: Element | None) -> Properties:
    def said(name: str) -> list[str]:
        return ["".join(one.itertext()) for one in children(meta, name)]

    author = said("initial-creator") or said("creator")
    return Properties(
        " ".join(said("title")),
        "; ".join(author),
        " ".join(said("creation-date")),
        ",".join(said("keyword")),
        " ".join(said("language")),
    )
