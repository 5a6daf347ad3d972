"""What every file of an index and of a model goes through: its checksum, and the way to the disk."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from numpy.typing import NDArray


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal. Raises OSError."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def flush(path: Path) -> None:
    """Waits until a file, or the names in a folder, are on the disk. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_flushed(path: Path, content: bytes) -> None:
    """Writes a file and waits until it is on the disk. Raises OSError."""
    with open(path, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def write_array(path: Path, array: NDArray[Any]) -> None:
    """Writes an array in NumPy's format, every byte through Python. Raises OSError.

    ``np.save`` gives the bytes to C, which loses its last block on a full disk and reports success.
    """
    import numpy as np

    with open(path, "wb") as file:
        np.lib.format.write_array(_Plain(file), array)


class _Plain:
    """A file that NumPy does not know for one."""

    def __init__(self, file: BinaryIO) -> None:
        self.write = file.write
