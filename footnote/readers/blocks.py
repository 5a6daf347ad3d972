"""From a sequence of headings and paragraphs to an article's canonical text and its sections. Knows no file format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from footnote.records import Section

PARAGRAPH_BREAK = "\n\n"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading line as it stands in the text; ``name`` is what a citation calls it (without its number)."""

    text: str
    name: str
    level: int
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, list item or table row group; ``label`` is a heading that stands inside it, as in ``Trust. It ...``.

    ``page`` is where it begins. ``turns`` are the offsets into ``text`` from which on it stands on a later page, with that page.
    """

    text: str
    label: str | None = None
    page: int | None = None
    turns: tuple[tuple[int, int], ...] = ()


Block = Heading | Paragraph


def assemble(blocks: Sequence[Block]) -> tuple[str, tuple[Section, ...]]:
    """The canonical text of ``blocks`` and the sections that cover it, in order and without gaps but for blank lines.

    Where pages are known a section ends with its page, be it within a paragraph: whatever is cited is cited with the page
    on which it begins.
    """
    text = PARAGRAPH_BREAK.join(block.text for block in blocks)
    sections: list[Section] = []
    above: list[Heading] = []
    offset = 0
    for block in blocks:
        end = offset + len(block.text)
        if isinstance(block, Heading):
            above = [heading for heading in above if heading.level < block.level] + [block]
            sections.append(Section(tuple(heading.name for heading in above), offset, end, end, block.page))
        else:
            _place(sections, tuple(heading.name for heading in above), block, offset, end)
        offset = end + len(PARAGRAPH_BREAK)
    return text, tuple(sections)


def _place(sections: list[Section], path: tuple[str, ...], block: Paragraph, offset: int, end: int) -> None:
    stop = offset + block.turns[0][0] if block.turns else end
    last = sections[-1] if sections else None
    if block.label is not None:
        path = (*path, block.label)
        sections.append(Section(path, offset, offset, stop, block.page))
    elif last is None or last.path != path or last.page != block.page:
        sections.append(Section(path, offset, offset, stop, block.page))
    else:
        body = offset if last.body == last.end else last.body  # the first paragraph under a heading
        sections[-1] = Section(path, last.start, body, stop, last.page)
    stops = [turn for turn, _ in block.turns[1:]]
    for (turn, page), after in zip(block.turns, [*stops, len(block.text)], strict=False):
        sections.append(Section(path, offset + turn, offset + turn, offset + after, page))
