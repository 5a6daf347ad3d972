"""Takes out of a page what a browser does not show: scripts, form controls, hidden elements, texts for screen readers alone."""

from __future__ import annotations

import re

from footnote.readers.htmltree import Node, is_heading, measure, outermost, take_out

_NEVER = frozenset(
    "script style noscript title meta link base svg canvas video audio object embed applet iframe map select datalist textarea"
    " progress meter frame rt rp annotation annotation-xml sdfield".split()
)
_FOR_SCREEN_READERS = frozenset(
    "sr-only visually-hidden visuallyhidden screen-reader-text screen-reader-only screenreader-only element-invisible".split()
)
_HIDING = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)\b", re.IGNORECASE)
_OPENERS = ("aria-controls", "data-target", "data-bs-target")
_ORNAMENT = 2  # characters; what is longer is hidden from screen readers for another reason, as under an open dialog
_ICONS = re.compile(r"\b(?:material-(?:icons|symbols)|fa|icon)\b")


def keep_visible(root: Node) -> None:
    """Takes out of the tree what is not shown, and measures it.

    What is hidden until a reader opens it (an accordion, a tab) stays. Where most of the words are hidden, the page was saved
    before its scripts had shown them, and nothing is taken for hidden.
    """
    measure(root)
    take_out(outermost(root, _is_never_shown))
    measure(root)
    opened = {name.removeprefix("#") for node in root.walk() for key in _OPENERS for name in node.get(key).split()}
    hidden = outermost(root, lambda node: _is_hidden(node, opened))
    if sum(node.size for node in hidden) * 2 <= root.size:
        take_out(hidden)
        measure(root)


def _is_never_shown(node: Node) -> bool:
    if node.tag == "template":
        return not any(key.startswith("shadowroot") or key == "shadowmode" for key in node.attributes)
    if node.tag == "input":
        return node.get("type").lower() != "checkbox"
    if node.tag == "button":  # one that opens an answer is the question
        return not (_is_all_of_a_heading(node) or "aria-expanded" in node.attributes or "accordion" in node.get("class").lower())
    return node.tag in _NEVER


def _is_all_of_a_heading(node: Node) -> bool:
    above = node.parent
    for _ in range(3):
        if above is None or above.size > node.size:
            return False
        if is_heading(above) or above.tag in ("summary", "dt"):
            return True
        above = above.parent
    return False


def _is_hidden(node: Node, opened: set[str]) -> bool:
    if node.get("id") in opened or node.get("role") == "tabpanel":
        return False
    if "hidden" in node.attributes and node.get("hidden").lower() != "until-found":
        return True
    if node.tag == "dialog" and "open" not in node.attributes:
        return True
    if node.get("aria-hidden").lower() == "true" and (node.size <= _ORNAMENT or _ICONS.search(node.get("class"))):
        return True
    if not _FOR_SCREEN_READERS.isdisjoint(node.get("class").split()):
        return True
    return bool(_HIDING.search(node.get("style")))
