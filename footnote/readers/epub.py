"""EPUB -> one article a book: its chapters in reading order, each under its heading, without cover and tables of contents.

Where a chapter's own document has no heading, the table of contents says what it is called. The levels of headings are those of
the table of contents: documents begin with a heading of the first level or of the third as their maker liked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import PurePosixPath

from footnote.errors import Unreadable
from footnote.readers.blocks import Block, Heading, Paragraph, assemble
from footnote.readers.charset import decode_markup
from footnote.readers.htmltree import Node, measure, outermost, parse, take_out
from footnote.readers.hypertext import blocks_of
from footnote.readers.opf import Document, Entry, Package, open_package
from footnote.readers.toplines import without_top_lines
from footnote.readers.visible import keep_visible
from footnote.readers.weights import Weights
from footnote.readers.zipped import Archive, open_zip
from footnote.records import Article, Metadata
from footnote.settings import MAX_FILE_BYTES

_FURNITURE = frozenset("toc landmarks page-list pagelist pagebreak lot loi".split())
_BESIDE = _FURNITURE | frozenset("nav cover cover-page coverpage titlepage title-page halftitlepage".split())
# What programs call a part in a table of contents when its author has not called it anything.
_NAMELESS = re.compile(r"(?:section|unknown|untitled|unnamed|start|begin|cover|title ?page|part\d+|\W*)[\s_-]*\d*", re.IGNORECASE)

_TOP = 3  # blocks at the beginning of a document, among which its heading is
_LONGEST_LABEL = 300  # characters
_LARGEST_CONTENTS = 2_000  # elements
_AGAIN = "Copy it again from where it came."


def read(content: bytes, source: str) -> tuple[list[Article], list[str]]:
    """The book as one article. Raises Unreadable for what is damaged, protected, without words, or no EPUB."""
    archive = open_zip(content)
    package = open_package(archive)
    missing = [document.path for document in package.documents if document.path not in archive]
    blocks = _book(archive, package)
    if not blocks:
        raise Unreadable("It holds no words: its pages are pictures.", "Use a copy with text.")
    facts = package.facts
    name = facts.title or PurePosixPath(source).stem
    metadata = Metadata(name, facts.author, facts.published, facts.tags, facts.url, facts.language, facts.summary)
    text, sections = assemble(without_top_lines(blocks, metadata))
    notices = [f"Its part '{path}' is missing, and what it says was not read." for path in missing]
    if facts.title is None:
        notices.append(f"It has no title and is shown as '{name}': give it one in its metadata.")
    return [Article(source, source, metadata, text, sections)], notices


def _book(archive: Archive, package: Package) -> list[Block]:
    """The blocks of all documents, the levels of their headings brought into line."""
    found: list[Block] = []
    labels = frozenset(_name(entry.label) for entry in package.contents)
    size = shift = 0
    for document in package.documents:
        if document.path not in archive:
            continue
        content = archive.read(document.path)
        size += len(content)
        if size > MAX_FILE_BYTES:
            raise Unreadable(f"Its text has more than {MAX_FILE_BYTES:,} bytes.", "Split it into books.")
        entries = [entry for entry in package.contents if entry.path.casefold() == document.path.casefold()]
        blocks = _chapter(content, document, entries, labels)
        first = next((block for block in blocks if isinstance(block, Heading)), None)
        if entries and first is not None:
            shift = entries[0].depth - first.level  # a document without an entry goes on with the one before it
        found += [_shifted(block, shift) for block in blocks]
    if not package.contents:
        least = min((block.level for block in found if isinstance(block, Heading)), default=1)
        found = [_shifted(block, 1 - least) for block in found]
    return found


def _shifted(block: Block, shift: int) -> Block:
    return replace(block, level=max(block.level + shift, 1)) if isinstance(block, Heading) else block


def _chapter(content: bytes, document: Document, entries: Sequence[Entry], labels: frozenset[str]) -> list[Block]:
    """The blocks of one document; none where it is a cover, a title page or a table of contents without a sentence of its own.

    ``entries`` are those of the table of contents that lead to it, ``labels`` the words of all of them.
    """
    html = decode_markup(content)[0]
    if "<!ENTITY" in html:
        raise Unreadable(f"Its part '{document.path}' declares entities, which can make a parser run for ever.", _AGAIN)
    root = parse(html)
    measure(root)
    kinds = document.kinds.union(*(node.get("epub:type").split() for node in root.walk() if node.tag in ("body", "section")))
    take_out(outermost(root, lambda node: _is_furniture(node) or _is_contents(node, labels)))
    keep_visible(root)
    if not _BESIDE.isdisjoint(kinds) and not any(run.is_sentence for run in Weights(root).runs):
        return []
    blocks = _with_headings(blocks_of(root), entries)
    begins = any(isinstance(block, Heading) for block in blocks[:_TOP])
    if blocks and entries and not begins and not _NAMELESS.fullmatch(entries[0].label):
        blocks.insert(0, Heading(entries[0].label, entries[0].label, entries[0].depth))
    return blocks


def _is_furniture(node: Node) -> bool:
    """Whether an element belongs to the book as a thing: its page breaks, its lists of contents."""
    said = {*node.get("epub:type").split(), node.get("role").removeprefix("doc-")}
    return node.tag == "nav" or not said.isdisjoint(_FURNITURE)


def _is_contents(node: Node, labels: frozenset[str]) -> bool:
    """Whether a list says nothing but what the table of contents says."""
    if node.tag not in ("ul", "ol") or node.count > _LARGEST_CONTENTS:
        return False
    links = [inside.text() for inside in node.walk() if inside.tag == "a"]
    says_more = sum(map(len, map(_letters, links))) < len(_letters(node.text()))
    return len(links) > 1 and not says_more and labels.issuperset(map(_name, links))


def _with_headings(blocks: Sequence[Block], entries: Sequence[Entry]) -> list[Block]:
    """The blocks, those that the table of contents names as headings: many books set their headings as plain paragraphs.

    The last that says the same is taken, for a list of contents may stand above. A heading can be parted: "Chapter 1", "Rain".
    """
    places = {_name(block.text): (place, 1) for place, block in enumerate(blocks) if len(block.text) <= _LONGEST_LABEL}
    for place, (one, other) in enumerate(pairwise(blocks)):
        if isinstance(one, Paragraph) and len(one.text) + len(other.text) <= _LONGEST_LABEL:
            places.setdefault(_name(one.text + other.text), (place, 2))
    found: list[Block | None] = list(blocks)
    for entry in entries:
        place, count = places.get(_name(entry.label), (0, 0))
        said = [block for block in found[place : place + count] if isinstance(block, Paragraph)]
        if count and len(said) == count:
            text = " ".join(" ".join(block.text.split()) for block in said)
            found[place : place + count] = [Heading(text, text, entry.depth), None][:count]
    return [block for block in found if block is not None]


def _name(text: str) -> str:
    """A heading for comparison: its letters, without the number before them, which some show and some do not."""
    letters = _letters(text)
    return letters.lstrip("0123456789") or letters


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
