"""Which part of a page is its article: what is certainly none of it goes, and where that is not certain, it stays.

Losing a sentence of the article is worse than keeping a line of the page around it. No element that holds a good part of the
page's prose is taken out for its name, and prose is left out only where the page says what it is.
"""

from __future__ import annotations

from footnote.readers.boilerplate import is_certain, is_likely, is_said_footnote
from footnote.readers.edges import trim
from footnote.readers.htmltree import Node, is_heading, measure, outermost, take_out
from footnote.readers.weights import Weights

_TOO_MUCH = 0.3  # of the page's prose; an element that holds more is not taken out for its name
_MOST = 0.6  # of the page's prose; the article or main element that holds as much is where the article is ...
_ENOUGH = 0.25  # ... or that holds the title and this much
_LONGEST_CONTENTS = 2_000  # elements


def keep_article(root: Node, heading: Node | None, weights: Weights) -> tuple[Node, float]:
    """Takes out of a tree that was weighed what is not the article's.

    Returns the element that holds what is, and how much of the page's prose it is, from 0 to 1. ``heading`` is the one that says
    the article's title, where one does; it stays, with what stands between it and the text.
    """
    before = weights.prose
    holding = set(lineage(heading)) if heading is not None else set()
    take_out(outermost(root, lambda node: node not in holding and _is_around(node, weights)))
    measure(root)
    weights = Weights(root)
    scope = _scope(root, holding, weights)
    if scope is None:
        content = [run.node for run in weights.runs if run.is_content]
        scope = _common(content[0], content[-1]) if content else root
    if heading is not None:
        scope = _common(scope, heading)
    kept = trim(scope, heading, weights)
    measure(scope)
    return scope, kept / before if before else 1.0


def lineage(node: Node) -> list[Node]:
    """The element and all those it stands in, from the inside out."""
    found = [node]
    while (above := found[-1].parent) is not None:
        found.append(above)
    return found


def _common(one: Node, other: Node) -> Node:
    """The innermost element that holds both."""
    around = set(lineage(one))
    return next(node for node in lineage(other) if node in around)


def _scope(root: Node, holding: set[Node], weights: Weights) -> Node | None:
    """The article or main element that holds the article; None where none is said to or where it holds too little."""
    mains = outermost(root, lambda node: node.tag == "main" or node.get("role") == "main")
    for found in (outermost(root, lambda node: node.tag == "article"), mains):
        best = max(found, key=lambda node: weights[node].prose, default=None)
        if best is not None and weights[best].prose >= weights.prose * (_ENOUGH if best in holding else _MOST) > 0:
            return best
    return None


def _is_around(node: Node, weights: Weights) -> bool:
    """Whether an element stands around articles: menus, side bars, footers, forms, comments."""
    weight = weights[node]
    if node.tag in ("html", "body", "main", "article") or weight.prose > weights.prose * _TOO_MUCH:
        return False
    if is_said_footnote(node):
        return False
    if weight.in_code:
        return False
    if is_certain(node, inline=not weight.parted) or (weight.parted and is_likely(node, weight.linked)):
        return True
    if _is_contents(node, weight.linked):
        return True
    mostly_words = weight.prose > 0 and weight.linked * 3 <= node.size
    if node.tag == "aside":
        return not (mostly_words and (weight.in_article or _stands_among_paragraphs(node)))
    if node.tag == "footer":
        return not weight.in_quote and not (mostly_words and (weight.in_article or weight.in_main))
    if node.tag == "header":
        return not weight.in_article and not weight.in_main and (weight.linked > 0 or not node.headed)
    return node.tag in ("form", "search")


def _stands_among_paragraphs(node: Node) -> bool:
    beside = node.parent.children if node.parent is not None else ()
    return sum(isinstance(child, Node) and (child.tag == "p" or is_heading(child)) for child in beside) > 1


def _is_contents(node: Node, linked: int) -> bool:
    """Whether a list only leads to places on its own page."""
    if node.tag not in ("ul", "ol") or linked * 5 < node.size * 4 or not 3 < node.count <= _LONGEST_CONTENTS:
        return False
    links = [inside.get("href") for inside in node.walk() if inside.tag == "a"]
    return len(links) > 1 and all(link.startswith("#") for link in links)
