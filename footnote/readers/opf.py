"""The package of an EPUB: what is known of the book, its documents in reading order, its table of contents."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote
from xml.etree.ElementTree import Element, ParseError, fromstring

from footnote.errors import Unreadable
from footnote.readers.charset import decode_markup
from footnote.readers.dates import iso_date
from footnote.readers.decoding import clean
from footnote.readers.htmltree import Node, measure, parse
from footnote.readers.hypertext import blocks, line_of
from footnote.readers.properties import real_language
from footnote.readers.zipped import Archive

_AGAIN = "Copy it again from where it came."
_DOCUMENTS = ("application/xhtml+xml", "text/html", "application/xml", "text/xml", "text/x-oeb1-document")
# Scrambling of fonts, which every reading program undoes; the text is open.
_FONTS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")  # its encoding is no longer true
_STRAY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)[A-Za-z0-9]{0,32};?")
_NOTHING = frozenset("unknown none untitled n/a".split())


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the spine. ``kinds`` are what the package calls it: "cover", "toc", "nav" ..."""

    path: str
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table of contents; ``depth`` counts from 1."""

    label: str
    path: str
    fragment: str
    depth: int


@dataclass(frozen=True, slots=True)
class PackageFacts:
    """What a package says about its book; what is unknown is None."""

    title: str | None
    author: str | None
    published: str | None
    tags: tuple[str, ...]
    language: str | None
    summary: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Package:
    """A book: its documents in reading order, its table of contents, and what is known about it."""

    documents: tuple[Document, ...]
    contents: tuple[Entry, ...]
    facts: PackageFacts


def open_package(archive: Archive) -> Package:
    """The package of the book in ``archive``. Raises Unreadable for what is no EPUB, is damaged, or is encrypted."""
    _check_open(archive)
    path = _package_path(archive)
    root = _xml(archive, path)
    folder = posixpath.dirname(path)
    items = {item.get("id", ""): item for item in _named(root, "item")}
    documents = tuple(_documents(root, items, folder))
    if not documents:
        raise Unreadable("It names no chapters in reading order.", _AGAIN)
    return Package(documents, tuple(_contents(archive, root, items, folder)), _about(root))


def _check_open(archive: Archive) -> None:
    """Raises Unreadable where the text is encrypted; a scrambled font is no hindrance."""
    locks = ("META-INF/rights.xml", "META-INF/sinf.xml", "META-INF/license.lcpl")
    encrypted = []
    if "META-INF/encryption.xml" in archive:
        for data in _named(_xml(archive, "META-INF/encryption.xml"), "EncryptedData"):
            methods = [method.get("Algorithm") for method in _named(data, "EncryptionMethod")]
            if not methods or any(method not in _FONTS for method in methods):
                encrypted.append(data)
    if encrypted or any(lock in archive for lock in locks):
        raise Unreadable("It is protected (DRM): its text is encrypted.", "Use a copy without protection.")


def _package_path(archive: Archive) -> str:
    if "META-INF/container.xml" in archive:
        for file in _named(_xml(archive, "META-INF/container.xml"), "rootfile"):
            if (path := _path("", file.get("full-path", ""))) in archive:
                return path
    path = next((name for name in archive.names if name.lower().endswith(".opf")), "")
    if not path:
        raise Unreadable("It is no EPUB: the list of its chapters is missing.", "Save it as an EPUB again.")
    return path


def _documents(root: Element, items: dict[str, Element], folder: str) -> Iterator[Document]:
    """The documents in reading order, each once."""
    guide = {
        _path(folder, reference.get("href", "")): reference.get("type", "").lower() for reference in _named(root, "reference")
    }
    seen = set()
    for reference in _named(root, "itemref"):
        item = items.get(reference.get("idref", ""))
        if item is None or item.get("media-type", _DOCUMENTS[0]) not in _DOCUMENTS:
            continue
        path = _path(folder, item.get("href", ""))
        if path not in seen:
            seen.add(path)
            kinds = [*item.get("properties", "").split(), guide.get(path, "")]
            yield Document(path, frozenset(kind for kind in kinds if kind))


def _contents(archive: Archive, root: Element, items: dict[str, Element], folder: str) -> list[Entry]:
    """The table of contents: that of EPUB 3, or that of EPUB 2; none where both are missing or broken."""
    navs = [item for item in items.values() if "nav" in item.get("properties", "").split()]
    ncxs = [item for item in items.values() if item.get("media-type") == "application/x-dtbncx+xml"]
    for found, read in ((navs, _nav_entries), (ncxs, _ncx_entries)):
        for item in found:
            path = _path(folder, item.get("href", ""))
            if path in archive and (entries := list(read(archive, path))):
                return entries
    return []


def _nav_entries(archive: Archive, path: str) -> Iterator[Entry]:
    root = parse(decode_markup(archive.read(path))[0])
    measure(root)
    navs = [node for node in root.walk() if node.tag == "nav"]
    nav = next((node for node in navs if "toc" in node.get("epub:type").split() or node.get("role") == "doc-toc"), None)
    depths: dict[Node, int] = {}
    for node in nav.walk() if nav is not None else ():
        depths[node] = depths.get(node.parent, 0) + (node.tag == "ol") if node.parent is not None else 0
        if node.tag == "a" and (label := line_of(node)):
            yield _entry(label, path, node.get("href"), depths[node])


def _ncx_entries(archive: Archive, path: str) -> Iterator[Entry]:
    waiting = [(point, 0) for point in reversed(_xml(archive, path))]
    while waiting:
        element, depth = waiting.pop()
        inside = depth + (_local(element) == "navPoint")
        waiting += [(child, inside) for child in reversed(element)]
        if inside > depth:
            label = next((_words(child) for child in element if _local(child) == "navLabel"), "")
            source = next((child.get("src", "") for child in element if _local(child) == "content"), "")
            if label:
                yield _entry(label, path, source, inside)


def _entry(label: str, path: str, href: str, depth: int) -> Entry:
    target, _, fragment = href.partition("#")
    return Entry(label, _path(posixpath.dirname(path), target) if target else path, unquote(fragment), max(depth, 1))


# --- metadata ---


def _about(root: Element) -> PackageFacts:
    """What the package says of its book."""
    said: dict[str, list[Element]] = {}
    refined: dict[str, dict[str, str]] = {}
    for element in root.iter():
        said.setdefault(_local(element), []).append(element)
        if _local(element) == "meta" and (about := element.get("refines", "").removeprefix("#")):
            refined.setdefault(about, {})[element.get("property", "")] = _words(element)

    def refinement(element: Element, name: str) -> str:
        return refined.get(element.get("id", ""), {}).get(name, "") or _attribute(element, name)

    titles = said.get("title", [])
    main = [title for title in titles if refinement(title, "title-type") == "main"]
    creators = [person for person in said.get("creator", []) if refinement(person, "role") in ("", "aut", "edt")]
    published = [
        date for date in said.get("date", []) if _attribute(date, "event") in ("", "publication", "original-publication")
    ]
    modified = {_words(meta) for meta in said.get("meta", []) if meta.get("property") == "dcterms:modified"}
    dates = [_words(date) for date in published if "T" not in _words(date) or _words(date) not in modified]
    sources = map(_words, (*said.get("source", []), *said.get("identifier", [])))
    summaries = [" ".join(block.text for block in blocks(_words(element))) for element in said.get("description", [])]
    return PackageFacts(
        title=next(_known(map(_words, main or titles)), None),
        author=", ".join(_known(map(_words, creators))) or None,
        published=next(filter(None, map(iso_date, dates)), None),
        tags=tuple(dict.fromkeys(_known(map(_words, said.get("subject", []))))),
        language=next(filter(None, map(real_language, map(_words, said.get("language", [])))), None),
        summary=next(_known(summaries), None),
        url=next((source for source in sources if re.fullmatch(r"https?://\S+", source)), None),
    )


def _known(values: Iterable[str]) -> Iterator[str]:
    """The values that say something."""
    return (value for value in values if value and value.lower() not in _NOTHING)


# --- XML and paths ---


def _xml(archive: Archive, path: str) -> Element:
    """The root of a part that is XML. Raises Unreadable where it is broken, or declares entities of its own."""
    text = decode_markup(archive.read(path))[0]
    if "<!ENTITY" in text:
        raise Unreadable(f"Its part '{path}' declares entities, which can make a parser run for ever.", _AGAIN)
    body = _STRAY.sub(_escaped, _DECLARATION.sub("", text))
    try:
        return fromstring(body)
    except (ParseError, ValueError) as error:
        raise Unreadable(f"It is damaged: its part '{path}' is not valid XML.", _AGAIN) from error


def _escaped(found: re.Match[str]) -> str:
    """An entity of HTML that XML does not know as its character; an ampersand that is none as one."""
    meant = unescape(found.group())
    return meant.replace("&", "&amp;").replace("<", "&lt;")


def _named(root: Element, name: str) -> Iterator[Element]:
    return (element for element in root.iter() if _local(element) == name)


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _attribute(element: Element, name: str) -> str:
    """The value of an attribute in any namespace."""
    return next((value for key, value in element.items() if key.rpartition("}")[2] == name), "")


def _words(element: Element) -> str:
    return " ".join(clean("".join(element.itertext())).split())


def _path(folder: str, href: str) -> str:
    """The name in the archive of what ``href`` leads to; empty where it leads out of the archive or to another place."""
    path = posixpath.normpath(posixpath.join(folder, unquote(href.partition("#")[0])))
    return "" if ":" in href or path.startswith(("..", "/")) or path == "." else path
