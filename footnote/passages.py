"""From an article to passages: whole sentences, sized by the model's own tokenizer, never longer than it reads.

A passage's text is a slice of the article's text by construction: only spans are moved about here, never strings. Knows
nothing of files, vectors or search; the tokenizer comes in as a function.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from footnote.records import Article, Passage, Section
from footnote.settings import PassageSettings

CountTokens = Callable[[Sequence[str]], Sequence[int]]
"""The number of the model's tokens in each text, the special tokens of a sequence not counted."""

Span = tuple[int, int]

CONTEXT_BREAK = ": "


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run of sentences of one section: half-open span, its size in tokens, and whether a section begins with it."""

    start: int
    end: int
    tokens: int
    section: Section
    opens: bool


def split(article: Article, count_tokens: CountTokens, max_tokens: int, settings: PassageSettings) -> list[Passage]:
    """The passages of ``article`` in order.

    Parameters
    ----------
    max_tokens
        What the model reads at once, its special tokens not counted. A passage with its context never exceeds it.
    """
    room = max_tokens - min(settings.context_tokens, max_tokens // 4)
    target = min(settings.target_tokens, room)
    pieces = [piece for section in article.sections for piece in _pieces(article.text, section, count_tokens, target)]
    spans = _merge(article.text, pieces, count_tokens, target, settings.least_tokens)
    seen: Counter[str] = Counter()
    passages = []
    for start, end, section in spans:
        text = article.text[start:end]
        seen[text] += 1
        context = _fitting(section.path, count_tokens, max_tokens, count_tokens([text])[0])
        passages.append(Passage(passage_id(article.id, text, seen[text]), article.id, start, end, text, context, section.page))
    return passages


def embedded_text(passage: Passage) -> str:
    """What the encoder is given for a passage: its heading path and its text."""
    return "\n".join((CONTEXT_BREAK.join(passage.context), passage.text)) if passage.context else passage.text


def passage_id(article_id: str, text: str, occurrence: int) -> str:
    """16 hexadecimal digits that depend on the article's id, the text, and which of its equals in the article it is."""
    key = "\0".join((article_id, text, str(occurrence)))
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The spans of the sentences in ``text[start:end]``, without the white space between them; a line end parts them too."""
    from sentencex import get_sentence_boundaries

    spans = []
    for line_start, line_end in _lines(text, start, end):
        line = text[line_start:line_end]
        for sentence in get_sentence_boundaries("en", line):
            span = _stripped(text, line_start + sentence["start_index"], line_start + sentence["end_index"])
            if span[0] < span[1]:
                spans.append(span)
    return spans


def headings_in(article: Article, passage: Passage) -> list[Span]:
    """The spans of the heading lines within a passage, as offsets into its text."""
    found = []
    for section in article.sections:
        if section.body > section.start and passage.start <= section.start < passage.end:
            line = article.text[section.start : section.body].rstrip()
            found.append((section.start - passage.start, section.start - passage.start + len(line)))
    return found


def sentences_in(article: Article, passage: Passage) -> tuple[Span, ...]:
    """The spans of a passage's sentences as offsets into its text, at least one; heading lines are none."""
    headings = headings_in(article, passage)
    found = [
        span
        for span in sentences(passage.text, 0, len(passage.text))
        if not any(first <= span[0] < last for first, last in headings)
    ]
    return tuple(found) or ((0, len(passage.text)),)


