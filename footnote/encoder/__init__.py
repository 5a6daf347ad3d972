"""What turns text into vectors. The seam is one small Protocol; who is behind it is decided when an index is built.

models.py     which model: a name or a folder -> the files on this machine, and their fingerprint
compiling.py  that model once compiled to ONNX, its parity with the original proven
compiled.py   the compiled encoder: neither torch nor sentence-transformers
original.py   sentence-transformers itself: the reference, and the way for models that can't be compiled
gpu.py        a GPU for the passages of an ingest, where there is one
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
OnEmbedded = Callable[[int], None]
"""Called with the number of texts embedded since the last call."""


class Encoder(Protocol):
    """Text in, unit vectors out. A text's vector depends on that text and the model alone, never on its neighbours."""

    model: str
    """The name that the user knows the model by."""
    fingerprint: str
    """Stands for everything that shapes a vector: weights, tokenizer, pooling, precision."""
    dimension: int
    max_tokens: int
    """What the model reads at once, its special tokens not counted."""
    unrelated_similarity: tuple[float, float]
    """Mean and standard deviation of the cosine between questions and passages that have nothing to do with each other."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, special tokens not counted, nothing cut."""
        ...

    def embed_passages(self, texts: Sequence[str], on_embedded: OnEmbedded | None = None) -> Vectors:
        """Unit vectors of shape ``(len(texts), dimension)``, float32; row ``i`` is of text ``i``."""
        ...

    def embed_question(self, text: str) -> Vectors:
        """A unit vector of shape ``(dimension,)``, float32."""
        ...
