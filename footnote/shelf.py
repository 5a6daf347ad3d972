"""Articles and passages set aside while an ingest goes on, so that its memory does not grow with the library."""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Generic, Self, TypeVar, overload

import msgspec

from footnote.disk import as_not_writable

_IN_MEMORY = 32_000_000  # bytes, beyond which a shelf is on the disk

T = TypeVar("T")


class Shelf(Generic[T]):
    """Records of one kind in a file without a name, which is gone when the shelf is closed, or the process is."""

    def __init__(self, index: Path, kind: type[T]) -> None:
        self._index = index
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY, dir=str(index))  # noqa: SIM115 - open until it is closed
        self._encoder, self._decoder = msgspec.msgpack.Encoder(), msgspec.msgpack.Decoder(kind)
        self._ends = array("Q", [0])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def keep(self, records: Iterable[T]) -> Sequence[T]:
        """The same records, each read anew whenever it is asked for. Raises IndexNotWritable where the disk refuses."""
        first = len(self._ends) - 1
        with as_not_writable(self._index):
            for record in records:
                content = self._encoder.encode(record)
                self._file.seek(self._ends[-1])
                self._file.write(content)
                self._ends.append(self._ends[-1] + len(content))
        return _Kept(self, range(first, len(self._ends) - 1))

    def at(self, number: int) -> T:
        """The record of that number."""
        self._file.seek(self._ends[number])
        return self._decoder.decode(self._file.read(self._ends[number + 1] - self._ends[number]))


class _Kept(Sequence[T]):
    """Some records of a shelf."""

    def __init__(self, shelf: Shelf[T], numbers: range) -> None:
        self._shelf, self._numbers = shelf, numbers

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...
    def __getitem__(self, place: Any) -> Any:
        found = self._numbers[place]
        return _Kept(self._shelf, found) if isinstance(found, range) else self._shelf.at(found)
