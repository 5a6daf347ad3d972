"""Makes a static model of a model on this machine: one vector a token, so that texts are embedded a hundred times as fast.

    python -m scripts.static_model OUT [--model NAME_OR_PATH] [--dimension 256]
    python ingest.py --model OUT

Every token of the vocabulary is embedded by itself. The vectors are turned to their principal components, of which the first are
kept, and weigh the less the commoner their token is: 1e-3 / (1e-3 + p), p by Zipf's law from the token's place among the words of
the vocabulary, which are in the order of how common they are. (Arora, Liang and Ma 2017 for the weights; Model2Vec, Tulkens and
van Dongen 2024, for doing so with the outputs of a sentence-transformers model.)
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from footnote.encoder import Vectors
from footnote.encoder.models import find_model
from footnote.encoder.original import load, tokenizer_of
from footnote.errors import FootnoteError
from footnote.settings import DEFAULT_MODEL

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

_TOGETHER = 256  # tokens
_SMOOTHING = 1e-3


def main() -> int:
    """Writes the model; exit status 1 where the model it is made of can't be used."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, metavar="OUT", help="the folder to write the model into")
    parser.add_argument("--model", default=DEFAULT_MODEL, metavar="NAME_OR_PATH")
    parser.add_argument("--dimension", type=int, default=256)
    options = parser.parse_args()
    try:
        files = find_model(options.model)
        model = load(files.folder, files.name)
    except FootnoteError as error:
        print(f"static_model.py: {error}", file=sys.stderr)
        return 1
    vectors = _components(_token_vectors(model), options.dimension)
    _save(model, vectors * _weights(tokenizer_of(model))[:, None], options.out)
    print(f"Written to {options.out}. Build an index with it: python ingest.py --model {options.out}")
    return 0


def _token_vectors(model: SentenceTransformer) -> Vectors:
    """What the model makes of each token by itself, in the order of their numbers; zeros for those that are no part of a word."""
    import torch

    tokenizer = tokenizer_of(model)
    size = tokenizer.get_vocab_size()
    before, _, after = (model.tokenizer.convert_tokens_to_ids(token) for token in ("[CLS]", "[PAD]", "[SEP]"))
    vectors = np.zeros((size, int(model.get_embedding_dimension() or 0)), dtype=np.float32)
    is_word = [not re.fullmatch(r"(\[.+\])?", tokenizer.id_to_token(number) or "") for number in range(size)]
    wanted = [number for number in range(size) if is_word[number]]
    for start in range(0, len(wanted), _TOGETHER):
        numbers = wanted[start : start + _TOGETHER]
        ids = torch.tensor([[before, number, after] for number in numbers])
        with torch.no_grad():
            made = model({"input_ids": ids, "attention_mask": torch.ones_like(ids)})["sentence_embedding"]
        vectors[numbers] = made.numpy()
        print(f"\r{min(start + _TOGETHER, len(wanted)):,} of {len(wanted):,} tokens", end="", file=sys.stderr)
    print(file=sys.stderr)
    return vectors


def _components(vectors: Vectors, dimension: int) -> Vectors:
    """The vectors along their first principal components, of shape ``(tokens, dimension)``; zeros stay zeros."""
    used = np.any(vectors != 0, axis=1)
    centred = vectors[used] - vectors[used].mean(axis=0)
    _, directions = np.linalg.eigh(centred.T @ centred)
    found = np.zeros((len(vectors), min(dimension, vectors.shape[1])), dtype=np.float32)
    found[used] = centred @ directions[:, ::-1][:, : found.shape[1]]
    return found


def _weights(tokenizer: Tokenizer) -> Vectors:
    """One number a token. Signs and single letters come before the words and count as common as the first of them."""
    tokens = [tokenizer.id_to_token(number) or "" for number in range(tokenizer.get_vocab_size())]
    first = next((number for number, token in enumerate(tokens) if len(token) > 1 and token.isalpha()), 0)
    shares = 1 / np.maximum(np.arange(len(tokens)) - first + 1, 1)
    shares /= shares[first:].sum()
    weights: Vectors = (_SMOOTHING / (_SMOOTHING + shares)).astype(np.float32)
    return weights


def _save(model: SentenceTransformer, vectors: Vectors, out: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(tokenizer_of(model).to_str())
    tokenizer.no_padding()
    tokenizer.no_truncation()
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=vectors)]).save(str(out))


if __name__ == "__main__":
    sys.exit(main())
