"""A date as people write it, to ISO 8601; a date that can be read in two ways is not guessed at."""

from __future__ import annotations

import re
from datetime import date, datetime

_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    "nov(?:ember)?|dec(?:ember)?"
)
_DATE = re.compile(
    rf"""\b(?:\d{{4}}-\d\d-\d\d(?:T[\d:.+Z-]*)?                     # 2024-03-05
    | \d{{4}}-\d\d(?!-?\d)                                           # 2024-03
    | \d{{4}}/\d\d?/\d\d?                                           # 2024/3/5
    | (?:{_MONTHS})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}      # March 5, 2024
    | \d{{1,2}}(?:st|nd|rd|th)?\.?\s+(?:of\s+)?(?:{_MONTHS})\.?,?\s+\d{{4}}  # 5 March 2024
    | (?:{_MONTHS})\.?,?\s+\d{{4}}                                  # March 2024
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)


def find_date(text: str) -> tuple[str, tuple[int, int]] | None:
    """The first date in ``text`` as ISO 8601 and its span, or None. A month without a day gives ``YYYY-MM``."""
    for match in _DATE.finditer(text):
        iso = _iso(match.group())
        if iso is not None:
            return iso, match.span()
    return None


def iso_date(value: object) -> str | None:
    """``value`` of a metadata field as an ISO date, or None where it is none or could mean two days."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    found = find_date(str(value)) if value is not None else None
    return found[0] if found else None


def _iso(text: str) -> str | None:
    from dateutil import parser

    words = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b|\bof\b", " ", text, flags=re.IGNORECASE)
    try:
        # What the text does not say is taken from the default, so two defaults show what it does not say.
        first = parser.parse(words, default=datetime(2001, 1, 1))
        second = parser.parse(words, default=datetime(2002, 2, 2))
    except (ValueError, OverflowError):
        return None
    if first.date() == second.date():
        return str(first.date().isoformat())
    return str(first.strftime("%Y-%m")) if (first.year, first.month) == (second.year, second.month) else None
