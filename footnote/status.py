"""What is indexed, whether the folder of articles has changed since, and whether every byte of the index is right."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from footnote.disk import sha256_of
from footnote.engines import Engine
from footnote.errors import FolderMissing, FootnoteError
from footnote.freshness import changes_between
from footnote.passages import passage_id
from footnote.readers.folder import find_files, hash_of, source_name
from footnote.readers.selection import Patterns
from footnote.records import Changes, Refusal
from footnote.snapshot import Layout, Manifest, current_snapshot

_SAMPLE = 2_000  # passages that histograms look at


@dataclass(frozen=True, slots=True)
class Status:
    """What an index holds. ``changes`` is None where the folder of articles is not at hand.

    ``patterns`` are those that chose the files of the last ingest; changes are told of what they choose.
    """

    snapshot: str
    created_at: str
    model: str
    dimension: int
    articles: int
    passages: int
    refused: tuple[Refusal, ...]
    patterns: Patterns
    changes: Changes | None


def status(index: Path, kb: Path) -> Status:
    """The state of ``index`` against ``kb``, every file of which is read. Raises IndexProblem and PatternInvalid."""
    snapshot = current_snapshot(index)
    manifest = snapshot.manifest
    patterns = last_patterns(manifest)
    try:
        changes = changes_between(manifest.kb, state_of(kb, patterns))
    except FolderMissing:
        changes = None
    return Status(
        snapshot.name,
        manifest.created_at,
        manifest.model,
        manifest.dimension,
        manifest.articles,
        manifest.passages,
        manifest.refused,
        patterns,
        changes,
    )


def last_patterns(manifest: Manifest) -> Patterns:
    """The patterns that chose the files of an index."""
    files = manifest.recipe.get("files", {})
    return Patterns(tuple(files.get("include", ())), tuple(files.get("exclude", ())))


def state_of(kb: Path, patterns: Patterns) -> dict[str, str]:
    """The files of ``kb`` that an ingest would read, and the hashes of their bytes. Raises FolderMissing and PatternInvalid."""
    return {source_name(path, kb): hash_of(path) for path in find_files(kb, patterns).files}


def file_state(indexed: dict[str, str], kb: Path, source: str) -> Literal["same", "changed", "gone", "unknown"]:
    """Whether a file of the articles is still what was indexed; ``indexed`` maps files to the hashes of their bytes.

    Unknown where the folder of articles is not at hand, or the file is none of those indexed.
    """
    if source not in indexed or not kb.is_dir():
        return "unknown"
    try:
        return "same" if sha256_of(kb / source) == indexed[source] else "changed"
    except OSError:
        return "gone"


def histograms(engine: Engine) -> dict[str, tuple[list[float], list[int]]]:
    """Passages by their length in words, and by their cosine to the passage most like them: lower edges and counts.

    Of a large library, passages spread evenly over it stand for all.
    """
    import numpy as np

    rows = np.unique(np.linspace(0, engine.count() - 1, min(engine.count(), _SAMPLE)).astype(int)).tolist()
    lengths = [len(passage.text.split()) for passage in engine.passages(rows)]
    vectors = engine.vectors(rows)
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -1.0)
    found = {"length": np.histogram(lengths, bins=20), "similarity": np.histogram(cosines.max(axis=1), bins=20, range=(0.0, 1.0))}
    return {name: ([round(float(edge), 3) for edge in edges[:-1]], counts.tolist()) for name, (counts, edges) in found.items()}


def check(index: Path) -> list[str]:
    """Verifies the whole index: checksums, counts, every offset, the encoder. Gives one sentence a fault, none if all is well."""
    try:
        snapshot = current_snapshot(index)
        snapshot.verify()
        faults = _library_faults(snapshot.folder, snapshot.manifest.articles, snapshot.manifest.passages)
        return faults + _encoder_faults(Layout(index).encoders / snapshot.manifest.fingerprint)
    except FootnoteError as error:
        return [str(error)]


def _library_faults(folder: Path, articles: int, passages: int) -> list[str]:
    from collections import Counter

    from footnote.engines.local import LocalEngine
    from footnote.settings import SEARCH

    engine = LocalEngine(folder, SEARCH)
    texts = {listing.id: article.text for listing in engine.listings() if (article := engine.article(listing.id))}
    faults = []
    if (len(texts), engine.count(), engine.keyword_count()) != (articles, passages, passages):
        faults.append(
            f"The manifest counts {articles} articles and {passages} passages; the library holds {len(texts)} and "
            f"{engine.count()}, the keywords {engine.keyword_count()}. Build it again: python ingest.py --rebuild"
        )
    seen: Counter[tuple[str, str]] = Counter()
    for name, article_id, start, end in engine.spans():
        text = texts.get(article_id, "")[start:end]
        seen[article_id, text] += 1
        if not 0 <= start < end or passage_id(article_id, text, seen[article_id, text]) != name:
            faults.append(
                f"Passage {name} does not stand at {start}-{end} of {article_id}. Build it again: python ingest.py --rebuild"
            )
    engine.close()
    return faults


def _encoder_faults(folder: Path) -> list[str]:
    from footnote.encoder.compiled import read_card
    from footnote.encoder.models import fingerprint

    card = read_card(folder)
    if card.folder is not None and fingerprint(Path(card.folder)) != card.fingerprint:
        return [f"The model in {card.folder} is not the one that the index was built with. Put it back, or ingest with another."]
    return []
