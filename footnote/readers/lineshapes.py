"""What a line of plain text looks like: tag line, rule, list item, heading or prose. Knows no order of lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from footnote.readers.bylines import is_fact
from footnote.readers.decoding import Line

_HASHTAGS = re.compile(r"#[^\W\d_][\w-]*(?:[\s,;]+#[^\W\d_][\w-]*)*")
_TAGGED = re.compile(r"(?:tags?|tagged(?:\s+(?:as|with))?|topics|keywords?|categor(?:y|ies)|filed\s+under)\s*:\s*", re.IGNORECASE)
_MOST_TAG_WORDS = 4
RULE = re.compile(r"(?:([-=*_~—–•])\s*){3,}|\*")
_BULLET = re.compile(r"[-*•‣◦▪–]\s+(?=\S)")
_NUMBER = re.compile(
    r"(?:\(?(?P<number>\d{1,3})[.):]\)?|(?:step|part|tip|sign)\s+(?P<step>\d{1,3})\s*[.:)–—-])\s+(?=\S)", re.IGNORECASE
)
# Roman numerals and letters; "A. B. Lee" begins with initials, and "E. coli" goes on small.
_OUTLINE = re.compile(r"\(?(?:(?P<roman>[IVX]{1,4})|(?P<letter>[A-H]))[.)]\s+(?=[\"“'‘¿¡]?[^\W\d_a-z])(?!\w\.)")
_VALUES = {
    mark: value
    for marks in ("I II III IV V VI VII VIII IX X XI XII XIII XIV XV".split(), "ABCDEFGH")
    for value, mark in enumerate(marks, start=1)
}
_QUESTION_WORDS = set(
    "what why how when where who whom whose which is are am was were do does did can could should shall will would has have "
    "had may might must isn't aren't don't doesn't can't won't shouldn't".split()
)
_SMALL_WORDS = set("a an the and or but nor for of in on at to by as with from into vs vs. is it than your you if that".split())
_GOING_ON = ("and ", "but ", "so ", "or ", "yet ", "because ", "then ", "well, ", "sound ", "right?")
_SENTENCE_WITHIN = re.compile(r"(?<![A-Z])(?<!\b(?:vs|Dr|Mr|Ms|St|No))(?<!\bMrs)[.!?…][\"'”’)]*\s+[\"'“‘(]?[A-Z]")
_PROSE = re.compile(r"[^\W_a-z].*[.!?…][\"'”’)]*")
_SENTENCE_BEGINS = re.compile(r"\s+[\"'“‘]?[^\W\d_a-z]")
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
_CONTENTS = re.compile(
    r"(?:table\s+of\s+)?contents|index|(?:in|on)\s+this\s+(?:article|post|guide|page|issue|file)", re.IGNORECASE
)
_LEADER = re.compile(r"(?:\s*[.…·]{2,}\s*|\s+)\d+$")  # the dots and the page number behind an entry
_LONGEST_HEADING = 110  # characters
_MOST_HEADING_WORDS = 17
_MOST_INTRODUCING_WORDS = 6
_MOST_LABEL_WORDS = 7
_WRAP_WIDTHS = range(50, 121)  # characters; text is not wrapped narrower by hand, and wider is no wrapping


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a dump after hard-wrapped lines were joined. ``gap`` counts the blank lines before it."""

    text: str
    offset: int
    gap: int
    opens_page: bool = False


class Numbering(NamedTuple):
    """The number of a line, what follows it, and the kind of number: ``number``, ``step``, ``roman`` or ``letter``."""

    value: int
    rest: str
    kind: str


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
        if width in _WRAP_WIDTHS and full and not _apart(last, line.text):
            text += " " + line.text
        else:
            yield Row(text, offset, 0)
            text, offset = line.text, line.offset
        last = line.text
    yield Row(text, offset, 0)


def _apart(line: str, following: str) -> bool:
    """Whether two lines are no parts of one paragraph, however long they are: bylines and the like stand alone."""
    if is_item(following) or RULE.fullmatch(line):
        return True
    return any(text[0].isupper() and is_fact(text) for text in (line, following))


def tag_names(text: str) -> tuple[str, ...]:
    """The tags of a line such as ``#herbs #pots`` or ``Tags: herbs, window sills``; none where it is another line."""
    labelled = _TAGGED.match(text)
    if not labelled and not _HASHTAGS.fullmatch(text):
        return ()
    parts = re.split(r"[,;|]|\s+(?=#)", text[labelled.end() :] if labelled else text)
    names = tuple(name for part in parts if (name := part.strip("# ")))
    sentence = text.endswith((".", "!", "?")) or any(len(name.split()) > _MOST_TAG_WORDS for name in names)
    return () if sentence else names


