"""An ingest on many workers, by Dask distributed. It parses, cuts and embeds; who asked for it reads the files, and writes alone.

starting.py   worker processes on this machine, or those of a scheduler that runs elsewhere
spreading.py  the parts of an ingest handed out, and taken back in their order; what becomes of those whose worker dies
work.py       what a worker does

One process writes, so the snapshot is the one that the ordinary ingest would have written. A part depends on what is sent with
it alone, so whichever worker does it again gives the same. Only here is Dask known, and only once there is work to hand out.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

from footnote.errors import WorkersMissing

if TYPE_CHECKING:
    from footnote.workers.spreading import Workers


def local_workers(count: int, threads: int | None = None) -> Workers:
    """``count`` processes on this machine, which share its cores. Raises WorkersMissing."""
    _make_sure_of_dask()
    from footnote.workers.spreading import Workers
    from footnote.workers.starting import started

    share = threads or max(1, len(os.sched_getaffinity(0)) // count)
    connect: Callable[[ExitStack], object] = partial(started, count, share)
    return Workers(connect, "this machine", share, sends_encoder=False)


def cluster(address: str) -> Workers:
    """The workers of the Dask scheduler at ``address``. Raises WorkersMissing."""
    _make_sure_of_dask()
    from footnote.workers.spreading import Workers
    from footnote.workers.starting import connected

    return Workers(partial(connected, address), address, threads=1, sends_encoder=True)


def _make_sure_of_dask() -> None:
    if find_spec("distributed") is None:
        raise WorkersMissing("Workers need Dask distributed, which is not installed: pip install -r requirements-workers.txt")
