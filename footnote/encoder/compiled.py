"""The compiled encoder: a model as ONNX, run without torch or sentence-transformers.

Each text is embedded alone. Dynamic int8 scales activations over the whole batch, so in a batch a text's vector would depend
on its neighbours (cosine 0.995 instead of 1); alone it does not, nothing is padded, and one text a core is no slower.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from footnote.disk import sha256_of, write_flushed
from footnote.encoder import OnEmbedded, Vectors
from footnote.errors import IndexDamaged, IndexOfOtherVersion, IndexUnreadable

if TYPE_CHECKING:
    from tokenizers import Tokenizer

# The runtime would otherwise keep a device id and report its use; it reads this when it is first imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

CARD_FORMAT = 2
CARD = "encoder.json"
MODEL = "model.onnx"
TOKENIZER = "tokenizer.json"
_CHUNK = 64  # texts between two reports of progress


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of a compiled encoder; kept as ``encoder.json`` beside its files.

    ``folder`` is set only for a model that could not be compiled: it is then read from there by sentence-transformers.
    ``parity`` is the mean and the least cosine between its vectors and the original's.
    """

    format: int
    model: str
    fingerprint: str
    dimension: int
    max_tokens: int
    special_tokens: int
    precision: str
    parity: tuple[float, float]
    unrelated_similarity: tuple[float, float]
    question_prompt: str
    passage_prompt: str
    files: dict[str, str]
    folder: str | None = None


def write_card(folder: Path, card: Card) -> None:
    """Writes ``card`` into ``folder``, with its own checksum."""
    write_flushed(folder / CARD, _written(asdict(card)))


def read_card(folder: Path) -> Card:
    """The card of the encoder in ``folder``, its files checked against it.

    Raises
    ------
    IndexDamaged
        The card or a file is missing, or not what was written.
    IndexUnreadable
        It may not be read by whoever runs this.
    IndexOfOtherVersion
        It was compiled by another version of Footnote.
    """
    advice = f"Remove the folder {folder} and run: python ingest.py"
    try:
        content = (folder / CARD).read_bytes()
        raw = msgspec.json.decode(content, type=dict[str, Any])
        if raw.get("format") != CARD_FORMAT:
            raise IndexOfOtherVersion(
                f"The encoder in {folder} has format {raw.get('format')}, this version reads {CARD_FORMAT}. {advice}"
            )
        # To the byte: another last digit may well be the same number.
        if raw.pop("sha256") != _checksum(raw) or content != _written(raw):
            raise IndexDamaged(f"The file {folder / CARD} is not what was written. {advice}")
        card = msgspec.convert(raw, Card)
        for name, expected in card.files.items():
            if sha256_of(folder / name) != expected:
                raise IndexDamaged(f"The file {folder / name} is not what was written. {advice}")
    except PermissionError as error:
        raise IndexUnreadable(
            f"The encoder in {folder} can't be read: {error.strerror}. Whoever runs this needs the right to read it."
        ) from error
    except (OSError, ValueError, KeyError, RecursionError) as error:
        raise IndexDamaged(f"The encoder in {folder} can't be read. {advice}") from error
    return card


def _written(fields: dict[str, Any]) -> bytes:
    return json.dumps({**fields, "sha256": _checksum(fields)}, indent=1).encode()


def _checksum(fields: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


class Tokens:
    """A model's tokenizer without the model: how long texts are to it, and how much it reads at once."""

    def __init__(self, tokenizer: Tokenizer, reads: int, special_tokens: int, passage_prompt: str) -> None:
        self._tokenizer = tokenizer
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self.max_tokens = reads - special_tokens - sum(self.count([passage_prompt]))

    def count(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, special tokens not counted, nothing cut."""
        return [len(encoding.ids) for encoding in self._tokenizer.encode_batch(list(texts), add_special_tokens=False)]


class CompiledEncoder:
    """An Encoder over the files of one folder, all of which it holds in memory. Safe to use from several threads."""

    def __init__(self, folder: Path, card: Card, threads: int | None = None) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        self.model, self.fingerprint, self.dimension = card.model, card.fingerprint, card.dimension
        self.unrelated_similarity, self.passage_prompt = card.unrelated_similarity, card.passage_prompt
        self._card = card
        self._threads = threads or len(os.sched_getaffinity(0))
        counter = Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokens = Tokens(counter, card.max_tokens, card.special_tokens, card.passage_prompt)
        self.max_tokens = self._tokens.max_tokens
        self._cutter = Tokenizer.from_file(str(folder / TOKENIZER))
        self._cutter.no_padding()
        self._cutter.enable_truncation(card.max_tokens)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # one text a core: no core waits for another within a text
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(folder / MODEL), options, providers=["CPUExecutionProvider"])

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._tokens.count(texts)

    def embed_passages(self, texts: Sequence[str], on_embedded: OnEmbedded | None = None) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        done = 0
        with ThreadPoolExecutor(max_workers=self._threads) as pool:
            for chunk in _chunks(texts, _CHUNK):
                prompted = [self.passage_prompt + text for text in chunk]
                ids = [encoding.ids for encoding in self._cutter.encode_batch(prompted)]
                for row, vector in enumerate(pool.map(self._embed, ids), start=done):
                    vectors[row] = vector
                done += len(chunk)
                if on_embedded is not None:
                    on_embedded(len(chunk))
        return vectors

    def embed_question(self, text: str) -> Vectors:
        return self._embed(self._cutter.encode(self._card.question_prompt + text).ids)

    def _embed(self, ids: Sequence[int]) -> Vectors:
        tokens = np.array([ids], dtype=np.int64)
        inputs = {"input_ids": tokens, "attention_mask": np.ones_like(tokens)}
        vector: Vectors = self._session.run(None, inputs)[0][0]
        return vector


def _chunks(texts: Sequence[str], size: int) -> Iterator[list[str]]:
    remaining = iter(texts)
    while chunk := list(islice(remaining, size)):
        yield chunk
