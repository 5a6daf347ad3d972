"""The styles and lists of a Word file: what a paragraph of a style is, and which number it shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar
from xml.etree.ElementTree import Element

from footnote.readers.numbering import BULLET, Counter, Level, whole
from footnote.readers.stylenames import heading_level, is_contents
from footnote.readers.xmlparts import attribute, child, children

T = TypeVar("T")

_OFF = {"0", "false", "off", "none"}
_MOST_LEVELS = 9
_LONGEST_CHAIN = 30  # styles based on one another; Word itself stops at some ten
_FORMS = {
    "decimal": "1",
    "decimalZero": "01",
    "lowerLetter": "a",
    "upperLetter": "A",
    "lowerRoman": "i",
    "upperRoman": "I",
    "bullet": BULLET,
    "none": "",
}


@dataclass(frozen=True, slots=True)
class Style:
    """What a style says, with what it takes from the styles it is based on. ``None`` is left to the paragraph."""

    name: str = ""
    level: int | None = None  # a heading's, from 1
    is_contents: bool = False  # a line of a table of contents
    bold: bool | None = None
    hidden: bool | None = None
    list_id: str | None = None
    depth: int | None = None


@dataclass(slots=True)
class Styles:
    """The styles of a file by their ids. One that is missing is known by its id alone."""

    elements: dict[str, Element] = field(default_factory=dict)
    default: str | None = None
    _known: dict[str | None, Style] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Element | None) -> Styles:
        """Those of ``styles.xml``, or none."""
        elements = {attribute(one, "styleId") or "": one for one in children(root, "style")}
        paragraphs = [key for key, one in elements.items() if attribute(one, "type") == "paragraph"]
        return cls(elements, next((key for key in paragraphs if attribute(elements[key], "default") in ("1", "true")), None))

    def paragraph(self, style_id: str | None) -> Style:
        """The style of a paragraph that names ``style_id``, or none."""
        return self[style_id if style_id is not None else self.default]

    def __getitem__(self, style_id: str | None) -> Style:
        chain: list[str] = []
        while style_id is not None and style_id not in self._known and style_id not in chain and len(chain) < _LONGEST_CHAIN:
            chain.append(style_id)
            style_id = attribute(child(self.elements.get(style_id), "basedOn"), "val")
        style = self._known.get(style_id, Style())
        for key in reversed(chain):
            style = self._known[key] = _style(key, self.elements.get(key), style)
        return style


def _style(style_id: str, element: Element | None, base: Style) -> Style:
    name = attribute(child(element, "name"), "val") or style_id
    heading = heading_level(name) or heading_level(style_id)
    outline = outline_level(child(element, "pPr"))
    numbered = child(element, "pPr", "numPr")
    list_id = attribute(child(numbered, "numId"), "val")
    depth = child(numbered, "ilvl")
    run = child(element, "rPr")
    return Style(
        name,
        first(first(heading, outline), base.level),
        is_contents(name) or base.is_contents,
        first(switch(run, "b"), base.bold),
        first(switch(run, "vanish"), base.hidden),
        first(list_id, base.list_id),
        first(list_depth(depth) if depth is not None else None, base.depth),
    )


def first(one: T | None, other: T | None) -> T | None:
    """The first of the two that is said."""
    return one if one is not None else other


def switch(run: Element | None, name: str) -> bool | None:
    """Whether a property such as bold is on or off; None where nothing is said about it."""
    found = child(run, name)
    return None if found is None else attribute(found, "val") not in _OFF


def outline_level(properties: Element | None) -> int | None:
    """The level of a heading, from 1, that a paragraph's properties give; None for body text."""
    level = whole(attribute(child(properties, "outlineLvl"), "val"), _MOST_LEVELS)
    return level + 1 if 0 <= level < _MOST_LEVELS else None


@dataclass(frozen=True, slots=True)
class _List:
    """A list: the definition it shares with others, its levels, and the numbers that it begins anew with, by level."""

    kind_id: str | None
    levels: dict[int, Level]
    starts: dict[int, int]


def list_depth(element: Element | None) -> int:
    """How deep in a list, from 0, as a level's or a paragraph's ``ilvl`` says."""
    return max(0, min(_MOST_LEVELS - 1, whole(attribute(element, "ilvl") or attribute(element, "val"), 0)))


@dataclass(slots=True)
class Numbering:
    """The lists of a file; it counts their items in the order in which it is asked."""

    styles: Styles
    lists: dict[str, Element] = field(default_factory=dict)
    kinds: dict[str, Element] = field(default_factory=dict)
    _known: dict[str, _List] = field(default_factory=dict)
    _counters: dict[str | None, Counter] = field(default_factory=dict)
    _depths: dict[tuple[str, str | None], int] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Element | None, styles: Styles) -> Numbering:
        """Those of ``numbering.xml``, or none."""
        lists = {attribute(one, "numId") or "": one for one in children(root, "num")}
        kinds = {attribute(one, "abstractNumId") or "": one for one in children(root, "abstractNum")}
        return cls(styles, lists, kinds)

    def label(self, list_id: str, depth: int) -> str:
        """What the next item of this list at this depth shows; empty where that is nothing."""
        if list_id not in self.lists:
            return ""
        if list_id not in self._known:
            self._known[list_id] = self._read(self.lists[list_id])
        known = self._known[list_id]
        counter = self._counters.setdefault(known.kind_id, Counter())
        return counter.label(known.levels, depth, known.starts.pop(depth, None))

    def depth_of(self, list_id: str, style_id: str | None) -> int:
        """How deep a paragraph stands that is in the list through its style alone: the level that names the style."""
        key = (list_id, style_id)
        if key not in self._depths:
            kind = self.kinds.get(self._kind_id(self.lists.get(list_id)) or "")
            linked = (list_depth(level) for level in children(kind, "lvl") if _names(level, style_id))
            self._depths[key] = next(linked, 0)
        return self._depths[key]

    def _kind_id(self, found: Element | None) -> str | None:
        """The id of the definition of a list. One may lead to another through a style."""
        kind_id = attribute(child(found, "abstractNumId"), "val")
        link = attribute(child(self.kinds.get(kind_id or ""), "numStyleLink"), "val")
        linked = self.lists.get(self.styles[link].list_id or "") if link else None
        return attribute(child(linked, "abstractNumId"), "val") if linked is not None else kind_id

    def _read(self, found: Element) -> _List:
        kind_id = self._kind_id(found)
        overrides = [*children(found, "lvlOverride")]
        levels = [*children(self.kinds.get(kind_id or ""), "lvl")]
        levels += [one for override in overrides for one in children(override, "lvl")]
        starts = {
            list_depth(override): whole(attribute(child(override, "startOverride"), "val"), 1)
            for override in overrides
            if child(override, "startOverride") is not None
        }
        return _List(kind_id, {list_depth(level): _level(level) for level in levels}, starts)


def _names(level: Element, style_id: str | None) -> bool:
    return style_id is not None and attribute(child(level, "pStyle"), "val") == style_id


def _level(element: Element) -> Level:
    form = attribute(child(element, "numFmt"), "val") or "decimal"
    return Level(
        _FORMS.get(form, "1"),
        attribute(child(element, "lvlText"), "val") or "",
        whole(attribute(child(element, "start"), "val"), 0),
        switch(element, "isLgl") or False,
    )
