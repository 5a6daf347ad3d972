"""Keeps an index current while files come and go: waits until they are whole, then has it built.

Looks at names, sizes and times of files, never into them. Half a file is never served: nothing is built while anything changes or
is open for writing, and a build whose files changed while it read them is given up.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import stat
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from footnote.errors import FootnoteError, IngestRunning
from footnote.readers.folder import find_files, source_name
from footnote.readers.selection import IGNORE_FILE, Patterns
from footnote.settings import WatchSettings

State = dict[Path, tuple[int, int, int, int]]
"""Inode, size, and when its bytes and when anything else of it (as who may read it) changed, of every file that counts."""


class Keeper(Protocol):
    """Who builds, and tells of it."""

    def build(self, on_read: Callable[[], None]) -> None:
        """Brings the index up to date; ``on_read`` is called once all files have been read, and may raise.

        Raises FootnoteError.
        """
        ...

    def say(self, text: str) -> None:
        """One line about what keeps the index from being current."""
        ...


class _Changed(Exception):
    """Files changed while they were read."""


def watch(kb: Path, patterns: Patterns, keeper: Keeper, settings: WatchSettings) -> None:
    """Has the index built now and whenever files have changed, until it is interrupted."""
    signal.signal(signal.SIGIO, signal.SIG_IGN)  # sent where a file is opened at the moment it is asked about (_is_open)
    built: State | None = None
    failed: tuple[State, float] | None = None
    said = ""
    while True:
        state = _still(kb, patterns, built, failed, keeper.say, settings)
        try:
            keeper.build(lambda: _make_sure(_state(kb, patterns) == state))  # noqa: B023 - called before the next round
        except _Changed:
            continue
        except Exception as error:  # whatever went wrong, the next state of the folder may be a better one
            failed = state, time.monotonic() + (0.0 if isinstance(error, IngestRunning) else settings.retry_seconds)
            text = _in_a_line(error)
            if text != said:
                keeper.say(text)
            said = text
        else:
            built, failed, said = state, None, ""


def _in_a_line(error: Exception) -> str:
    if isinstance(error, IngestRunning):
        return "Another ingest is writing the index; waiting until it is done."
    return str(error) if isinstance(error, FootnoteError) else f"The build failed in a way that was not foreseen: {error!r}"


def _make_sure(is_so: bool) -> None:
    if not is_so:
        raise _Changed


def _still(
    kb: Path,
    patterns: Patterns,
    built: State | None,
    failed: tuple[State, float] | None,
    say: Callable[[str], None],
    settings: WatchSettings,
) -> State:
    """Waits for a state of the folder that is not built yet, whole, and not just tried in vain."""
    state, since, waited_for = _state(kb, patterns), time.monotonic(), None
    while True:
        began = time.monotonic()
        now = _state(kb, patterns)
        took = time.monotonic() - began
        if now != state:
            state, since = now, began
        still = began - since
        is_due = state != built and (failed is None or state != failed[0] or began >= failed[1])
        if is_due and still >= settings.still_seconds:
            written = _first_open(path for path, found in state.items() if built is None or built.get(path) != found)
            if written is None or still >= settings.open_seconds:
                return state
            if written != waited_for:
                say(f"Waiting for {source_name(written, kb)}, which is being written.")
            waited_for = written
        time.sleep(max(settings.still_seconds / 2, took / settings.share))


def _state(kb: Path, patterns: Patterns) -> State:
    """The state of the folder; empty where there is none, or what chooses files can't be used."""
    found: State = {}
    try:
        files: Iterable[Path] = find_files(kb, patterns).files
    except FootnoteError:
        files = ()
    for path in (*files, kb / IGNORE_FILE):
        with contextlib.suppress(OSError):  # gone since it was listed, or never there
            known = os.lstat(path)
            found[path] = known.st_ino, known.st_size, known.st_mtime_ns, known.st_ctime_ns
    return found


def _first_open(paths: Iterable[Path]) -> Path | None:
    """The first of the files that a program holds open for writing, as far as the system tells."""
    return next((path for path in paths if _is_open(path)), None)


def _is_open(path: Path) -> bool:
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return False
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        # Linux grants a lease for reading only on a file that nobody has open for writing.
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except (OSError, AttributeError):  # not our file, a disk that knows no leases, another system
        return False
    finally:
        os.close(descriptor)
    return False
