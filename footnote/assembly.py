"""What was read becomes the state of a library: articles are cut into passages, these embedded, and all of it written.

Neither articles nor vectors are held in memory as a whole: they wait on the disk for whoever asks next (``shelf.py``,
``journal.py``), and are written an article at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from footnote.crew import Alone, Crew, Cut, too_long
from footnote.disk import as_not_writable
from footnote.encoder import Encoder
from footnote.engines import Embedded, Entry, Library, Near
from footnote.errors import NoArticles
from footnote.manifest import Manifest, State
from footnote.records import Article, Reading
from footnote.reporting import Watcher
from footnote.settings import FORMAT_VERSION, SEARCH
from footnote.shelf import Shelf
from footnote.stores import Keys, Making, Store

if TYPE_CHECKING:
    from footnote.embedding import Known
    from footnote.recall import Recall


@dataclass(frozen=True, slots=True)
class Assembled:
    """A finished state, the number of passages of each article by its id, and how many passages were embedded for it."""

    snapshot: State
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
    store: Store,
    before: Recall | None,
    encoder: Encoder,
    recipe: dict[str, Any],
    watcher: Watcher,
    allow_empty: bool = False,
    crew: Crew | None = None,
) -> Assembled:
    """Makes what was read the current state of ``store``. What ``before`` knows of it is neither cut nor embedded again; ``crew``
    does the rest.

    Raises NoArticles where there is no passage and that is not allowed, and IndexProblem.
    """
    from footnote.embedding import Known, keys_of
    from footnote.journal import Journal

    counts, crew, layout = _Counts(), crew or Alone(), store.layout()
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
            making = _making(entries, keys, known, engine, crew, new, counts, readings, encoder, recipe, watcher)
            state = store.write(making)
            journal.remove()
    return Assembled(state, counts.passages, new)


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


def _making(
    entries: Sequence[Entry],
    keys: Keys,
    known: Known,
    engine: Library | None,
    crew: Crew,
    new: int,
    counts: _Counts,
    readings: Sequence[Reading],
    encoder: Encoder,
    recipe: dict[str, Any],
    watcher: Watcher,
) -> Making:
    """What the store makes the new state of, ``new`` passages of which have to be embedded."""
    from footnote.calibration import thresholds

    def embedded(chosen: Iterable[Entry], their_keys: Keys) -> Iterator[tuple[Entry, Embedded]]:
        return _made(chosen, their_keys, known, crew, new, watcher)

    def calibrated(near: Near) -> dict[str, float]:
        return thresholds(near, encoder, SEARCH, lambda done, total: watcher.progress("Calibrating", done, total))

    def describe(search: Mapping[str, object], least: dict[str, float], files: dict[str, str]) -> Manifest:
        return Manifest(
            format=FORMAT_VERSION,
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            model=encoder.model,
            fingerprint=encoder.fingerprint,
            dimension=encoder.dimension,
            recipe=recipe,
            articles=len(counts.passages),
            passages=counts.total,
            truncated=counts.truncated,
            kb={reading.source: reading.sha256 for reading in readings},
            refused=tuple(reading.refusal for reading in readings if reading.refusal),
            notices=tuple(notice for reading in readings for notice in reading.notices),
            thresholds=least,
            search=dict(search),
            files=files,
        )

    def placed(done: int, total: int) -> None:
        watcher.progress("Placing", done, total)

    return Making(entries, keys, encoder.dimension, counts.total, embedded, calibrated, describe, placed, engine)


def _made(
    entries: Iterable[Entry], keys: Keys, known: Known, crew: Crew, new: int, watcher: Watcher
) -> Iterator[tuple[Entry, Embedded]]:
    """The entries with their vectors, ``new`` passages of which are embedded; what is then left to write is told as written."""
    from footnote.embedding import embed

    total = sum(map(len, keys))
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
