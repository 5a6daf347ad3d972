"""What a word processor keeps with a file beside its text, less what the program or its template put there itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

from footnote.readers.dates import iso_date
from footnote.readers.decoding import clean

_MADE_BY = re.compile(r"^microsoft\s+(?:office\s+)?word\s*-\s*", re.IGNORECASE)  # what printing to a file puts before its name
_FILE_NAME = re.compile(r"\.(?:docx?|docm|dotx?|odt|ott|rtf|pdf|txt|html?|md|wpd|pages|tmp)$", re.IGNORECASE)
_NO_TITLE = re.compile(
    r"""(?:microsoft\s+)?(?:office\s+)?word(?:[\s-]+do[ck]ument)?
    | (?:new\s+)?(?:microsoft\s+word\s+)?do[ck]ument(?:o|e)?(?:\s*\(?\d*\)?)
    | \[?(?:document\s+)?title\]? | (?:blank|new|my)\s+document | draft | template | normal(?:\.dotm?)?
    | untitled(?:\s+document)?(?:\s*\d*) | unbenannt(?:\s*\d*) | sans\s+(?:titre|nom)(?:\s*\d*) | sin\s+t[ií]tulo(?:\s*\d*)
    | senza\s+(?:titolo|nome)(?:\s*\d*) | no\s+title | slide\s+\d+ | doc\s*\d*""",
    re.IGNORECASE | re.VERBOSE,
)
_NOBODY = re.compile(
    r"""(?:(?:microsoft|windows|ms)\s+)?(?:office\s+)?(?:user|owner|customer|client)(?:\s*\d*) | (?:an\s+)?author
    | admin(?:istrator)? | unknown | anonymous | un-?named | default | guest | home | me | root | nobody | pc | none | n/?a
    | hp | dell | acer | asus | lenovo | toshiba | samsung | apple | microsoft | openoffice(?:\.org)? | libreoffice | pandoc
    | python-docx | benutzer | besitzer | utilisateur(?:\s+(?:de\s+)?(?:microsoft\s+office|windows))?
    | usuario(?:\s+de\s+windows)? | utente(?:\s+windows)? | gebruiker""",
    re.IGNORECASE | re.VERBOSE,
)
_NO_LANGUAGES = frozenset("und mul mis zxx".split())  # undetermined, several, uncoded, none
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][a-z0-9]{2,8})*", re.IGNORECASE)
_EARLIEST = "1985"  # what begins to count at 1601, 1904, 1970 or 1980 has no date
_TEMPLATE_DATES = {"2013-12-23"}  # of the template that python-docx starts from


@dataclass(frozen=True, slots=True)
class Properties:
    """The properties of a file as they stand in it; empty where it has none."""

    title: str = ""
    author: str = ""
    created: str = ""
    keywords: str = ""
    language: str = ""


def real_title(text: str) -> str | None:
    """The title in a file's properties, or None where a program put it there: ``Microsoft Word Document``, ``draft.doc``."""
    title = _MADE_BY.sub("", _line(text))
    made_up = _FILE_NAME.search(title) or _NO_TITLE.fullmatch(title) or not any(letter.isalpha() for letter in title)
    return None if made_up else title


def real_author(text: str) -> str | None:
    """The author in a file's properties, several parted by commas; None for what an account is called by default."""
    names = (_line(name) for name in text.split(";"))
    return ", ".join(name for name in names if any(letter.isalpha() for letter in name) and not _NOBODY.fullmatch(name)) or None


def real_date(text: str) -> str | None:
    """The day a file was made, as ISO 8601; None for the day on which some clock or template began."""
    date = iso_date(_line(text))
    return None if date is None or date < _EARLIEST or date in _TEMPLATE_DATES else date


def real_tags(text: str) -> tuple[str, ...]:
    """The keywords in a file's properties, whether commas, semicolons or hash signs part them."""
    parts = re.split(r"[,;\n]|\s+(?=#)", text)
    return tuple(dict.fromkeys(tag for part in parts if (tag := _line(part).strip("# "))))


def real_language(text: str) -> str | None:
    """The language in a file's properties, as a BCP 47 tag; None for what names none, as ``C`` and ``und``."""
    language = _line(text).replace("_", "-")
    return language if _LANGUAGE.fullmatch(language) and language.lower() not in _NO_LANGUAGES else None


def _line(text: str) -> str:
    return " ".join(clean(text).split())
