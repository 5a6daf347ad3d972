"""What a PDF says of itself: its document information and its XMP packet, less what programs put there.

Knows bytes and fields, not pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree

from footnote.readers.dates import iso_date
from footnote.readers.properties import Properties

_PACKET = re.compile(rb"<x:xmpmeta\b.{1,200000}?</x:xmpmeta>", re.DOTALL)
_FORBIDDEN = (b"<!DOCTYPE", b"<!ENTITY")
_OF_A_PDF = b"http://ns.adobe.com/pdf/1.3/"  # pictures inside have packets too
_DC = "{http://purl.org/dc/elements/1.1/}"
_XMP = "{http://ns.adobe.com/xap/1.0/}"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_PDF_DATE = re.compile(r"(?:D:)?(\d{4})(\d\d)(\d\d)")
_FILE_NAME = re.compile(r"\.(?:dvi|tex|lyx|e?ps|indd|qxp|pptx?|odp|ods|xlsx?|pub|jpe?g|png|tiff?)$", re.IGNORECASE)
_NO_DATES = {"2000-01-01"}  # what reportlab writes where it was asked to make equal files
# The day on which a page was printed says nothing of when it was written.
_PRINTER = re.compile(r"skia|chrom|firefox|mozilla|safari|quartz|wkhtmltopdf|print|ghostscript|distiller|scan|ocr", re.IGNORECASE)


def properties(content: bytes, info: Mapping[str, str], language: str) -> Properties:
    """The properties of a PDF as they stand in it. ``info`` is its document information, ``language`` that of its catalog."""
    packet = _packet(content)
    made = info.get("CreationDate", "")
    match = _PDF_DATE.match(made)
    made = "-".join(match.groups()) if match else made
    if made in _NO_DATES or _PRINTER.search(f"{info.get('Creator', '')} {info.get('Producer', '')}"):
        made = ""
    title = info.get("Title", "") or packet.get("title", "")
    return Properties(
        title="" if _FILE_NAME.search(title.strip()) else title,
        author=(packet.get("creator", "") or info.get("Author", "")).strip(" ,;"),
        created=iso_date(packet.get("date", "")) or made,
        keywords=packet.get("subject", "") or info.get("Keywords", ""),
        language=language or packet.get("language", ""),
    )


def _packet(content: bytes) -> dict[str, str]:
    """The Dublin Core fields of the XMP packet, values of a list parted by semicolons; empty where there is no sound packet."""
    found: dict[str, str] = {}
    for match in _PACKET.finditer(content):
        raw = match.group()
        if _OF_A_PDF not in raw or any(mark in raw for mark in _FORBIDDEN):
            continue
        try:
            root = ElementTree.fromstring(raw)
        except (ElementTree.ParseError, ValueError, LookupError):
            continue
        found.update(_fields(root))
    return found


def _fields(root: ElementTree.Element) -> Iterator[tuple[str, str]]:
    for element in root.iter():
        if not element.tag.startswith(_DC):
            continue
        items = [item.text or "" for item in element.iter(f"{_RDF}li")] or [element.text or ""]
        value = "; ".join(item.strip() for item in items if item.strip())
        if value:
            yield element.tag.removeprefix(_DC), value
