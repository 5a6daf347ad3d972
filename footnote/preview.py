"""One file as Footnote sees it: its articles with their sections and passages. Touches no index."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from footnote.citations import section_name
from footnote.encoder.compiled import Tokens
from footnote.errors import IndexProblem, Unreadable
from footnote.passages import embedded_text, split
from footnote.readers import read_file
from footnote.readers.folder import content_of, source_name
from footnote.readers.isolation import Isolation
from footnote.readers.selection import Patterns, chooser, ignore_file
from footnote.readers.sidecars import read_sidecars, sidecar_of
from footnote.records import Article, Passage, Reading, Section
from footnote.settings import DEFAULT_MODEL, PASSAGES
from footnote.stores import Index
from footnote.stores.opening import store_at


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file gives: its articles, each with its passages and how many tokens the model is given for each of those."""

    reading: Reading
    passages: tuple[tuple[tuple[Passage, int], ...], ...]
    max_tokens: int
    is_left_out: bool
    sidecar: Reading | None = None  # of ``NAME.meta.yaml`` beside it


def preview(path: Path, kb: Path, index: Index, model: str | None = None, patterns: Patterns | None = None) -> Preview:
    """Reads and splits one file as an ingest of ``kb`` into ``index`` would, with its sidecar.

    Raises Unreadable with the reason why it is refused, ModelError and IndexProblem.
    """
    path, kb = path.absolute(), kb.absolute()
    is_inside = path.is_relative_to(kb)
    folder = kb if is_inside else path.parent
    is_taken = chooser(patterns or Patterns(), ignore_file(kb, content_of)) if is_inside else lambda _: True
    beside = [one for one in (path, sidecar_of(path)) if os.path.lexists(one) and is_taken(source_name(one, folder))]
    with Isolation() as isolation:
        sidecars = read_sidecars(beside, folder, isolation)
        own = sidecars.get(path)
        reading = own.reading if own is not None else read_file(path, source_name(path, folder), isolation, sidecars)
    if reading.refusal is not None:
        raise Unreadable(reading.refusal.reason, reading.refusal.remedy)
    tokens = _tokens(model, index)
    passages = tuple(_counted(article, tokens) for article in reading.articles)
    sidecar = sidecars.get(sidecar_of(path))
    return Preview(
        reading, passages, tokens.max_tokens, not is_taken(reading.source), sidecar.reading if sidecar is not None else None
    )


def as_lines(found: Preview) -> Iterator[str]:
    """The preview for reading in a terminal."""
    reading = found.reading
    counts = _counts("article", len(reading.articles)), _counts("passage", sum(map(len, found.passages)))
    yield f"{reading.source}: {reading.format}, {', '.join(counts)}"
    if found.is_left_out:
        yield "It is left out by --include, --exclude or .footnoteignore."
    yield from _sidecar_lines(found.sidecar)
    yield from (f"Notice: {notice.text}" for notice in reading.notices)
    for article, passages in zip(reading.articles, found.passages, strict=True):
        yield from _article_lines(article, passages)
    yield f"\nTokens are counted with the headings that the model is given beside a passage; it reads {found.max_tokens} at once."


def _sidecar_lines(sidecar: Reading | None) -> Iterator[str]:
    if sidecar is None:
        return
    if sidecar.refusal is not None:
        yield f"Nothing is taken from {sidecar.source}: {sidecar.refusal.reason} {sidecar.refusal.remedy}"
    else:
        yield f"What {sidecar.source} says of it counts first."
    yield from (f"Notice of {sidecar.source}: {notice.text}" for notice in sidecar.notices)


def _tokens(model: str | None, index: Index) -> Tokens:
    """The tokenizer that an ingest would use, without its model where that can be."""
    from footnote.encoder.models import find_model
    from footnote.encoder.opening import compiled_tokens, model_tokens

    store = store_at(index)
    encoders = store.layout().encoders
    try:
        last = store.current().manifest if model is None else None
        if last is not None and (encoders / last.fingerprint).is_dir():
            return compiled_tokens(encoders / last.fingerprint)
    except IndexProblem:
        last = None
    files = find_model(model or (last.model if last else DEFAULT_MODEL))
    compiled = files.compiled_in(encoders)
    return compiled_tokens(encoders / compiled.fingerprint) if compiled else model_tokens(files)


def _counts(what: str, number: int) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _counted(article: Article, tokens: Tokens) -> tuple[tuple[Passage, int], ...]:
    passages = split(article, tokens.count, tokens.max_tokens, PASSAGES)
    return tuple(zip(passages, tokens.count([embedded_text(passage) for passage in passages]), strict=True))


def _article_lines(article: Article, passages: tuple[tuple[Passage, int], ...]) -> Iterator[str]:
    known = article.metadata
    yield f"\n{known.title}"
    about = (
        ("id", article.id),
        ("author", known.author),
        ("date", known.published),
        ("tags", ", ".join(known.tags)),
        ("language", known.language),
        ("url", known.url),
        ("summary", known.summary),
    )
    yield from (f"    {name:<10}{value or 'not known'}" for name, value in about)
    for section in article.sections:
        yield f"\n  {_section_line(section, passages)}"
        for number, (passage, count) in enumerate(passages, start=1):
            if article.section_at(passage.start) is section:
                page = f", page {passage.page}" if passage.page is not None else ""
                yield f"\n    [{number}] characters {passage.start}-{passage.end}{page}, {count} tokens\n"
                yield from (f"    {line}" if line else "" for line in passage.text.split("\n"))


def _section_line(section: Section, passages: tuple[tuple[Passage, int], ...]) -> str:
    page = f", page {section.page}" if section.page is not None else ""
    line = f"{section_name(section.path) or 'Before the first heading'} (characters {section.start}-{section.end}{page})"
    joined = [number for number, (passage, _) in enumerate(passages, start=1) if passage.start < section.start < passage.end]
    return f"{line}, in passage [{joined[0]}]" if joined else line
