"""What a line of plain text looks like: tag line, rule, list item, heading or prose. Knows no order of lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from footnote.readers.decoding import Line

HASHTAGS = re.compile(r"#[^\W\d_][\w-]*(?:[\s,;]+#[^\W\d_][\w-]*)*")
RULE = re.compile(r"(?:([-=*_~—–•])\s*){3,}|\*")
_BULLET = re.compile(r"[-*•‣◦▪–]\s+(?=\S)")
_NUMBER = re.compile(
    r"(?:\(?(?P<number>\d{1,3})[.):]\)?|(?:step|part|tip|sign)\s+(?P<step>\d{1,3})\s*[.:)–—-])\s+(?=\S)", re.IGNORECASE
)
_QUESTION_WORDS = set(
    "what why how when where who whom whose which is are am was were do does did can could should shall will would has have "
    "had may might must isn't aren't don't doesn't can't won't shouldn't".split()
)
_SMALL_WORDS = set("a an the and or but nor for of in on at to by as with from into vs vs. is it than your you if that".split())
_GOING_ON = ("and ", "but ", "so ", "or ", "yet ", "because ", "then ", "well, ", "sound ", "right?")
_SENTENCE_WITHIN = re.compile(r"(?<![A-Z])(?<!\b(?:vs|Dr|Mr|Ms|St|No))(?<!\bMrs)[.!?…][\"'”’)]*\s+[\"'“‘(]?[A-Z]")
_TAIL = re.compile(
    r"""(?:additional|further|helpful|more|other|useful|related)?\s*(?:resources?|reading|references?|sources?|links?)(?:\s+.{0,25})?
    | (?:works\s+cited|bibliography|footnotes|notes|about\s+the\s+authors?|disclaimer|faqs?|frequently\s+asked\s+questions)""",
    re.IGNORECASE | re.VERBOSE,
)
_CLOSING = re.compile(
    r"""tl\s*;?\s*dr
    | (?:the\s+|key\s+|main\s+|our\s+|quick\s+|final\s+)*take-?\s?aways?
    | (?:the\s+)?(?:bottom\s+line|upshot)
    | in\s+(?:short|brief|sum|summary|closing|conclusion|a\s+nutshell|the\s+end)
    | (?:the\s+|quick\s+|a\s+quick\s+)?(?:summary|recap|conclusions?)
    | to\s+sum\s+up | summing\s+up
    | (?:to\s+)?wrap(?:ping)?(?:\s+(?:it\s+)?(?:all\s+)?|-)up
    | the\s+short\s+version
    | (?:some\s+|a\s+few\s+|my\s+|our\s+)?(?:final|closing|concluding|last|parting)\s+
      (?:thoughts?|words?|remarks?|note|reflections?)
    | (?:a\s+|the\s+)?(?:final|last)\s+word
    | putting\s+it\s+all\s+together
    | (?:the\s+)?(?:main|key)\s+(?:points?|messages?|lessons?)""",
    re.IGNORECASE | re.VERBOSE,
)
_LONGEST_HEADING = 110  # characters
_MOST_HEADING_WORDS = 17
_WRAP_WIDTHS = range(50, 121)  # characters; text is not wrapped narrower by hand, and wider is no wrapping


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a dump after hard-wrapped lines were joined. ``gap`` counts the blank lines before it."""

    text: str
    offset: int
    gap: int
    opens_page: bool = False


def rows(lines: Sequence[Line]) -> list[Row]:
    """The rows of a file: blank lines counted, hard-wrapped paragraphs joined."""
    found: list[Row] = []
    run: list[Line] = []
    gap, opens_page = 0, False
    for line in (*lines, Line("", -1)):
        opens_page = opens_page or line.opens_page
        if line.text:
            run.append(line)
            continue
        if run:
            joined = list(_unwrapped(run))
            found += [replace(joined[0], gap=gap, opens_page=opens_page), *joined[1:]]
            run, gap, opens_page = [], 0, False
        gap += 1
    return found


