"""The styles and lists of an OpenDocument text: what a paragraph of a style is, and which number it shows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from footnote.readers.numbering import BULLET, Level, whole
from footnote.readers.stylenames import heading_level
from footnote.readers.xmlparts import attribute, child, children, local

_LONGEST_CHAIN = 30  # styles under one another
_MOST_LEVELS = 10
_ESCAPED = re.compile(r"_([0-9a-f]{2})_")  # "Heading_20_1": a name as an XML name
_FORMS = {"1": "1", "a": "a", "A": "A", "i": "i", "I": "I", "": ""}


@dataclass(frozen=True, slots=True)
class Style:
    """What a style says, with what it takes from the ones above it. ``None`` is left to the paragraph.

    A style made for one paragraph has no name of its own and takes that of the one above it.
    """

    name: str = ""
    level: int | None = None  # a heading's, from 1
    bold: bool | None = None
    hidden: bool | None = None
    raised: bool | None = None
    list_name: str | None = None

    def around(self, inner: Style) -> Style:
        """The style of words that have ``inner`` in a paragraph or other words of this one."""
        return replace(
            self,
            bold=self.bold if inner.bold is None else inner.bold,
            hidden=self.hidden if inner.hidden is None else inner.hidden,
            raised=self.raised if inner.raised is None else inner.raised,
        )


@dataclass(slots=True)
class Styles:
    """The styles of a text by family and name, its lists by name, and how its headings are numbered."""

    elements: dict[tuple[str, str], tuple[Element, bool]] = field(default_factory=dict)  # whether it is a named style
    lists: dict[str, dict[int, Level]] = field(default_factory=dict)
    outline: dict[int, Level] = field(default_factory=dict)
    _known: dict[tuple[str, str], Style] = field(default_factory=dict)

    @classmethod
    def of(cls, roots: Iterable[Element | None]) -> Styles:
        """Those of ``styles.xml`` and ``content.xml``; the latter's go before."""
        styles = cls()
        for root in roots:
            for held in ("styles", "automatic-styles"):
                for one in child(root, held) or ():
                    styles._add(one, held == "styles")
        return styles

    def _add(self, one: Element, named: bool) -> None:
        tag, name = local(one.tag), attribute(one, "name") or ""
        if tag == "style":
            self.elements[attribute(one, "family") or "", name] = one, named
        elif tag == "list-style":
            self.lists[name] = _levels(one)
        elif tag == "outline-style":
            self.outline = _levels(one)

    def find(self, family: str, name: str | None) -> Style:
        """The style of this family and name; one that says nothing where there is none."""
        chain: list[tuple[str, str]] = []
        key = (family, name or "")
        while key in self.elements and key not in self._known and key not in chain and len(chain) < _LONGEST_CHAIN:
            chain.append(key)
            key = (family, attribute(self.elements[key][0], "parent-style-name") or "")
        style = self._known.get(key, Style(_spelled(key[1])))
        for key in reversed(chain):
            style = self._known[key] = _style(*self.elements[key], style)
        return style


def _style(element: Element, named: bool, above: Style) -> Style:
    text = child(element, "text-properties")
    weight, display, position = (attribute(text, one) for one in ("font-weight", "display", "text-position"))
    own = Style(
        bold=weight in ("bold", "700", "800", "900") if weight else None,
        hidden=display == "none" if display else None,
        raised=_is_raised(position) if position else None,
    )
    style = replace(above.around(own), list_name=attribute(element, "list-style-name") or above.list_name)
    if not named:
        return style
    name = attribute(element, "display-name") or _spelled(attribute(element, "name") or "")
    outline = attribute(element, "default-outline-level")
    level = heading_level(name) or (above.level if outline is None else outline_level(outline))
    return replace(style, name=name, level=level)


def _is_raised(position: str) -> bool:
    """Whether words stand above the line: ``super 58%``, or by how much of their height: ``33% 58%``, ``-33% 58%``."""
    how = position.partition(" ")[0]
    return how == "super" or whole(how.rstrip("%"), 0) > 0


def outline_level(text: str | None) -> int | None:
    """The outline level that ``text`` says, from 1; None where it says none."""
    level = whole(text, 0)
    return level if 1 <= level <= _MOST_LEVELS else None


def _spelled(name: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), name)


def _levels(element: Element) -> dict[int, Level]:
    return {whole(attribute(one, "level"), 1) - 1: _level(one) for one in element if attribute(one, "level")}


def _level(element: Element) -> Level:
    """One level of a list: it shows a bullet, or the numbers of as many levels as it says, up to its own."""
    if "number" not in local(element.tag) and "outline" not in local(element.tag):
        return Level(BULLET)
    depth = max(1, min(_MOST_LEVELS, whole(attribute(element, "level"), 1)))
    form = _FORMS.get(attribute(element, "num-format") or "", "1")
    shown = max(1, min(depth, whole(attribute(element, "display-levels"), 1)))
    numbers = ".".join(f"%{one}" for one in range(depth - shown + 1, depth + 1)) if form else ""
    pattern = (attribute(element, "num-prefix") or "") + numbers + (attribute(element, "num-suffix") or "")
    return Level(form, pattern if form else "", whole(attribute(element, "start-value"), 1))


def rows_of(table: Element) -> Iterable[Element]:
    """The rows of a table that are shown."""
    held = children(table, "table-row", "table-header-rows", "table-rows", "table-row-group")
    return (row for row in held if attribute(row, "visibility") not in ("collapse", "filter"))
