"""The title of a page and the heading that says it. A title is what the page says, never a guess."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from footnote.readers.boilerplate import is_certain
from footnote.readers.htmltree import HEADINGS, Node, is_heading, outermost
from footnote.readers.hypertext import line_of
from footnote.readers.pagefacts import PageFacts
from footnote.readers.toplines import plain_title
from footnote.readers.weights import Weights

_LONGEST = 300  # characters of a title
_MOST_HEADINGS = 500
_MOST_ABOVE = 0.25  # of a page's prose
_HIGHEST = 10  # elements around a heading that are looked at


@dataclass(frozen=True, slots=True)
class Title:
    """``heading`` is the element that says it, where one does; ``confirmed`` that head and heading agree."""

    text: str | None
    heading: Node | None = None


def find_title(root: Node, facts: PageFacts, weights: Weights) -> Title:
    """The title of a page, from a tree of what it shows that was measured and weighed.

    The heading that the page's head names too is the title, and the site's name beside it in the head is not. Otherwise it is the
    one heading of the first level where no text stands above it, then what the head says.
    """
    headings = [node for node in outermost(root, is_heading) if 0 < node.size <= _LONGEST][:_MOST_HEADINGS]
    lines = {node: line_of(node) for node in headings}
    sites = {plain_title(site) for site in facts.sites}
    named = [node for node in headings if plain_title(lines[node]) not in sites and lines[node]]
    for title in facts.titles:
        for node in sorted(named, key=_level):
            if plain_title(lines[node]) == plain_title(title):
                return Title(lines[node], node)
    parts = [node for node in named if any(_is_part(plain_title(lines[node]), plain_title(title)) for title in facts.titles)]
    if parts:  # the site's name can be a heading too
        best = max(parts, key=lambda node: (_stands_in_text(node), not _stands_around(node), len(lines[node])))
        return Title(lines[best], best)
    first = [node for node in named if _level(node) == 1 and not _stands_around(node)] or _styled(root)
    if len(first) == 1 and _stands_above_text(first[0], weights):
        return Title(line_of(first[0]), first[0])
    return Title(_without_site(facts.titles[0], facts.sites) if facts.titles else None)


def _is_part(heading: str, title: str) -> bool:
    """Whether ``title`` is the heading with something parted from it before or after: ``Site :: Heading``, ``Heading | Site``."""
    if len(heading) < 3:
        return False
    before = title.removesuffix(heading) if title.endswith(heading) else "x"
    after = title.removeprefix(heading) if title.startswith(heading) else "x"
    return any(
        rest and not (edge.isalnum() or edge in "'\"")
        for rest, edge in ((before.rstrip(), before.rstrip()[-1:]), (after.lstrip(), after.lstrip()[:1]))
    )


def _without_site(title: str, sites: Sequence[str]) -> str:
    for site in sites:
        found = re.fullmatch(
            rf"(.+?)\s*[|·•–—:»«/-]+\s*{re.escape(site)}|{re.escape(site)}\s*[|·•–—:»«/-]+\s*(.+)", title, re.IGNORECASE
        )
        if found:
            return found[1] or found[2]
    return title


def _styled(root: Node) -> list[Node]:
    """The paragraphs in a word processor's style for titles."""
    styles = {"title", "MsoTitle"}
    return [
        node for node in root.walk() if node.tag == "p" and styles & set(node.get("class").split()) and 0 < node.size <= _LONGEST
    ]


def _stands_above_text(node: Node, weights: Weights) -> bool:
    """Whether a heading has most of the page's sentences below it; one in the middle is that of a section."""
    held = set(node.walk())
    above = takewhile(lambda run: run.node not in held, weights.runs)
    return sum(run.own for run in above if run.is_sentence) <= weights.prose * _MOST_ABOVE


def _level(node: Node) -> int:
    return HEADINGS.get(node.tag, 2)


def _stands_in_text(node: Node) -> bool:
    return any(above.tag in ("article", "main") or above.get("role") == "main" for above in _around(node))


def _stands_around(node: Node) -> bool:
    return any(above.tag in ("nav", "aside", "footer", "header") or is_certain(above) for above in _around(node))


def _around(node: Node) -> list[Node]:
    found = [node]
    while len(found) < _HIGHEST and (above := found[-1].parent) is not None:
        found.append(above)
    return found
