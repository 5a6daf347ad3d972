"""A cross-encoder of the user's own choice, which reads a question and a passage together. Off unless one is named."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from footnote.encoder.models import cached_folder
from footnote.encoder.original import hushed
from footnote.errors import ModelDamaged, ModelMissing
from footnote.fusion import Scores


class CrossEncoderReranker:
    """Any sentence-transformers CrossEncoder with one score a pair, from a folder or by the name this machine has it under.

    Raises ModelMissing or ModelDamaged. Nothing is downloaded and no code of the model's own is run.
    """

    def __init__(self, name: str) -> None:
        if Path(name).is_dir() and not Path(name, "config.json").is_file():
            raise ModelMissing(
                f"The folder {name} holds no cross-encoder: it has no config.json. Name the folder of a saved one."
            )
        folder = Path(name) if Path(name).is_dir() else cached_folder(name, "--reranker")
        os.environ["HF_HUB_OFFLINE"] = "1"
        with hushed():
            from sentence_transformers import CrossEncoder

            try:
                self._model = CrossEncoder(str(folder), device="cpu", trust_remote_code=False, local_files_only=True)
                pairs = self._model.predict([("a question", "a passage")], show_progress_bar=False)
            except Exception as error:  # whatever a broken folder makes the libraries raise
                raise ModelDamaged(
                    f"The cross-encoder '{name}' in {folder} can't be loaded ({type(error).__name__}). "
                    "Check that the folder is a whole sentence-transformers CrossEncoder in safetensors."
                ) from error
        if np.ndim(pairs) != 1:
            raise ModelDamaged(
                f"The cross-encoder '{name}' gives {np.shape(pairs)[1]} numbers a pair. Name one that gives a single score."
            )

    def scores(self, question: str, texts: Sequence[str]) -> Scores:
        """How well each text answers, of shape ``(len(texts),)``; higher is better."""
        with hushed():
            found = self._model.predict([(question, text) for text in texts], show_progress_bar=False)
        return np.asarray(found, dtype=np.float64)
