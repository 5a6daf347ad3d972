"""HTML -> headings and paragraphs, in the words and the order that a browser shows. Cuts no menus: that is webpage's.

A list is one paragraph, its bullets and numbers kept, and so are the rows of a table. A list that holds headings and a table
that only lays out the page are the paragraphs in them. Nothing here is recursive, and nothing takes more than linear time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from footnote.readers.blocks import Block, Heading, Paragraph
from footnote.readers.decoding import clean
from footnote.readers.htmltree import HEADINGS, Child, Node, is_heading, outermost, parse
from footnote.readers.notemarks import plain_mark
from footnote.readers.visible import keep_visible

_LISTS = frozenset("ul ol menu dir".split())
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer form"
    " header hgroup hr html legend li main nav p pre section summary table tbody td tfoot th thead tr".split()
) | _LISTS.union(HEADINGS)
_LONGEST_HEADING = 300  # characters; what is longer is prose in a heading's place, or a heading that was never closed
_LONGEST_CELL = 500  # characters; a table with longer cells lays out a page
_DEEPEST_INDENT = 50  # lists; a deeper one is not moved further in
_SHOWN_AS_BLOCK = re.compile(r"display\s*:\s*(?:block|flex|grid|table|list-item)\b", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_SPACES = re.compile(r" {2,}")
_LINE_END = re.compile(r"\r\n|\r|\n")


def blocks(html: str) -> list[Block]:
    """What a browser shows of ``html``, in order. Raises Unreadable for more elements than any text has."""
    root = parse(html)
    keep_visible(root)
    return blocks_of(root)


def blocks_of(root: Node) -> list[Block]:
    """The blocks of a tree that was measured."""
    writer = _Writer()
    waiting: list[Child | _End] = [root]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            writer.say(item)
        elif isinstance(item, _End):
            writer.close(item.node)
        elif writer.open(item):
            waiting.append(_End(item))
            waiting.extend(reversed(item.children))
    writer.flush()
    writer.end_lines()
    return writer.blocks


def line_of(root: Node) -> str:
    """The text of a tree that was measured, on one line."""
    return " ".join(line.strip() for block in blocks_of(root) for line in block.text.split("\n"))


@dataclass(frozen=True, slots=True)
class _End:
    """The end of an element, after what stands in it."""

    node: Node


@dataclass(slots=True)
class _List:
    """An open list: the number of its current item, None in a bullet list; one that holds headings is no list of lines."""

    number: int | None
    step: int
    headed: bool


class _Writer:
    """Takes a tree's elements and texts in order and writes blocks."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._run: list[str] = []  # the text since the last break; the line ends in it are shown
        self._lines: list[str] = []  # of the open list, or of the term that is being defined
        self._lists: list[_List] = []
        self._depth = 0  # how many of them are lists of lines
        self._defining = False
        self._marker = ""  # of the item that has had no words yet
        self._heading: int | None = None  # the level of the heading that has had no words yet
        self._verbatim = 0  # how many elements are open that keep their spaces

    def say(self, text: str) -> None:
        self._run.append(text if self._verbatim else _SPACE.sub(" ", text))

    def open(self, node: Node) -> bool:
        """Begins an element; whether what stands in it is still to be said."""
        if not is_block(node):
            return self._open_inline(node)
        self.flush()
        if node.tag == "table" and not lays_out(node):
            self._add(_table_lines(node))
            return False
        if is_heading(node):
            self._heading = _level(node)
        elif node.tag == "pre":
            self._verbatim += 1
        elif node.tag in _LISTS:
            self._open_list(node)
        elif node.tag == "li":
            self._marker = self._next_marker(node)
        elif node.tag == "dt" and not self._depth:
            self.end_lines()
            self._defining = True
        return True

    def close(self, node: Node) -> None:
        """Ends an element that was begun."""
        if node.tag == "q":
            self.say("”")
        if not is_block(node):
            return
        if is_heading(node) and self._heading is not None and not "".join(self._run).strip():
            self._run = [_picture(node)]  # a heading that is drawn
        self.flush()
        if is_heading(node):
            self._heading = None
        elif node.tag == "pre":
            self._verbatim -= 1
        elif node.tag == "li":
            self._marker = ""
        elif node.tag in _LISTS:
            self._depth -= not self._lists.pop().headed
        if node.tag == "dl" or (node.tag in _LISTS and not self._defining):
            self._defining = self._defining and node.tag != "dl"
            if not self._depth:
                self.end_lines()

    def flush(self) -> None:
        """Ends the text since the last break."""
        lines = self._shown_lines()
        self._run = []
        if not any(lines):
            return
        level, self._heading = self._heading, None
        name = " ".join(filter(None, lines))
        if level is None or len(name) > _LONGEST_HEADING:
            self._add(lines)
            return
        self.end_lines()
        self.blocks.append(Heading(self._marker.removeprefix("• ") + name, name, level))
        self._marker = ""

    def end_lines(self) -> None:
        """Ends the open list, or the term and what defines it."""
        if self._lines:
            self.blocks.append(Paragraph("\n".join(self._lines)))
            self._lines = []

    def _shown_lines(self) -> list[str]:
        lines = [clean(line).rstrip() for line in _LINE_END.split("".join(self._run))]
        return lines if self._verbatim else [_SPACES.sub(" ", line).strip() for line in lines]

    def _add(self, lines: Sequence[str]) -> None:
        """Adds lines to the open list, or paragraphs, which empty lines part unless they are verbatim."""
        if self._depth or self._defining:
            self._lines += self._marked([line for line in lines if line])
            return
        parts: list[list[str]] = [[]]
        for line in lines:
            if line:
                parts[-1].append(line)
            elif not self._verbatim and parts[-1]:
                parts.append([])
        self.blocks += [Paragraph("\n".join(self._marked(part))) for part in parts if part]

    def _marked(self, lines: Sequence[str]) -> list[str]:
        indent = "  " * min(self._depth - 1, _DEEPEST_INDENT)
        marker, self._marker = self._marker, ""
        return [indent + (marker if number == 0 else "") + line for number, line in enumerate(lines)]

    def _open_inline(self, node: Node) -> bool:
        if node.tag == "br":
            self._run.append("\n")
        elif node.tag == "q":
            self.say("“")
        elif node.tag == "input":  # a check box; no other is shown
            self.say("☑ " if "checked" in node.attributes else "☐ ")
        elif node.tag in ("a", "sup") and node.size <= 20 and node.count <= 5:
            mark = plain_mark(node, in_heading=self._heading is not None)
            self.say(mark or "")
            return mark is None
        return True

    def _open_list(self, node: Node) -> None:
        if not self._depth and not self._defining:
            self.end_lines()
        items = [child for child in node.children if isinstance(child, Node) and child.tag == "li"]
        step = -1 if "reversed" in node.attributes else 1
        first = _number(node.get("start"), len(items) if step < 0 else 1)
        self._lists.append(_List(first - step if node.tag == "ol" else None, step, node.headed))
        self._depth += not node.headed

    def _next_marker(self, node: Node) -> str:
        inner = self._lists[-1] if self._lists else None
        if inner is None or inner.number is None:
            return "• "
        inner.number = _number(node.get("value"), inner.number + inner.step)
        return f"{inner.number}. "


