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


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, list item or table row group; ``label`` is a heading that stands inside it, as in ``Trust. It ...``."""

    text: str
    label: str | None = None


Block = Heading | Paragraph


def assemble(blocks: Sequence[Block]) -> tuple[str, tuple[Section, ...]]:
    """The canonical text of ``blocks`` and the sections that cover it, in order and without gaps but for blank lines."""
    text = PARAGRAPH_BREAK.join(block.text for block in blocks)
    sections: list[Section] = []
    above: list[Heading] = []
    offset = 0
    for block in blocks:
        end = offset + len(block.text)
        if isinstance(block, Heading):
            above = [heading for heading in above if heading.level < block.level] + [block]
            sections.append(Section(tuple(heading.name for heading in above), offset, end, end))
        else:
            _place(sections, tuple(heading.name for heading in above), block, offset, end)
        offset = end + len(PARAGRAPH_BREAK)
    return text, tuple(sections)


def titled(given: str | None, blocks: list[Block]) -> tuple[str | None, list[Block]]:
    """An article's title and its blocks without the heading that says it: the title given, else that of a first heading."""
    first = blocks[0] if blocks else None
    if isinstance(first, Heading) and (first.text == given or (given is None and first.level == 1)):
        return first.text, blocks[1:]
    return given, blocks


def _place(sections: list[Section], path: tuple[str, ...], block: Paragraph, offset: int, end: int) -> None:
    if block.label is not None:
        sections.append(Section((*path, block.label), offset, offset, end))
        return
    last = sections[-1] if sections else None
    if last is None or last.path != path:
        sections.append(Section(path, offset, offset, end))
        return
    body = offset if last.body == last.end else last.body  # the first paragraph under a heading
    sections[-1] = Section(path, last.start, body, end, last.page)
