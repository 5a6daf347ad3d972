"""The lines under a title that say who wrote an article and when. Knows lines, not articles."""

from __future__ import annotations

import re
from dataclasses import dataclass

from footnote.readers.dates import find_date

_WRITTEN_BY = re.compile(
    r"^(?:(?:written|posted|authored|published|words|text|story)\s+)?by(?:\s*:\s*|\s+)|^(?:authors?|writer)\s*:\s*", re.IGNORECASE
)
_DATED = re.compile(
    r"^(?:(?:first\s+|last\s+)?(?:published|posted|updated|modified|date|dated|on)(?:\s+on)?\s*:?\s*)+", re.IGNORECASE
)
_PARTED = re.compile(r"\s*[|•·]\s*|\s+[-–—]+\s+")
_READING_TIME = re.compile(r"^\d+[\s-]*min(?:ute)?s?(?:\s+read)?$", re.IGNORECASE)
_PARTICLES = {"de", "del", "la", "le", "van", "von", "der", "den", "di", "da", "bin", "al", "and", "y", "&", "of", "the"}
_LONGEST = 140  # characters; a longer line is a paragraph, whatever it begins with


@dataclass(frozen=True, slots=True)
class Byline:
    """Who wrote an article, credentials kept as written, and when; at least one of the two is known."""

    author: str | None
    published: str | None


def parse_byline(line: str) -> Byline | None:
    """The byline in ``line``, or None where the line is none: ``By listening closely, you ...`` names nobody."""
    if len(line) > _LONGEST:
        return None
    author = published = None
    for part in filter(None, _PARTED.split(line.strip("*_ —–-"))):
        name, date, known = _part(part, first=author is None and published is None)
        if not known:
            return None
        author, published = author or name, published or date
    return Byline(author, published) if author or published else None


def _part(part: str, first: bool) -> tuple[str | None, str | None, bool]:
    """Author, date, and whether the part belongs in a byline at all."""
    found = find_date(part)
    date = found[0] if found else None
    rest = part if found is None else (part[: found[1][0]] + " " + part[found[1][1] :]).strip(" ,;()")
    rest = re.sub(r"\s+on$", "", rest)
    match = _WRITTEN_BY.match(rest)
    if match:
        name = rest[match.end() :].strip(" ,;")
        return (name, date, True) if _is_name(name) else (None, None, False)
    rest = _DATED.sub("", rest).strip(" ,:")
    return None, date, (not rest and date is not None) or (not first and bool(_READING_TIME.match(rest)))


def _is_name(text: str) -> bool:
    """Whether every word could stand in a name: capitals, initials, credentials, particles."""
    words = text.replace(",", " ").split()
    if not 1 <= len(words) <= 12 or text.endswith(("!", "?", ";", ":")):
        return False
    if text.endswith(".") and len(words[-1]) > 6:
        return False  # a sentence's full stop, not that of an initial or of "Ph.D."
    return words[0][0].isupper() and all(word[0].isupper() or word.lower() in _PARTICLES for word in words)
