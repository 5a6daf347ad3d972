"""The encoder of a folder: compiled, or the original where the model could not be compiled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from footnote.encoder import Encoder
from footnote.encoder.compiled import TOKENIZER, CompiledEncoder, Tokens, read_card
from footnote.encoder.models import ModelFiles
from footnote.errors import ModelMissing


def open_encoder(folder: Path, threads: int | None = None) -> Encoder:
    """The encoder kept in ``folder``, its files checked; compiled, it computes with so many threads, else one a core.

    Raises IndexDamaged, IndexOfOtherVersion, ModelDamaged."""
    card = read_card(folder)
    if card.folder is None:
        return CompiledEncoder(folder, card, threads)
    from footnote.encoder.original import OriginalEncoder

    return OriginalEncoder(card)


def compiled_tokens(folder: Path) -> Tokens:
    """The tokenizer of the encoder kept in ``folder``. Raises IndexDamaged, IndexOfOtherVersion, ModelDamaged."""
    from tokenizers import Tokenizer

    card = read_card(folder)
    if card.folder is None:
        tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        return Tokens(tokenizer, card.max_tokens, card.special_tokens, card.passage_prompt)
    from footnote.encoder.original import OriginalEncoder

    return OriginalEncoder(card).tokens


def model_tokens(model: ModelFiles) -> Tokens:
    """The tokenizer of a model that has not been compiled yet. Raises ModelMissing where the model's files alone do not tell."""
    from tokenizers import Tokenizer

    try:
        reads = _json(model.folder / "sentence_bert_config.json")["max_seq_length"]
        prompts = _json(model.folder / "config_sentence_transformers.json").get("prompts", {})
        prompt = prompts.get("passage") or prompts.get("document") or ""
        tokenizer = Tokenizer.from_file(str(model.folder / TOKENIZER))
        return Tokens(tokenizer, int(reads), tokenizer.num_special_tokens_to_add(False), prompt)
    except Exception as error:  # tokenizers raises nothing more exact, and folders are written by many hands
        raise ModelMissing(
            f"How long a text is to {model.name} can't be told before it is compiled. "
            f"Build an index with it first: python ingest.py --model {model.name}"
        ) from error


def _json(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
