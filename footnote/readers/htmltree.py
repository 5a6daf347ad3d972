"""HTML of any age and any fault -> a tree of elements and texts. Knows markup, not what it means.

libxml2's own tree drops what is nested more than 256 (or 2,048) deep and takes quadratic time over a tag of many attributes; its
events have neither fault, so the tree is built from those. Nothing here is recursive: 100,000 nested elements are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from footnote.errors import Unreadable

MAX_ELEMENTS = 250_000
"""Of one file; a book on one page has some 20,000, and each takes memory and time."""

HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}

_OWN_TYPE = re.compile(r"\A[^<]*(?:<\?[^<>]*>\s*)?<!DOCTYPE[^<>\[]{0,1000}\[.{0,20000}?\]\s*>", re.DOTALL | re.IGNORECASE)
"""A document type with definitions in it: HTML has none, and they would be read as words."""

_PIECE = 1 << 16  # characters fed at once


class Node:
    """An element: its name and attributes in lower case, its children in order, and the element it stands in."""

    __slots__ = ("attributes", "children", "count", "headed", "parent", "size", "tabled", "tag")

    def __init__(self, tag: str, attributes: Mapping[str, str], parent: Node | None) -> None:
        self.tag = tag
        self.attributes = attributes
        self.parent = parent
        self.children: list[Child] = []
        self.size = 0  # characters of text in it, outer spaces not counted; this and the others are set by measure()
        self.count = 0  # elements in it
        self.headed = False  # whether a heading stands in it
        self.tabled = False  # whether a table stands in it

    def get(self, name: str) -> str:
        """The attribute's value without outer spaces, empty where there is none."""
        value = self.attributes.get(name)
        return value.strip() if value else ""

    def walk(self) -> Iterator[Node]:
        """This element and all those in it, in the order of the file."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            if node.children:
                waiting += [child for child in reversed(node.children) if isinstance(child, Node)]

    def first(self, *tags: str) -> Node | None:
        """The first element in it, or itself, that has one of these names."""
        return next((node for node in self.walk() if node.tag in tags), None)

    def text(self) -> str:
        """All its text as it stands in the file, script and hidden text too."""
        parts: list[str] = []
        waiting: list[Child] = [self]
        while waiting:
            child = waiting.pop()
            if isinstance(child, str):
                parts.append(child)
            else:
                waiting.extend(reversed(child.children))
        return "".join(parts)


Child = Node | str


def is_heading(node: Node) -> bool:
    """Whether the element is one of the six headings, or is said to be one."""
    return node.tag in HEADINGS or node.attributes.get("role") == "heading"


def outermost(root: Node, wanted: Callable[[Node], bool]) -> list[Node]:
    """The elements under ``root`` that are wanted and stand in no other such element, in the order of the file."""
    found: list[Node] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node is not root and wanted(node):
            found.append(node)
        else:
            waiting += [child for child in reversed(node.children) if isinstance(child, Node)]
    return found


def take_out(nodes: Sequence[Node]) -> None:
    """Takes elements and what is in them out of the tree they stand in."""
    gone = set(nodes)
    for parent in {node.parent for node in nodes if node.parent is not None}:
        parent.children = [child for child in parent.children if child not in gone]


def measure(root: Node) -> None:
    """Sets what each element holds, in one pass from the inside out; to be called again after elements were taken out."""
    for node in reversed(list(root.walk())):
        node.size = node.count = 0
        node.headed = node.tabled = False
        for child in node.children:
            if isinstance(child, str):
                node.size += len(child.strip())
            else:
                node.size += child.size
                node.count += child.count + 1
                node.headed = node.headed or child.headed or is_heading(child)
                node.tabled = node.tabled or child.tabled or child.tag == "table"


def parse(html: str) -> Node:
    """The tree of ``html``, under an element without a name. Raises Unreadable for more than MAX_ELEMENTS elements."""
    from lxml import etree

    builder = _Builder()
    parser = etree.HTMLParser(target=builder, huge_tree=True, encoding="utf-8", remove_comments=True, remove_pis=True)
    text = _OWN_TYPE.sub("", html.replace("\0", ""), count=1)
    try:
        for start in range(0, len(text), _PIECE):
            parser.feed(text[start : start + _PIECE].encode("utf-8", "replace"))
        parser.close()
    except etree.XMLSyntaxError:
        pass  # without any markup or word there is nothing to close
    return builder.close()


class _Builder:
    """What libxml2 tells of a page, as a tree."""

    def __init__(self) -> None:
        self.root = self._open = Node("", {}, None)
        self._text: list[str] = []  # it comes in pieces: one for each "&amp;" and each "<" that opens nothing
        self._count = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._end_text()
        self._count += 1
        if self._count > MAX_ELEMENTS:
            raise Unreadable(f"It has more than {MAX_ELEMENTS:,} elements, which no article has.", "Save its words as text.")
        name = tag.removeprefix("html:").removeprefix("xhtml:").removeprefix("h:")
        node = Node(name, dict(attributes) if attributes else {}, self._open)
        self._open.children.append(node)
        self._open = node

    def end(self, tag: str) -> None:
        self._end_text()
        if self._open.parent is not None:
            self._open = self._open.parent

    def data(self, text: str) -> None:
        self._text.append(text)

    def close(self) -> Node:
        self._end_text()
        return self.root

    def _end_text(self) -> None:
        if self._text:
            self._open.children.append("".join(self._text))
            self._text = []
