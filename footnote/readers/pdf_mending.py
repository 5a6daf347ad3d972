"""From the lines of a paragraph to its text: words parted at line ends are mended, references to footnotes left out.

Knows lines, not articles.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from footnote.readers.pdf_lines import REFERENCE_END, REFERENCE_START, Line
from footnote.readers.pdf_paragraphs import PARTED, Draft, ended_early, is_centred
from footnote.spelling import is_a_word

_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)*")
_FIRST = re.compile(r"[^\W\d_]+")
_LAST = re.compile(r"[^\W\d_]+$")
_SYMBOL = re.compile(r"[\ue000-\uf8ff]")  # of a font that is not in Unicode: a bullet, where it stands before an item
_LEAST_LETTERS = 3  # of a part that may be a word of its own
_HANGING = frozenset("and or to of und oder bis et ou y o e en".split())  # "pre- and post-war"
_KEPT = frozenset(
    "self well ex non half all cross mid semi ill twenty thirty forty fifty sixty seventy eighty ninety".split()
)  # what a hyphen mostly follows that does not part a word


@dataclass(frozen=True, slots=True)
class Written:
    """The text of a paragraph, the page on which it begins, and where in it later pages begin."""

    text: str
    page: int
    turns: tuple[tuple[int, int], ...] = ()


class Mender:
    """Writes paragraphs as text, by the words and the footnotes of their whole document.

    What the document itself does not tell of a word, an English dictionary does, unless ``language`` is another.
    """

    def __init__(self, drafts: Sequence[Draft], language: str | None) -> None:
        self._is_english = language is None or language.lower().split("-")[0] == "en"
        self._known: Counter[str] = Counter()
        self._notes: defaultdict[int, set[str]] = defaultdict(set)
        for draft in drafts:
            if draft.is_note:
                self._notes[draft.first.page].add(draft.first.text.split(" ", 1)[0])
            for index, line in enumerate(draft.lines):
                words = [word.casefold().replace("\u2010", "-") for word in _WORD.findall(line.text)]
                # A part of a word is no word.
                first = 1 if index and PARTED.search(draft.lines[index - 1].text) else 0
                last = len(words) - 1 if PARTED.search(line.text) else len(words)
                self._known.update(words[first:last])

    def write(self, draft: Draft) -> Written:
        """A paragraph as text. Lines that all end before they have to are kept as lines, as those of a poem are."""
        texts = [self._shown(line) for line in draft.lines]
        by_line = _is_verse(draft.lines)
        text = texts[0]
        turns = []
        for (above, line), after in zip(pairwise(draft.lines), texts[1:], strict=True):
            text = f"{text}\n{after}" if by_line else self._joined(text, after)
            if line.page > above.page:
                turns.append((len(text) - len(after), line.page))
        return Written(text, draft.first.page, tuple(turns))

    def _joined(self, before: str, after: str) -> str:
        """Two lines as one."""
        rest = _FIRST.match(after)
        if not PARTED.search(before) or rest is None:
            return before + after if before.endswith(("/", "\u2014")) else f"{before} {after}"
        head, second = before[:-1], rest.group().casefold()
        part = _LAST.search(head)
        first = part.group().casefold() if part else ""
        if self._known[first + second]:
            return head + after
        if second in _HANGING:
            return f"{head}- {after}"
        is_compound = self._known[f"{first}-{second}"] > 0 or first in _KEPT or after[0].isupper()
        return f"{head}-{after}" if is_compound or self._are_words(first, second) else head + after

    def _are_words(self, first: str, second: str) -> bool:
        """Whether both parts are words and the whole is none, as of ``wrung-out``."""
        if not self._is_english or min(len(first), len(second)) < _LEAST_LETTERS or is_a_word(first + second, ()):
            return False
        return is_a_word(first, ()) and is_a_word(second, ())

    def _shown(self, line: Line) -> str:
        """A line's text without the references to its page's footnotes."""
        notes = self._notes[line.page]

        def reference(match: re.Match[str]) -> str:
            return "" if match["mark"] in notes else match["mark"]

        pattern = rf"{REFERENCE_START}(?P<mark>[^{REFERENCE_END}]*){REFERENCE_END}(?:\s+(?=[.,;:!?)]))?"
        text = re.sub(pattern, reference, line.text)
        for mark in notes:
            # Some programs set them as digits of the text's own size that are drawn small.
            text = re.sub(rf"(?<=[^\W\d_][.,;:!?)”’\"]){re.escape(mark)}(?=\s|$)", "", text)
        return _SYMBOL.sub("", _SYMBOL.sub("•", text, count=1) if _SYMBOL.match(text) else text).strip() or text


def grouped(parts: Iterable[Written]) -> Written:
    """Items or rows as the lines of one paragraph."""
    first, *others = parts
    text, page, turns = first.text, first.page, list(first.turns)
    for part in others:
        offset = len(text) + 1
        if part.page > (turns[-1][1] if turns else page):
            turns.append((offset, part.page))
        turns += [(offset + turn, later) for turn, later in part.turns]
        text += f"\n{part.text}"
    return Written(text, page, tuple(turns))


def _is_verse(lines: Sequence[Line]) -> bool:
    pairs = list(pairwise(lines))
    early = bool(pairs) and all(ended_early(above, line) and not line.text[:1].islower() for above, line in pairs)
    return early and not any(is_centred(line) for line in lines)
