"""Vectors on their way into an index, kept on the disk so that an ingest that was stopped need not make them again.

A file of records one after another: a passage's key, its number of sentences, its vector (float32), those of its sentences
(one byte a number), and the CRC-32 of all that. What follows the last whole record was being written when it was stopped.
"""

from __future__ import annotations

import os
import struct
import time
import zlib
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from footnote.encoder import Vectors

_EVERY_SECONDS = 20.0  # that much work at most is lost
_MOST_WAITING = 2_000  # passages held in memory between two writes
_BEGIN = struct.Struct("<24sI")
_MAGIC = b"footnote vectors, kept 1"
_HEAD = struct.Struct("<16sI")
_CHECK = struct.Struct("<I")

Made = tuple[Vectors, NDArray[np.int8]]
"""The vector of a passage, of shape ``(dimension,)``, and those of its sentences, ``(sentences, dimension)``."""


class Journal:
    """The vectors that the ingest which is going on has made, and one that was stopped before it. Raises OSError."""

    def __init__(self, path: Path, dimension: int) -> None:
        self._path, self._dimension = path, dimension
        self._places: dict[bytes, int] = {}
        self._waiting: dict[bytes, Made] = {}
        self._flushed_at = time.monotonic()
        self._file = open(path, "a+b", buffering=0) if path.exists() else None  # noqa: SIM115 - open until it is closed
        if self._file is not None:
            self._file.truncate(self._scan())
        self.found = len(self._places)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Writes what is not written yet: whatever stopped the ingest, its vectors are good."""
        try:
            self.flush()
        finally:
            if self._file is not None:
                self._file.close()

    def __contains__(self, key: bytes) -> bool:
        return key in self._waiting or key in self._places

    def get(self, key: bytes) -> Made:
        """What was put under ``key``. Raises KeyError."""
        if key in self._waiting:
            return self._waiting[key]
        assert self._file is not None
        _, sentences = _HEAD.unpack(os.pread(self._file.fileno(), _HEAD.size, self._places[key]))
        content = os.pread(self._file.fileno(), self._size(sentences), self._places[key] + _HEAD.size)
        split = 4 * self._dimension
        vector = np.frombuffer(content[:split], dtype="<f4")
        return vector, np.frombuffer(content[split : -_CHECK.size], dtype=np.int8).reshape(sentences, self._dimension)

    def put(self, key: bytes, made: Made) -> None:
        """Keeps vectors; they are on the disk some seconds later."""
        self._waiting[key] = made
        if len(self._waiting) >= _MOST_WAITING or time.monotonic() - self._flushed_at >= _EVERY_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Waits until everything that was put is on the disk."""
        if self._waiting:
            if self._file is None:
                self._file = open(self._path, "a+b", buffering=0)  # noqa: SIM115 - open until it is closed
            end = self._file.seek(0, os.SEEK_END)
            content = bytearray() if end else bytearray(_BEGIN.pack(_MAGIC, self._dimension))
            places = {}
            for key, (vector, sentences) in self._waiting.items():
                places[key] = end + len(content)
                record = _HEAD.pack(key, len(sentences)) + vector.astype("<f4").tobytes() + sentences.tobytes()
                content += record + _CHECK.pack(zlib.crc32(record))
            _write_all(self._file.fileno(), content)
            os.fsync(self._file.fileno())
            self._places |= places
            self._waiting.clear()
        self._flushed_at = time.monotonic()

    def remove(self) -> None:
        """Lets go of everything: the index has it now."""
        self._waiting.clear()
        self._places.clear()
        self._path.unlink(missing_ok=True)

    def _size(self, sentences: int) -> int:
        """The bytes of a record after its head."""
        return (4 + sentences) * self._dimension + _CHECK.size

    def _scan(self) -> int:
        """Notes where each whole record begins; gives where the last one ends."""
        with open(self._path, "rb") as file:
            if file.read(_BEGIN.size) != _BEGIN.pack(_MAGIC, self._dimension):
                return 0
            end = _BEGIN.size
            while len(head := file.read(_HEAD.size)) == _HEAD.size:
                key, sentences = _HEAD.unpack(head)
                size = self._size(sentences)
                if size > self._path.stat().st_size - end:
                    break
                content = file.read(size)
                if _CHECK.pack(zlib.crc32(head + content[: -_CHECK.size])) != content[-_CHECK.size :]:
                    break
                self._places[key] = end
                end += _HEAD.size + size
        return end


def _write_all(descriptor: int, content: bytearray) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
