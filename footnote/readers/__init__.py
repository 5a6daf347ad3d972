"""From a folder to articles. Each file gives a Reading: its articles, or the reason why it was refused.

A format is one module with a function ``read`` (``formats.py``), which runs in a process of its own (``isolation.py``).
A bad file never stops the rest. What a file does not say of its articles, its sidecar can (``sidecars.py``), and
their text tells the language (``languages.py``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from footnote.errors import Unreadable
from footnote.readers.folder import content_of, find_files, source_name
from footnote.readers.formats import format_of, formats, suffixes
from footnote.readers.isolation import Isolation
from footnote.readers.languages import with_language
from footnote.readers.sidecars import Sidecar, overridden, read_sidecars, sidecar_of
from footnote.records import Article, Notice, Reading, Refusal

OnRead = Callable[[int, int], None]
"""Called with the number of files read and of all files."""

Lookup = Callable[[str, str], tuple[tuple[Article, ...], tuple[Notice, ...]] | Refusal | None]
"""Given a source and the SHA-256 of its bytes: what came of it when it was read last, or None where that is not known."""


def read_articles(
    kb: Path, on_read: OnRead | None = None, files: Sequence[Path] | None = None, lookup: Lookup | None = None
) -> Iterator[Reading]:
    """Reads ``files`` of ``kb``, or all, one Reading a file; what ``lookup`` knows is not parsed again.

    Raises FolderMissing, PatternInvalid and ReaderBroken.
    """
    files = find_files(kb).files if files is None else files
    seen: set[str] = set()
    with Isolation() as isolation:
        sidecars = read_sidecars(files, kb, isolation)
        for number, path in enumerate(files, start=1):
            source = source_name(path, kb)
            if source in seen:
                twin = Refusal(source, "Another file's name is shown in the same way.", "Rename one of the two.")
                yield Reading(f"{source} ({number})", "", refusal=twin)
            elif path in sidecars:
                yield sidecars[path].reading
            else:
                yield read_file(path, source, isolation, sidecars, lookup)
            seen.add(source)
            if on_read is not None:
                on_read(number, len(files))


def read_file(
    path: Path,
    source: str,
    isolation: Isolation,
    sidecars: Mapping[Path, Sidecar] | None = None,
    lookup: Lookup | None = None,
) -> Reading:
    """Reads one file; whatever is wrong with it comes back as the Reading's refusal. Raises ReaderBroken.

    ``sidecars`` are those of the folder, by their path. What ``lookup`` knows of a file without one is not parsed again.
    """
    sidecars = sidecars or {}
    if sidecar_of(path) in sidecars:
        lookup = None
    return overridden(_read(path, source, isolation, lookup), path, sidecars)


def _read(path: Path, source: str, isolation: Isolation, lookup: Lookup | None) -> Reading:
    sha256, form = "", None
    try:
        content = content_of(path)
        sha256 = hashlib.sha256(content).hexdigest()
        form = format_of(source, content, formats())
        if form is None:
            raise Unreadable(
                f"Files of the type '{path.suffix or 'none'}' are not read.",
                f"Save it as one of {', '.join(suffixes(formats()))}, or name it in .footnoteignore.",
            )
        known = lookup(source, sha256) if lookup is not None else None
        if isinstance(known, Refusal):
            return Reading(source, sha256, refusal=known, format=form.name)
        if known is not None:
            return Reading(source, sha256, *known, format=form.name)
        articles, notices = isolation.read(form, content, source)
    except Unreadable as error:
        refusal = Refusal(source, error.reason, error.remedy)
        return Reading(source, sha256, refusal=refusal, format=form.name if form is not None else None)
    found = tuple(with_language(article) for article in articles)
    return Reading(source, sha256, found, tuple(Notice(source, text) for text in notices), format=form.name)
