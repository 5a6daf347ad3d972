"""Plain text -> articles. A file may hold one article or several, one after another, with no markup at all.

What parts the articles is the shape of the lines: a title follows a closing section, a rule, a tag line or a wide gap, it has
a byline under it, or the numbering of the headings begins anew after it. Each is evidence with a weight; no single one is
needed. The first line that is no tag line is a title if it looks like a heading; a table of contents above it is left out.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import PurePosixPath
from statistics import median

from footnote.readers.blocks import Block, Heading, Paragraph, assemble
from footnote.readers.bylines import Byline, is_fact, parse_byline
from footnote.readers.decoding import lines
from footnote.readers.fields import NO_TITLE
from footnote.readers.lineshapes import (
    RULE,
    Numbering,
    Row,
    entry_name,
    heading_name,
    inline_label,
    is_closing,
    is_contents,
    is_heading,
    is_item,
    is_prose,
    is_tail,
    may_introduce,
    numbered,
    rows,
    tag_names,
)
from footnote.records import Article, Metadata

_ENOUGH = 2.5  # what a heading's evidence must add up to for it to begin another article


@dataclass(slots=True)
class _Draft:
    """The rows of one article: its title, the lines of fact under it, its body."""

    title: Row | None
    tags: tuple[str, ...]
    byline: Byline | None = None
    body: list[Row] = field(default_factory=list)


def read(text: str, source: str) -> tuple[list[Article], list[str]]:
    """The articles in ``text``, in order; none where there is no word in it."""
    found = _without_contents(rows(lines(text)))
    drafts = [draft for draft in _drafts(found) if draft.body or draft.title]
    if len(drafts) == 1 and not drafts[0].body:
        drafts[0].body, drafts[0].title = [row for row in (drafts[0].title,) if row], None
    articles, notices = [], []
    bare: list[str] = []
    for number, draft in enumerate(drafts, start=1):
        if not draft.body:
            bare += [f"'{draft.title.text}'"] if draft.title else []
            continue
        if draft.title is None:
            name = PurePosixPath(source).stem
            notices.append(f"{NO_TITLE} '{name}': put a title on a line of its own at its top.")
        articles.append(_article(draft, source, source if len(drafts) == 1 else f"{source}#{number}"))
    if bare:
        notices.append(f"Without words under them, and left out: {', '.join(bare)}.")
    return articles, notices


def _article(draft: _Draft, source: str, article_id: str) -> Article:
    title = heading_name(draft.title.text) if draft.title else PurePosixPath(source).stem
    start = draft.title.offset if draft.title else draft.body[0].offset
    byline = draft.byline or Byline(None, None)
    text, sections = assemble(_blocks(draft.body))
    metadata = Metadata(title, byline.author, byline.published, draft.tags)
    return Article(article_id, source, metadata, text, sections, start)


# --- which rows begin an article --------------------------------------------------------------------------------------


def _without_contents(found: Sequence[Row]) -> Sequence[Row]:
    """The rows but for tables of contents: lines that each stand again below, under a heading for such a list.

    At the top of the file they need no heading where the first of them follows at once.
    """
    content = [index for index, row in enumerate(found) if not tag_names(row.text) and not RULE.fullmatch(row.text)]
    texts = [found[index].text for index in content]
    names = ["" if is_prose(text) else entry_name(text) for text in texts]
    last = {name: position for position, name in enumerate(names)}
    left_out: set[int] = set()
    end = _entries_end(names, last, 0)
    if 1 < end < len(names) and names[end] == names[0]:
        left_out.update(content[:end])
    for position, name in enumerate(names):
        if is_contents(name) and (end := _entries_end(names, last, position + 1)) > position + 2:
            left_out.update(content[position:end])
    return [row for index, row in enumerate(found) if index not in left_out]


def _entries_end(names: Sequence[str], last: Mapping[str, int], start: int) -> int:
    """Where the names from ``start`` on are no longer new ones that stand again below; prose has no name."""
    seen = {""}
    for position in range(start, len(names)):
        if names[position] in seen or last[names[position]] == position:
            return position
        seen.add(names[position])
    return len(names)


def _drafts(found: Sequence[Row]) -> list[_Draft]:
    drafts: list[_Draft] = []
    titles = set(_title_rows(found))
    trailing = _tags_trail(found)
    tags: tuple[str, ...] = ()
    before = True  # still before the first title
    for index, row in enumerate(found):
        if names := tag_names(row.text):
            if drafts and (trailing or not drafts[-1].body or not _opens(found, index, titles)):
                drafts[-1].tags = tuple(dict.fromkeys((*drafts[-1].tags, *names)))
            else:
                tags = (*tags, *names) if index and tag_names(found[index - 1].text) else names
        elif RULE.fullmatch(row.text):
            continue
        elif index in titles:
            drafts.append(_Draft(row, tags))
        elif before:
            drafts.append(_Draft(None, tags, body=[row]))
        elif not drafts[-1].body and (byline := parse_byline(row.text, under_title=True)):
            known = drafts[-1].byline or Byline(None, None)
            drafts[-1].byline = Byline(known.author or byline.author, known.published or byline.published)
        elif not drafts[-1].body and is_fact(row.text):
            continue  # how long it takes to read, who reviewed it: no words of the article
        else:
            drafts[-1].body.append(row)
        before = not drafts
    return drafts


def _opens(found: Sequence[Row], index: int, titles: set[int]) -> bool:
    """Whether the first row of words under row ``index`` is a title, so that what stands at ``index`` is the next article's."""
    for later in range(index + 1, len(found)):
        if not tag_names(found[later].text) and not RULE.fullmatch(found[later].text):
            return later in titles
    return False


