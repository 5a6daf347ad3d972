"""The vectors of passages in FAISS: in full for an exact search, and compressed as well where that would take too long.

vectors.faiss      one unit vector a passage, exact inner product; row i is passage i; mapped into memory
compressed.faiss   from COMPRESSED_FROM passages on: two bits a number, all of which a question looks at

What looks best compressed is scored anew from the full vectors, and the compressed ones are kept only if that finds nearly what
the exact search finds. A filtered search is always exact. Cells (IVF), which look at a part of the vectors, were tried: where
many passages say similar things, the best ones lie in many cells (docs/design.md).
"""

from __future__ import annotations

import struct
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from footnote.encoder import Vectors

VECTORS = "vectors.faiss"
COMPRESSED = "compressed.faiss"

COMPRESSED_FROM = 30_000  # passages; the exact search takes about 0.1 ms a thousand, the compressed one a tenth of that
LEAST_RECALL = 0.98
_PAIR = 2  # numbers of a vector that share one code of four bits
_TRAINED_ON = 60_000  # vectors
_FINALISTS = 4  # times as many as asked for are scored anew
_MEASURED_AT = 10
_CANDIDATES = 100  # what a question asks for
_CHUNK = 50_000  # vectors
_MOST_DIMENSIONS = 100_000
_EXACT, _COMPRESSED = b"IxFI", b"IPfs"  # how FAISS begins the only kinds of index that are written here
_READING = threading.Lock()  # FAISS has one limit for all threads


@dataclass(frozen=True, slots=True)
class VectorSearch:
    """How the nearest passages are found: ``recall`` at 10 against the exact search, 1 where it is the exact one itself."""

    kind: str
    recall: float = 1.0


class VectorWriter:
    """Writes vectors.faiss, some vectors at a time: the bytes that FAISS writes for a flat index, none of them kept in memory.

    How many there are is written when it is left without an error.
    """

    def __init__(self, folder: Path, dimension: int) -> None:
        self._dimension = dimension
        self._passages = 0
        self._file = open(folder / VECTORS, "wb")  # noqa: SIM115 - open until it is closed
        self._file.write(_head(0, dimension))

    def append(self, vectors: Vectors) -> None:
        """Adds vectors of shape ``(n, dimension)``."""
        self._file.write(vectors.astype("<f4", copy=False).tobytes())
        self._passages += len(vectors)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with self._file:
            if kind is None:
                self._file.seek(0)
                self._file.write(_head(self._passages, self._dimension))


def compress(folder: Path, passages: int, questions: Vectors) -> VectorSearch:
    """Writes compressed.faiss beside the finished vectors.faiss where that serves; gives how the nearest passages are found.

    ``questions``, of shape ``(questions, dimension)``, are what the recall of the compressed search is measured with.
    """
    dimension = _dimension(folder / VECTORS, passages)
    if passages < COMPRESSED_FROM or dimension % _PAIR:
        return VectorSearch("exact")
    vectors = _mapped(folder / VECTORS, passages, dimension)
    compressed = _compressed(vectors)
    recall = _recall(folder / VECTORS, compressed, vectors, questions)
    if recall < LEAST_RECALL:
        return VectorSearch("exact")
    _write_index(folder / COMPRESSED, compressed)
    return VectorSearch("compressed", recall)


def _mapped(path: Path, passages: int, dimension: int) -> Vectors:
    """The vectors of a flat index, read where they are used."""
    shape = passages, dimension
    if not passages:
        return np.empty(shape, dtype=np.float32)
    return np.memmap(path, dtype="<f4", mode="r", offset=len(_head(*shape)), shape=shape)


class VectorStore:
    """Reads what ``VectorWriter`` and ``compress`` wrote.

    Raises ValueError, RuntimeError or OSError where it is not of one library.
    """

    def __init__(self, folder: Path, passages: int) -> None:
        import faiss

        self._passages = passages
        self.dimension = _dimension(folder / VECTORS, passages)
        self._exact = faiss.read_index(str(folder / VECTORS), faiss.IO_FLAG_MMAP_IFC)
        self.stored = _mapped(folder / VECTORS, passages, self.dimension)
        path = folder / COMPRESSED
        self._compressed = _opened_compressed(path, passages, self.dimension) if path.exists() else None

    def nearest(self, vector: Vectors, allowed: NDArray[np.bool_] | None, limit: int) -> dict[int, float]:
        """The rows nearest to ``vector``, at most ``limit``, and their cosines; among those allowed, where some are ruled out."""
        import faiss

        # One question is one thread's work; OpenMP's others would wait busily beside it. Each thread has a number of its own.
        faiss.omp_set_num_threads(1)
        if allowed is None and self._compressed is not None:
            return _rescored(self._compressed, self.stored, vector, min(limit, self._passages))
        selected = {}
        if allowed is not None:
            # faiss declares both without what they take.
            chosen = faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))  # type: ignore[call-arg, arg-type]
            selected = {"params": faiss.SearchParameters(sel=chosen)}  # type: ignore[call-arg]
        limit = min(limit, self._passages if allowed is None else int(allowed.sum()))
        scores, found = self._exact.search(vector.reshape(1, -1), limit, **selected)
        return {row: score for row, score in zip(found[0].tolist(), scores[0].tolist(), strict=True) if row >= 0}

    def at(self, rows: NDArray[np.int64]) -> Vectors:
        """The vectors at ``rows``, of shape ``(len(rows), dimension)``."""
        vectors: Vectors = np.asarray(self.stored[rows])
        return vectors


