"""Who may write a library on a server: one ingest at a time, on whichever machine, known by a row that it keeps renewing.

Milvus has no way to take a row only where nobody else has one. So each puts a row of its own and then looks at all, and holds the
library only once it has seen no other: of two, one looks after both rows are there, so they never both hold it. Where several
begin at the same moment, the one whose name comes first waits for the others to leave.
"""

from __future__ import annotations

import contextlib
import threading
import time
import uuid
from types import TracebackType
from typing import Self

from footnote.engines.milvus_connection import Connection
from footnote.engines.milvus_rows import NO_VECTOR, SCHEMA, one_of
from footnote.errors import FootnoteError, IngestRunning
from footnote.settings import MILVUS

_LEASE = -1  # where the states have their number


class Lease:
    """Held while it is entered. ``states`` is the library's collection of states. Raises IngestRunning."""

    def __init__(self, connection: Connection, states: str, where: str) -> None:
        self._connection, self._states, self._where = connection, states, where
        self._owner = uuid.uuid4().hex
        self._over = threading.Event()
        # By the clock of the day, as the others go by it; and it goes on while a machine sleeps.
        self._until = 0.0
        self._thread = threading.Thread(target=self._renew, daemon=True)

    def __enter__(self) -> Self:
        if self._others():
            raise self._running()
        at = time.time()
        try:
            self._put(at)
            self._until = at + self._ours()
            self._wait_for_others_to_leave()
            self.check()
        except BaseException:
            self._leave()
            raise
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()
        self._leave()

    def check(self) -> None:
        """Raises IngestRunning where it could not be renewed in time, and another ingest may have begun."""
        if time.time() > self._until:
            raise IngestRunning(
                f"This ingest could not reach {self._where} for {self._ours():.0f} s, and another may be writing it now. "
                "The library is as it was before. Run this one again."
            )

    def _wait_for_others_to_leave(self) -> None:
        until = time.monotonic() + MILVUS.leave_seconds
        while others := self._others():
            if min(others) < self._owner or time.monotonic() > until:
                raise self._running()
            time.sleep(MILVUS.pause_seconds)

    def _others(self) -> list[str]:
        rows = self._connection.rows(self._states, f"state == {_LEASE}", ["key", "content"])
        now = time.time()
        return [row["key"] for row in rows if row["key"] != self._owner and float(row["content"]) > now]

    def _running(self) -> IngestRunning:
        return IngestRunning(
            f"Another ingest is writing {self._where}, or was stopped less than {MILVUS.lease_seconds:.0f} s ago. "
            "Wait until it is done, then run this one again."
        )

    def _put(self, at: float) -> None:
        until = f"{at + MILVUS.lease_seconds:.3f}"
        row = {"key": self._owner, "state": _LEASE, "schema": SCHEMA, "piece": 0, "pieces": 0, "content": until}
        self._connection.put(self._states, [{**row, "vector": NO_VECTOR}])

    def _leave(self) -> None:
        with contextlib.suppress(FootnoteError):  # the row is soon worth nothing
            self._connection.delete(self._states, one_of("key", [self._owner]))

    def _renew(self) -> None:
        while not self._over.wait(MILVUS.lease_seconds / 4):
            at = time.time()
            try:
                self._put(at)
            except FootnoteError:
                continue  # as long as the last one counts, there is time to try again
            if time.time() > self._until:
                return  # too late: another may have begun
            self._until = at + self._ours()

    @staticmethod
    def _ours() -> float:
        """Seconds for which we hold to a row: fewer than others do, whose clocks may be ahead."""
        return MILVUS.lease_seconds - MILVUS.clock_seconds
