"""From a folder to articles. Each file gives a Reading: its articles, or the reason why it was refused.

A format is one module with a function ``read(text, source) -> (articles, notices)``; it is found by the file's suffix.
A bad file never stops the rest.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from footnote.errors import FolderMissing, Unreadable
from footnote.readers import dump, markdown
from footnote.readers.decoding import decode
from footnote.records import Article, Notice, Reading, Refusal
from footnote.settings import MAX_FILE_BYTES

OnRead = Callable[[int, int], None]
"""Called with the number of files read and of all files."""

Reader = Callable[[str, str], tuple[list[Article], list[str]]]

READERS: dict[str, Reader] = {
    ".md": markdown.read,
    ".markdown": markdown.read,
    ".txt": dump.read,
    ".text": dump.read,
}


def find_files(kb: Path) -> list[Path]:
    """Every file under ``kb`` that is not hidden, in the order of its name. Raises FolderMissing."""
    if not os.path.isdir(kb):
        what = "is not a folder" if os.path.exists(kb) else "does not exist"
        raise FolderMissing(f"The knowledge base {kb} {what}. Create it and put articles in it, or name another with --kb.")
    found: list[Path] = []

    def unreadable(error: OSError) -> None:
        found.append(Path(error.filename))  # refused by name when it is opened

    for folder, folders, names in os.walk(kb, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and not _is_index(os.path.join(folder, name)))
        linked = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        found += [Path(folder, name) for name in (*linked, *names) if not name.startswith(".")]
    return sorted(found)


def _is_index(folder: str) -> bool:
    """Whether a folder among the articles is one that ingest builds; what it holds are no articles."""
    return os.path.isfile(os.path.join(folder, "LOCK")) and os.path.isdir(os.path.join(folder, "snapshots"))


def read_articles(kb: Path, on_read: OnRead | None = None) -> Iterator[Reading]:
    """Reads every file under ``kb``, one Reading a file. Raises FolderMissing."""
    files = find_files(kb)
    seen: set[str] = set()
    for number, path in enumerate(files, start=1):
        source = source_name(path, kb)
        if source in seen:
            twin = Refusal(source, "Another file's name is shown in the same way.", "Rename one of the two.")
            yield Reading(f"{source} ({number})", "", refusal=twin)
        else:
            yield read_file(path, source)
        seen.add(source)
        if on_read is not None:
            on_read(number, len(files))


def source_name(path: Path, kb: Path) -> str:
    """The path relative to ``kb`` with forward slashes; bytes that are no UTF-8 are shown as ``\\xNN``."""
    return os.fsencode(path.relative_to(kb).as_posix()).decode("utf-8", "backslashreplace")


def read_file(path: Path, source: str) -> Reading:
    """Reads one file; whatever is wrong with it comes back as the Reading's refusal."""
    sha256 = ""
    try:
        content = _content(path)
        sha256 = hashlib.sha256(content).hexdigest()
        reader = READERS.get(path.suffix.lower())
        if reader is None:
            raise Unreadable(
                f"Files of the type '{path.suffix or 'none'}' are not read.", f"Save it as one of {', '.join(READERS)}."
            )
        articles, notices = _read(reader, content, source)
    except Unreadable as error:
        return Reading(source, sha256, refusal=Refusal(source, error.reason, error.remedy))
    except Exception as error:  # a fault of ours in one file must not cost the others
        reason = f"Reading it failed in a way that was not foreseen ({type(error).__name__})."
        return Reading(source, sha256, refusal=Refusal(source, reason, "Please report it with the file; the others were read."))
    return Reading(source, sha256, tuple(articles), tuple(Notice(source, text) for text in notices))


def _read(reader: Reader, content: bytes, source: str) -> tuple[list[Article], list[str]]:
    text, encoding = decode(content)
    articles, notices = reader(text, source)
    if not articles:
        raise Unreadable("It is empty: no words were found in it.", "Write something in it, or remove it.")
    if encoding not in ("utf-8", "utf-8-sig", "utf-16"):
        notices.insert(0, f"It is not UTF-8 and was read as {encoding}; if letters look wrong, save it again as UTF-8.")
    return articles, notices


def _content(path: Path) -> bytes:
    """The bytes of a regular file. Raises Unreadable for links, pipes and all that is not one, or is too large."""
    try:
        # A pipe without a writer would wait for ever, and a link may lead out of the knowledge base.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    except OSError as error:
        if path.is_symlink():
            raise Unreadable("It is a link, and links are not followed.", "Put the file itself there.") from error
        raise Unreadable(f"It can't be opened: {error.strerror}.", "Check that it may be read.") from error
    with open(descriptor, "rb") as file:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode):
            raise Unreadable("It is no ordinary file.", "Remove it.")
        content = file.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        raise Unreadable(
            f"It has {max(state.st_size, len(content)):,} bytes, more than {MAX_FILE_BYTES:,}.", "Split it into articles."
        )
    return content
