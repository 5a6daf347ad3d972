"""From a folder to articles. Each file gives a Reading: its articles, or the reason why it was refused.

A format is one module with a function ``read`` (``formats.py``), which runs in a process of its own (``isolation.py``).
A bad file never stops the rest. What a file does not say of its articles, its sidecar can (``sidecars.py``), and
their text tells the language (``languages.py``).
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from footnote.errors import Unreadable
from footnote.readers.folder import content_of, find_files, source_name
from footnote.readers.formats import Format, format_of, formats, suffixes
from footnote.readers.isolation import Isolation
from footnote.readers.languages import with_language
from footnote.readers.sidecars import Sidecar, overridden, read_sidecars, sidecar_of
from footnote.records import Article, Notice, Reading, Refusal

OnRead = Callable[[int, int], None]
"""Called with the number of files read and of all files."""

Lookup = Callable[[str, str], tuple[tuple[Article, ...], tuple[Notice, ...]] | Refusal | None]
"""Given a source and the SHA-256 of its bytes: what came of it when it was read last, or None where that is not known."""


@dataclass(frozen=True, slots=True)
class Unparsed:
    """A file whose bytes were read, and its format told, but nothing of what they say."""

    source: str
    sha256: str
    form: Format
    content: bytes


Parse = Callable[[Iterable[Unparsed | Reading]], Iterator[Reading]]
"""Who parses files: gives a Reading for each in its order, those that are Readings already as they are."""


def in_turn(files: Iterable[Unparsed | Reading]) -> Iterator[Reading]:
    """Parses one file after another."""
    with Isolation() as isolation:
        for one in files:
            yield one if isinstance(one, Reading) else parsed(one, isolation)


def read_articles(
    kb: Path,
    on_read: OnRead | None = None,
    files: Sequence[Path] | None = None,
    lookup: Lookup | None = None,
    parse: Parse = in_turn,
) -> Iterator[Reading]:
    """Reads ``files`` of ``kb``, or all, one Reading a file; what ``lookup`` knows is not parsed again.

    Raises FolderMissing, PatternInvalid and ReaderBroken.
    """
    files = find_files(kb).files if files is None else files
    with Isolation() as isolation:
        sidecars = read_sidecars(files, kb, isolation)
    handed: deque[Path] = deque()  # to who parses, and not back yet

    def opened() -> Iterator[Unparsed | Reading]:
        seen: set[str] = set()
        for number, path in enumerate(files, start=1):
            source = source_name(path, kb)
            handed.append(path)
            if source in seen:
                twin = Refusal(source, "Another file's name is shown in the same way.", "Rename one of the two.")
                yield Reading(f"{source} ({number})", "", refusal=twin)
            elif path in sidecars:
                yield sidecars[path].reading
            else:
                yield _opened(path, source, None if sidecar_of(path) in sidecars else lookup)
            seen.add(source)

    for number, reading in enumerate(parse(opened()), start=1):
        yield overridden(reading, handed.popleft(), sidecars)
        if on_read is not None:
            on_read(number, len(files))


def read_file(path: Path, source: str, isolation: Isolation, sidecars: Mapping[Path, Sidecar]) -> Reading:
    """Reads one file, with what its sidecar among ``sidecars`` says, by their path; whatever is wrong with it comes back as
    the Reading's refusal. Raises ReaderBroken."""
    found = _opened(path, source, None)
    return overridden(found if isinstance(found, Reading) else parsed(found, isolation), path, sidecars)


def _opened(path: Path, source: str, lookup: Lookup | None) -> Unparsed | Reading:
    """The bytes of a file and their format; a Reading where they can't be had, or it is known what they give."""
    sha256 = ""
    try:
        content = content_of(path)
        sha256 = hashlib.sha256(content).hexdigest()
        form = format_of(source, content, formats())
        if form is None:
            raise Unreadable(
                f"Files of the type '{path.suffix or 'none'}' are not read.",
                f"Save it as one of {', '.join(suffixes(formats()))}, or name it in .footnoteignore.",
            )
    except Unreadable as error:
        return Reading(source, sha256, refusal=Refusal(source, error.reason, error.remedy))
    known = lookup(source, sha256) if lookup is not None else None
    if isinstance(known, Refusal):
        return Reading(source, sha256, refusal=known, format=form.name)
    if known is not None:
        return Reading(source, sha256, *known, format=form.name)
    return Unparsed(source, sha256, form, content)


def parsed(file: Unparsed, isolation: Isolation) -> Reading:
    """What the bytes of a file say: its articles, or why it is refused."""
    source, name = file.source, file.form.name
    try:
        articles, notices = isolation.read(file.form, file.content, source)
    except Unreadable as error:
        return Reading(source, file.sha256, refusal=Refusal(source, error.reason, error.remedy), format=name)
    found = tuple(with_language(article) for article in articles)
    return Reading(source, file.sha256, found, tuple(Notice(source, text) for text in notices), format=name)
