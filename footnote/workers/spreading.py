"""The parts of an ingest handed out to workers, a bounded number at a time, and taken back in their order.

A worker that is lost has its part done again by another; Dask sees to that. A part that ends worker after worker is taken
apart, and each item tried with nothing else under way, so that the one that does it is known by name.
"""

from __future__ import annotations

import time
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self

from footnote.crew import Cut, MadeOf, Texts, made_of
from footnote.encoder import Encoder
from footnote.errors import WorkersLost, WorkersUnfit
from footnote.readers import Unparsed
from footnote.records import Article, Reading, Refusal
from footnote.settings import WORKERS
from footnote.workers.work import Doing, Equipment, Failed, Part, done, terms

_LOOK_SECONDS = 1.0  # between two looks at whether there is anybody left


@dataclass(frozen=True, slots=True)
class _Kind:
    """What is done with items, how much of it makes a part, and what an item becomes that no worker survives."""

    doing: Doing
    cost: Callable[[Any], int]
    most: int
    most_items: int
    is_done: Callable[[Any], bool]
    deadly: Callable[[Any], Any]


@dataclass(slots=True)
class _Handed:
    """A stretch of items; those that had to be done are a part that is under way."""

    items: list[Any]
    part: list[Any]
    future: Any = None


class Workers:
    """A Crew of other processes, which ``connect`` finds or starts when there is the first part for them. A context manager.

    ``where`` names them for a user. Each computes with so many ``threads``. Where ``sends_encoder``, they can't be expected
    to see the folder that it is in.
    """

    def __init__(self, connect: Callable[[ExitStack], Any], where: str, threads: int, sends_encoder: bool) -> None:
        self._connect, self._where, self._threads, self._sends_encoder = connect, where, threads, sends_encoder
        self._stack = ExitStack()
        self._client: Any = None
        self._encoder: Encoder | None = None
        self._fingerprint = ""
        self._folder = Path()
        self._is_equipped = False
        self._seen_at = 0.0
        self._threads_told, self._counted_at = 0, -_LOOK_SECONDS

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.close()

    def parse(self, files: Iterable[Unparsed | Reading]) -> Iterator[Reading]:
        return self._spread(_PARSE, files)

    def equip(self, encoder: Encoder, folder: Path) -> None:
        self._encoder, self._fingerprint, self._folder, self._is_equipped = encoder, encoder.fingerprint, folder, False

    def split(self, articles: Iterable[Article | Cut]) -> Iterator[Cut]:
        return self._spread(_SPLIT, articles)

    def embed(self, texts: Iterable[Texts]) -> Iterator[MadeOf]:
        encoder = self._encoder
        assert encoder is not None
        return self._spread(_EMBED, (some if some.whole or some.sentences else made_of(some, encoder) for some in texts))

    def _spread(self, kind: _Kind, items: Iterable[Any]) -> Iterator[Any]:
        handed: deque[_Handed] = deque()
        try:
            for some in _stretches(kind, items):
                if some.part:
                    some.future = self._submit(kind, some.part)
                handed.append(some)
                while len(handed) >= self._most_under_way():
                    yield from self._taken_back(kind, handed)
            while handed:
                yield from self._taken_back(kind, handed)
        finally:
            if self._client is not None and self._client.status == "running":
                self._client.cancel([some.future for some in handed if some.future is not None])

    def _taken_back(self, kind: _Kind, handed: deque[_Handed]) -> Iterator[Any]:
        """What the first stretch becomes, which is then no longer under way."""
        from distributed import KilledWorker

        first = handed[0]
        try:
            made = self._answer(first.future) if first.part else []
        except KilledWorker:
            made = list(self._one_by_one(kind, handed))
        handed.popleft()
        rest = iter(made)
        for item in first.items:
            yield item if kind.is_done(item) else next(rest)

    def _one_by_one(self, kind: _Kind, handed: deque[_Handed]) -> Iterator[Any]:
        """The items of the first part, each tried alone."""
        from distributed import KilledWorker

        for other in handed:
            while other.future is not None and not other.future.done():  # or they would be blamed for each other
                self._make_sure_of_workers()
                time.sleep(0.1)
        for item in handed[0].part:
            try:
                yield from self._answer(self._submit(kind, [item]))
            except KilledWorker:
                yield kind.deadly(item)

    def _submit(self, kind: _Kind, part: Sequence[Any]) -> Any:
        if self._client is None:
            self._client = self._connect(self._stack)
        asked = Part(kind.doing, part, terms(), self._fingerprint)
        try:
            if kind.doing != "parse" and not self._is_equipped:
                self._equip()
            return self._client.submit(done, asked, key=f"{kind.doing}-{uuid.uuid4().hex}", pure=False)
        except (CancelledError, OSError) as error:
            self._lost(f"The scheduler of {self._where} has gone away.", error)
        except Exception as error:  # a worker's own, of what it can't take
            raise self._unfit(error) from error

    def _equip(self) -> None:
        """Every worker, also one that comes later, gets the encoder."""
        files = {path.name: path.read_bytes() for path in self._folder.iterdir()} if self._sends_encoder else {}
        folder = None if self._sends_encoder else self._folder.resolve()
        name = f"footnote-{uuid.uuid4().hex}"
        self._client.register_plugin(Equipment(self._fingerprint, folder, files, self._threads), name=name)
        self._stack.callback(self._take_back, name)
        self._is_equipped = True

    def _take_back(self, name: str) -> None:
        """Whoever has gone away meanwhile, has it no more."""
        with suppress(CancelledError, OSError):
            self._client.unregister_worker_plugin(name)

    def _answer(self, future: Any) -> list[Any]:
        """What a part became. Raises KilledWorker, WorkersLost, WorkersUnfit."""
        from distributed import KilledWorker

        self._seen_at = time.monotonic()
        while True:
            try:
                answer = future.result(timeout=_LOOK_SECONDS)
            except TimeoutError:
                self._make_sure_of_workers()
                continue
            except (CancelledError, OSError) as error:
                self._lost(f"The scheduler of {self._where} has gone away.", error)
            except KilledWorker:
                raise
            except Exception as error:  # work raises nothing: it did not come so far
                raise self._unfit(error) from error
            if isinstance(answer, Failed):
                raise WorkersUnfit(f"On {self._where}, {answer.text}. Install the same everywhere, and look at that worker.")
            found: list[Any] = answer
            return found

    def _make_sure_of_workers(self) -> None:
        """Raises WorkersLost where nobody has been there for a while."""
        now = time.monotonic()
        if self._client.status not in ("running", "connecting"):
            self._lost(f"The scheduler of {self._where} has gone away.")
        if self._threads_there():
            self._seen_at = now
        elif now - self._seen_at > WORKERS.lost_seconds:
            self._lost(f"No worker is left on {self._where}.")

    def _unfit(self, error: Exception) -> WorkersUnfit:
        return WorkersUnfit(
            f"The scheduler or a worker of {self._where} can't take what it is sent ({_in_a_line(error)}). "
            "Install Footnote with requirements-workers.txt there, the same versions as here."
        )

    def _lost(self, what: str, error: BaseException | None = None) -> NoReturn:
        raise WorkersLost(
            f"{what} The index is as it was before; what was embedded is kept, and the next ingest goes on from there."
        ) from error

    def _threads_there(self) -> int:
        """How many parts can be done at once, as was told within the last second."""
        if time.monotonic() - self._counted_at >= _LOOK_SECONDS:
            self._threads_told = self._client.scheduler_info(n_workers=0)["total_threads"]
            self._counted_at = time.monotonic()
        return self._threads_told

    def _most_under_way(self) -> int:
        return WORKERS.parts_each * max(1, self._threads_there() if self._client is not None else 1)


