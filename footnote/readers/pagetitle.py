"""The title of a page and the heading that says it. A title is what the page says, never a guess."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from footnote.readers.boilerplate import is_certain
from footnote.readers.htmltree import HEADINGS, Node, is_heading, outermost
from footnote.readers.hypertext import line_of
from footnote.readers.pagefacts import PageFacts
from footnote.readers.toplines import plain_title

_LONGEST = 300  # characters of a title
_MOST_HEADINGS = 500
_HIGHEST = 10  # elements around a heading that are looked at


@dataclass(frozen=True, slots=True)
class Title:
    """``heading`` is the element that says it, where one does; ``confirmed`` that head and heading agree."""

    text: str | None
    heading: Node | None = None


def find_title(root: Node, facts: PageFacts) -> Title:
    """The title of a page, from a measured tree of what it shows.

    The heading that the page's head names too is the title, and the site's name beside it in the head is not. Otherwise it is the
    one heading of the first level, then what the head says.
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
    first = [node for node in named if _level(node) == 1 and not _stands_around(node)]
    if len(first) == 1:
        return Title(lines[first[0]], first[0])
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
