"""What a word processor's style is for, told by its name. Knows no file format."""

from __future__ import annotations

import re

from footnote.readers.document import Role

# A built-in style has an English name in every language of Word; ids, and what other programs write, are translated. An id
# keeps no letters with accents: "berschrift1".
_HEADING = re.compile(
    r"(?:heading|[üu]?berschrift|titre|t[íi]?tulo|titolo|kop|rubrik|overskrift|otsikko|nag[łl]?[óo]?wek|заголовок|标题|見出し)"
    r"\s*([1-9])",
    re.IGNORECASE,
)
_CONTENTS = re.compile(r"(?:toc|contents)\s*(?:[1-9]|heading)|table of figures", re.IGNORECASE)
_ROLES: dict[str, Role] = {
    **dict.fromkeys(("title", "titel", "titre", "título", "ttulo", "titolo", "tittel", "tytuł", "tytu"), "title"),
    **dict.fromkeys(("subtitle", "untertitel", "sous-titre", "subtítulo", "subttulo", "sottotitolo", "undertitel"), "subtitle"),
    **dict.fromkeys(("author", "authors"), "author"),  # this and "date" are pandoc's
    "date": "date",
}


def heading_level(name: str) -> int | None:
    """The level of the heading that a style of this name or id is for, from 1."""
    match = _HEADING.fullmatch(name)
    return int(match.group(1)) if match else None


def is_contents(name: str) -> bool:
    """Whether a style of this name is for the lines of a table of contents."""
    return _CONTENTS.fullmatch(name) is not None


def role(name: str) -> Role:
    """What a paragraph of a style of this name is for."""
    return _ROLES.get(name.casefold(), "text")
