"""The ingest road: a folder of articles becomes the current snapshot of an index."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from footnote.assembly import assemble
from footnote.care import Care
from footnote.crew import Alone, Crew
from footnote.encoder import Encoder
from footnote.errors import (
    FilesRefused,
    IndexNotWritable,
    IndexProblem,
    IndexRefused,
    IndexUnreachable,
    ModelMissing,
    NoArticles,
)
from footnote.freshness import changes_between
from footnote.manifest import State
from footnote.readers import read_articles
from footnote.readers.folder import find_files
from footnote.readers.formats import added_readers, formats
from footnote.readers.selection import Patterns
from footnote.records import Article, Reading
from footnote.reporting import Report, Watcher, report_of
from footnote.settings import DEFAULT_MODEL, PASSAGES, READER_VERSION, SEARCH
from footnote.shelf import Shelf
from footnote.snapshot import Layout, is_whole
from footnote.stores import Index, Store
from footnote.stores.opening import store_at

if TYPE_CHECKING:
    from footnote.recall import Recall


def build(
    kb: Path,
    index: Index,
    watcher: Watcher,
    model: str | None = None,
    *,
    patterns: Patterns | None = None,
    strict: bool = False,
    rebuild: bool = False,
    retry: bool = True,
    allow_empty: bool = False,
    on_read: Callable[[], None] | None = None,
    care: Care | None = None,
    crew: Crew | None = None,
) -> Report:
    """Makes ``index`` say what ``kb`` says; does nothing where it does already.

    ``model`` is a name or folder; None means the model that the index was built with, or the default. ``patterns`` say which
    files count. ``rebuild`` reads every file and embeds every passage anew; ``retry`` reads those anew that were refused before.
    ``allow_empty`` takes a folder without articles for what is meant, and not for a disk that is missing. ``on_read`` is called
    when all files have been read; what it raises stops the build. ``care`` are notices whose examples the page is to know.
    ``crew`` parses, cuts and embeds: this process alone unless another is named. Raises any FootnoteError; the index is then as
    it was before.
    """
    patterns, crew = patterns or Patterns(), crew or Alone()
    found = find_files(kb, patterns)
    if not found.files and not allow_empty:  # said before anything is written
        raise _no_article(kb, found.excluded)

    def read(before: Recall | None) -> Iterator[Reading]:
        nonlocal found
        found = find_files(kb, patterns)
        lookup = None if before is None else before.reading if retry else before.reading_or_refusal
        return read_articles(kb, lambda done, total: watcher.progress("Reading", done, total), found.files, lookup, crew.parse)

    def approve(readings: Sequence[Reading]) -> None:
        _refuse_nothing(kb, readings, found.excluded, strict, allow_empty)
        if on_read is not None:
            on_read()

    report = build_from(
        read,
        index,
        watcher,
        model,
        patterns=patterns,
        rebuild=rebuild,
        allow_empty=allow_empty,
        approve=approve,
        care=care,
        crew=crew,
    )
    return replace(report, excluded=found.excluded)


def build_from(
    read: Callable[[Recall | None], Iterable[Reading]],
    index: Index,
    watcher: Watcher,
    model: str | None = None,
    *,
    patterns: Patterns | None = None,
    rebuild: bool = False,
    allow_empty: bool = False,
    approve: Callable[[Sequence[Reading]], None] | None = None,
    care: Care | None = None,
    crew: Crew | None = None,
) -> Report:
    """Makes ``index`` say what ``read`` gives, wherever that comes from; otherwise as ``build``.

    ``read`` is given what is known of the last state, if that can be used. ``approve`` is called with all that was read; what
    it raises stops the build.
    """
    wanted = recipe(patterns or Patterns())
    store = store_at(index)
    with store.locked() as layout, contextlib.ExitStack() as stack:
        last = _last(store)
        before = None if rebuild else _recall(store, last, wanted, stack)
        articles = stack.enter_context(Shelf(layout.index, Article))
        # Read under the lock, or an ingest that read an older state could finish after one that read a newer.
        readings = _set_aside(read(before), articles)
        if approve is not None:
            approve(readings)
        store.sweep()
        encoder = _encoder(model, last or next(store.others(), None), layout, watcher)
        if before is not None and not _agrees(before, encoder, watcher):
            before = None
        changes = changes_between(last.manifest.kb, _state(readings)) if last is not None else None
        if before is not None and before.snapshot is last and _is_current(last, readings, encoder, wanted):
            layout.journal.unlink(missing_ok=True)
            _keep_care(care, encoder, layout, watcher)
            passages = {listing.id: listing.passages for listing in before.engine.listings()}
            return report_of("current", last, 0, readings, passages, changes)
        if rebuild:
            layout.journal.unlink(missing_ok=True)
        made = assemble(readings, store, before, encoder, wanted, watcher, allow_empty, crew)
        store.sweep(after_build=True)
        _keep_care(care, encoder, layout, watcher)
        return report_of("built", made.snapshot, made.embedded, readings, made.passages, changes)


def build_with(encoder: Encoder, readings: Iterable[Reading], index: Index, watcher: Watcher) -> State:
    """Makes ``index`` say what ``readings`` say, with the vectors of ``encoder``, whose compiled form is in the index already."""
    store = store_at(index)
    with store.locked() as layout, Shelf(layout.index, Article) as articles:
        return assemble(_set_aside(readings, articles), store, None, encoder, recipe(Patterns()), watcher).snapshot


def _set_aside(readings: Iterable[Reading], articles: Shelf[Article]) -> list[Reading]:
    """The readings without their articles in memory."""
    return [replace(reading, articles=articles.keep(reading.articles)) for reading in readings]


def recipe(patterns: Patterns) -> dict[str, Any]:
    """What shapes passages beside the articles and the model; where it changes, unchanged files are read anew.

    ``files`` are the patterns that chose them.
    """
    return {
        "reader": READER_VERSION,
        "readers": added_readers(),
        "files": {"include": list(patterns.include), "exclude": list(patterns.exclude)},
        "passages": asdict(PASSAGES),
        "thresholds": {
            name: value for name, value in asdict(SEARCH).items() if name.endswith("_sds") or name.startswith("evidence")
        },
    }


def _no_article(kb: Path, excluded: int) -> NoArticles:
    if excluded:
        return NoArticles(f"Nothing is left of {kb}: --include, --exclude or .footnoteignore leave all of it out ({excluded:,}).")
    return NoArticles(
        f"There is no article in {kb}. Put some there ({', '.join(form.name for form in formats())}) and run this again."
    )


def _refuse_nothing(kb: Path, readings: Sequence[Reading], excluded: int, strict: bool, allow_empty: bool) -> None:
    refused = [reading.refusal for reading in readings if reading.refusal]
    if not any(reading.articles for reading in readings) and not allow_empty:
        if not refused:
            raise _no_article(kb, excluded)
        first = refused[0]
        raise NoArticles(
            f"No file in {kb} could be read; refused: {len(refused)}. The first, {first.source}: {first.reason} {first.remedy}"
        )
    if strict and refused:
        names = "; ".join(f"{refusal.source}: {refusal.reason} {refusal.remedy}" for refusal in refused)
        raise FilesRefused(f"Refused: {len(refused)}, and --strict wants none. The index is as it was before. {names}")


def _last(store: Store) -> State | None:
    """The current state if its manifest can be read; a damaged or missing one is simply built again."""
    try:
        return store.current()
    except (IndexUnreachable, IndexRefused):
        raise
    except IndexProblem:
        return None


def _recall(store: Store, last: State | None, recipe: dict[str, Any], stack: contextlib.ExitStack) -> Recall | None:
    """What the current state, or one that can stand in for it, knows, open until ``stack`` ends; None where none is whole."""
    from footnote.recall import Recall

    found = last if last is not None and is_whole(last) else next(filter(is_whole, store.others()), None)
    if found is None:
        return None
    try:
        recalled = Recall(store, found, recipe)
    except (IndexUnreachable, IndexRefused):
        raise
    except IndexProblem:
        return None
    stack.callback(recalled.close)
    return recalled


def _agrees(before: Recall, encoder: Encoder, watcher: Watcher) -> bool:
    """Whether ``encoder`` gives the vectors that it gave before; another one is not expected to."""
    from footnote.embedding import agrees

    if before.snapshot.manifest.fingerprint != encoder.fingerprint or agrees(before.engine, encoder):
        return True
    watcher.say("The model does not give the vectors that it gave the last index; every passage is embedded anew.")
    return False


def _state(readings: Sequence[Reading]) -> dict[str, str]:
    return {reading.source: reading.sha256 for reading in readings}


def _encoder(model: str | None, last: State | None, layout: Layout, watcher: Watcher) -> Encoder:
    from footnote.encoder.compiling import encoder_for
    from footnote.encoder.gpu import to_compile
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
        found = find_model(wanted)
    except ModelMissing as error:
        if model is None and last is not None:
            raise ModelMissing(f"{error} The index was built with it; name another with --model to build it anew.") from error
        raise
    same = found.in_precision_of(last.manifest.fingerprint) if model is None and last is not None else None
    if model is None and last is not None and same is None:
        watcher.say(f"{wanted} here is not the model that the index was built with; every passage is embedded anew.")
    files = same or found.compiled_in(layout.encoders) or to_compile(found)
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


def _keep_care(care: Care | None, encoder: Encoder, layout: Layout, watcher: Watcher) -> None:
    """Puts what the page would otherwise have to embed itself, before its first answers, beside the index."""
    if care is not None:
        with contextlib.suppress(OSError):  # the index is whole without it, and the page can do it
            replace(care, kept=layout.care).keep(encoder, lambda done, total: watcher.progress("Learning", done, total))


def _remove(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


def _is_current(before: State, readings: Sequence[Reading], encoder: Encoder, recipe: dict[str, Any]) -> bool:
    manifest = before.manifest
    return (
        manifest.kb == _state(readings)
        and manifest.refused == tuple(reading.refusal for reading in readings if reading.refusal)
        and manifest.fingerprint == encoder.fingerprint
        and manifest.recipe == recipe
    )
