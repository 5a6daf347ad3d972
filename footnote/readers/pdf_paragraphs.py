"""From lines in the order of reading to paragraphs, list items, rows of tables and footnotes, each whole.

A paragraph goes on over the ends of columns and pages, and around boxes and footnotes that stand in its way. Knows
lines, not articles.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from footnote.readers.pdf_letters import Word
from footnote.readers.pdf_lines import REFERENCE_END, REFERENCE_START, Line

_SMALL = 0.93  # times the text's size: footnotes are set so much smaller
_SAME_SIZE = 0.06  # of the size: how far the lines of one paragraph differ
_LEADING = 1.4  # times the size: the most that lines are taken to stand apart where there are few of them
_ENOUGH_STEPS = 3
_WIDE = 1.25  # times the leading: what stands further below begins a paragraph
_INDENT = 0.7  # of the size
_SHORT = 20  # letters; a shorter line at the end of a column is rather a heading or a label than part of a paragraph
_EARLY = 0.3  # of the size: the room left on a line beside the next word, for it to have ended early
_ENDS = re.compile(r"[.!?:;…][\"'”’»)\]]*$")
_BULLET = re.compile(r"[•‣◦▪●○■□–—*\-\u2010\uf0b7\uf0a7\uf0d8\ue000-\uf8ff]\s+(?=\S)")
_ITEM = re.compile(r"(?:\(?\d{1,3}[.)]|\(?[a-z][.)]|\(?[ivx]{1,4}[.)])\s+(?=\S)")
_NOTE = re.compile(r"(?P<mark>\d{1,3}|[*†‡§]+)\.?\s*(?=[^\W\d_]|[\"“‘'(])")
_REFERENCE = re.compile(f"{REFERENCE_START}([^{REFERENCE_END}]*){REFERENCE_END}")
PARTED = re.compile(r"[^\W\d_][-\u2010]$")
"""The end of a line on which a word was parted."""


@dataclass(slots=True)
class Draft:
    """Lines that belong together."""

    lines: list[Line]
    is_item: bool = False
    is_note: bool = False

    @property
    def first(self) -> Line:
        return self.lines[0]

    @property
    def is_row(self) -> bool:
        return bool(self.first.cells)


def text_size(lines: Iterable[Line | Word]) -> float:
    """The size in which most of the text is set."""
    letters: Counter[float] = Counter()
    for line in lines:
        letters[round(line.size * 2) / 2] += len(line.text)
    return letters.most_common(1)[0][0] if letters else 10.0


def paragraphs(lines: Sequence[Line], size: float) -> list[Draft]:
    """The paragraphs in order. What stood in the way of one, boxes and footnotes, follows it."""
    leadings = _leadings(lines)
    done: list[Draft] = []
    waiting: list[Draft] = []
    for draft in _drafts(_with_notes(lines, size), leadings):
        if draft.is_note or draft.first.aside:
            waiting.append(draft)
        elif done and _is_open(done[-1], draft):
            done[-1].lines += draft.lines
        else:
            done += [*waiting, draft]
            waiting = []
    return done + waiting


def _leadings(lines: Sequence[Line]) -> dict[tuple[int, float], float]:
    """The usual distance of baselines in each column, for each size."""
    steps: defaultdict[tuple[int, float], list[float]] = defaultdict(list)
    for above, line in pairwise(lines):
        step = line.base - above.base
        if above.column == line.column and _is_same_size(above, line) and 0.8 * line.size < step < 2.2 * line.size:
            steps[line.column, round(line.size)].append(step)
    # Paragraphs of one line stand further apart than lines do, so half of the steps, or all of a few, may be theirs.
    return {
        key: sorted(found)[len(found) // 4] if len(found) >= _ENOUGH_STEPS else min(*found, _LEADING * key[1])
        for key, found in steps.items()
    }


def _with_notes(lines: Sequence[Line], size: float) -> Iterator[tuple[Line, bool]]:
    """Each line, and whether it belongs to a footnote: the small lines at the end of a column, from the first with a mark on.

    Lines as large as the text are notes from the first on that begins with a raised mark which its page refers to.
    """
    referred = {(line.page, mark) for line in lines for mark in _REFERENCE.findall(line.text)}
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and lines[end].column == lines[start].column:
            end += 1
        small = end
        while small > start and lines[small - 1].size <= _SMALL * size and not lines[small - 1].cells:
            small -= 1
        noted = next((index for index in range(small, end) if _mark(lines[index])), end)
        if noted == end:
            noted = next((index for index in range(start, end) if (lines[index].page, lines[index].mark) in referred), end)
        for index in range(start, end):
            line = lines[index]
            mark = _mark(line) if index >= noted else None
            yield (replace(line, mark="", text=mark) if mark else line), index >= noted
        start = end


def _mark(line: Line) -> str:
    """A footnote's first line with its mark set apart, as in ``1 See below``; empty where it is none."""
    if line.mark:
        return f"{line.mark} {line.text}"
    match = _NOTE.match(line.text)
    return f"{match['mark']} {line.text[match.end() :]}" if match else ""


