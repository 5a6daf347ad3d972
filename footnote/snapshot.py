"""What is on disk: layout, manifest, checksums, the swap. Knows nothing of what the files of a snapshot mean.

    index/CURRENT                      one line: the live snapshot's name
    index/snapshots/<utc>-<hash>/      immutable once current; <utc> to the microsecond, <hash> of its manifest
    index/encoders/<fingerprint>/      compiled encoders
    index/care/                        what the encoder makes of the examples of care notices
    index/LOCK                         one ingest at a time

A snapshot is built aside, flushed to disk, read back and compared, renamed; only then does CURRENT name it. Whatever happens
before that, the old snapshot goes on answering; whatever happens after it, the new one is whole. Where the current one is
damaged later, the one before it can stand in.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import itertools
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from footnote.disk import as_not_writable, blake3_of, flush, replace_flushed, write_flushed
from footnote.errors import (
    FootnoteError,
    IndexDamaged,
    IndexMissing,
    IndexNotWritable,
    IndexOfOtherVersion,
    IndexProblem,
    IndexRefused,
    IndexUnreachable,
    IndexUnreadable,
    IngestRunning,
)
from footnote.manifest import Manifest, State, format_of, from_json, to_json
from footnote.settings import FORMAT_VERSION, KEEP_SNAPSHOTS

MANIFEST = "manifest.json"
_NAME = re.compile(r"\d{8}T\d{12}Z-[0-9a-f]{12}")
_BUILDING = ".building-"


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of an index folder."""

    index: Path

    @property
    def current(self) -> Path:
        return self.index / "CURRENT"

    @property
    def snapshots(self) -> Path:
        return self.index / "snapshots"

    @property
    def encoders(self) -> Path:
        return self.index / "encoders"

    @property
    def care(self) -> Path:
        return self.index / "care"

    @property
    def journal(self) -> Path:
        return self.index / "unfinished.vectors"

    @property
    def lock(self) -> Path:
        return self.index / "LOCK"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot whose manifest has been read; ``verify`` proves its other files."""

    name: str
    folder: Path
    manifest: Manifest

    def verify(self) -> None:
        """Compares every file with its checksum. Raises IndexDamaged or IndexUnreadable naming the first that is not right."""
        paths = {self.folder / name: expected for name, expected in self.manifest.files.items()}
        # Of a large library that is gigabytes, which is what opening it takes.
        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            under_way = {path: pool.submit(blake3_of, path) for path in paths}
            for path, expected in paths.items():
                try:
                    found = under_way[path].result()
                except OSError as error:
                    raise _unreadable(path, error) from error
                if found != expected:
                    raise _damaged(path, "is not what was written")


@contextlib.contextmanager
def locked(index: Path) -> Iterator[Layout]:
    """Holds the index for one ingest; the kernel lets go of it however the process ends.

    Raises
    ------
    IngestRunning
        Another ingest holds it.
    IndexNotWritable
        The folder can't be created or written.
    """
    layout = Layout(index)
    if not _is_utf8(index):
        raise IndexNotWritable("The index folder's path is not UTF-8, which the keyword index needs. Name another with --index.")
    try:
        for folder in (index, layout.snapshots, layout.encoders):
            if not folder.is_dir():
                folder.mkdir(parents=True, exist_ok=True)
                flush(folder.parent)
            with tempfile.TemporaryFile(dir=folder):
                pass
        lock = open(layout.lock, "a")  # noqa: SIM115 - held for the whole block below
    except OSError as error:
        raise IndexNotWritable(
            f"The index folder {index} can't be written: {error.strerror}. Name another with --index, or change its permissions."
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise IngestRunning(f"Another ingest is writing {index}. Wait until it is done, then run this one again.") from error
        except OSError as error:
            raise IndexNotWritable(
                f"The index folder {index} can't be locked: {error.strerror}. Name another with --index."
            ) from error
        yield layout


def current_snapshot(index: Path) -> Snapshot:
    """The live snapshot of an index, its manifest checked.

    Raises
    ------
    IndexMissing
        Nothing has been ingested into this folder.
    IndexDamaged
        CURRENT or the manifest is not what was written.
    IndexOfOtherVersion
        Another version of Footnote wrote it.
    """
    layout = Layout(index)
    try:
        name = layout.current.read_text(encoding="utf-8").strip()
    except NotADirectoryError as error:
        raise IndexMissing(f"The index {index} is not a folder. Name another with --index.") from error
    except FileNotFoundError as error:
        if _names(layout):
            raise _unreadable(layout.current, error) from error
        raise IndexMissing(f"There is no index in {index}. Build one: python ingest.py --index {index}") from error
    except OSError as error:
        raise _unreadable(layout.current, error) from error
    except ValueError:
        name = ""
    if not _NAME.fullmatch(name):
        raise _damaged(layout.current, "does not name a snapshot")
    return read_snapshot(layout.snapshots / name)


def other_snapshots(index: Path) -> Iterator[Snapshot]:
    """The snapshots that can stand in for the current one: those before it, the newest first, then any others.

    Their manifests are read, their files not. One whose manifest is not right is left out.
    """
    layout = Layout(index)
    names, live = _names(layout), _live(layout)
    for name in sorted(names, key=lambda name: name < live or live not in names, reverse=True):
        if name != live:
            with contextlib.suppress(IndexProblem):
                yield read_snapshot(layout.snapshots / name)


def stands_in(snapshot: State, problem: FootnoteError) -> str:
    """What is said where ``snapshot`` is used because of a problem with the current one."""
    return f"The library as it was built {snapshot.manifest.created_at} is used, not its current state. {problem}"


def is_whole(snapshot: State) -> bool:
    """Whether all of it is there and what was written. Raises IndexUnreachable and IndexRefused."""
    try:
        snapshot.verify()
    except (IndexUnreachable, IndexRefused):
        raise
    except IndexProblem:
        return False
    return True


def read_snapshot(folder: Path) -> Snapshot:
    """The snapshot in ``folder``; its name holds the hash of its manifest. Raises the errors of ``current_snapshot``."""
    path = folder / MANIFEST
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error
    if hashlib.sha256(content).hexdigest()[:12] != folder.name.rsplit("-", 1)[-1]:
        raise _damaged(path, "is not what was written")
    try:
        found = format_of(content)
        if found != FORMAT_VERSION:
            raise IndexOfOtherVersion(
                f"The index was written in format {found}, this version reads format {FORMAT_VERSION}. "
                "Build it again: python ingest.py"
            )
        return Snapshot(folder.name, folder, from_json(content))
    except ValueError as error:
        raise _damaged(path, f"is no manifest of format {FORMAT_VERSION} ({error})") from error


def write_snapshot(
    layout: Layout,
    describe: Callable[[dict[str, str]], Manifest],
    fill: Callable[[Path], None],
    prove: Callable[[Path], None] | None = None,
) -> Snapshot:
    """Builds a snapshot aside with ``fill``, proves it, and makes it current in one rename.

    ``describe`` is given the checksums of the files that ``fill`` wrote; ``prove`` may look at the finished folder and raise
    IndexDamaged. Raises IndexNotWritable where the disk is full or refuses, or what is read back is not what was written;
    the live snapshot is then as before.
    """
    try:
        with as_not_writable(layout.index):
            staging = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=layout.snapshots))
            try:
                fill(staging)
                name = _finish(staging, describe)
                os.rename(staging, layout.snapshots / name)
            finally:
                shutil.rmtree(staging, ignore_errors=True)
            flush(layout.snapshots)
            snapshot = read_snapshot(layout.snapshots / name)
            snapshot.verify()
            if prove is not None:
                prove(snapshot.folder)
            _point(layout, name)
    except (IndexDamaged, IndexUnreadable) as error:
        raise IndexNotWritable(
            f"What was written to {layout.index} is not what can be read back, so the index is as it was before. "
            f"Check the disk, or name another folder with --index. ({error})"
        ) from error
    return snapshot


def sweep(layout: Layout, after_build: bool = False) -> None:
    """Removes what killed ingests left behind and all but the last snapshots; what can't be removed stays.

    Beside the current snapshot stays the last one before it, to stand in for it; after a build only one that is whole.
    """
    for folder in (layout.snapshots, layout.encoders):
        for path in folder.glob(f"{_BUILDING}*"):
            shutil.rmtree(path, ignore_errors=True)
    names, live = _names(layout), _live(layout)
    kept = {live} & set(names)
    # Where none is current, any of them may have to answer.
    spare = [name for name in names if name < live or not kept]
    room = KEEP_SNAPSHOTS - len(kept)
    if after_build or len(spare) > room:
        whole = (name for name in spare if _is_whole_there(layout.snapshots / name))
        spare = list(itertools.islice(whole, room)) or spare[: 0 if after_build else room]
    for name in names:
        if name not in kept.union(spare):
            _remove(layout.snapshots, name)


def _finish(staging: Path, describe: Callable[[dict[str, str]], Manifest]) -> str:
    """Puts all that was written into ``staging`` on the disk, the manifest last; gives the name that the snapshot will have."""
    for path in _files(staging):
        flush(path)
    content = to_json(describe({path.relative_to(staging).as_posix(): blake3_of(path) for path in _files(staging)}))
    write_flushed(staging / MANIFEST, content)
    for folder in (*(path for path in staging.rglob("*") if path.is_dir()), staging):
        folder.chmod(0o755)
        flush(folder)
    return f"{_utc_now():%Y%m%dT%H%M%S%fZ}-{hashlib.sha256(content).hexdigest()[:12]}"


def _names(layout: Layout) -> list[str]:
    """The snapshots that are there by name, newest first."""
    try:
        return sorted((path.name for path in layout.snapshots.iterdir() if _NAME.fullmatch(path.name)), reverse=True)
    except OSError:
        return []


def _live(layout: Layout) -> str:
    """What CURRENT says, whatever it says."""
    try:
        return layout.current.read_bytes().decode("utf-8", "replace").strip()
    except OSError:
        return ""


def _is_whole_there(folder: Path) -> bool:
    try:
        return is_whole(read_snapshot(folder))
    except IndexProblem:
        return False


def _remove(snapshots: Path, name: str) -> None:
    """Takes its name from a snapshot first, so that none is ever seen half removed."""
    with contextlib.suppress(OSError):
        os.rename(snapshots / name, snapshots / f"{_BUILDING}{name}")
        shutil.rmtree(snapshots / f"{_BUILDING}{name}", ignore_errors=True)


def _is_utf8(path: Path) -> bool:
    try:
        str(path.absolute()).encode()
    except UnicodeEncodeError:
        return False
    return True


def _point(layout: Layout, name: str) -> None:
    replace_flushed(layout.current, f"{name}\n".encode())
    try:
        flush(layout.index)
    except OSError as error:
        raise IndexNotWritable(
            f"The new index in {layout.index} answers, but the disk did not confirm that it will stay: {error.strerror}. "
            "Check the disk, then run this again."
        ) from error


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _damaged(path: Path, what: str) -> IndexDamaged:
    return IndexDamaged(f"The file {path} {what}, so it is not used. Build the index again: python ingest.py")


def _unreadable(path: Path, error: OSError) -> IndexProblem:
    if isinstance(error, PermissionError):
        return IndexUnreadable(f"The file {path} can't be read: {error.strerror}. Whoever runs this needs the right to read it.")
    return _damaged(path, f"can't be read: {error.strerror}")
