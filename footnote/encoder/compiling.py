"""A model compiled once, when an index is first built with it: ONNX with pooling and normalising inside, weights in int8.

The result is kept in ``index/encoders/<fingerprint>/`` and is used only if its vectors agree with the original's. What can't
be compiled, or does not agree, runs through sentence-transformers itself.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from footnote.disk import flush, sha256_of
from footnote.encoder import Encoder, Vectors
from footnote.encoder import original as originals
from footnote.encoder.compiled import CARD_FORMAT, MODEL, TOKENIZER, Card, CompiledEncoder, write_card
from footnote.encoder.models import IN_FULL, ModelFiles
from footnote.encoder.opening import open_encoder
from footnote.encoder.probes import PASSAGES, QUESTIONS

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

LEAST_PARITY = 0.99
"""The least mean cosine between compiled and original vectors of the probe passages."""

_OF_THE_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EFBIG}

_LONGEST = 8192  # tokens; the most a model may say it reads, whatever its tokenizer's configuration holds


def encoder_for(model: ModelFiles, encoders: Path, say: Callable[[str], None]) -> Encoder:
    """The encoder of ``model``, compiled into ``encoders`` unless it is there. Raises ModelDamaged."""
    fingerprint = model.fingerprint
    if not (encoders / fingerprint).exists():
        say(f"Compiling {model.name} for this library, once ...")
        card = _compile(model, encoders, say)
        fingerprint = card.fingerprint
        if card.folder is None:
            say(f"Compiled to {card.precision}; mean cosine to the original {card.parity[0]:.4f}, least {card.parity[1]:.4f}.")
        else:
            say(f"{model.name} can't be compiled with equal vectors; it runs through sentence-transformers, slower.")
    return open_encoder(encoders / fingerprint)


def _compile(model: ModelFiles, encoders: Path, say: Callable[[str], None]) -> Card:
    """Builds aside and renames at the end, so that a folder with a fingerprint's name is always whole."""
    encoders.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".building-", dir=encoders))
    try:
        _make_sure_of_room(staging, model.folder)
        card = _try_precisions(model, staging, say)
        write_card(staging, card)
        os.chmod(staging, 0o755)
        for path in (*staging.iterdir(), staging):
            flush(path)
        os.rename(staging, encoders / card.fingerprint)
        flush(encoders)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return card


def _make_sure_of_room(folder: Path, model: Path) -> None:
    """Raises OSError on a disk too full to compile on: what the exporters raise then looks like a model they can't export."""
    needed = 3 * sum(path.stat().st_size for path in model.rglob("*") if path.is_file())
    with tempfile.TemporaryFile(dir=folder) as file:
        os.posix_fallocate(file.fileno(), 0, needed)


def _try_precisions(model: ModelFiles, folder: Path, say: Callable[[str], None]) -> Card:
    # Attention written out step by step is what the optimizer's fusions recognise.
    transformer = originals.load(model.folder, model.name, attn_implementation="eager")
    blank = _blank_card(model, transformer)
    reference = _reference_vectors(transformer, blank.passage_prompt)
    for precision in ("float32",) if model.fingerprint.endswith(IN_FULL) else ("int8", "float32"):
        try:
            card = _compiled_card(transformer, folder, replace(blank, precision=precision), reference, say)
        except Exception as error:  # exporters fail in as many ways as there are models; the original is always left
            if isinstance(error, OSError) and error.errno in _OF_THE_DISK:
                raise
            continue
        if card.parity[0] >= LEAST_PARITY:
            return card
    for path in folder.iterdir():
        path.unlink()
    # The original has one precision, and so one fingerprint.
    fingerprint = model.fingerprint.removesuffix(IN_FULL)
    card = replace(blank, fingerprint=fingerprint, parity=(1.0, 1.0), folder=str(model.folder.resolve()))
    return replace(card, unrelated_similarity=_unrelated(originals.OriginalEncoder(card)))


def _blank_card(model: ModelFiles, transformer: SentenceTransformer) -> Card:
    question, passage = originals.prompts(transformer)
    longest = min(transformer.max_seq_length or _LONGEST, _LONGEST)  # infinite where the order of words does not count
    return Card(
        format=CARD_FORMAT,
        model=model.name,
        fingerprint=model.fingerprint,
        dimension=int(transformer.get_embedding_dimension() or 0),
        max_tokens=int(longest),
        special_tokens=0 if _is_static(transformer) else originals.tokenizer_of(transformer).num_special_tokens_to_add(False),
        precision="float32",
        parity=(0.0, 0.0),
        unrelated_similarity=(0.0, 0.0),
        question_prompt=question,
        passage_prompt=passage,
        files={},
    )


