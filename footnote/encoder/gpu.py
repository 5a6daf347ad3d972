"""A GPU for the passages of an ingest. Questions are embedded on the processor, as they are where there is none.

A GPU computes in full precision, so the encoder of an index that is built with one is compiled in full precision, too: passages
and questions then have the vectors of one model, to the last digits. An index that was begun without a GPU keeps its encoder.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from footnote.encoder import Encoder, OnEmbedded, Vectors
from footnote.encoder import original as originals
from footnote.encoder.compiled import CompiledEncoder
from footnote.encoder.models import IN_FULL, ModelFiles, find_model
from footnote.encoder.original import OriginalEncoder
from footnote.errors import ModelDamaged, ModelMissing

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_DRIVERS = (Path("/dev/nvidiactl"), Path("/dev/dxg"), Path("/dev/kfd"))  # of NVIDIA, of the same under WSL, of AMD
_TOGETHER = 64  # texts; they are sorted by length, so little is padded


@lru_cache(maxsize=1)
def gpu() -> str | None:
    """What torch calls this machine's GPU, None where it can use none; torch is loaded only where there is a driver."""
    if not any(path.exists() for path in _DRIVERS):
        return None
    import torch

    return "cuda" if torch.cuda.is_available() else None


def to_compile(model: ModelFiles) -> ModelFiles:
    """The model in the precision that it is to be compiled in on this machine."""
    return model.in_full() if gpu() else model


def for_passages(encoder: Encoder) -> Encoder:
    """``encoder``, which embeds passages on the GPU if there is one, and if it gives the vectors that a GPU gives."""
    if gpu() is None:
        return encoder
    if isinstance(encoder, OriginalEncoder):
        return encoder.on(str(gpu()))
    if isinstance(encoder, CompiledEncoder) and encoder.fingerprint.endswith(IN_FULL):
        return GpuEncoder(encoder, str(gpu()))
    return encoder


class GpuEncoder:
    """An Encoder that embeds passages with sentence-transformers on ``device``, and leaves the rest to the compiled one.

    Where the model's files are gone, passages are embedded on the processor.
    """

    def __init__(self, compiled: CompiledEncoder, device: str) -> None:
        self.model, self.fingerprint, self.dimension = compiled.model, compiled.fingerprint, compiled.dimension
        self.max_tokens, self.unrelated_similarity = compiled.max_tokens, compiled.unrelated_similarity
        self._compiled, self._device = compiled, device

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._compiled.count_tokens(texts)

    def embed_question(self, text: str) -> Vectors:
        return self._compiled.embed_question(text)

    def embed_passages(self, texts: Sequence[str], on_embedded: OnEmbedded | None = None) -> Vectors:
        if self._transformer is None:
            return self._compiled.embed_passages(texts, on_embedded)
        given = [self._compiled.passage_prompt + text for text in texts]
        with originals.hushed():
            vectors = self._transformer.encode(
                given, prompt="", batch_size=_TOGETHER, normalize_embeddings=True, show_progress_bar=False
            )
        if on_embedded is not None:
            on_embedded(len(texts))
        return np.asarray(vectors, dtype=np.float32).reshape(len(texts), self.dimension)

    @cached_property
    def _transformer(self) -> SentenceTransformer | None:
        try:
            return originals.load(find_model(self.model).folder, self.model, self._device)
        except (ModelMissing, ModelDamaged):
            return None
