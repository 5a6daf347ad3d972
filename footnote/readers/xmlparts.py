"""XML of a file from anywhere, as a tree. A document type is refused before it can define anything.

Names are asked for without their namespaces: Word's two dialects, transitional and strict, differ in nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from footnote.errors import Unreadable


class _Tree(TreeBuilder):
    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        """Called at the beginning of a document type, before its entities are read."""
        raise Unreadable(
            "It holds a document type definition (DTD), which can make a parser lose text or read other files.",
            "Open it in its own program and save it again.",
        )


def parse(content: bytes, part: str) -> Element:
    """The root of the XML in ``content``. Raises Unreadable, naming ``part``, where it is broken or has a document type."""
    parser = XMLParser(target=_Tree())
    try:
        parser.feed(content)
        return parser.close()
    except (ParseError, ValueError, LookupError) as error:  # the latter two: an encoding that does not exist
        raise Unreadable(
            f"It is damaged: its part '{part}' is not valid XML.", "Open it in its own program and save it again."
        ) from error


@lru_cache(maxsize=4_096)
def local(name: str) -> str:
    """A tag or attribute without its namespace."""
    return name.rpartition("}")[2]


def attribute(element: Element | None, name: str) -> str | None:
    """An attribute by its name without namespace."""
    if element is None:
        return None
    return next((value for key, value in element.items() if local(key) == name), None)


def child(element: Element | None, *names: str) -> Element | None:
    """The first child of this name, or, with several names, the one that this path leads to."""
    for name in names:
        if element is None:
            return None
        element = next((one for one in element if local(one.tag) == name), None)
    return element


def children(element: Element | None, name: str, *through: str) -> Iterator[Element]:
    """The children of this name, in order; those inside of elements that only hold them (``through``) too."""
    for one in element if element is not None else ():
        tag = local(one.tag)
        if tag == name:
            yield one
        elif tag in through:
            yield from children(one, name, *through)
