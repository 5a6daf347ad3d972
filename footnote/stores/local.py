"""The store of an index folder: snapshots, as snapshot.py lays them out, of the files of the local engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from footnote.encoder import Encoder
from footnote.engines.local import LocalEngine
from footnote.errors import IndexDamaged
from footnote.manifest import Manifest, State
from footnote.settings import SEARCH, SearchSettings
from footnote.snapshot import Layout, Snapshot, current_snapshot, locked, other_snapshots, sweep, write_snapshot
from footnote.stores import Making


class LocalStore:
    """A Store in a folder."""

    def __init__(self, index: Path) -> None:
        self._index = index

    def layout(self) -> Layout:
        return Layout(self._index)

    def name(self) -> str:
        try:
            return self.layout().current.read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            return ""

    def current(self) -> State:
        return current_snapshot(self._index)

    def others(self) -> Iterator[State]:
        return other_snapshots(self._index)

    def library(self, state: State, settings: SearchSettings) -> LocalEngine:
        assert isinstance(state, Snapshot)
        return LocalEngine(state.folder, settings)

    def encoder(self, state: State) -> Encoder:
        from footnote.encoder.opening import open_encoder

        folder = self.layout().encoders / state.manifest.fingerprint
        if not folder.is_dir():
            raise IndexDamaged(
                f"The encoder that the index was built with ({state.manifest.model}, {state.manifest.fingerprint}) is "
                f"missing from {folder.parent}. Make it again: python ingest.py"
            )
        return open_encoder(folder)

    def locked(self) -> AbstractContextManager[Layout]:
        return locked(self._index)

    def sweep(self, after_build: bool = False) -> None:
        sweep(self.layout(), after_build)

    def write(self, making: Making) -> State:
        from footnote.engines.local_writing import nearest_in, write

        found: dict[str, Any] = {}

        def fill(folder: Path) -> None:
            made = making.embed(making.entries, making.keys)
            last = making.before.laid_out() if isinstance(making.before, LocalEngine) else None
            found["search"] = asdict(write(folder, made, making.dimension, last, making.placed))
            found["thresholds"] = making.thresholds(nearest_in(folder, making.passages))

        def describe(files: dict[str, str]) -> Manifest:
            return making.describe(found["search"], found["thresholds"], files)

        def prove(folder: Path) -> None:
            engine = LocalEngine(folder, SEARCH)
            holds = engine.count(), engine.keyword_count(), len(engine.listings())
            engine.close()
            passages, articles = making.passages, len(making.entries)
            if holds != (passages, passages, articles):
                raise IndexDamaged(f"It holds {holds} passages, passages by words and articles of {passages} and {articles}.")

        return write_snapshot(self.layout(), describe, fill, prove)