def _stretches(kind: _Kind, items: Iterable[Any]) -> Iterator[_Handed]:
    """The items in stretches of about the same work, however many among them are done already."""
    some, cost = _Handed([], []), 0
    for item in items:
        some.items.append(item)
        if not kind.is_done(item):
            some.part.append(item)
            cost += kind.cost(item)
        if cost >= kind.most or len(some.items) >= kind.most_items:
            yield some
            some, cost = _Handed([], []), 0
    if some.items:
        yield some


def _refused(file: Unparsed) -> Reading:
    refusal = Refusal(
        file.source,
        "Reading it ended one worker after another.",
        "It may be damaged or made to do harm; save it anew, or remove it.",
    )
    return Reading(file.source, file.sha256, refusal=refusal, format=file.form.name)


def _in_a_line(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).partition('. ')[0]}"


def _deadly(what: str, article: str) -> NoReturn:
    raise WorkersLost(
        f"{what} '{article}' ended one worker after another; they may have too little memory. "
        "The index is as it was before. Leave the file out with --exclude, or run the ingest without workers."
    )


_PARSE = _Kind(
    "parse",
    lambda file: len(file.content),
    WORKERS.parse_bytes,
    WORKERS.most_items,
    lambda one: isinstance(one, Reading),
    _refused,
)
_SPLIT = _Kind(
    "split",
    lambda article: len(article.text),
    WORKERS.split_chars,
    WORKERS.most_items,
    lambda one: isinstance(one, tuple),
    lambda article: _deadly("Cutting the article", article.id),
)
_EMBED = _Kind(  # texts come as parts already
    "embed", lambda _: 1, 1, 1, lambda one: isinstance(one, tuple), lambda some: _deadly("Embedding what begins with", some.first)
)
