"""How much a reader may ask for, so that all are answered. Knows time and counts, neither questions nor Streamlit."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from footnote.errors import Busy
from footnote.settings import PAGE


class Turns:
    """Lets a few search at once and a few more wait. Safe to use from several threads."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self._free = threading.Semaphore(at_once)
        self._places = threading.Semaphore(at_once + waiting)

    @contextmanager
    def turn(self, seconds: float = PAGE.wait_seconds) -> Iterator[None]:
        """Waits for a turn and holds it. Raises Busy if none comes within ``seconds``, or at once where too many wait."""
        if not self._places.acquire(blocking=False):
            raise Busy("Too many questions wait to be answered.")
        try:
            if not self._free.acquire(timeout=seconds):
                raise Busy("No turn came in time.")
            try:
                yield
            finally:
                self._free.release()
        finally:
            self._places.release()


class Pace:
    """Counts what happened within the last ``seconds``. Safe to use from several threads."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._times: deque[float] = deque()
        self._lock = threading.Lock()

    def is_over(self) -> bool:
        """Whether it happened as often as it may."""
        with self._lock:
            now = time.monotonic()
            while self._times and now - self._times[0] > self._seconds:
                self._times.popleft()
            return len(self._times) >= self._most

    def count(self) -> None:
        """It happened once more."""
        with self._lock:
            self._times.append(time.monotonic())


SEARCHES = Turns(PAGE.searches, PAGE.waiting)
"""One queue for all readers of this server."""
