"""How a passage is cited: who, what, when, under which heading, and exactly where."""

from __future__ import annotations

import re
from collections.abc import Sequence

from footnote.records import Hit, Metadata, Passage

SECTION_BREAK = " > "


def section_name(path: Sequence[str]) -> str | None:
    """A heading path as one line, outermost first; None before the first heading."""
    return SECTION_BREAK.join(path) or None


def cite(metadata: Metadata, section: Sequence[str], passage: Passage) -> str:
    """One line that leads back to the passage, as in

    ``A. Author. "Title" (2024-03-03). Section: Heading. folder/file.md, characters 10-250.``

    Characters count from 0 in the article's text, the end not included. What is not known is left out.
    """
    parts = [
        metadata.author,
        f'"{metadata.title}"' + (f" ({metadata.published})" if metadata.published else ""),
        f"Section: {section_name(section)}" if section else None,
        f"{passage.article_id}, {_place(passage)}",
    ]
    return " ".join(part if part.endswith((".", "?", "!")) else f"{part}." for part in parts if part)


def _place(passage: Passage) -> str:
    characters = f"characters {passage.start}-{passage.end}"
    return f"page {passage.page}, {characters}" if passage.page is not None else characters


def cite_markdown(hit: Hit) -> str:
    """The marked sentence as a quotation, with its source under it, in Markdown."""
    start, end = hit.highlights[0]
    quoted = hit.passage.text[start:end].replace("\n", "\n> ")
    return f"> {quoted}\n>\n> \u2014 {_escaped(hit.citation)}"


def cite_apa(hit: Hit) -> str:
    """In the manner of the APA style: ``Author. (2024, March 5). Title. file, characters 10-250.``"""
    known = hit.metadata
    title = known.title if known.title.endswith((".", "?", "!")) else f"{known.title}."
    year = f"({_spelled_out(known.published)})" if known.published else "(n.d.)"
    place = f"{known.url or hit.source}, {_place(hit.passage)}"
    who = known.author and (known.author if known.author.endswith(".") else f"{known.author}.")
    return f"{who} {year}. {title} {place}." if who else f"{title} {year}. {place}."


def cite_bibtex(hit: Hit) -> str:
    """A ``@misc`` entry of BibTeX, its key the passage's id."""
    known = hit.metadata
    fields = {
        "author": known.author,
        "title": known.title,
        "year": known.published and known.published[:4],
        "url": known.url,
        "howpublished": hit.source,
        "note": f"{section_name(hit.section) or known.title}, {_place(hit.passage)}",
    }
    lines = [f"  {name} = {{{_tex(value)}}}," for name, value in fields.items() if value]
    return "\n".join((f"@misc{{footnote-{hit.passage.id},", *lines, "}"))


def _spelled_out(published: str) -> str:
    """``2024, March 5`` of an ISO date, or of a month or year alone."""
    months = "January February March April May June July August September October November December".split()
    year, *rest = published.split("-")
    if not rest:
        return year
    day = f" {int(rest[1])}" if len(rest) > 1 else ""
    return f"{year}, {months[int(rest[0]) - 1]}{day}"


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>#|])", r"\\\1", text)


def _tex(text: str) -> str:
    special = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    return "".join(special.get(character) or (f"\\{character}" if character in "&%$#_{}" else character) for character in text)
