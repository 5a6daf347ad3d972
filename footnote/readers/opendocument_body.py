"""The body of an OpenDocument text, walked in the order of the page: paragraphs, lists, tables, frames, notes.

What a reader of the page does not see stays out: deleted text, comments, hidden text and sections, a table of contents.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from footnote.readers.document import Cell, Item, Note, table
from footnote.readers.numbering import Counter, numeral, whole
from footnote.readers.opendocument_styles import Style, Styles, outline_level, rows_of
from footnote.readers.stylenames import role
from footnote.readers.symbols import raised
from footnote.readers.xmlparts import attribute, child, local

# Deleted text and what was changed; indexes that repeat headings or words with page numbers; declarations; comments.
_UNSEEN = {
    "tracked-changes", "table-of-content", "alphabetical-index", "illustration-index", "table-index", "object-index",
    "user-index", "annotation", "forms", "sequence-decls", "variable-decls", "user-field-decls", "bibliography-source",
    "ruby-text", "script", "hidden-text", "placeholder",
}  # fmt: skip
_DRAWN = {"frame", "g", "a", "caption", "circle", "connector", "custom-shape", "ellipse", "line", "measure", "path", "polygon",
          "polyline", "rect", "regular-polygon"}  # fmt: skip
_SPACES = {"s": " ", "tab": " ", "line-break": "\n"}


@dataclass(slots=True)
class _Line:
    """A paragraph as it is read: its words so far and the frames anchored in it."""

    style: Style
    parts: list[str] = field(default_factory=list)
    frames: list[Element] = field(default_factory=list)
    plain: bool = False  # a word in it is not bold
    is_hidden: bool = False

    def add(self, text: str | None, style: Style) -> None:
        if text and not style.hidden:
            self.parts.append(raised(text) if style.raised else text)
            self.plain = self.plain or not (style.bold or text.isspace())


@dataclass(slots=True)
class _List:
    """The list that is being read: its style, how deep it is nested, its counter, and the label of an item just begun."""

    name: str | None
    depth: int
    counter: Counter
    label: str = ""


@dataclass(slots=True)
class Body:
    """Collects the Items of a text, and its notes in the order in which they are referred to. ``embedded`` counts objects that
    are not read: formulas, charts."""

    styles: Styles
    items: list[Item] = field(default_factory=list)
    footnotes: list[Note] = field(default_factory=list)
    endnotes: list[Note] = field(default_factory=list)
    embedded: int = 0
    _outline: Counter = field(default_factory=Counter)
    _lists: dict[str, _List] = field(default_factory=dict)  # by style, and by "#" and id: later ones may go on from them

    def read(self, parent: Element) -> list[Item]:
        """The items in ``parent``, a body, cell, frame or note."""
        outer, self.items = self.items, []
        self._blocks(parent, None)
        items, self.items = self.items, outer
        return items

    def _blocks(self, parent: Element, held_in: _List | None) -> None:
        for one in parent:
            tag = local(one.tag)
            if tag in ("p", "h"):
                self._paragraph(one, held_in)
            elif tag == "list":
                self._list(one, held_in)
            elif tag == "table":
                self.items += table([self._cells(row) for row in rows_of(one)])
            elif tag not in _UNSEEN and attribute(one, "display") != "none" and attribute(one, "is-hidden") != "true":
                self._blocks(one, held_in)

    def _cells(self, row: Element) -> list[Cell]:
        return [self.read(cell) if local(cell.tag) == "table-cell" else [] for cell in row if "cell" in local(cell.tag)]

    def _list(self, element: Element, outer: _List | None) -> None:
        held = self._nested(element, outer) if outer else self._outermost(element)
        levels = self.styles.lists.get(held.name or "", {})
        for item in element:
            start = attribute(item, "start-value")
            numbered = local(item.tag) == "list-item" and not _is_wrapping(item)
            held.label = held.counter.label(levels, held.depth, whole(start, 1) if start else None) if numbered else ""
            self._blocks(item, held)

    def _nested(self, element: Element, outer: _List) -> _List:
        return _List(attribute(element, "style-name") or outer.name, outer.depth + 1, outer.counter)

    def _outermost(self, element: Element) -> _List:
        """A list that begins to count, or goes on from an earlier one."""
        name = attribute(element, "style-name") or self._named_by_paragraph(element)
        of = attribute(element, "continue-list")
        earlier = self._lists.get(f"#{of}") if of else None
        if earlier is None and attribute(element, "continue-numbering") == "true":
            earlier = self._lists.get(name or "")
        held = _List(name or (earlier.name if earlier else None), 0, earlier.counter if earlier else Counter())
        self._lists[held.name or ""] = self._lists[f"#{attribute(element, 'id')}"] = held
        return held

    def _named_by_paragraph(self, element: Element) -> str | None:
        paragraph = next((one for item in element for one in item if local(one.tag) in ("p", "h")), None)
        return self.styles.find("paragraph", attribute(paragraph, "style-name")).list_name

    def _paragraph(self, element: Element, held_in: _List | None) -> None:
        style = self.styles.find("paragraph", attribute(element, "style-name"))
        line = _Line(style)
        self._inline(element, line, style)
        text = "".join(line.parts)
        level = style.level
        if local(element.tag) == "h":
            level = outline_level(attribute(element, "outline-level")) or level or 1
        marker, depth = "", None
        if held_in is not None:
            marker, depth, held_in.label = held_in.label, held_in.depth, ""
        elif level is not None and attribute(element, "is-list-header") != "true":
            marker = self._outline_label(level)
        if text.strip() and not line.is_hidden:
            self.items.append(Item(text, level, marker, depth, not line.plain, role(style.name)))
        for frame in line.frames:
            self.items += self.read(frame)

    def _outline_label(self, level: int) -> str:
        numbered = self.styles.outline.get(level - 1)
        return self._outline.label(self.styles.outline, level - 1) if numbered and numbered.form else ""

    def _inline(self, parent: Element, line: _Line, style: Style) -> None:
        line.add((parent.text or "").replace("\n", " "), style)
        for one in parent:
            tag = local(one.tag)
            if tag in _SPACES:
                line.add(_SPACES[tag], style)
            elif tag == "span":
                self._inline(one, line, style.around(self.styles.find("text", attribute(one, "style-name"))))
            elif tag == "note":
                self._note(one, bool(style.hidden))
            elif tag == "hidden-paragraph":
                line.is_hidden = line.is_hidden or attribute(one, "is-hidden") == "true"
            elif tag in _DRAWN and _is_drawn(one):
                self.embedded += any(local(inner.tag) == "object" for inner in one)
                line.frames.append(one)
            elif tag not in _UNSEEN:
                self._inline(one, line, style)
            line.add((one.tail or "").replace("\n", " "), style)

    def _note(self, element: Element, hidden: bool) -> None:
        body = child(element, "note-body")
        if body is None or hidden:
            return
        is_endnote = attribute(element, "note-class") == "endnote"
        notes = self.endnotes if is_endnote else self.footnotes
        # A number in the file may be out of date; a mark that the author chose is kept as a label.
        mark = attribute(child(element, "note-citation"), "label") or f"{numeral(len(notes) + 1, 'i' if is_endnote else '1')}."
        notes.append(Note(mark, "\n".join(item.shown for item in self.read(body))))


def _is_wrapping(item: Element) -> bool:
    """Whether an item only holds a deeper list; it then shows no number itself."""
    return len(item) > 0 and local(item[0].tag) == "list"


def _is_drawn(element: Element) -> bool:
    return element.tag.startswith("{urn:oasis:names:tc:opendocument:xmlns:drawing:")
