"""Vectors in a flat FAISS index and the passages as lines beside it: the least that an ordinary program writes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import faiss

from bench.peers.driver import TOP, Passage

_VECTORS, _PASSAGES = "vectors.faiss", "passages.jsonl"


def write(vectors: Any, passages: Sequence[Passage], index: Path) -> None:
    """Writes ``vectors``, normalised and of shape ``(len(passages), dimension)``, and what they stand for."""
    flat = faiss.IndexFlatIP(vectors.shape[1])
    flat.add(vectors)
    index.mkdir(parents=True)
    faiss.write_index(flat, str(index / _VECTORS))
    with (index / _PASSAGES).open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(asdict(passage)) + "\n" for passage in passages)


class Plain:
    """What ``write`` left, in memory."""

    def __init__(self, index: Path) -> None:
        self._flat = faiss.read_index(str(index / _VECTORS))
        with (index / _PASSAGES).open(encoding="utf-8") as lines:
            self._passages = [Passage(**json.loads(line)) for line in lines]

    def nearest(self, vectors: Any) -> list[Passage]:
        """The passages nearest to the one vector of ``vectors``, of shape ``(1, dimension)``."""
        _, rows = self._flat.search(vectors, TOP)
        return [self._passages[row] for row in rows[0] if row >= 0]