def _compiled_card(
    transformer: SentenceTransformer, folder: Path, card: Card, reference: Vectors, say: Callable[[str], None]
) -> Card:
    """Compiles into ``folder`` and measures; the card holds what was found."""
    say(f"Exporting it to {card.precision} ...")
    _export(transformer, folder / MODEL, int8=card.precision == "int8")
    (folder / TOKENIZER).write_text(_tokenizer(transformer), encoding="utf-8")
    say("Comparing its vectors with the original's ...")
    encoder = CompiledEncoder(folder, card)
    cosines = np.sum(encoder.embed_passages(PASSAGES) * reference, axis=1)
    return replace(
        card,
        parity=(float(cosines.mean()), float(cosines.min())),
        unrelated_similarity=_unrelated(encoder),
        files={name: sha256_of(folder / name) for name in (MODEL, TOKENIZER)},
    )


def _is_static(transformer: SentenceTransformer) -> bool:
    """Whether the model is one vector a token, whatever stands beside it (Model2Vec's and sentence-transformers' own form)."""
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    return isinstance(transformer[0], StaticEmbedding)


def _tokenizer(transformer: SentenceTransformer) -> str:
    """The tokenizer as JSON; that of a static model adds no special tokens, which it never sees."""
    found = originals.tokenizer_of(transformer)
    if _is_static(transformer):
        found = type(found).from_str(found.to_str())
        found.post_processor = None
    text: str = found.to_str()
    return text


def _reference_vectors(transformer: SentenceTransformer, prompt: str) -> Vectors:
    with originals.hushed():
        texts = [prompt + text for text in PASSAGES]
        vectors = transformer.encode(texts, prompt="", batch_size=1, normalize_embeddings=True, show_progress_bar=False)
    return np.asarray(vectors, dtype=np.float32)


def _unrelated(encoder: Encoder) -> tuple[float, float]:
    questions = np.stack([encoder.embed_question(text) for text in QUESTIONS])
    cosines = questions @ encoder.embed_passages(PASSAGES).T
    return float(cosines.mean()), float(cosines.std())


def _export(transformer: SentenceTransformer, target: Path, int8: bool) -> None:
    import onnx
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.transformers import optimizer

    class Whole(torch.nn.Module):  # type: ignore[misc]
        """All modules of the model in one graph: transformer, pooling, whatever follows, normalising."""

        def __init__(self, modules: Any, vectors: torch.Tensor | None) -> None:
            super().__init__()
            self.steps = torch.nn.ModuleList(modules)
            self.vectors = vectors

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            if self.vectors is not None:
                # The mean of a text's tokens, each text alone; nothing of a text without any.
                shared = attention_mask / attention_mask.sum(1, keepdim=True).clamp(min=1)
                features["sentence_embedding"] = (self.vectors[input_ids] * shared[..., None]).sum(1)
            for step in self.steps:
                features = step(features)
            return torch.nn.functional.normalize(features["sentence_embedding"], p=2.0, dim=1)

    static = _is_static(transformer)
    config = None if static else transformer[0].auto_model.config
    shape = {"num_heads": getattr(config, "num_attention_heads", 0), "hidden_size": getattr(config, "hidden_size", 0)}
    names = {"input_names": ["input_ids", "attention_mask"], "output_names": ["embedding"]}
    axes = {name: {0: "texts", 1: "tokens"} for name in names["input_names"]} | {"embedding": {0: "texts"}}
    if static:
        inputs = (torch.zeros((2, 3), dtype=torch.int64), torch.ones((2, 3), dtype=torch.int64))
        whole = Whole(list(transformer)[1:], transformer[0].embedding.weight.detach()).eval()
    else:
        sample = transformer.tokenizer(["A sample.", "Another sample."], padding=True, return_tensors="pt")
        inputs = (sample["input_ids"], sample["attention_mask"])
        whole = Whole(list(transformer), None).eval()
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch, originals.hushed(), torch.no_grad():
        raw, fused = str(Path(scratch, "raw.onnx")), str(Path(scratch, "fused.onnx"))
        torch.onnx.export(whole, inputs, raw, **names, dynamic_axes=axes, opset_version=17, dynamo=False)
        optimizer.optimize_model(raw, model_type="bert", opt_level=0, **shape).save_model_to_file(fused)
        if int8:
            # reduce_range keeps products within 16 bits on processors without VNNI, so an index means the same everywhere.
            quantize_dynamic(
                fused,
                str(target),
                per_channel=True,
                reduce_range=True,
                weight_type=QuantType.QInt8,
                extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
            )
        else:
            shutil.copyfile(fused, target)
