"""Every knob: its unit, its default and why. What shapes the index is kept in its manifest."""

from __future__ import annotations

from dataclasses import dataclass

FORMAT_VERSION = 1
"""Raised when the files of a snapshot change shape; an index of another version is refused, not guessed at."""

READER_VERSION = 1
"""Raised when reading or splitting gives another text for the same file, so that unchanged files are read anew."""

DEFAULT_MODEL = "sentence-transformers/all-MiniLM-L6-v2"

MAX_FILE_BYTES = 50_000_000
"""A larger file is refused by name: fifty million bytes of prose is some forty books, more likely not an article."""

MAX_QUESTION_CHARS = 1_000
"""A longer question is cut: the default model reads some 1,000 characters."""

KEEP_SNAPSHOTS = 2
"""A page that still holds the previous snapshot can go on reading it."""


@dataclass(frozen=True, slots=True)
class PassageSettings:
    """How an article is cut. Sizes are tokens of the model's own tokenizer, the heading path not counted."""

    target_tokens: int = 200  # about 160 words: larger passages held more answers but put the right one first less often
    least_tokens: int = 50  # a section smaller than this joins its neighbour even under another parent heading
    context_tokens: int = 48  # the most that the heading path may take of what the model reads


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """How candidates become an answer."""

    candidates: int = 100  # from each of the two searches: recall beyond it is nil at top 10, and it costs 1 ms
    dense_weight: float = 0.7  # of the z-scored cosine; the rest is BM25's. Measured over 13 public collections
    finalists: int = 10  # read sentence by sentence before the last ranking; more gain nothing and cost 4 ms each
    title_boost: float = 0.3  # a title names every passage of its article, so a match says less than one in the text
    heading_boost: float = 0.6
    unrelated_sds: float = 3.0  # how many standard deviations above unrelated texts a passage's similarity must stand ...
    unrelated_sds_with_words: float = 1.0  # ... and how many where it names what the question asks for
    keyword_coverage: float = 0.8  # the share of the question's information that a passage must name for that
    sentence_words_weight: float = 0.3  # of the share of the question's words in a sentence; the rest is its cosine


PASSAGES = PassageSettings()
SEARCH = SearchSettings()
