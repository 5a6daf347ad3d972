"""Which languages a model reads, as far as its name tells."""

from __future__ import annotations

import re

_ENGLISH = re.compile(
    r"all-(?:minilm|mpnet|distilroberta|roberta)|multi-qa|msmarco|(?:^|[-_/])en(?:glish)?(?:[-_.]|$)", re.IGNORECASE
)
_ENGLISH_CODES = {"en", "eng", "english"}


def reads(model: str, language: str) -> bool:
    """Whether the model called ``model`` reads texts in ``language`` ("de", "en-GB"); one of which nothing is known reads all."""
    if "multilingual" in model.lower() or not _ENGLISH.search(model):
        return True
    return re.split("[-_]", language.lower())[0] in _ENGLISH_CODES
