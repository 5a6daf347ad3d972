"""The title of a PDF and the lines under it that say who wrote it and when. Knows paragraphs, not files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from footnote.readers.bylines import is_fact, parse_byline
from footnote.readers.lineshapes import is_heading, tag_names
from footnote.readers.pdf_paragraphs import Draft, is_centred

_LARGE = 1.15  # times the text's size: the least of a title that nothing else tells
_LONGEST = 200  # characters
_NEAR_TOP = 12  # paragraphs in which the title is looked for
_MOST_BYLINES = 4
_NAME = re.compile(r"[^\W\d_a-z][\w.’'-]*(?:\s+(?:(?:de|van|von|der|del|la|bin)\s+)*[^\W\d_a-z][\w.’'-]*){1,3}")


@dataclass(slots=True)
class Head:
    """What the first paragraphs tell, and which of them do nothing else."""

    title: str | None = None
    author: str | None = None
    published: str | None = None
    tags: tuple[str, ...] = ()
    told_by: set[int] = field(default_factory=set)


def head(drafts: Sequence[Draft], texts: Sequence[str], size: float, title: str | None, author: str | None) -> Head:
    """What is told before the text begins. ``title`` and ``author`` are the file's properties, ``size`` is the text's."""
    shown = _shown_title(drafts, texts, size, title)
    found = Head(title or (" ".join(texts[index] for index in shown) if shown else None), told_by=set(shown))
    start = shown[-1] + 1 if shown else 0
    for index in range(start, min(start + _MOST_BYLINES, len(drafts))):
        if drafts[index].is_item or not _tells(found, drafts[index], texts[index], author, is_under_title=bool(shown)):
            break
        found.told_by.add(index)
    return found


def _shown_title(drafts: Sequence[Draft], texts: Sequence[str], size: float, title: str | None) -> list[int]:
    """The paragraphs that show the title: those that say it, else the largest on the first page, else a first line like one."""
    top = [index for index, draft in enumerate(drafts[:_NEAR_TOP]) if _may_be(draft, texts[index], drafts[0].first.page)]
    if title is not None:
        same = [index for index in top if _key(texts[index]) == _key(title)]
        return same[:1]
    large = [index for index in top if drafts[index].first.size >= _LARGE * size]
    if large:
        largest = max(drafts[index].first.size for index in large)
        first = next(index for index in large if drafts[index].first.size == largest)
        last = first
        while last + 1 in large and abs(drafts[last + 1].first.size - largest) < 0.1:
            last += 1
        return list(range(first, last + 1))
    alone = top[:1] == [0] and len(drafts) > 1 and len(drafts[0].lines) == 1
    return [0] if alone and is_heading(texts[0]) and not is_fact(texts[0]) else []


def _may_be(draft: Draft, text: str, page: int) -> bool:
    plain = not (draft.is_item or draft.is_row or draft.is_note or draft.first.aside)
    return plain and draft.first.page == page and len(text) <= _LONGEST and sum(map(str.isalpha, text)) > 2


def _tells(found: Head, draft: Draft, text: str, author: str | None, is_under_title: bool) -> bool:
    """Whether a paragraph only tells something of the article, which is then noted."""
    if byline := parse_byline(text, under_title=is_under_title):
        found.author, found.published = found.author or byline.author, found.published or byline.published
    elif tags := tag_names(text):
        found.tags = found.tags or tags
    elif author is not None and _key(text) == _key(author):
        found.author = author
    elif is_under_title and found.author is None and is_centred(draft.first) and _NAME.fullmatch(text):
        found.author = text
    else:
        return is_fact(text)
    return True


def _key(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