def is_block(node: Node) -> bool:
    """Whether the element begins on a line of its own."""
    return node.tag in _BLOCKS or is_heading(node) or bool(_SHOWN_AS_BLOCK.search(node.attributes.get("style", "")))


def _number(text: str, otherwise: int) -> int:
    return int(text) if re.fullmatch(r"-?[0-9]{1,9}", text) else otherwise


def _level(node: Node) -> int:
    return HEADINGS.get(node.tag) or min(max(_number(node.get("aria-level"), 2), 1), 6)


def _picture(node: Node) -> str:
    """What is said instead of the picture that stands in an element."""
    image = node.first("img") if node.count <= 50 else None
    return image.get("alt") if image is not None else ""


def lays_out(table: Node) -> bool:
    """Whether a table has no rows of data, only places on a page."""
    if table.get("role") in ("presentation", "none") or table.tabled or table.headed:
        return True
    cells = outermost(table, lambda node: node.tag in ("td", "th", "caption"))
    if sum(cell.size for cell in cells) < table.size:  # words outside of them, which rows would lose
        return True
    rows = [row for row in table.walk() if row.tag == "tr"]
    if all(len(_cells(row)) < 2 for row in rows):
        return True
    return any(cell.size > _LONGEST_CELL or sum(node.tag == "p" for node in cell.walk()) > 1 for cell in cells)


def _table_lines(table: Node) -> list[str]:
    captions = [line_of(node) for node in table.walk() if node.tag == "caption"]
    rows = [[line_of(cell) for cell in _cells(node)] for node in table.walk() if node.tag == "tr"]
    return [line for line in captions if line] + [" | ".join(cells).strip() for cells in rows if any(cells)]


def _cells(row: Node) -> list[Node]:
    return outermost(row, lambda node: node.tag in ("td", "th"))
