"""The body of a Word file, walked in the order of the page: paragraphs, lists, tables, text boxes, references to notes.

What a reader of the page does not see stays out: deleted text, comments, hidden text, field codes, a placeholder's prompt, a
table of contents.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from footnote.readers.document import Cell, Item, table
from footnote.readers.stylenames import role
from footnote.readers.symbols import raised, symbol
from footnote.readers.word_styles import Numbering, Style, Styles, first, list_depth, outline_level, switch
from footnote.readers.xmlparts import attribute, child, children, local

_UNSEEN = {"del", "moveFrom", "delText", "instrText", "delInstrText", "rt", "Fallback", "sectPr", "tblPr", "pPr", "rPr", "sdtPr"}
_HOLDING = ("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo")
_IMPORTED = {"altChunk", "subDoc"}
_EMBEDDED = {"relIds", "chart", "OLEObject"}  # a diagram, a chart, what another program drew
_BREAKS = {"br": "\n", "cr": "\n", "tab": " ", "ptab": " ", "noBreakHyphen": "-"}


@dataclass(slots=True)
class _Line:
    """A paragraph as it is read: its words so far, the boxes anchored in it, and the fields that are open."""

    style: Style
    parts: list[str] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    codes: list[bool] = field(default_factory=list)  # one an open field: whether its code is being read, not yet its result
    plain: bool = False  # a word in it is not bold

    def add(self, text: str, bold: bool) -> None:
        if not any(self.codes):
            self.parts.append(text)
            self.plain = self.plain or not (bold or text.isspace())


@dataclass(slots=True)
class Body:
    """Collects the Items of a part. ``references`` are the notes referred to, in order; ``imported`` and ``embedded`` count
    what is not read."""

    styles: Styles
    numbering: Numbering
    items: list[Item] = field(default_factory=list)
    references: list[tuple[str, str]] = field(default_factory=list)
    imported: int = 0
    embedded: int = 0
    _carried: list[str] = field(default_factory=list)  # of a paragraph that runs on into the next

    def read(self, parent: Element) -> list[Item]:
        """The items in ``parent``, a body, cell, box or note."""
        outer, self.items = self.items, []
        carried, self._carried = self._carried, []
        self._blocks(parent)
        self._end_carried()
        items, self.items, self._carried = self.items, outer, carried
        return items

    def _blocks(self, parent: Element) -> None:
        for one in parent:
            tag = local(one.tag)
            if tag == "p":
                self._paragraph(one)
            elif tag == "tbl":
                self._end_carried()
                self.items += table([self._cells(row) for row in children(one, "tr", *_HOLDING) if not _is_deleted(row, "trPr")])
            elif tag == "AlternateContent":
                self._blocks(_chosen(one))
            elif tag in _IMPORTED:
                self.imported += 1
            elif tag not in _UNSEEN and not (tag == "sdt" and _is_unseen(one)):
                self._blocks(one)

    def _cells(self, row: Element) -> list[Cell]:
        cells = (cell for cell in children(row, "tc", *_HOLDING) if child(cell, "tcPr", "cellDel") is None)
        return [[] if _goes_on(cell) else self.read(cell) for cell in cells]

    def _paragraph(self, element: Element) -> None:
        if not len(element):
            return
        properties = child(element, "pPr")
        style_id = attribute(child(properties, "pStyle"), "val")
        style = self.styles.paragraph(style_id)
        if style.is_contents:
            return
        line = _Line(style)
        self._inline(element, line)
        text = "".join((*self._carried, *line.parts))
        if _runs_on(properties):
            self._carried += line.parts
        else:
            self._carried = []
            if text.strip() or not line.style.hidden:
                self._place(text, properties, style_id, line)
        for box in line.boxes:
            self.items += self.read(box)

    def _place(self, text: str, properties: Element | None, style_id: str | None, line: _Line) -> None:
        style = line.style
        level = style.level if style.level is not None else outline_level(properties)
        marker, depth = self._marker(properties, style_id, style)
        bold = not line.plain and bool(text.strip())
        if text.strip():
            self.items.append(Item(text, level, marker, depth if marker else None, bold, role(style.name)))

    def _marker(self, properties: Element | None, style_id: str | None, style: Style) -> tuple[str, int]:
        numbered = child(properties, "numPr")
        list_id = first(attribute(child(numbered, "numId"), "val"), style.list_id)
        if list_id is None or list_id == "0":
            return "", 0
        own = child(numbered, "ilvl")
        if own is not None:
            depth = list_depth(own)
        else:
            depth = style.depth if style.depth is not None else self.numbering.depth_of(list_id, style_id)
        return self.numbering.label(list_id, depth), depth

    def _end_carried(self) -> None:
        text = "".join(self._carried)
        self._carried = []
        if text.strip():
            self.items.append(Item(text))

    def _inline(self, parent: Element, line: _Line) -> None:
        for one in parent:
            tag = local(one.tag)
            if tag == "r":
                self._run(one, line)
            elif tag == "AlternateContent":
                self._inline(_chosen(one), line)
            elif tag == "txbxContent":
                line.boxes.append(one)
            elif tag in _EMBEDDED:
                self.embedded += 1
            elif tag not in _UNSEEN and not (tag == "sdt" and _is_unseen(one)):
                if tag == "den":  # of a fraction
                    line.add("/", bold=True)
                self._inline(one, line)

    def _run(self, run: Element, line: _Line) -> None:
        properties = child(run, "rPr")
        style = self.styles[attribute(child(properties, "rStyle"), "val")]
        hidden = first(switch(properties, "vanish"), first(style.hidden, line.style.hidden))
        bold = bool(first(switch(properties, "b"), first(style.bold, line.style.bold)))
        is_raised = attribute(child(properties, "vertAlign"), "val") == "superscript"
        for one in run:
            tag = local(one.tag)
            if tag == "fldChar":
                _field(attribute(one, "fldCharType"), line.codes)
            elif hidden:
                continue
            elif tag == "t":
                text = (one.text or "").replace("\n", " ")
                line.add(raised(text) if is_raised else text, bold)
            elif tag in _BREAKS:
                line.add(_BREAKS[tag], bold)
            elif tag == "sym":
                line.add(_symbol(one), bold)
            elif tag in ("footnoteReference", "endnoteReference"):
                self.references.append((tag.removesuffix("Reference"), attribute(one, "id") or ""))
            elif tag not in _UNSEEN:
                self._nested(one, line)

    def _nested(self, element: Element, line: _Line) -> None:
        """What a run holds beside text: drawings with text boxes, ruby; their runs are runs of the paragraph."""
        if local(element.tag) == "AlternateContent":
            self._inline(_chosen(element), line)
        else:
            self._inline(element, line)


def _chosen(alternatives: Element) -> Element:
    """What a program of today shows of alternatives; the rest says the same again for older ones."""
    choice = child(alternatives, "Choice")
    if choice is not None and any(local(one.tag) == "t" for one in choice.iter()):
        return choice
    fallback = child(alternatives, "Fallback")
    return fallback if fallback is not None else choice if choice is not None else alternatives


def _field(kind: str | None, codes: list[bool]) -> None:
    if kind == "begin":
        codes.append(True)
    elif kind == "separate" and codes:
        codes[-1] = False
    elif kind == "end" and codes:
        codes.pop()


def _symbol(element: Element) -> str:
    try:
        return symbol(attribute(element, "font") or "", int(attribute(element, "char") or "", 16))
    except ValueError:
        return ""


def _runs_on(properties: Element | None) -> bool:
    """Whether a paragraph runs on into the next: its mark was deleted, or it is a dropped capital."""
    mark = child(properties, "rPr")
    gone = child(mark, "del") is not None or child(mark, "moveFrom") is not None
    return gone or attribute(child(properties, "framePr"), "dropCap") in ("drop", "margin")


def _is_deleted(element: Element, properties: str) -> bool:
    return child(element, properties, "del") is not None


def _goes_on(cell: Element) -> bool:
    """Whether a cell is but the continuation of the one above it."""
    merged = child(cell, "tcPr", "vMerge")
    return merged is not None and attribute(merged, "val") != "restart"


def _is_unseen(control: Element) -> bool:
    """Whether a content control shows its prompt, or is a table of contents."""
    properties = child(control, "sdtPr")
    gallery = attribute(child(properties, "docPartObj", "docPartGallery"), "val")
    return bool(switch(properties, "showingPlcHdr")) or gallery == "Table of Contents"
