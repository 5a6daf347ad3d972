"""How much of each element of a page is prose and how much is links, and the page's lines and paragraphs in order."""

from __future__ import annotations

import re
from dataclasses import dataclass

from footnote.readers.boilerplate import is_said_footnote
from footnote.readers.htmltree import Child, Node
from footnote.readers.hypertext import is_block, lays_out

_SENTENCE_END = re.compile(r"[.!?…:。！？।][\"'”’»)\]]*(?:\s|$)")
_LEAST_PROSE = 40  # characters
_LISTING = frozenset("ul ol dl pre blockquote figure".split())


@dataclass(slots=True)
class Weight:
    """Characters of one element, ``own`` being those in no block inside it, and what it stands in."""

    own: int = 0
    own_linked: int = 0
    linked: int = 0
    prose: int = 0
    parted: bool = False  # it is a block, or holds one
    in_link: bool = False
    in_article: bool = False
    in_main: bool = False
    in_quote: bool = False
    in_code: bool = False


@dataclass(slots=True)
class Run:
    """Text that stands together between two blocks: ``node.children[start:end]``.

    Prose are sentences, or on a page without any all that is no link; content is prose and what stands in lists, tables and
    figures; the rest may be a menu.
    """

    node: Node
    start: int
    end: int
    own: int
    linked: int
    is_sentence: bool = False
    is_prose: bool = False
    is_content: bool = False

    def text(self) -> str:
        """Its words, single spaces between them."""
        parts: list[str] = []
        waiting: list[Child] = self.node.children[self.start : self.end][::-1]
        while waiting:
            child = waiting.pop()
            if isinstance(child, str):
                parts.append(child)
            else:
                waiting.extend(reversed(child.children))
        return " ".join("".join(parts).split())


class Weights:
    """The weight of every element under ``root``, which was measured, and the runs of text in the order of the page."""

    def __init__(self, root: Node) -> None:
        self._root = root
        self._of = {node: Weight() for node in root.walk()}
        self._hand_down()
        self._add_up()
        self.runs = self._runs()
        for run in self.runs:
            run.is_sentence = run.own >= _LEAST_PROSE and run.linked * 2 <= run.own and bool(_SENTENCE_END.search(run.text()))
            run.is_prose = run.is_sentence
        if not any(run.is_prose for run in self.runs):
            for run in self.runs:  # a page without a long sentence: all that is no link counts
                run.is_prose = run.linked * 2 <= run.own
        self._add_prose()
        self._find_listings()

    def __getitem__(self, node: Node) -> Weight:
        return self._of[node]

    @property
    def prose(self) -> int:
        """Of the whole page."""
        return self._of[self._root].prose

    def _hand_down(self) -> None:
        for node, weight in self._of.items():
            above = self._of[node.parent] if node.parent in self._of else Weight()
            weight.in_link = above.in_link or (node.tag == "a" and "href" in node.attributes)
            weight.in_article = above.in_article or node.tag == "article"
            weight.in_main = above.in_main or node.tag == "main" or node.get("role") == "main"
            weight.in_quote = above.in_quote or node.tag in ("blockquote", "figure")
            weight.in_code = above.in_code or node.tag in ("pre", "code")

    def _add_up(self) -> None:
        for node in reversed(self._of):
            weight = self._of[node]
            inside = [self._of[child] for child in node.children if isinstance(child, Node)]
            inline = [one for one in inside if not one.parted]
            weight.parted = is_block(node) or len(inline) < len(inside)
            weight.own = sum(len(child.strip()) for child in node.children if isinstance(child, str)) + sum(
                one.own for one in inline
            )
            weight.own_linked = weight.own if weight.in_link else sum(one.own_linked for one in inline)
            weight.linked = node.size if weight.in_link else sum(one.linked for one in inside)

    def _runs(self) -> list[Run]:
        found: list[Run] = []
        waiting: list[Node | Run] = [self._root]
        while waiting:
            item = waiting.pop()
            if isinstance(item, Run):
                found.append(item)
            else:
                waiting.extend(reversed(self._parts(item)))
        return found

    def _parts(self, node: Node) -> list[Node | Run]:
        """The blocks in an element and the runs between them, in order."""
        parts: list[Node | Run] = []
        run: Run | None = None
        for place, child in enumerate(node.children):
            if isinstance(child, Node) and self._of[child].parted:
                parts.append(child)
                run = None
                continue
            if run is None:
                run = Run(node, place, place, 0, 0)
                parts.append(run)
            run.end = place + 1
            run.own += len(child.strip()) if isinstance(child, str) else self._of[child].own
            run.linked += (0 if isinstance(child, str) else self._of[child].own_linked) or 0
            if isinstance(child, str) and self._of[node].in_link:
                run.linked += len(child.strip())
        return [part for part in parts if isinstance(part, Node) or part.own]

    def _add_prose(self) -> None:
        for run in self.runs:
            self._of[run.node].prose += run.own * run.is_prose
        for node in reversed(self._of):
            if node.parent in self._of:
                self._of[node.parent].prose += self._of[node].prose

    def _find_listings(self) -> None:
        """What stands in lists, figures, tables of data and notes is content too, unless they are mostly links."""
        inside: set[Node | None] = set()
        for node, weight in self._of.items():
            if node.parent in inside or (weight.linked * 2 <= node.size and _is_listing(node)):
                inside.add(node)
        for run in self.runs:
            run.is_content = run.is_prose or run.node in inside


def _is_listing(node: Node) -> bool:
    return node.tag in _LISTING or (node.tag == "table" and not lays_out(node)) or is_said_footnote(node)
