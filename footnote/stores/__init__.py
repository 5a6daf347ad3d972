"""Where an index is: in a folder of this machine, in a file of Milvus Lite, or on a Milvus server. One seam for all roads.

    index/                          a folder: files of FAISS and Tantivy (local.py)
    milvus-lite:FILE                one file, and beside it FILE.footnote/ for what stays on this machine (milvus.py)
    milvus://HOST:PORT/NAME         a library on a server or a cluster; milvus+tls:// encrypts the way there

A store knows which state of a library is current, opens it, and writes the next one. What stays on this machine (compiled
encoders, vectors of an ingest that was stopped, the lock) is in a folder laid out like an index of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from footnote.encoder import Encoder
from footnote.engines import Embedded, Entry, Library, Near
from footnote.manifest import Manifest, State
from footnote.settings import SearchSettings
from footnote.snapshot import Layout

Index = Path | str
"""What names an index: a folder or one of the addresses above."""

Keys = Sequence[Sequence[bytes]]
"""For each article, what each of its passages' vectors is made from."""


@dataclass(frozen=True, slots=True)
class Making:
    """What a store makes a new state of: the library's articles in their order, and what is worked out as it is written.

    ``embed`` gives the entries it is given with their vectors. ``thresholds`` are those of the library that it is given to
    search in; ``describe`` is told how it is searched, the thresholds, and the checksums of files. ``placed`` is told how the map
    goes on. ``before`` is the last state, where its vectors are those of the same model and nothing is to be made anew.
    """

    entries: Sequence[Entry]
    keys: Keys
    dimension: int
    passages: int
    embed: Callable[[Iterable[Entry], Keys], Iterator[tuple[Entry, Embedded]]]
    thresholds: Callable[[Near], dict[str, float]]
    describe: Callable[[Mapping[str, object], dict[str, float], dict[str, str]], Manifest]
    placed: Callable[[int, int], None]
    before: Library | None


class Store(Protocol):
    """One index, wherever it is."""

    def layout(self) -> Layout:
        """What of it is kept on this machine."""
        ...

    def name(self) -> str:
        """The name of the current state, "" where none can be told. Cheap: the page asks for it whenever it is drawn."""
        ...

    def current(self) -> State:
        """The current state. Raises IndexProblem."""
        ...

    def others(self) -> Iterator[State]:
        """The states that can stand in for the current one, the best first."""
        ...

    def library(self, state: State, settings: SearchSettings) -> Library:
        """The library as it is in ``state``. Raises IndexProblem."""
        ...

    def encoder(self, state: State) -> Encoder:
        """The encoder that made the vectors of ``state``. Raises IndexProblem and ModelError."""
        ...

    def locked(self) -> AbstractContextManager[Layout]:
        """Holds the index for one ingest. Raises IngestRunning and IndexProblem."""
        ...

    def sweep(self, after_build: bool = False) -> None:
        """Removes what stopped ingests have left, and all but the last states."""
        ...

    def write(self, making: Making) -> State:
        """Makes a new state current, in one step; whatever happens before, the old one goes on answering. Raises IndexProblem."""
        ...