def is_item(text: str) -> bool:
    """Whether the line is marked as a list item: ``- ...``, ``• ...``, ``3) ...``."""
    return bool(_BULLET.match(text) or _NUMBER.match(text))


def is_bullet(text: str) -> bool:
    """Whether the line is marked as an item of a list without numbers."""
    return bool(_BULLET.match(text))


def numbered(text: str) -> Numbering | None:
    """The number of a line such as ``2. Ask first``, ``Step 2: Ask first``, ``II. Ask First`` or ``B. Ask First``."""
    match = _NUMBER.match(text) or _OUTLINE.match(text)
    if match is None or match.lastgroup is None:
        return None
    mark = match[match.lastgroup]
    value = int(mark) if mark.isdigit() else _VALUES.get(mark)
    return Numbering(value, text[match.end() :], match.lastgroup) if value is not None else None


def heading_name(text: str) -> str:
    """What a heading is called: without its number, its markup and a closing colon."""
    text = re.sub(r"^#{1,6}\s+|^\*\*|\*\*$", "", text)
    number = numbered(text)
    return (number.rest if number else text).rstrip(": ")


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


def may_introduce(text: str) -> bool:
    """A few words and a colon: a heading (``Before you start:``) or what leads over to a list or a quotation."""
    return text.endswith(":") and len(text.split()) <= _MOST_INTRODUCING_WORDS and is_heading(text.rstrip(": "))


def is_prose(text: str) -> bool:
    """Whether the line is said in whole sentences by the author: no heading, list item, quotation or code."""
    return bool(_PROSE.fullmatch(text)) and not is_heading(text) and not is_item(text)


def is_closing(name: str) -> bool:
    """Whether a heading of this name usually ends an article: TLDR, Takeaway, In short ..."""
    return bool(_CLOSING.fullmatch(name.strip(" :.!")))


def is_tail(name: str) -> bool:
    """Whether a section of this name usually stands behind an article's end: resources, references ..."""
    return bool(_TAIL.fullmatch(name.strip(" :.!")))


def is_contents(name: str) -> bool:
    """Whether a heading of this name stands over a list of what the file holds."""
    return bool(_CONTENTS.fullmatch(name.strip(" :.")))


def entry_name(text: str) -> str:
    """What an entry of such a list is called, to compare with the line that it points to."""
    return heading_name(_LEADER.sub("", _BULLET.sub("", text, count=1))).casefold()


def is_title_case(text: str) -> bool:
    """Whether every word but the small ones begins large."""
    words = [word.strip("\"'“”‘’()[]") for word in text.split()]
    return all(not word[:1].islower() or word.lower() in _SMALL_WORDS for word in words if word)


def inline_label(text: str) -> str | None:
    """The label that opens a paragraph, as in ``Mutual Respect. Both of you ...`` or ``Time: It ...``; else None.

    Behind a full stop begins a sentence: ``Lee, A. (2016)`` and ``Lee, A. and Kim, B.`` are sources. A label in small
    letters, ``Make time: It ...``, needs a colon with a sentence behind it.
    """
    match = re.match(r"(?P<label>[^.:!?\n]{2,60}?)(?:\.(?=\s+[^\s(a-z])|(?P<colon>:)(?=\s+\S)|\s+[–—]\s+)", text)
    if match is None or is_bullet(text):
        return None
    label = match["label"].strip()
    number = numbered(label)
    name = number.rest if number else label
    words = name.split()
    plain = 1 <= len(words) <= _MOST_LABEL_WORDS and words[0][:1].isupper() and not name.endswith(",")
    plain = plain and (is_title_case(name) or bool(match["colon"] and _SENTENCE_BEGINS.match(text, match.end())))
    return name if plain and len(text) > len(match.group()) + 20 else None


def _is_question_heading(name: str) -> bool:
    """A question that heads a section, not one that a paragraph asks in passing."""
    lower = name.lower().replace("’", "'").lstrip("\"'“‘(¿")
    if lower.startswith(_GOING_ON):
        return False
    return lower.split()[0].rstrip(",") in _QUESTION_WORDS or is_title_case(name) or "," not in name
