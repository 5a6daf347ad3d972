"""DOCX -> one article: what a reader of the printed page sees, with its headings, lists, tables and notes.

The zip and its XML are walked directly: the libraries for Word files lose text that stands in text boxes, content controls or
tracked insertions, or show text that was deleted or hidden (docs/formats.md).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from footnote.errors import Unreadable
from footnote.readers.document import EMBEDDED, Note, to_article
from footnote.readers.kinds import ZIP, refuse_other, refuse_zip, too_deep
from footnote.readers.numbering import numeral
from footnote.readers.properties import Properties
from footnote.readers.word_body import Body
from footnote.readers.word_styles import Numbering, Styles
from footnote.readers.xmlparts import attribute, child, children, local, parse
from footnote.readers.zipped import Archive, open_zip
from footnote.records import Article

_KIND = "a Word file"
_SUFFIX = ".docx"
_DOCUMENT = "word/document.xml"


def read(content: bytes, source: str) -> tuple[list[Article], list[str]]:
    """The article in a DOCX file; no article where there is no word in it.

    Raises Unreadable for what is no DOCX file, is damaged or encrypted, holds a DTD or would fill the memory.
    """
    if not content.startswith(ZIP):
        refuse_other(content, _KIND, _SUFFIX)
    archive = open_zip(content)
    try:
        return _read(archive, source)
    except RecursionError as error:
        raise too_deep() from error


def _read(archive: Archive, source: str) -> tuple[list[Article], list[str]]:
    whole = _related(archive, "")
    document = whole.get("officeDocument", _DOCUMENT)
    if document not in archive:
        refuse_zip(archive, _KIND, _SUFFIX)
    root = parse(archive.read(document), document)
    if local(root.tag) != "document":
        refuse_zip(archive, _KIND, _SUFFIX)
    parts = _related(archive, document)
    styles = Styles.of(_part(archive, parts.get("styles")))
    body = Body(styles, Numbering.of(_part(archive, parts.get("numbering")), styles))
    items = body.read(root)
    notes = [*_notes(archive, parts, body, "footnote"), *_notes(archive, parts, body, "endnote")]
    articles, notices = to_article(items, notes, _properties(_part(archive, whole.get("core-properties"))), source)
    if not articles and any("/media/" in name for name in archive.names):
        raise Unreadable("It holds pictures and no words; it may be a scan.", "Have its text recognised, and save that.")
    if articles and body.imported:
        notices.append("It takes in other files, and their text was not read: open it in Word and save it again.")
    if articles and body.embedded:
        notices.append(EMBEDDED)
    return articles, notices


def _related(archive: Archive, part: str) -> dict[str, str]:
    """The parts that ``part``, or the file itself, refers to, by the last word of the relation: ``styles``, ``footnotes``."""
    folder, name = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    found: dict[str, str] = {}
    for relation in children(_part(archive, path), "Relationship"):
        if attribute(relation, "TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, attribute(relation, "Target") or ""))
            found.setdefault((attribute(relation, "Type") or "").rpartition("/")[2], target.lstrip("/"))
    return found


def _part(archive: Archive, name: str | None) -> Element | None:
    return parse(archive.read(name), name) if name is not None and name in archive else None


def _notes(archive: Archive, parts: dict[str, str], body: Body, kind: str) -> Iterator[Note]:
    """The notes of this kind that the text refers to, in the order in which it does; numbered as Word does it."""
    held = {attribute(one, "id"): one for one in children(_part(archive, parts.get(f"{kind}s")), kind)}
    named = dict.fromkeys(note for of, note in body.references if of == kind)
    for number, note in enumerate((note for note in named if note in held), start=1):
        mark = f"{numeral(number, '1' if kind == 'footnote' else 'i')}."
        yield Note(mark, "\n".join(item.shown for item in body.read(held[note])))


def _properties(core: Element | None) -> Properties:
    def said(name: str) -> str:
        found = child(core, name)
        return (found.text or "") if found is not None else ""

    return Properties(said("title"), said("creator"), said("created"), said("keywords"), said("language"))
