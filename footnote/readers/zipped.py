"""A zip file from anywhere: checked as a whole before a byte of it is expanded. Knows none of the formats kept in zips.

What it refuses is what could fill the memory or lead out of the file; every fault of a damaged zip comes out as Unreadable.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from footnote.errors import Unreadable
from footnote.settings import MAX_ZIP_BYTES, MAX_ZIP_ENTRIES, MAX_ZIP_RATIO

_RATIO_FROM = 1_000_000  # bytes expanded; under it even the best-packed text is no burden
_AGAIN = "Copy it again from where it came, or open it in its own program and save it again."
_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, LookupError, struct.error, OverflowError)


@dataclass(frozen=True, slots=True)
class Archive:
    """A zip that passed the checks. ``names`` are its files, in the zip's order, with forward slashes."""

    names: tuple[str, ...]
    _file: zipfile.ZipFile
    _entries: dict[str, zipfile.ZipInfo]

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._entries

    def read(self, name: str) -> bytes:
        """The bytes of one file; its name is matched without regard to case. Raises Unreadable if it is missing or damaged."""
        entry = self._entries.get(name.casefold())
        if entry is None:
            raise Unreadable(f"It is incomplete: its part '{name}' is missing.", _AGAIN)
        try:
            with self._file.open(entry) as part:
                return part.read(entry.file_size)  # all at once, it would expand more than the size that was checked
        except _FAULTS as error:
            raise Unreadable(f"It is damaged: its part '{name}' can't be expanded.", _AGAIN) from error


def open_zip(content: bytes) -> Archive:
    """The zip in ``content``. Raises Unreadable for one that is damaged, encrypted or a bomb, or whose names lead out of it."""
    try:
        file = zipfile.ZipFile(io.BytesIO(content))
        entries = file.infolist()
    except _FAULTS as error:
        raise Unreadable("It is damaged or was cut off: the list of its parts can't be read.", _AGAIN) from error
    _check_size(entries, len(content))
    named = {name: entry for entry in entries if (name := _name(entry)) and not name.endswith("/")}
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise Unreadable("It is protected with a password.", "Save it without the password.")
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise Unreadable("It is packed in a way that its own programs don't use.", _AGAIN)
    return Archive(tuple(named), file, {name.casefold(): entry for name, entry in named.items()})


def _check_size(entries: Iterable[zipfile.ZipInfo], size: int) -> None:
    """Refuses what would expand beyond all measure, going by the sizes that the zip itself tells."""
    sizes = [entry.file_size for entry in entries]
    total = sum(sizes)
    remedy = "It may be made to do harm; remove it."
    if len(sizes) > MAX_ZIP_ENTRIES:
        raise Unreadable(f"It holds {len(sizes):,} parts, more than {MAX_ZIP_ENTRIES:,}.", remedy)
    if total > MAX_ZIP_BYTES:
        raise Unreadable(f"It would expand to {total:,} bytes, more than {MAX_ZIP_BYTES:,}.", remedy)
    if total > _RATIO_FROM and total > size * MAX_ZIP_RATIO:
        raise Unreadable(f"It would expand to {total // size:,} times its size, more than {MAX_ZIP_RATIO}.", remedy)


def _name(entry: zipfile.ZipInfo) -> str:
    name = entry.filename.replace("\\", "/")
    if name.startswith("/") or name[1:2] == ":" or ".." in name.split("/"):
        raise Unreadable("A name in it leads out of it.", "It may be made to do harm; remove it.")
    return name
