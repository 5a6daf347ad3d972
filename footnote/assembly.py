"""What was read becomes a snapshot: articles are cut into passages, these embedded, and all of it written.

Neither articles nor vectors are held in memory as a whole: they wait on the disk for whoever asks next (``shelf.py``,
``journal.py``), and are written an article at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from footnote.crew import Alone, Crew, Cut, too_long
from footnote.disk import as_not_writable
from footnote.encoder import Encoder
from footnote.engines import Embedded, Entry
from footnote.errors import IndexDamaged, NoArticles
from footnote.manifest import Manifest
from footnote.records import Article, Reading
from footnote.reporting import Watcher
from footnote.settings import FORMAT_VERSION, SEARCH
from footnote.shelf import Shelf
from footnote.snapshot import Layout, Snapshot, write_snapshot

if TYPE_CHECKING:
    from footnote.embedding import Known
    from footnote.recall import Recall


@dataclass(frozen=True, slots=True)
class Assembled:
    """A finished snapshot, the number of passages of each article by its id, and how many passages were embedded for it."""

    snapshot: Snapshot
    passages: dict[str, int]
    embedded: int


@dataclass(slots=True)
class _Counts:
    """The passages of each article by its id, and how many of all the model can't read whole."""

    passages: dict[str, int] = field(default_factory=dict)
    truncated: int = 0

    @property
    def total(self) -> int:
        return sum(self.passages.values())


def assemble(
    readings: Sequence[Reading],
    layout: Layout,
    before: Recall | None,
    encoder: Encoder,
    recipe: dict[str, Any],
    watcher: Watcher,
    allow_empty: bool = False,
    crew: Crew | None = None,
) -> Assembled:
    """Makes what was read the current snapshot. What ``before`` knows of it is neither cut nor embedded again; ``crew`` does
    the rest.

    Raises NoArticles where there is no passage and that is not allowed, and IndexNotWritable.
    """
    from footnote.embedding import Known, keys_of
    from footnote.journal import Journal

    counts, crew = _Counts(), crew or Alone()
    crew.equip(encoder, layout.encoders / encoder.fingerprint)
    is_same_model = before is not None and before.snapshot.manifest.fingerprint == encoder.fingerprint
    engine = before.engine if before is not None and is_same_model else None
    with Shelf(layout.index, Entry) as shelf:
        entries = shelf.keep(_entries(readings, before, encoder, crew, counts, watcher))
        if not counts.total and not allow_empty:
            raise NoArticles("No article has any text under its headings. The index is as it was before.")
        with as_not_writable(layout.index), Journal(layout.journal, encoder.dimension) as journal:
            if journal.found:
                watcher.say(f"An ingest that was stopped has left the vectors of {journal.found:,} passages.")
            known = Known(engine, journal)
            keys = [keys_of(entry, encoder) for entry in entries]
            new = len({key for some in keys for key in some if key not in known})
            made = _made(entries, keys, known, crew, new, counts.total, watcher)
            snapshot = _write(layout, readings, counts, made, known, encoder, recipe, watcher)
            journal.remove()
    return Assembled(snapshot, counts.passages, new)


def _entries(
    readings: Sequence[Reading], before: Recall | None, encoder: Encoder, crew: Crew, counts: _Counts, watcher: Watcher
) -> Iterator[Entry]:
    """The articles with their passages, which are counted."""

    def cut_or_not() -> Iterator[Article | Cut]:
        for article in (article for reading in readings for article in reading.articles):
            entry = before.entry(article, encoder.fingerprint) if before is not None else None
            if before is None or entry is None:
                yield article
            else:
                yield entry, too_long(entry.passages, encoder) if before.snapshot.manifest.truncated else 0

    total = sum(len(reading.articles) for reading in readings)
    for entry, truncated in crew.split(cut_or_not()):
        counts.truncated += truncated
        counts.passages[entry.article.id] = len(entry.passages)
        yield entry
        watcher.progress("Splitting", len(counts.passages), total)


def _made(
    entries: Sequence[Entry],
    keys: Sequence[Sequence[bytes]],
    known: Known,
    crew: Crew,
    new: int,
    total: int,
    watcher: Watcher,
) -> Iterator[tuple[Entry, Embedded]]:
    """The entries with their vectors, ``new`` passages of ``total`` embedded; what is then left to write is told as written."""
    from footnote.embedding import embed

    embedded = written = begun = 0

    def told(done: int) -> None:
        nonlocal embedded
        embedded = done
        watcher.progress("Embedding", done, new)

    if new:
        watcher.progress("Embedding", 0, new)
    for entry, vectors in embed(zip(entries, keys, strict=True), known, crew, told):
        if embedded < new:
            begun = written
        else:
            watcher.progress("Writing", written - begun, total - begun)
        yield entry, vectors
        written += len(entry.passages)
    watcher.say("Writing the index ...")


def _write(
    layout: Layout,
    readings: Sequence[Reading],
    counts: _Counts,
    made: Iterator[tuple[Entry, Embedded]],
    known: Known,
    encoder: Encoder,
    recipe: dict[str, Any],
    watcher: Watcher,
) -> Snapshot:
    from footnote.calibration import thresholds
    from footnote.engines.local import LocalEngine
    from footnote.engines.local_writing import nearest_in, write

    found: dict[str, Any] = {}
    articles, passages = len(counts.passages), counts.total

    def fill(folder: Path) -> None:
        placed = lambda done, total: watcher.progress("Placing", done, total)  # noqa: E731
        found["search"] = asdict(write(folder, made, encoder.dimension, known.map(), placed))
        asked = lambda done, total: watcher.progress("Calibrating", done, total)  # noqa: E731
        found["thresholds"] = thresholds(nearest_in(folder, passages), encoder, SEARCH, asked)

    def describe(files: dict[str, str]) -> Manifest:
        return Manifest(
            format=FORMAT_VERSION,
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            model=encoder.model,
            fingerprint=encoder.fingerprint,
            dimension=encoder.dimension,
            recipe=recipe,
            articles=articles,
            passages=passages,
            truncated=counts.truncated,
            kb={reading.source: reading.sha256 for reading in readings},
            refused=tuple(reading.refusal for reading in readings if reading.refusal),
            notices=tuple(notice for reading in readings for notice in reading.notices),
            **found,
            files=files,
        )

    def prove(folder: Path) -> None:
        engine = LocalEngine(folder, SEARCH)
        holds = engine.count(), engine.keyword_count(), len(engine.listings())
        engine.close()
        if holds != (passages, passages, articles):
            raise IndexDamaged(f"It holds {holds} passages, passages by words and articles of {passages} and {articles}.")

    return write_snapshot(layout, describe, fill, prove)