def _tags_trail(found: Sequence[Row]) -> bool:
    """Whether tag lines stand at the end of their articles: one is the file's last line and none its first."""
    return len(found) > 1 and bool(tag_names(found[-1].text)) and not tag_names(found[0].text)


def _title_rows(found: Sequence[Row]) -> list[int]:
    """The indexes of the rows that are titles."""
    content = [index for index, row in enumerate(found) if not tag_names(row.text) and not RULE.fullmatch(row.text)]
    headings = sorted(_heading_rows(found).intersection(content))
    if not content or not headings:
        return []
    shape = _Shape(found, headings)
    titles = [content[0]] if content[0] == headings[0] else []
    section: int | None = None  # the heading of the section we are in
    for index in headings:
        if titles and index == titles[0]:
            continue
        if shape.evidence(index, section, titles[-1] if titles else None) >= _ENOUGH:
            titles.append(index)
            section = None
        else:
            section = index
    return titles


def _heading_rows(found: Sequence[Row]) -> set[int]:
    """The indexes of the rows that are headings.

    A few words and a colon over a paragraph are one where most headings are written so; elsewhere they lead over to it.
    """
    headings = {index for index in range(len(found)) if _is_heading_row(found, index)}
    over_prose = {
        index
        for index, (row, following) in enumerate(pairwise(found))
        if row.gap and may_introduce(row.text) and is_prose(following.text)
    }
    habit = len(over_prose) > 1 and len(over_prose) >= len(headings - over_prose)
    return headings | over_prose if habit else headings


def _is_heading_row(found: Sequence[Row], index: int) -> bool:
    """A heading by its look that is no list item: neighbours that are numbered in the same way make it one."""
    text = found[index].text
    if not is_heading(text) or is_fact(text):
        return False
    number = numbered(text)
    around = [numbered(found[near].text) for near in (index - 1, index + 1) if 0 <= near < len(found)]
    return number is None or not any(near and near.kind == number.kind for near in around)


