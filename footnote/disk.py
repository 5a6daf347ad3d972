"""What every file of an index and of a model goes through: its checksum, and the way to the disk."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Self

from footnote.errors import IndexNotWritable

if TYPE_CHECKING:
    from numpy.typing import NDArray


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal. Raises OSError."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def blake3_of(path: Path) -> str:
    """The BLAKE3 of a file's bytes, in hexadecimal: as hard to forge as SHA-256, and told twice as fast. Raises OSError."""
    from blake3 import blake3

    with open(path, "rb") as file:
        return hashlib.file_digest(file, blake3).hexdigest()  # type: ignore[arg-type]


@contextlib.contextmanager
def as_not_writable(index: Path) -> Iterator[None]:
    """Turns what the system says of a disk that is full or refuses into IndexNotWritable."""
    try:
        yield
    except OSError as error:
        raise IndexNotWritable(
            f"The index folder {index} could not be written: {error.strerror}. The index is as it was before."
        ) from error


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


def replace_flushed(path: Path, content: bytes) -> None:
    """Writes a file in one step: whoever reads it finds what was there before, or all of ``content``. Raises OSError."""
    aside = path.with_name(f"{path.name}.next")
    write_flushed(aside, content)
    os.replace(aside, path)


def write_array(path: Path, array: NDArray[Any]) -> None:
    """Writes an array in NumPy's format, every byte through Python. Raises OSError.

    ``np.save`` gives the bytes to C, which loses its last block on a full disk and reports success.
    """
    import numpy as np

    with open(path, "wb") as file:
        np.lib.format.write_array(_Plain(file), array)


class ArrayWriter:
    """Writes an array in NumPy's format, some rows at a time, every byte through Python. Raises OSError.

    ``width`` is that of a row, None where a row is one value. Until it is left without an
    error the file says that it has no rows.
    """

    def __init__(self, path: Path, dtype: Any, width: int | None = None) -> None:
        import numpy as np

        self._dtype = np.dtype(dtype)
        self._columns = () if width is None else (width,)
        self.rows = 0
        self._file = open(path, "wb")  # noqa: SIM115 - open until it is closed
        self._begin()

    def append(self, rows: NDArray[Any]) -> None:
        """Adds rows, of shape ``(n,)`` or ``(n, width)``."""
        self._file.write(rows.astype(self._dtype, copy=False).tobytes())
        self.rows += len(rows)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with self._file:
            if kind is None:
                self._file.seek(0)
                self._begin()

    def _begin(self) -> None:
        import numpy as np

        # NumPy leaves room in it for any number of rows.
        described = {"descr": np.lib.format.dtype_to_descr(self._dtype), "fortran_order": False}
        np.lib.format.write_array_header_1_0(self._file, {**described, "shape": (self.rows, *self._columns)})


class ArrayFolder:
    """Writes several arrays into a new folder, some rows at a time; whole when it is left without an error.

    ``arrays`` maps the name of each to what its values are, and to the width of a row, as for ``ArrayWriter``.
    """

    def __init__(self, folder: Path, arrays: Mapping[str, tuple[Any, int | None]]) -> None:
        folder.mkdir()
        with contextlib.ExitStack() as stack:
            self._writers = [
                stack.enter_context(ArrayWriter(folder / f"{name}.npy", kind, width)) for name, (kind, width) in arrays.items()
            ]
            self._files = stack.pop_all()

    def finish(self) -> None:
        """Adds what comes after the last row."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *what: Any) -> None:
        if kind is not None:
            self._files.__exit__(kind, *what)
            return
        with self._files:
            self.finish()


def mapped_arrays(folder: Path, names: Iterable[str]) -> list[NDArray[Any]]:
    """The arrays of these names, read where they are used. Raises ValueError or OSError."""
    import numpy as np

    # As plain arrays over the mapped files: a slice of numpy's own kind of mapped array takes ten times as long.
    return [np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r")) for name in names]


class _Plain:
    """A file that NumPy does not know for one."""

    def __init__(self, file: BinaryIO) -> None:
        self.write = file.write