def _rescored(compressed: Any, vectors: Vectors, vector: Vectors, limit: int) -> dict[int, float]:
    """What looks best compressed, by its exact cosine, best first."""
    _, found = compressed.search(vector.reshape(1, -1), min(limit * _FINALISTS, len(vectors)))
    rows = np.sort(found[0][found[0] >= 0])
    scores = vectors[rows] @ vector
    best = np.argsort(-scores, kind="stable")[:limit]
    return dict(zip(rows[best].tolist(), scores[best].tolist(), strict=True))


def _head(passages: int, dimension: int) -> bytes:
    """What FAISS writes before the vectors of a flat index."""
    import faiss

    empty = faiss.serialize_index(faiss.IndexFlatIP(dimension)).tobytes()
    # The kind and the dimension, four bytes each; the number of vectors, eight; ...; the number of numbers, eight.
    return bytes(empty[:8] + struct.pack("<q", passages) + empty[16:-8] + struct.pack("<q", passages * dimension))


def _dimension(path: Path, passages: int) -> int:
    """The dimension of the vectors in a file that is what ``VectorWriter`` wrote for so many, before FAISS reads any of it."""
    with open(path, "rb") as file:
        begins = file.read(64)
    if begins[:4] != _EXACT or len(begins) < 16:
        raise ValueError(f"{path.name} holds another kind of index")
    dimension, found = struct.unpack("<iq", begins[4:16])
    if found != passages or not 0 < dimension <= _MOST_DIMENSIONS:
        raise ValueError(f"{path.name} holds {found} vectors of {dimension} dimensions for {passages} passages")
    head = _head(passages, dimension)
    if not begins.startswith(head) or path.stat().st_size != len(head) + 4 * passages * dimension:
        raise ValueError(f"{path.name} is not of the size of {passages} vectors of {dimension} dimensions")
    return int(dimension)


def _opened_compressed(path: Path, passages: int, dimension: int) -> Any:
    import faiss

    content = np.memmap(path, dtype=np.uint8, mode="r")
    if bytes(content[:4]) != _COMPRESSED:
        raise ValueError(f"{path.name} holds another kind of index")
    with _READING:
        # Nothing in it may ask for much more memory than the file itself takes.
        faiss.set_deserialization_vector_byte_limit(8 * len(content))
        index = faiss.deserialize_index(content)
    if (index.ntotal, index.d, index.metric_type) != (passages, dimension, faiss.METRIC_INNER_PRODUCT):
        raise ValueError(f"{path.name} holds {index.ntotal} vectors of {index.d} dimensions for {passages} passages")
    return index


def _write_index(path: Path, index: Any) -> None:
    import faiss

    # faiss.write_index reports success on a full disk; bytes written by Python do not.
    path.write_bytes(faiss.serialize_index(index).tobytes())


def _compressed(vectors: Vectors) -> Any:
    import faiss

    dimension = vectors.shape[1]
    index = faiss.IndexPQFastScan(dimension, dimension // _PAIR, 4, faiss.METRIC_INNER_PRODUCT)
    rows = np.unique(np.linspace(0, len(vectors) - 1, min(len(vectors), _TRAINED_ON)).astype(np.int64))
    index.train(np.ascontiguousarray(vectors[rows], dtype=np.float32))
    for start in range(0, len(vectors), _CHUNK):
        index.add(np.ascontiguousarray(vectors[start : start + _CHUNK], dtype=np.float32))
    return index


def _recall(path: Path, compressed: Any, vectors: Vectors, questions: Vectors) -> float:
    import faiss

    exact = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    _, expected = exact.search(np.ascontiguousarray(questions, dtype=np.float32), _MEASURED_AT)
    found = [list(_rescored(compressed, vectors, question, _CANDIDATES))[:_MEASURED_AT] for question in questions]
    shares = [len(set(wanted.tolist()).intersection(rows)) / _MEASURED_AT for wanted, rows in zip(expected, found, strict=True)]
    return round(float(np.mean(shares)), 4)
