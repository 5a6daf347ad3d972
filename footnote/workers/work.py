"""What a worker does with a part of an ingest. It knows what is sent with the part, and the encoder that it was given before.

Every answer is a value, errors too: what is raised would be logged, with what it was raised about.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from distributed import Worker, WorkerPlugin

import footnote
from footnote.crew import cut, made_of
from footnote.encoder import Encoder
from footnote.errors import FootnoteError, described
from footnote.readers import parsed
from footnote.readers.formats import added_readers
from footnote.readers.isolation import Isolation
from footnote.settings import READER_VERSION

Doing = Literal["parse", "split", "embed"]


@dataclass(frozen=True, slots=True, repr=False)  # Dask logs what is called, with its arguments
class Part:
    """Some items of the same kind that are done one after another. ``fingerprint`` is of the encoder, where one is needed."""

    doing: Doing
    items: Sequence[Any]
    terms: Mapping[str, Any]
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Why a part can't be done by this worker; a sentence."""

    text: str


class Equipment(WorkerPlugin):  # type: ignore[misc]
    """Gives every worker, also one that comes later, the encoder: where it lies, or its ``files`` by name.

    Opened when it is first needed. Sent as files it leaves nothing behind: an encoder holds all of them in memory.
    """

    def __init__(self, fingerprint: str, folder: Path | None, files: Mapping[str, bytes], threads: int) -> None:
        self.fingerprint, self.threads = fingerprint, threads
        self._folder, self._files = folder, files

    def setup(self, worker: Worker) -> None:
        _equipment[self.fingerprint] = self

    def teardown(self, worker: Worker) -> None:
        if _equipment.pop(self.fingerprint, None) is not None:
            _encoders.pop(self.fingerprint, None)

    def opened(self) -> Encoder:
        """The encoder. Raises IndexDamaged, IndexOfOtherVersion, ModelDamaged."""
        from footnote.encoder.opening import open_encoder

        if self._folder is not None:
            return open_encoder(self._folder, self.threads)
        with tempfile.TemporaryDirectory() as scratch:
            for name, content in self._files.items():
                Path(scratch, name).write_bytes(content)
            return open_encoder(Path(scratch), self.threads)


_equipment: dict[str, Equipment] = {}
_encoders: dict[str, Encoder] = {}
_opening = threading.Lock()


def terms() -> dict[str, Any]:
    """What has to be the same here and there, for a part to come out the same."""
    return {"Footnote": footnote.__version__, "reader": READER_VERSION, "added readers": added_readers()}


def done(part: Part) -> list[Any] | Failed:
    """What the items of a part become, each in its place."""
    try:
        if (ours := terms()) != part.terms:
            return Failed(f"a worker has {_in_words(ours)}, this ingest {_in_words(part.terms)}")
        if part.doing == "parse":
            # In a process of its own even here, and ended with the part, so that nothing of it stays on the worker.
            with Isolation() as isolation:
                return [parsed(file, isolation) for file in part.items]
        do: Any = cut if part.doing == "split" else made_of
        encoder = _encoder(part.fingerprint)
        return [do(item, encoder) for item in part.items]
    except (FootnoteError, OSError) as error:
        return Failed(f"a worker could not {part.doing}: {error}")
    except Exception as error:
        return Failed(f"a worker failed to {part.doing} in a way that was not foreseen: {described(error)}")


def _encoder(fingerprint: str) -> Encoder:
    with _opening:
        if fingerprint not in _encoders:
            _encoders[fingerprint] = _equipment[fingerprint].opened()
        return _encoders[fingerprint]


def _in_words(terms: Mapping[str, Any]) -> str:
    told = ((name, ", ".join(value) if isinstance(value, list) else value) for name, value in terms.items())
    return ", ".join(f"{name} {value or 'none'}" for name, value in told)
