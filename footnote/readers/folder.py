"""Which files of a folder are read, and their bytes. Knows no format."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from footnote.errors import FolderMissing, Unreadable
from footnote.readers.selection import Patterns, chooser, ignore_file
from footnote.settings import MAX_FILE_BYTES


@dataclass(frozen=True, slots=True)
class Found:
    """The files of a folder that are taken, in the order of their names, and how many are left out."""

    files: tuple[Path, ...]
    excluded: int


def find_files(kb: Path, patterns: Patterns | None = None) -> Found:
    """The files under ``kb`` that ``patterns`` and its ignore file let through. Raises FolderMissing and PatternInvalid."""
    every = every_file(kb)
    patterns, ignored = patterns or Patterns(), ignore_file(kb, content_of)
    if patterns == Patterns() and not ignored:
        return Found(tuple(every), 0)
    is_taken = chooser(patterns, ignored)
    taken = tuple(path for path in every if is_taken(_as_matched(path, kb)))
    return Found(taken, len(every) - len(taken))


def every_file(kb: Path) -> list[Path]:
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


def _as_matched(path: Path, kb: Path) -> str:
    """A path as patterns see it. A folder among the files is one that can't be opened."""
    return source_name(path, kb) + ("/" if path.is_dir() and not path.is_symlink() else "")


def source_name(path: Path, kb: Path) -> str:
    """The path relative to ``kb`` with forward slashes; bytes that are no UTF-8 are shown as ``\\xNN``."""
    return os.fsencode(path.relative_to(kb).as_posix()).decode("utf-8", "backslashreplace")


def content_of(path: Path) -> bytes:
    """The bytes of a regular file. Raises Unreadable for links, pipes and all that is not one, or is too large."""
    try:
        # A pipe without a writer would wait for ever, and a link may lead out of the knowledge base.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    except OSError as error:
        if os.path.islink(path):  # also of a path that is too long to look at
            raise Unreadable("It is a link, and links are not followed.", "Put the file itself there.") from error
        raise Unreadable(f"It can't be opened: {error.strerror}.", "Check that it may be read.") from error
    state = os.fstat(descriptor)
    if not stat.S_ISREG(state.st_mode):
        os.close(descriptor)
        raise Unreadable("It is no ordinary file.", "Remove it.")
    with open(descriptor, "rb") as file:
        try:
            content = file.read(MAX_FILE_BYTES + 1)
        except OSError as error:
            raise Unreadable(f"It can't be read: {error.strerror}.", "Check the disk it is on.") from error
    if len(content) > MAX_FILE_BYTES:
        raise Unreadable(
            f"It has {max(state.st_size, len(content)):,} bytes, more than {MAX_FILE_BYTES:,}.", "Split it into articles."
        )
    return content


def hash_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, as its Reading has it: empty where they can't be read."""
    try:
        return hashlib.sha256(content_of(path)).hexdigest()
    except Unreadable:
        return ""
