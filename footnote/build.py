"""The ingest road: a folder of articles becomes the current snapshot of an index."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Protocol

from footnote import passages as splitting
from footnote.encoder import Encoder
from footnote.engines import Embedded, Entry
from footnote.errors import FilesRefused, IndexNotWritable, IndexProblem, ModelMissing, NoArticles
from footnote.readers import read_articles
from footnote.readers.folder import find_files
from footnote.records import Article, Notice, Reading, Refusal
from footnote.settings import DEFAULT_MODEL, FORMAT_VERSION, PASSAGES, READER_VERSION, SEARCH
from footnote.snapshot import Layout, Manifest, Snapshot, current_snapshot, locked, sweep, write_snapshot

Activity = Literal["Reading", "Splitting", "Embedding"]
"""The long stretches of a build: of files, articles and passages."""


class Watcher(Protocol):
    """Who is told how a build goes on."""

    def say(self, text: str) -> None:
        """One line about what is being done."""
        ...

    def progress(self, activity: Activity, done: int, total: int) -> None:
        """So many of all that has to be read, split or embedded are done."""
        ...


@dataclass(frozen=True, slots=True)
class Report:
    """What an ingest did. ``truncated`` counts passages that the model could not read whole."""

    outcome: Literal["built", "current"]
    snapshot: str
    model: str
    articles: int
    passages: int
    embedded: int
    reused: int
    truncated: int
    refused: tuple[Refusal, ...]
    notices: tuple[Notice, ...]


def build(
    kb: Path, index: Path, watcher: Watcher, model: str | None = None, *, strict: bool = False, rebuild: bool = False
) -> Report:
    """Makes ``index`` say what ``kb`` says; does nothing where it does already.

    ``model`` is a name or folder; None means the model that the index was built with, or the default. ``rebuild`` embeds
    every passage anew. Raises any FootnoteError; the index is then as it was before.
    """
    if not find_files(kb):  # said before anything is written
        raise _no_article(kb)

    def read() -> list[Reading]:
        readings = list(read_articles(kb, lambda done, total: watcher.progress("Reading", done, total)))
        _refuse_nothing(kb, readings, strict)
        return readings

    return build_from(read, index, watcher, model, rebuild=rebuild)


def build_from(
    read: Callable[[], Sequence[Reading]], index: Path, watcher: Watcher, model: str | None = None, *, rebuild: bool = False
) -> Report:
    """Makes ``index`` say what ``read`` gives, wherever that comes from; otherwise as ``build``."""
    with locked(index) as layout:
        # Read under the lock, or an ingest that read an older state could finish after one that read a newer.
        readings = read()
        sweep(layout)
        last = _last(index)
        before = last if last is not None and not rebuild and _is_whole(last) else None
        encoder = _encoder(model, last, layout, watcher)
        if before is not None and _is_current(before, readings, encoder):
            return _report("current", before, embedded=0)
        entries = _entries([article for reading in readings for article in reading.articles], encoder, watcher)
        if not any(entry.passages for entry in entries):
            raise NoArticles("No article has any text under its headings. The index is as it was before.")
        embedded, made = _embedded(entries, before, encoder, watcher)
        watcher.say("Writing the index ...")
        snapshot = _write(layout, readings, entries, embedded, encoder)
        sweep(layout)
    return _report("built", snapshot, made)


def build_with(encoder: Encoder, readings: Iterable[Reading], index: Path, watcher: Watcher) -> Snapshot:
    """Makes ``index`` say what ``readings`` say, with the vectors of ``encoder``, whose compiled form is in the index already."""
    with locked(index) as layout:
        everything = list(readings)
        entries = _entries([article for reading in everything for article in reading.articles], encoder, watcher)
        embedded, _ = _embedded(entries, None, encoder, watcher)
        watcher.say("Writing the index ...")
        return _write(layout, everything, entries, embedded, encoder)


def recipe() -> dict[str, Any]:
    """What shapes passages beside the articles and the model; where it changes, unchanged files are read anew."""
    return {
        "reader": READER_VERSION,
        "passages": asdict(PASSAGES),
        "thresholds": {
            name: value for name, value in asdict(SEARCH).items() if name.endswith("_sds") or name.startswith("evidence")
        },
    }


def _no_article(kb: Path) -> NoArticles:
    return NoArticles(f"There is no article in {kb}. Put Markdown (.md) or text (.txt) files there and run this again.")


def _refuse_nothing(kb: Path, readings: Sequence[Reading], strict: bool) -> None:
    refused = [reading.refusal for reading in readings if reading.refusal]
    if not any(reading.articles for reading in readings):
        if not refused:
            raise _no_article(kb)
        first = refused[0]
        raise NoArticles(
            f"No file in {kb} could be read; refused: {len(refused)}. The first, {first.source}: {first.reason} {first.remedy}"
        )
    if strict and refused:
        names = "; ".join(f"{refusal.source}: {refusal.reason} {refusal.remedy}" for refusal in refused)
        raise FilesRefused(f"Refused: {len(refused)}, and --strict wants none. The index is as it was before. {names}")


def _last(index: Path) -> Snapshot | None:
    """The live snapshot if its manifest can be read; a damaged or missing one is simply built again."""
    try:
        return current_snapshot(index)
    except IndexProblem:
        return None


def _is_whole(snapshot: Snapshot) -> bool:
    try:
        snapshot.verify()
    except IndexProblem:
        return False
    return True


def _encoder(model: str | None, last: Snapshot | None, layout: Layout, watcher: Watcher) -> Encoder:
    from footnote.encoder.compiling import encoder_for
    from footnote.encoder.models import find_model
    from footnote.encoder.opening import open_encoder

    if model is None and last is not None:
        compiled = layout.encoders / last.manifest.fingerprint
        try:
            return open_encoder(compiled)
        except IndexProblem:
            watcher.say(f"The compiled encoder in {compiled} is missing or damaged; it is made again.")
            _remove(compiled)
    if model is None and last is None and layout.current.exists():
        watcher.say(f"The last index can't be read, nor the model it was built with; {DEFAULT_MODEL} is used.")
    wanted = model or (last.manifest.model if last else DEFAULT_MODEL)
    try:
        files = find_model(wanted)
    except ModelMissing as error:
        if model is None and last is not None:
            raise ModelMissing(f"{error} The index was built with it; name another with --model to build it anew.") from error
        raise
    try:
        try:
            return encoder_for(files, layout.encoders, watcher.say)
        except IndexProblem:
            _remove(layout.encoders / files.fingerprint)
            return encoder_for(files, layout.encoders, watcher.say)
    except OSError as error:
        raise IndexNotWritable(
            f"The encoder could not be written to {layout.encoders}: {error.strerror}. The index is as it was before."
        ) from error


def _remove(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


def _is_current(before: Snapshot, readings: Sequence[Reading], encoder: Encoder) -> bool:
    manifest = before.manifest
    return (
        manifest.kb == {reading.source: reading.sha256 for reading in readings}
        and manifest.refused == tuple(reading.refusal for reading in readings if reading.refusal)
        and manifest.fingerprint == encoder.fingerprint
        and manifest.recipe == recipe()
    )


def _entries(articles: Sequence[Article], encoder: Encoder, watcher: Watcher) -> list[Entry]:
    entries = []
    for article in articles:
        passages = splitting.split(article, encoder.count_tokens, encoder.max_tokens, PASSAGES)
        sentences = tuple(splitting.sentences_in(article, passage) for passage in passages)
        entries.append(Entry(article, tuple(passages), sentences))
        watcher.progress("Splitting", len(entries), len(articles))
    return entries


def _embedded(entries: Sequence[Entry], before: Snapshot | None, encoder: Encoder, watcher: Watcher) -> tuple[Embedded, int]:
    """The vectors of all passages, and how many had to be embedded."""
    from footnote.embedding import embed
    from footnote.engines.local import LocalEngine

    known = None
    if before is not None and before.manifest.fingerprint == encoder.fingerprint:
        known = LocalEngine(before.folder, SEARCH)
    found = embed(entries, known, encoder, lambda done, total: watcher.progress("Embedding", done, total))
    if known is not None:
        known.close()
    return found


def _write(
    layout: Layout,
    readings: Sequence[Reading],
    entries: list[Entry],
    embedded: Embedded,
    encoder: Encoder,
) -> Snapshot:
    from footnote.calibration import thresholds
    from footnote.engines.local_vectors import VectorSearch
    from footnote.engines.local_writing import write

    texts = [splitting.embedded_text(passage) for entry in entries for passage in entry.passages]
    calibrated = thresholds(entries, embedded, encoder, SEARCH)

    search: VectorSearch | None = None

    def fill(folder: Path) -> None:
        nonlocal search
        search = write(folder, entries, embedded)

    def describe(files: dict[str, str]) -> Manifest:
        assert search is not None
        return Manifest(
            format=FORMAT_VERSION,
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            model=encoder.model,
            fingerprint=encoder.fingerprint,
            dimension=encoder.dimension,
            recipe=recipe(),
            articles=len(entries),
            passages=len(texts),
            truncated=sum(count > encoder.max_tokens for count in encoder.count_tokens(texts)),
            kb={reading.source: reading.sha256 for reading in readings},
            refused=tuple(reading.refusal for reading in readings if reading.refusal),
            notices=tuple(notice for reading in readings for notice in reading.notices),
            thresholds=calibrated,
            search=asdict(search),
            files=files,
        )

    return write_snapshot(layout, describe, fill)


def _report(outcome: Literal["built", "current"], snapshot: Snapshot, embedded: int) -> Report:
    manifest = snapshot.manifest
    return Report(
        outcome,
        snapshot.name,
        manifest.model,
        manifest.articles,
        manifest.passages,
        embedded,
        manifest.passages - embedded,
        manifest.truncated,
        manifest.refused,
        manifest.notices,
    )
