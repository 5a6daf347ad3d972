"""What is indexed, whether the folder of articles has changed since, and whether every byte of the index is right."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from footnote.disk import sha256_of
from footnote.engines import Engine, Library
from footnote.errors import FolderMissing, FootnoteError, IndexProblem
from footnote.freshness import changes_between
from footnote.manifest import Manifest, State
from footnote.passages import passage_id
from footnote.readers.folder import find_files, hash_of, source_name
from footnote.readers.selection import Patterns
from footnote.records import Changes, Refusal
from footnote.settings import SEARCH
from footnote.snapshot import is_whole, stands_in
from footnote.stores import Index, Store
from footnote.stores.opening import store_at

_ANEW = "Build it again: python ingest.py --rebuild"
_SAMPLE = 2_000  # passages that histograms look at


@dataclass(frozen=True, slots=True)
class Status:
    """What an index holds; ``search`` as in its manifest. ``changes`` is None where the folder of articles is not at hand.

    ``patterns`` are those that chose the files of the last ingest; changes are told of what they choose. ``notice`` says why
    another snapshot is spoken of than the current one, which can't be read.
    """

    snapshot: str
    created_at: str
    model: str
    dimension: int
    articles: int
    passages: int
    search: dict[str, Any]
    refused: tuple[Refusal, ...]
    patterns: Patterns
    changes: Changes | None
    notice: str | None = None


def status(index: Index, kb: Path) -> Status:
    """The state of ``index`` against ``kb``, every file of which is read. Raises IndexProblem and PatternInvalid."""
    snapshot, notice = _readable(store_at(index))
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
        manifest.search,
        manifest.refused,
        patterns,
        changes,
        notice,
    )


def _readable(store: Store) -> tuple[State, str | None]:
    try:
        return store.current(), None
    except IndexProblem as problem:
        spare = next(store.others(), None)
        if spare is None:
            raise
        return spare, stands_in(spare, problem)


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

    rows = engine.spread(_SAMPLE)
    lengths = [len(passage.text.split()) for passage in engine.passages(rows)]
    vectors = engine.vectors(rows)
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -1.0)
    found = {"length": np.histogram(lengths, bins=20), "similarity": np.histogram(cosines.max(axis=1), bins=20, range=(0.0, 1.0))}
    return {name: ([round(float(edge), 3) for edge in edges[:-1]], counts.tolist()) for name, (counts, edges) in found.items()}


def check(index: Index) -> list[str]:
    """Verifies the whole index: checksums, counts, every offset, the encoder, and the snapshots that could stand in.

    Gives one sentence a fault, none if all is well.
    """
    store = store_at(index)
    try:
        snapshot = store.current()
        snapshot.verify()
        faults = _library_faults(store, snapshot) + _spare_faults(store)
    except FootnoteError as error:
        return [str(error)]
    try:
        return faults + _encoder_faults(store, snapshot)
    except FootnoteError as error:
        return [*faults, str(error)]


def _library_faults(store: Store, snapshot: State) -> list[str]:
    engine, manifest = store.library(snapshot, SEARCH), snapshot.manifest
    ids = (one for some in engine.sources().values() for one in some)  # in the order in which a server is asked for many at once
    texts = {one: article.text for one in ids if (article := engine.article(one))}
    faults = []
    if (len(texts), engine.count(), engine.keyword_count()) != (manifest.articles, manifest.passages, manifest.passages):
        faults.append(
            f"The manifest counts {manifest.articles} articles and {manifest.passages} passages; the library holds {len(texts)} "
            f"and {engine.count()}, the keywords {engine.keyword_count()}. {_ANEW}"
        )
    if engine.dimension != manifest.dimension:
        faults.append(f"The vectors have {engine.dimension} dimensions, not {manifest.dimension}. {_ANEW}")
    faults += _passage_faults(engine, texts)
    engine.close()
    return faults


def _passage_faults(engine: Library, texts: dict[str, str]) -> list[str]:
    """Every passage stands where it says, under the id that its text has, and so does each of its sentences."""
    from collections import Counter

    faults = []
    seen: Counter[tuple[str, str]] = Counter()
    for name, article_id, start, end, spans in engine.standing():
        text = texts.get(article_id, "")[start:end]
        seen[article_id, text] += 1
        if not 0 <= start < end or passage_id(article_id, text, seen[article_id, text]) != name:
            faults.append(f"Passage {name} does not stand at {start}-{end} of {article_id}. {_ANEW}")
        if not spans or any(not 0 <= first < last <= len(text) for first, last in spans):
            faults.append(f"The sentences of passage {name} of {article_id} do not stand in it. {_ANEW}")
    return faults


def _encoder_faults(store: Store, snapshot: State) -> list[str]:
    """The encoder's files are those that were compiled, and it gives the vectors that the library has."""
    from footnote.embedding import agrees
    from footnote.encoder.compiled import CompiledEncoder, read_card
    from footnote.encoder.models import fingerprint

    folder = store.layout().encoders / snapshot.manifest.fingerprint
    if not folder.is_dir():
        store.encoder(snapshot)  # which makes it here where the library is another machine's
    card = read_card(folder)
    if card.folder is not None:
        if fingerprint(Path(card.folder)) != card.fingerprint:
            return [
                f"The model in {card.folder} is not the one that the index was built with. Put it back, or ingest with another."
            ]
        return []
    engine = store.library(snapshot, SEARCH)
    same = card.fingerprint == snapshot.manifest.fingerprint and agrees(engine, CompiledEncoder(folder, card))
    engine.close()
    return [] if same else [f"The encoder in {folder} does not give the vectors of this index. {_ANEW}"]


def _spare_faults(store: Store) -> list[str]:
    """A snapshot that could not stand in for the current one is told."""
    return [
        f"The snapshot {spare.name}, which would answer if the current one could not, is damaged. The next build replaces it."
        for spare in store.others()
        if not is_whole(spare)
    ]
