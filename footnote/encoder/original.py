"""sentence-transformers itself: the reference for the compiled encoder, and the way for models that can't be compiled."""

from __future__ import annotations

import contextlib
import copy
import io
import logging
import os
import sys
import threading
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from footnote.encoder import OnEmbedded, Vectors
from footnote.encoder.compiled import Card, Tokens
from footnote.encoder.models import fingerprint
from footnote.errors import ModelDamaged

_HUSHING = threading.RLock()  # the streams are the whole process's: two at once would put back each other's

_CHUNK = 64  # texts between two reports of progress

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer


def load(folder: Path, name: str, device: str = "cpu", **model_options: str) -> SentenceTransformer:
    """The model in ``folder`` on a device of torch's; no code of its own is run, nothing fetched. Raises ModelDamaged."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    with hushed():
        from sentence_transformers import SentenceTransformer

        try:
            model = SentenceTransformer(
                str(folder), device=device, trust_remote_code=False, local_files_only=True, model_kwargs=dict(model_options)
            )
        except Exception as error:  # whatever a broken folder makes the libraries raise
            raise ModelDamaged(
                f"The model '{name}' in {folder} can't be loaded ({type(error).__name__}). "
                "Check that the folder is a whole sentence-transformers model in safetensors."
            ) from error
    return model.eval()


def prompts(model: SentenceTransformer) -> tuple[str, str]:
    """What the model wants before a question and before a passage, as its own configuration says; mostly nothing."""
    given = model.prompts or {}
    return given.get("query") or "", given.get("passage") or given.get("document") or ""


@contextlib.contextmanager
def hushed() -> Iterator[None]:
    """Keeps the libraries' progress bars and warnings off the user's terminal; what native code writes too."""
    with _HUSHING:
        yield from _hushed()


def _hushed() -> Iterator[None]:
    level = logging.root.manager.disable
    logging.disable(logging.ERROR)
    sys.stdout.flush()
    sys.stderr.flush()
    kept = [os.dup(1), os.dup(2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        os.dup2(kept[0], 1)
        os.dup2(kept[1], 2)
        for descriptor in (*kept, nowhere):
            os.close(descriptor)
        logging.disable(level)


def tokenizer_of(model: SentenceTransformer) -> Tokenizer:
    """The model's tokenizer without the library around it. Raises AttributeError for a model that has none of this kind."""
    found: Tokenizer = getattr(model.tokenizer, "backend_tokenizer", model.tokenizer)
    return found


class OriginalEncoder:
    """An Encoder that runs a model through sentence-transformers."""

    def __init__(self, card: Card) -> None:
        self.model, self.fingerprint, self.dimension = card.model, card.fingerprint, card.dimension
        self.unrelated_similarity = card.unrelated_similarity
        self._card = card
        folder = Path(card.folder or card.model)
        self._transformer = load(folder, card.model)
        if fingerprint(folder) != card.fingerprint:
            raise ModelDamaged(
                f"The model in {folder} is not the one that the index was built with ({card.fingerprint}). "
                "Put that one back, or build the index anew: python ingest.py --model " + card.model
            )
        # A copy, for the model's own goes on cutting what it reads.
        own = tokenizer_of(self._transformer)
        self.tokens = Tokens(type(own).from_str(own.to_str()), card.max_tokens, card.special_tokens, card.passage_prompt)
        self.max_tokens = self.tokens.max_tokens

    def on(self, device: str) -> OriginalEncoder:
        """The same, run on that device of torch's."""
        found = copy.copy(self)
        found._transformer = load(Path(self._card.folder or self._card.model), self._card.model, device)
        return found

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self.tokens.count(texts)

    def embed_passages(self, texts: Sequence[str], on_embedded: OnEmbedded | None = None) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), _CHUNK):
            chunk = [self._card.passage_prompt + text for text in texts[start : start + _CHUNK]]
            vectors[start : start + len(chunk)] = self._embed(chunk)
            if on_embedded is not None:
                on_embedded(len(chunk))
        return vectors

    def embed_question(self, text: str) -> Vectors:
        vector: Vectors = self._embed([self._card.question_prompt + text])[0]
        return vector

    def _embed(self, texts: list[str]) -> Vectors:
        # One at a time: padding to the longest of a batch shifts the vectors of some models.
        vectors = self._transformer.encode(texts, prompt="", batch_size=1, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)