def _lines(text: str, start: int, end: int) -> list[tuple[int, int]]:
    spans = []
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        if stop > start:
            spans.append((start, stop))
        start = stop + 1
    return spans


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _pieces(text: str, section: Section, count_tokens: CountTokens, target: int) -> list[_Piece]:
    """A section cut into as few pieces of about equal size as hold at most ``target`` tokens each."""
    spans = sentences(text, section.body, section.end)
    if not spans:
        return []
    counts = list(count_tokens([text[start:end] for start, end in spans]))
    if max(counts) > target:
        spans, counts = _shortened(text, spans, counts, count_tokens, target)
    fewest = max(1, -(-sum(counts) // target))  # a lone symbol can be no token at all
    even = -(-sum(counts) // fewest)
    pieces: list[_Piece] = []
    first, tokens = 0, 0
    for index, size in enumerate(counts):
        # Going a little over the even share is better than leaving a stub at the end of the section.
        if tokens and (tokens + size > target or tokens + size // 2 > even):
            pieces.append(_Piece(spans[first][0], spans[index - 1][1], tokens, section, first == 0))
            first, tokens = index, 0
        tokens += size
    pieces.append(_Piece(spans[first][0], spans[-1][1], tokens, section, first == 0))
    return pieces


def _shortened(
    text: str, spans: list[tuple[int, int]], counts: list[int], count_tokens: CountTokens, most: int
) -> tuple[list[tuple[int, int]], list[int]]:
    """Sentences of more than ``most`` tokens halved at the white space nearest their middle, until none is left."""
    while max(counts) > most:
        shorter: list[tuple[int, int]] = []
        for (start, end), count in zip(spans, counts, strict=True):
            shorter += _halves(text, start, end) if count > most else [(start, end)]
        spans, counts = shorter, list(count_tokens([text[start:end] for start, end in shorter]))
    return spans, counts


def _halves(text: str, start: int, end: int) -> list[tuple[int, int]]:
    middle = (start + end) // 2
    left, right = text.rfind(" ", start, middle), text.find(" ", middle, end)
    near = [cut for cut in (left, right) if start < cut < end - 1]
    cut = min(near, key=lambda position: abs(position - middle)) if near else middle
    halves = (_stripped(text, start, cut), _stripped(text, cut, end))
    return [half for half in halves if half[0] < half[1]]


def _merge(
    text: str, pieces: Sequence[_Piece], count_tokens: CountTokens, target: int, least: int
) -> list[tuple[int, int, Section]]:
    """Neighbours joined up to ``target``: under one heading always, under different ones only where one says too little."""
    spans: list[tuple[int, int, Section]] = []
    tokens = 0
    for index, piece in enumerate(pieces):
        joined = None
        if spans and tokens + piece.tokens <= target and _belongs(pieces, index, tokens, target, least):
            # The headings between the two become part of the passage, so the whole is counted.
            joined = count_tokens([text[spans[-1][0] : piece.end]])[0]
        if joined is not None and joined <= target:
            spans[-1] = (spans[-1][0], piece.end, _common(spans[-1][2], piece.section))
            tokens = joined
        else:
            spans.append((piece.start, piece.end, piece.section))
            tokens = piece.tokens
    return spans


def _belongs(pieces: Sequence[_Piece], index: int, tokens: int, target: int, least: int) -> bool:
    """Whether a piece should join the passage before it: they stand under one heading, or one of the two is a stub.

    A stub that is nearer kin to what follows, and fits there, waits for it.
    """
    before, piece = pieces[index - 1], pieces[index]
    # Text before the first heading stands under none; there a section ends only with its page.
    together = before.section.path == piece.section.path or _shared(before.section, piece.section)
    if piece.opens and together:
        return True
    if min(tokens, piece.tokens) >= least:
        return False
    if index + 1 == len(pieces) or piece.tokens >= least:
        return True
    after = pieces[index + 1]
    fits = piece.tokens + after.tokens <= target
    return not fits or _shared(piece.section, before.section) >= _shared(piece.section, after.section)


def _shared(one: Section, other: Section) -> int:
    """How many headings two sections have in common, outermost first."""
    count = 0
    while count < min(len(one.path), len(other.path)) and one.path[count] == other.path[count]:
        count += 1
    return count


def _common(one: Section, other: Section) -> Section:
    """The first section under the headings that both share: one heading alone would misname what stands under the other."""
    return replace(one, path=one.path[: _shared(one, other)])


def _fitting(path: tuple[str, ...], count_tokens: CountTokens, max_tokens: int, taken: int) -> tuple[str, ...]:
    """As much of the heading path, innermost first, as the model reads beside the passage."""
    for drop in range(len(path)):
        if taken + count_tokens([CONTEXT_BREAK.join(path[drop:]) + "\n"])[0] <= max_tokens:
            return path[drop:]
    return ()
