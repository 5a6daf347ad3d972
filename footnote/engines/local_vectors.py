"""The vectors of passages in FAISS: in full for an exact search, and in cells as well where that would take too long.

vectors.faiss   one unit vector a passage, exact inner product; row i is passage i
near.faiss      from CELLS_FROM passages on: one byte a number, in cells, of which a question looks into the nearest

What the cells give is scored anew from the full vectors, and they are kept only if that finds nearly what the exact search
finds. Both are mapped into memory. A filtered search is always exact.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footnote.encoder import Vectors

VECTORS = "vectors.faiss"
NEAR = "near.faiss"

CELLS_FROM = 30_000  # passages; the exact search takes about 0.1 ms a thousand
LEAST_RECALL = 0.98
_CELLS = 4  # times the square root of the number of passages: a question looks at some hundredth of them
_TRAINED_ON = 40  # vectors a cell, as FAISS advises at least
_PROBES = (8, 16, 32, 64, 128, 256)
_FINALISTS = 4  # times as many as asked for are scored anew
_MEASURED_AT = 10
_CANDIDATES = 100  # what a question asks for
_CHUNK = 50_000  # vectors


@dataclass(frozen=True, slots=True)
class VectorSearch:
    """How the nearest passages are found: ``recall`` at 10 against the exact search, 1 where it is the exact one itself."""

    kind: str
    cells: int = 0
    probes: int = 0
    recall: float = 1.0


def write_vectors(folder: Path, vectors: Vectors, questions: Vectors) -> VectorSearch:
    """Writes both files for ``vectors``, of shape ``(passages, dimension)``, which may be mapped from a file.

    ``questions``, of shape ``(questions, dimension)``, are what the recall of the cells is measured with.
    """
    _write_exact(folder / VECTORS, vectors)
    if len(vectors) < CELLS_FROM:
        return VectorSearch("exact")
    near = _in_cells(vectors)
    search = _measured(near, vectors, questions)
    if search.recall < LEAST_RECALL:
        return VectorSearch("exact")
    _write_index(folder / NEAR, near)
    return search


class VectorStore:
    """Reads what ``write_vectors`` wrote. Raises ValueError, RuntimeError or OSError where it is not of one library."""

    def __init__(self, folder: Path, passages: int) -> None:
        import faiss

        self._exact = _mapped(folder / VECTORS, faiss.IndexFlat, passages)
        head = (folder / VECTORS).stat().st_size - passages * self._exact.d * 4
        self._vectors = np.memmap(folder / VECTORS, dtype="<f4", mode="r", offset=head, shape=(passages, self._exact.d))
        self._near = _mapped(folder / NEAR, faiss.IndexIVF, passages) if (folder / NEAR).exists() else None
        self._passages = passages

    def nearest(self, vector: Vectors, allowed: NDArray[np.bool_] | None, limit: int) -> dict[int, float]:
        """The rows nearest to ``vector``, at most ``limit``, and their cosines; among those allowed, where some are ruled out."""
        import faiss

        # One question is one thread's work; OpenMP's others would wait busily beside it. Each thread has a number of its own.
        faiss.omp_set_num_threads(1)
        if allowed is None and self._near is not None:
            return _rescored(self._near, self._vectors, vector, min(limit, self._passages))
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
        vectors: Vectors = np.asarray(self._vectors[rows])
        return vectors


def _rescored(near: Any, vectors: Vectors, vector: Vectors, limit: int) -> dict[int, float]:
    """What the cells find, by its exact cosine, best first."""
    _, found = near.search(vector.reshape(1, -1), limit * _FINALISTS)
    rows = np.sort(found[0][found[0] >= 0])
    scores = vectors[rows] @ vector
    best = np.argsort(-scores, kind="stable")[:limit]
    return dict(zip(rows[best].tolist(), scores[best].tolist(), strict=True))


def _mapped(path: Path, kind: Any, passages: int) -> Any:
    import faiss

    index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    if not isinstance(index, kind) or index.metric_type != faiss.METRIC_INNER_PRODUCT or index.ntotal != passages:
        raise ValueError(f"{path.name} holds {index.ntotal} vectors of {type(index).__name__} for {passages} passages")
    return index


def _write_exact(path: Path, vectors: Vectors) -> None:
    """The bytes that FAISS writes for a flat index, without another copy of the vectors in memory."""
    import faiss

    empty = faiss.serialize_index(faiss.IndexFlatIP(vectors.shape[1])).tobytes()
    count = struct.pack("<q", len(vectors))
    # The kind (4 bytes), the dimension (4), the number of vectors (8) ...; at the end how many numbers there are (8).
    head = empty[:8] + count + empty[16:-8] + struct.pack("<q", vectors.size)
    with open(path, "wb") as file:
        file.write(head)
        for start in range(0, len(vectors), _CHUNK):
            file.write(np.ascontiguousarray(vectors[start : start + _CHUNK], dtype="<f4").tobytes())


def _write_index(path: Path, index: Any) -> None:
    import faiss

    # faiss.write_index reports success on a full disk; bytes written by Python do not.
    path.write_bytes(faiss.serialize_index(index).tobytes())


def _in_cells(vectors: Vectors) -> Any:
    import faiss

    cells = int(_CELLS * len(vectors) ** 0.5)
    dimension = vectors.shape[1]
    quantizer = faiss.IndexFlatIP(dimension)
    near = faiss.IndexIVFScalarQuantizer(quantizer, dimension, cells, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
    near.cp.spherical = True
    near.cp.seed = 0
    rows = np.unique(np.linspace(0, len(vectors) - 1, min(len(vectors), cells * _TRAINED_ON)).astype(np.int64))
    near.train(np.ascontiguousarray(vectors[rows], dtype=np.float32))
    for start in range(0, len(vectors), _CHUNK):
        near.add(np.ascontiguousarray(vectors[start : start + _CHUNK], dtype=np.float32))
    return near


def _measured(near: Any, vectors: Vectors, questions: Vectors) -> VectorSearch:
    """The fewest probes that reach the recall, or the most there are."""
    import faiss

    questions = np.ascontiguousarray(questions, dtype=np.float32)
    _, expected = faiss.knn(questions, vectors, _MEASURED_AT, metric=faiss.METRIC_INNER_PRODUCT)
    search = VectorSearch("cells", near.nlist)
    for probes in _PROBES:
        near.nprobe = probes
        found = [list(_rescored(near, vectors, question, _CANDIDATES)) for question in questions]
        shares = [len(set(wanted.tolist()) & set(rows[:_MEASURED_AT])) for wanted, rows in zip(expected, found, strict=True)]
        search = VectorSearch("cells", near.nlist, probes, round(sum(shares) / (_MEASURED_AT * len(shares)), 4))
        if search.recall >= LEAST_RECALL:
            break
    return search