def _drafts(lines: Iterable[tuple[Line, bool]], leadings: dict[tuple[int, float], float]) -> Iterator[Draft]:
    draft: Draft | None = None
    for line, is_note in lines:
        if draft is not None and draft.is_note == is_note and _belongs(draft, line, leadings):
            draft.lines.append(line)
            continue
        if draft is not None:
            yield draft
        draft = Draft([line], is_item(line), is_note)
    if draft is not None:
        yield draft


def is_item(line: Line) -> bool:
    """Whether a line begins an item of a list."""
    return bool(_BULLET.match(line.text) or _ITEM.match(line.text))


def _belongs(draft: Draft, line: Line, leadings: dict[tuple[int, float], float]) -> bool:
    """Whether a line goes on with the paragraph above it in its column."""
    last = draft.lines[-1]
    if line.column != last.column or line.aside != last.aside or bool(line.cells) or draft.is_row:
        return False
    if not _is_same_size(last, line) or line.is_bold != last.is_bold:
        return False
    leading = leadings.get((line.column, round(line.size)), _LEADING * line.size)
    if line.base - last.base > _WIDE * leading or line.base < last.base:
        return False
    if is_item(line) or (draft.is_note and _NOTE.match(line.text)):
        return False
    indent = _INDENT * line.size
    if draft.is_item and ended_early(last, line):
        return False
    if draft.is_item and len(draft.lines) == 1:
        return line.x0 > draft.first.x0 - indent
    ended = bool(_ENDS.search(last.text))
    early = ended_early(last, line)
    if line.x0 > last.x0 + indent and not draft.is_item:
        hangs = len(draft.lines) == 1 and not early and not ended
        return hangs or (is_centred(last) and is_centred(line))
    if line.x0 < last.x0 - indent and len(draft.lines) > 1 and (draft.is_item or ended or early):
        return False
    return not (early and ended)


def _is_same_size(line: Line, other: Line) -> bool:
    return abs(line.size - other.size) <= _SAME_SIZE * max(line.size, other.size)


def is_centred(line: Line) -> bool:
    """Whether a line stands in the middle of its column."""
    left, right = line.x0 - line.left, line.right - line.x1
    return left > _INDENT * line.size and abs(left - right) < 0.15 * (line.right - line.left)


def ended_early(line: Line, following: Line) -> bool:
    """Whether the following line's first word would have had room on ``line``."""
    word = following.text.split(" ", 1)[0]
    per_letter = (following.x1 - following.x0) / max(1, len(following.text))
    return line.right - line.x1 > (len(word) + 1) * per_letter + _EARLY * line.size


def _is_open(draft: Draft, following: Draft) -> bool:
    """Whether a paragraph goes on in another column or page, or behind a box."""
    last, line = draft.lines[-1], following.first
    parted = last.column != line.column
    if not parted or draft.is_row or following.is_row or following.is_item or draft.is_note:
        return False
    if not _is_same_size(last, line) or last.is_bold != line.is_bold:
        return False
    first = line.text.lstrip("\"'“‘(")[:1]
    if PARTED.search(last.text) or first.islower():
        return True
    if len(last.text) < _SHORT or _ENDS.search(last.text):
        return False
    return not ended_early(last, line) and line.x0 <= line.left + _INDENT * line.size