def _unwrapped(run: Sequence[Line]) -> Iterator[Row]:
    """A line was wrapped if the next one's first word had no room left on it."""
    width = max(len(line.text) for line in run)
    text, offset = run[0].text, run[0].offset
    last = run[0].text
    for line in run[1:]:
        full = len(last) + 1 + len(line.text.split()[0]) > width
        if width in _WRAP_WIDTHS and full and not is_item(line.text) and not RULE.fullmatch(last):
            text += " " + line.text
        else:
            yield Row(text, offset, 0)
            text, offset = line.text, line.offset
        last = line.text
    yield Row(text, offset, 0)


def is_item(text: str) -> bool:
    """Whether the line is marked as a list item: ``- ...``, ``• ...``, ``3) ...``."""
    return bool(_BULLET.match(text) or _NUMBER.match(text))


def is_bullet(text: str) -> bool:
    """Whether the line is marked as an item of a list without numbers."""
    return bool(_BULLET.match(text))


def numbered(text: str) -> tuple[int, str] | None:
    """The number and the rest of a line such as ``2. Ask first`` or ``Step 2: Ask first``."""
    match = _NUMBER.match(text)
    return (int(match["number"] or match["step"]), text[match.end() :]) if match else None


def heading_name(text: str) -> str:
    """What a heading is called: without its number, its markup and a closing colon."""
    text = re.sub(r"^#{1,6}\s+|^\*\*|\*\*$", "", text)
    number = numbered(text)
    return (number[1] if number else text).rstrip(": ")


def is_heading(text: str) -> bool:
    """A short line that is no sentence: it begins large and does not end as prose does."""
    name = heading_name(text)
    words = name.split()
    if not words or len(name) > _LONGEST_HEADING or len(words) > _MOST_HEADING_WORDS or is_bullet(text):
        return False
    first = name.lstrip("\"'“‘(¿¡")[:1]
    if not first or not (first.isupper() or first.isdigit()) or _SENTENCE_WITHIN.search(name):
        return False
    ending = text.rstrip("\"'”’)")[-1:]
    if ending == "?":
        return _is_question_heading(name)
    if ending in "!:":
        return is_title_case(name) and len(words) <= 10
    return ending not in ".,;…" or (ending == "." and name.endswith(("etc.", "Ph.D.", "U.S.", "M.D.")))


def is_closing(name: str) -> bool:
    """Whether a heading of this name usually ends an article: TLDR, Takeaway, In short ..."""
    return bool(_CLOSING.fullmatch(name.strip(" :.!")))


def is_tail(name: str) -> bool:
    """Whether a section of this name usually stands behind an article's end: resources, references ..."""
    return bool(_TAIL.fullmatch(name.strip(" :.!")))


def is_title_case(text: str) -> bool:
    """Whether every word but the small ones begins large."""
    words = [word.strip("\"'“”‘’()[]") for word in text.split()]
    return all(not word[:1].islower() or word.lower() in _SMALL_WORDS for word in words if word)


def inline_label(text: str) -> str | None:
    """The label that opens a paragraph, as in ``Mutual respect. Both of you ...`` or ``Time: It ...``; else None."""
    match = re.match(r"(?P<label>[^.:!?\n]{2,60}?)(?:[.:](?=\s+\S)|\s+[–—]\s+)", text)
    if match is None or is_bullet(text):
        return None
    label = match["label"].strip()
    number = numbered(label)
    name = number[1] if number else label
    words = name.split()
    plain = 1 <= len(words) <= 7 and words[0][:1].isupper() and is_title_case(name) and not name.endswith(",")
    return name if plain and len(text) > len(match.group()) + 20 else None


def _is_question_heading(name: str) -> bool:
    """A question that heads a section, not one that a paragraph asks in passing."""
    lower = name.lower().replace("’", "'").lstrip("\"'“‘(¿")
    if lower.startswith(_GOING_ON):
        return False
    return lower.split()[0].rstrip(",") in _QUESTION_WORDS or is_title_case(name) or "," not in name
