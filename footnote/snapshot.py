"""What is on disk: layout, manifest, checksums, the swap. Knows nothing of what the files of a snapshot mean.

    index/CURRENT                      one line: the live snapshot's name
    index/snapshots/<utc>-<hash>/      immutable once current; <utc> to the microsecond, <hash> of its manifest
    index/encoders/<fingerprint>/      compiled encoders
    index/LOCK                         one ingest at a time

A snapshot is built aside, flushed to disk, read back and compared, renamed; only then does CURRENT name it. Whatever happens
before that, the old snapshot goes on answering; whatever happens after it, the new one is whole.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from footnote.disk import flush, sha256_of
from footnote.errors import IndexDamaged, IndexMissing, IndexNotWritable, IndexOfOtherVersion, IngestRunning
from footnote.records import Notice, Refusal
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
    def lock(self) -> Path:
        return self.index / "LOCK"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot holds and what shaped it. ``kb`` maps each file read or refused to the SHA-256 of its bytes.

    ``search`` says how the nearest passages are found, and how many of the really nearest that finds.
    """

    format: int
    created_at: str
    model: str
    fingerprint: str
    dimension: int
    recipe: dict[str, Any]
    articles: int
    passages: int
    truncated: int
    kb: dict[str, str]
    refused: tuple[Refusal, ...]
    notices: tuple[Notice, ...]
    thresholds: dict[str, float]
    search: dict[str, Any]
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot whose manifest has been read; ``verify`` proves its other files."""

    name: str
    folder: Path
    manifest: Manifest

    def verify(self) -> None:
        """Compares every file with its checksum. Raises IndexDamaged naming the first that differs."""
        for name, expected in self.manifest.files.items():
            path = self.folder / name
            try:
                found = sha256_of(path)
            except OSError as error:
                raise _damaged(path, f"can't be read: {error.strerror}") from error
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
            folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=index):
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
    except FileNotFoundError as error:
        raise IndexMissing(f"There is no index in {index}. Build one: python ingest.py --index {index}") from error
    except (OSError, ValueError) as error:
        raise _damaged(layout.current, "can't be read") from error
    if not _NAME.fullmatch(name):
        raise _damaged(layout.current, "does not name a snapshot")
    return read_snapshot(layout.snapshots / name)


def read_snapshot(folder: Path) -> Snapshot:
    """The snapshot in ``folder``; its name holds the hash of its manifest. Raises IndexDamaged, IndexOfOtherVersion."""
    path = folder / MANIFEST
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _damaged(path, f"can't be read: {error.strerror}") from error
    if hashlib.sha256(content).hexdigest()[:12] != folder.name.rsplit("-", 1)[-1]:
        raise _damaged(path, "is not what was written")
    raw: dict[str, Any] = json.loads(content)
    if raw.get("format") != FORMAT_VERSION:
        raise IndexOfOtherVersion(
            f"The index was written in format {raw.get('format')}, this version reads format {FORMAT_VERSION}. "
            "Build it again: python ingest.py"
        )
    refused = tuple(Refusal(**refusal) for refusal in raw.pop("refused"))
    notices = tuple(Notice(**notice) for notice in raw.pop("notices"))
    return Snapshot(folder.name, folder, Manifest(**raw, refused=refused, notices=notices))


def write_snapshot(layout: Layout, describe: Callable[[dict[str, str]], Manifest], fill: Callable[[Path], None]) -> Snapshot:
    """Builds a snapshot aside with ``fill``, proves it, and makes it current in one rename.

    ``describe`` is given the checksums of the files that ``fill`` wrote. Raises IndexNotWritable where the disk is full or
    refuses, and IndexDamaged where what is read back is not what was written; the live snapshot is then as before.
    """
    try:
        staging = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=layout.snapshots))
        try:
            fill(staging)
            for path in _files(staging):
                flush(path)
            manifest = describe({path.relative_to(staging).as_posix(): sha256_of(path) for path in _files(staging)})
            content = json.dumps(asdict(manifest), indent=1, ensure_ascii=False).encode("utf-8", "replace")
            _write_flushed(staging / MANIFEST, content)
            for folder in (staging, *(path for path in staging.rglob("*") if path.is_dir())):
                folder.chmod(0o755)
                flush(folder)
            name = f"{_utc_now():%Y%m%dT%H%M%S%fZ}-{hashlib.sha256(content).hexdigest()[:12]}"
            os.rename(staging, layout.snapshots / name)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        flush(layout.snapshots)
        snapshot = read_snapshot(layout.snapshots / name)
        snapshot.verify()
        _point(layout, name)
    except OSError as error:
        raise IndexNotWritable(
            f"The index folder {layout.index} could not be written: {error.strerror}. The index is as it was before."
        ) from error
    return snapshot


def sweep(layout: Layout) -> None:
    """Removes what killed ingests left behind and all but the last snapshots; what can't be removed stays."""
    for folder in (layout.snapshots, layout.encoders):
        for path in folder.glob(f"{_BUILDING}*"):
            shutil.rmtree(path, ignore_errors=True)
    names = sorted((path.name for path in layout.snapshots.iterdir() if _NAME.fullmatch(path.name)), reverse=True)
    live = layout.current.read_bytes().decode("utf-8", "replace").strip() if layout.current.exists() else ""
    if live not in names:
        return  # which one is in use can't be told
    kept = {live, *[name for name in names if name < live][: KEEP_SNAPSHOTS - 1]}
    for name in names:
        if name not in kept:
            shutil.rmtree(layout.snapshots / name, ignore_errors=True)


def _is_utf8(path: Path) -> bool:
    try:
        str(path.absolute()).encode()
    except UnicodeEncodeError:
        return False
    return True


def _point(layout: Layout, name: str) -> None:
    _write_flushed(layout.index / "CURRENT.next", f"{name}\n".encode())
    os.replace(layout.index / "CURRENT.next", layout.current)
    flush(layout.index)


def _write_flushed(path: Path, content: bytes) -> None:
    with open(path, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _damaged(path: Path, what: str) -> IndexDamaged:
    return IndexDamaged(f"The file {path} {what}, so the index is not used. Build it again: python ingest.py --rebuild")