class _Shape:
    """What the lines of one file have in common, to weigh one of them against."""

    def __init__(self, found: Sequence[Row], headings: Sequence[int]) -> None:
        self.found = found
        self.headings = sorted(headings)
        self.first_of_kind: dict[str, int] = {}  # the first heading with a number of each kind
        for index in self.headings:
            if number := self._number(index):
                self.first_of_kind.setdefault(number.kind, index)
        names = [heading_name(found[index].text).casefold() for index in headings]
        counts = Counter(names)
        told = [name for name in names if not is_tail(name)]
        # Where every article ends in a section of the same name, that name is also the file's last.
        self.recurring_close = told[-1] if told and counts[told[-1]] > 1 else None
        self.usual_gap = median(found[index].gap for index in headings)
        ruled = sum(1 for index in headings if self._marked(index))
        self.marks_count = ruled * 2 <= len(headings)

    def evidence(self, index: int, section: int | None, title: int | None) -> float:
        """How much speaks for row ``index`` being a title, given the section and the article it would end."""
        row = self.found[index]
        name = heading_name(row.text)
        following = self._following(index)
        if is_closing(name) or is_tail(name) or numbered(row.text) or following is None or row.text.endswith(":"):
            return 0.0
        if title is not None and index == title + 1:
            return 0.0  # an article of no words
        fact = is_fact(following.text)
        # A name with its credentials says less: it may be a heading itself.
        signed = not fact and parse_byline(following.text, under_title=True) is not None
        score = fact * 3 + signed * 1.5
        if self.marks_count and self._marked(index):
            score += 3
        if row.gap >= 2 and row.gap > self.usual_gap:
            score += 3
        if section is not None and self._closed(section, index, title):
            score += 2
        if self._numbering_restarts(index):
            score += 3
        score += (len(name.split()) >= 6) * 1.0 + (":" in name) * 0.5
        return score + (fact or signed or self._heading_after(index) != index + 1) * 0.5

    def _following(self, index: int) -> Row | None:
        """The row under ``index``, tag lines and rules left out."""
        for later in range(index + 1, len(self.found)):
            row = self.found[later]
            if not tag_names(row.text) and not RULE.fullmatch(row.text):
                return row
        return None

    def _marked(self, index: int) -> bool:
        before = self.found[index - 1].text if index else ""
        return bool(tag_names(before) or RULE.fullmatch(before)) or self.found[index].opens_page

    def _closed(self, section: int, index: int, title: int | None) -> bool:
        """Whether the section before ``index`` ends an article: it has words of its own and some stand before it."""
        name = heading_name(self.found[section].text)
        closing = is_closing(name) or is_tail(name) or name.casefold() == self.recurring_close
        return closing and index > section + 1 and section > (title if title is not None else -1) + 1

    def _numbering_restarts(self, index: int) -> bool:
        """Whether the next heading is the first of a numbering of a kind that had begun before."""
        heading = self._heading_after(index)
        later = None if heading is None else self._number(heading)
        return later is not None and later.value == 1 and self.first_of_kind[later.kind] < index

    def _heading_after(self, index: int) -> int | None:
        place = bisect_right(self.headings, index)
        return self.headings[place] if place < len(self.headings) else None

    def _number(self, index: int) -> Numbering | None:
        return numbered(self.found[index].text)


# --- what the rows of one article are ---------------------------------------------------------------------------------


def _blocks(body: Sequence[Row]) -> list[Block]:
    shaped = _heading_rows(body)
    headings = {index for index in shaped if not _is_list(shaped, index)}
    labels = _labels(body, headings)
    levels = _levels(body, headings)
    blocks: list[Block] = []
    for index, row in enumerate(body):
        before = blocks[-1] if blocks else None
        if index in headings:
            blocks.append(Heading(row.text, heading_name(row.text), levels[index]))
        elif is_item(row.text) and row.gap == 0 and isinstance(before, Paragraph) and is_item(body[index - 1].text):
            blocks[-1] = Paragraph(f"{before.text}\n{row.text}", before.label)
        else:
            blocks.append(Paragraph(row.text, labels.get(index)))
    return blocks


def _is_list(shaped: set[int], index: int) -> bool:
    """Whether the row stands in a run of four or more heading-like rows behind its first: a list without bullets."""
    before = next(count for count in range(4) if count == 3 or index - count - 1 not in shaped)
    after = next(count for count in range(4) if count == 3 or index + count + 1 not in shaped)
    return before > 0 and before + after >= 3


def _labels(body: Sequence[Row], headings: set[int]) -> dict[int, str]:
    """The inline labels, by row. One alone is a short sentence; two under the same heading are labels."""
    labels: dict[int, str] = {}
    run: dict[int, str] = {}
    for index in range(len(body) + 1):
        if index == len(body) or index in headings:
            if len(run) > 1:
                labels.update(run)
            run = {}
        elif label := inline_label(body[index].text):
            run[index] = label
    return labels


def _levels(body: Sequence[Row], headings: set[int]) -> dict[int, int]:
    """The level of each heading: one with nothing but another heading under it holds those that follow.

    They end at a closing section, at a heading that holds others itself, at a second question under a question, and where
    after several sections of one paragraph each there is one of more.
    """
    order = sorted(headings)
    paragraphs = {index: after - index - 1 for index, after in pairwise([*order, len(body)])}
    levels: dict[int, int] = {}
    parent: int | None = None
    inside: list[int] = []
    for position, index in enumerate(order):
        name = heading_name(body[index].text)
        holds = paragraphs[index] == 0 and position + 1 < len(order) and not _ends(body, order[position + 1])
        question = name.endswith("?") and parent is not None and heading_name(body[parent].text).endswith("?")
        longer = len(inside) > 1 and paragraphs[index] > 1 and all(paragraphs[child] == 1 for child in inside)
        if holds or _ends(body, index) or question or longer:
            parent, inside = (index if holds else None), []
            levels[index] = 1
        else:
            levels[index] = 1 if parent is None else 2
            inside.append(index)
    return levels


def _ends(body: Sequence[Row], index: int) -> bool:
    name = heading_name(body[index].text)
    return is_closing(name) or is_tail(name)
