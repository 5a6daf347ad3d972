"""Small links and raised letters inside a text: what a reader is shown of them as plain text."""

from __future__ import annotations

import re

from footnote.readers.htmltree import Node

_RAISED = dict(zip("0123456789+-−=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾", strict=True))
_NOTE = re.compile(r"(\[)?(?:\d{1,4}|[a-z]|[ivx]{1,5}|[*†‡§]{1,3})(?(1)\])", re.IGNORECASE)
_NOTE_ADDRESS = re.compile(r"#(?:fn|_ftn|_edn|footnote|endnote|note|cite_note|sdfootnote\d+sym|sdendnote\d+sym)", re.IGNORECASE)
_NOTE_CLASSES = frozenset("footnote-ref footnoteref fnref noteref footnote-reference footnote-link".split())
_BACK_CLASSES = frozenset("footnote-back footnote-backref footnoteback reversefootnote footnote-return mw-cite-backlink".split())
_BACK_TEXTS = frozenset("↩ ↑ ↥ ⤴ ↵ ← ^ ⏎ ⬆ back".split())
_ANCHOR_CLASSES = frozenset("headerlink header-anchor anchor anchor-link anchorjs-link heading-anchor permalink".split())
_ANCHOR_TEXTS = frozenset("¶ # § 🔗 ⚓".split())


def plain_mark(node: Node, in_heading: bool) -> str | None:
    """The text that stands for a small ``a`` or ``sup``; None where it is to be read like any other.

    The number of a note is put into brackets, for the digit would become part of the word before it; a raised number stays
    raised; links from a note back to the text and from a heading to itself are not words and give "".
    """
    text = "".join(node.text().split()).rstrip("\ufe0e\ufe0f")
    link = node if node.tag == "a" else _link_around(node)
    if link is not None:
        if _leads_back(link, text) or _leads_to_itself(link, text, in_heading):
            return ""
        if "sdfootnotesym" in link.get("class") or "sdendnotesym" in link.get("class"):
            return f"[{text}] "
        if _NOTE.fullmatch(text) and _leads_to_note(link, node):
            return text if text.startswith("[") else f"[{text}]"
    if node.tag == "sup" and text and all(letter in _RAISED for letter in text):
        return "".join(_RAISED[letter] for letter in text)
    return None


def _link_around(node: Node) -> Node | None:
    """The link inside or right around a ``sup``."""
    return node.first("a") or (node.parent if node.parent is not None and node.parent.tag == "a" else None)


def _leads_back(link: Node, text: str) -> bool:
    if link.get("role") == "doc-backlink" or _has(link, _BACK_CLASSES):
        return not text.isalnum()  # there the note's number leads back
    return "#" in link.get("href") and text.lower() in _BACK_TEXTS


def _leads_to_itself(link: Node, text: str, in_heading: bool) -> bool:
    if in_heading and "#" in link.get("href"):
        return _has(link, _ANCHOR_CLASSES) or text in _ANCHOR_TEXTS
    return _has(link, _ANCHOR_CLASSES) and text in _ANCHOR_TEXTS


def _leads_to_note(link: Node, node: Node) -> bool:
    if link.get("role") == "doc-noteref" or "noteref" in link.get("epub:type") or _has(link, _NOTE_CLASSES):
        return True
    raised = node.tag == "sup" or node.first("sup") is not None
    return bool(_NOTE_ADDRESS.search(link.get("href"))) or (raised and "#" in link.get("href"))


def _has(node: Node, classes: frozenset[str]) -> bool:
    return not classes.isdisjoint(node.get("class").split())
