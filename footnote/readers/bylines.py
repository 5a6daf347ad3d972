"""The lines under a title that say who wrote an article and when. Knows lines, not articles."""

from __future__ import annotations

import re
from dataclasses import dataclass

from footnote.readers.dates import find_date

_WRITTEN_BY = re.compile(
    r"^(?:(?:written|posted|authored|published|words|text|story)[\s,]+(?:on[\s,]+)?)?by(?:\s*:\s*|\s+)"
    r"|^(?:authors?|writer)\s*:\s*",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"^(?:(?:first\s+|last\s+)?(?:published|posted|updated|modified|date|dated|on)(?:\s+on)?\s*:?\s*)+", re.IGNORECASE
)
# Those who had a hand in an article without writing it: "Medically reviewed by ...", "Photos by ...".
_CREDITED = re.compile(
    r"^(?:[\w-]+\s+){0,2}(?:(?:fact-?)?checked|reviewed|edited|verified|approved|updated|translated|illustrated"
    r"|photos?|photography|images?|illustrations?)\s+by(?:\s*:\s*|\s+)",
    re.IGNORECASE,
)
_PARTED = re.compile(r"\s*[|•·]\s*|\s+[-–—]+\s+")
_READING_TIME = re.compile(r"(?:reading\s+time\s*:?\s*)?\d+[\s-]*min(?:ute)?s?(?:\s+read)?", re.IGNORECASE)
_CREDENTIAL = re.compile(r"(?=(?:.*[A-Z]){2})[A-Z][A-Za-z.-]{1,8}")  # LMFT, PhD, M.Ed., CPDT-KA
_PARTICLES = {"de", "del", "la", "le", "van", "von", "der", "den", "di", "da", "bin", "al", "and", "y", "&", "of", "the"}
_LONGEST = 140  # characters; a longer line is a paragraph, whatever it begins with


@dataclass(frozen=True, slots=True)
class Byline:
    """Who wrote an article, credentials kept as written, and when; at least one of the two is known."""

    author: str | None
    published: str | None


def parse_byline(line: str, under_title: bool = False) -> Byline | None:
    """The byline in ``line``, or None where the line is none: ``By listening closely, you ...`` names nobody.

    ``Ann Lee, PhD`` is one right under a title only; anywhere else it could be a heading.
    """
    told = _told(line, under_title)
    return told if told and (told.author or told.published) else None


def is_fact(line: str) -> bool:
    """Whether the line speaks about its article: a byline, but also ``5 min read`` or ``Reviewed by Ann Lee, MD``."""
    return _told(line, under_title=False) is not None


def _told(line: str, under_title: bool) -> Byline | None:
    """What a line of fact says of author and date, maybe neither; None where the line is no such line."""
    if len(line) > _LONGEST:
        return None
    parts = [part for part in _PARTED.split(line.strip("*_ —–-")) if part]
    facts = [part for part in parts if not _READING_TIME.fullmatch(part)]
    if not facts:  # "15 minutes" alone may well be a heading
        return Byline(None, None) if any("read" in part.lower() for part in parts) else None
    author = published = None
    for part in facts:
        name, date, known = _part(part, under_title)
        if not known:
            return None
        author, published = author or name, published or date
    return Byline(author, published)


def _part(part: str, under_title: bool) -> tuple[str | None, str | None, bool]:
    """Author, date, and whether the part belongs in a line of fact at all."""
    found = find_date(part)
    date = found[0] if found else None
    rest = part if found is None else (part[: found[1][0]] + " " + part[found[1][1] :]).strip(" ,;()")
    rest = re.sub(r"\s+on$", "", rest)
    if match := _WRITTEN_BY.match(rest):
        name = rest[match.end() :].strip(" ,;")
        return (name, date, True) if _is_name(name) else (None, None, False)
    if match := _CREDITED.match(rest):
        name = rest[match.end() :].strip(" ,;")
        return None, None, " " in name and _is_name(name)  # "Edited by Hand" names nobody
    if under_title and _is_signature(rest):
        return rest, date, True
    return None, date, date is not None and not _DATED.sub("", rest).strip(" ,:")


def _is_signature(text: str) -> bool:
    """Whether a name with its credentials stands alone: ``Dr. Jane Q. Public, LMFT``."""
    name, *credentials = text.split(", ")
    known = bool(credentials) and all(_CREDENTIAL.fullmatch(credential) for credential in credentials)
    return known and 2 <= len(name.split()) <= 5 and _is_name(name)


def _is_name(text: str) -> bool:
    """Whether every word could stand in a name: capitals, initials, credentials, particles."""
    words = text.replace(",", " ").split()
    if not 1 <= len(words) <= 12 or text.endswith(("!", "?", ";", ":")):
        return False
    if text.endswith(".") and len(words[-1]) > 6:
        return False  # a sentence's full stop, not that of an initial or of "Ph.D."
    return words[0][0].isupper() and all(word[0].isupper() or word.lower() in _PARTICLES for word in words)
