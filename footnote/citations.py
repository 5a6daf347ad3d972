"""How a passage is cited: who, what, when, under which heading, and exactly where."""

from __future__ import annotations

from collections.abc import Sequence

from footnote.records import Metadata, Passage

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
