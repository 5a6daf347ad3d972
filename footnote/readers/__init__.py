"""From a folder to articles. Each file gives a Reading: its articles, or the reason why it was refused.

A format is one module with a function ``read`` (``formats.py``), which runs in a process of its own (``isolation.py``).
A bad file never stops the rest. What a file does not say of its articles, its sidecar can (``sidecars.py``), and
their text tells the language (``languages.py``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from footnote.errors import Unreadable
from footnote.readers.folder import content_of, find_files, source_name
from footnote.readers.formats import format_of, formats, suffixes
from footnote.readers.isolation import Isolation
from footnote.readers.languages import with_language
from footnote.readers.sidecars import Sidecar, overridden, read_sidecars
from footnote.records import Notice, Reading, Refusal

OnRead = Callable[[int, int], None]
"""Called with the number of files read and of all files."""


def read_articles(kb: Path, on_read: OnRead | None = None) -> Iterator[Reading]:
    """Reads every file under ``kb``, one Reading a file. Raises FolderMissing and ReaderBroken."""
    files = find_files(kb)
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
                yield read_file(path, source, isolation, sidecars)
            seen.add(source)
            if on_read is not None:
                on_read(number, len(files))


def read_file(path: Path, source: str, isolation: Isolation, sidecars: Mapping[Path, Sidecar] | None = None) -> Reading:
    """Reads one file; whatever is wrong with it comes back as the Reading's refusal. Raises ReaderBroken.

    ``sidecars`` are those of the folder, by their path.
    """
    reading = overridden(_read(path, source, isolation), path, sidecars or {})
    return replace(reading, articles=tuple(with_language(article) for article in reading.articles))


def _read(path: Path, source: str, isolation: Isolation) -> Reading:
    sha256 = ""
    try:
        content = content_of(path)
        sha256 = hashlib.sha256(content).hexdigest()
        form = format_of(source, content, formats())
        if form is None:
            raise Unreadable(
                f"Files of the type '{path.suffix or 'none'}' are not read.",
                f"Save it as one of {', '.join(suffixes(formats()))}.",
            )
        articles, notices = isolation.read(form, content, source)
    except Unreadable as error:
        return Reading(source, sha256, refusal=Refusal(source, error.reason, error.remedy))
    return Reading(source, sha256, tuple(articles), tuple(Notice(source, text) for text in notices), format=form.name)
