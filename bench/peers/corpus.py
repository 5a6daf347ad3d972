"""The corpus that all are given: python -m bench.peers.corpus FOLDER PASSAGES QUESTIONS; tells about it in a line of JSON.

The articles of kb/, which the golden questions are about, and after them made-up ones (bench/generated.py), until there are
passages enough.
Footnote reads the Markdown files; the others get the passages that Footnote cuts them into, with the headings before each as
Footnote embeds them, so all embed the same texts. The model is found here, and compiled for Footnote beforehand as every first
ingest does; what that takes is told.
"""

from __future__ import annotations

import csv
import json
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.generated import Articles
from bench.peers.driver import Corpus, Passage
from footnote.encoder import Encoder
from footnote.encoder.compiling import encoder_for
from footnote.encoder.models import find_model
from footnote.passages import embedded_text, split
from footnote.readers import read_articles
from footnote.records import Article
from footnote.settings import DEFAULT_MODEL, PASSAGES

KB, GOLDEN = Path("kb"), Path("bench/golden/questions.csv")
_LEAST = 3  # passages of a made-up article
_TOKENIZER = ("config.json", "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt")


def make(corpus: Corpus, passages: int, questions: int) -> dict[str, Any]:
    """Fills the corpus's folder with at least so many passages; what there is to know about it."""
    model = find_model(DEFAULT_MODEL)
    started = time.perf_counter()
    encoder = encoder_for(model, corpus.encoders, lambda text: print("   ", text, file=sys.stderr))
    compiling = time.perf_counter() - started
    shutil.copytree(KB, corpus.kb)
    Articles(KB).write(corpus.kb / "made-up", passages // _LEAST + 1)
    cut: list[Passage] = []
    articles = 0
    for article, parts in sorted(_cut(corpus.kb, encoder), key=lambda one: "/" in one[0].source):
        if len(cut) < passages:
            cut, articles = cut + parts, articles + 1
        else:
            (corpus.kb / article.source).unlink()
    asked = _questions(questions)
    with (corpus.folder / "passages.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(asdict(passage)) + "\n" for passage in cut)
    (corpus.folder / "questions.txt").write_text("\n".join(asked) + "\n", encoding="utf-8")
    (corpus.folder / "model.txt").write_text(str(model.folder), encoding="utf-8")
    texts = [passage.text for passage in cut]
    return {
        "passages": len(cut),
        "articles": articles,
        "mean tokens a passage": round(sum(encoder.count_tokens(texts)) / len(texts), 1),
        "most tokens in a passage": max(encoder.count_tokens(texts)),
        "questions": len(asked),
        "model": model.name,
        "compiling the model for Footnote, once, s": round(compiling, 1),
    }


def _cut(kb: Path, encoder: Encoder) -> Iterator[tuple[Article, list[Passage]]]:
    for reading in read_articles(kb):
        for article in reading.articles:
            parts = split(article, encoder.count_tokens, encoder.max_tokens, PASSAGES)
            yield article, [Passage(part.id, article.metadata.title, embedded_text(part)) for part in parts]


def _questions(count: int) -> list[str]:
    """Golden questions, spread over their file, which is in the order of the articles."""
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        questions = [row["question"] for row in csv.DictReader(file)]
    return [questions[place * len(questions) // count] for place in range(min(count, len(questions)))]


def export(model: Path, target: Path) -> None:
    """The model as ONNX in full precision, its last hidden state as output: what Chroma's own embedding function runs.

    Chroma would download such a file. It is exported here from the same weights, since nothing may be downloaded.
    """
    import torch
    from transformers import AutoModel

    target.mkdir()
    for name in _TOKENIZER:
        if (model / name).exists():
            shutil.copyfile(model / name, target / name)
    names = ["input_ids", "attention_mask", "token_type_ids"]
    axes = {name: {0: "texts", 1: "tokens"} for name in (*names, "last_hidden_state")}
    bert = AutoModel.from_pretrained(model, attn_implementation="eager").eval()
    sample = tuple(torch.ones((2, 8), dtype=torch.int64) for _ in names)

    class Hidden(torch.nn.Module):  # type: ignore[misc]
        """The model with its inputs in the order in which they are exported."""

        def __init__(self) -> None:
            super().__init__()
            self.bert = bert

        def forward(self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor) -> torch.Tensor:
            return self.bert(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state

    torch.onnx.export(
        Hidden().eval(),
        sample,
        str(target / "model.onnx"),
        input_names=names,
        output_names=["last_hidden_state"],
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )


def main(arguments: Sequence[str]) -> None:
    """Makes the corpus in a folder that is there and tells about it."""
    corpus = Corpus(Path(arguments[0]))
    told = make(corpus, int(arguments[1]), int(arguments[2]))
    export(Path(corpus.model), corpus.onnx)
    print(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1:])
