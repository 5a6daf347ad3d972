"""Where workers come from: started on this machine for one ingest, or those of a Dask scheduler that runs already.

Those started here listen on the loopback address alone, and by TLS with a key made for this ingest: whoever may give a worker
work may run anything as its user, and other users of this machine must not.
"""

from __future__ import annotations

import contextlib
import logging
import signal
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from multiprocessing import resource_tracker
from typing import Any

from footnote.errors import WorkersUnfit, WorkersUnreachable
from footnote.settings import WORKERS

_QUIET = {
    "distributed.scheduler.allowed-failures": WORKERS.deaths - 1,
    "distributed.scheduler.worker-saturation": 1.0,  # a worker's death is blamed on what it was given: so on one part
    "distributed.scheduler.http.routes": [],  # pages about what is being done
    "distributed.worker.http.routes": [],
    "distributed.admin.large-graph-warning-threshold": "1GB",  # a file is sent with its part
    "distributed.comm.timeouts.connect": f"{WORKERS.connect_seconds}s",
}

# What shapes passages and vectors, and what speaks with the workers.
_PINNED = ("onnxruntime", "tokenizers", "sentencex", "numpy", "dask", "distributed", "cloudpickle", "msgpack")


def started(count: int, threads: int, stack: ExitStack) -> Any:
    """A client of ``count`` worker processes, which end with ``stack``. ``threads`` is what each may compute with.

    Raises WorkersUnreachable where they do not start.
    """
    import dask
    from distributed import Client, LocalCluster, Security

    stack.enter_context(dask.config.set(_QUIET))
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    stack.enter_context(dask.config.set({"temporary-directory": folder}))
    try:
        with _uninterrupted(), warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Creating scratch directories is taking")  # of a slow disk
            cluster = LocalCluster(
                n_workers=count,
                threads_per_worker=1,
                host="127.0.0.1",
                protocol="tls://",
                security=Security.temporary(),
                scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
                memory_limit=None,  # how much is under way is bounded by who hands it out
                local_directory=folder,
                silence_logs=logging.CRITICAL,
                env={"RAYON_NUM_THREADS": str(threads), "OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads)},
            )
        stack.enter_context(cluster)
        return stack.enter_context(Client(cluster))
    except Exception as error:  # whatever keeps a process from starting
        raise WorkersUnreachable(
            f"{count} workers could not be started on this machine ({type(error).__name__}). Ask for fewer, or do without."
        ) from error


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Threads begun here, and processes that those start then or later, do not see Ctrl-C: who began them ends them."""
    resource_tracker.ensure_running()  # where it is not, whoever starts a process first starts it, and then does see Ctrl-C
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def connected(address: str, stack: ExitStack) -> Any:
    """A client of the scheduler at ``address``. Raises WorkersUnreachable and WorkersUnfit.

    What secures the connection (TLS, its keys) is Dask's own configuration.
    """
    import dask
    from distributed import Client
    from distributed.utils import silence_logging_cmgr

    stack.enter_context(dask.config.set(_QUIET))
    stack.enter_context(silence_logging_cmgr(logging.CRITICAL))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of versions, which are looked at below
            client = stack.enter_context(Client(address, timeout=f"{WORKERS.connect_seconds}s"))
            there = client.run(_asking(_PINNED))
    except Exception as error:  # addresses fail in as many ways as there are networks
        raise WorkersUnreachable(
            f"No Dask scheduler answers at {address} within {WORKERS.connect_seconds} s ({type(error).__name__}). "
            "Start one with 'dask scheduler', or name another with --cluster, as tcp://HOST:8786."
        ) from error
    here = _asking(_PINNED)()
    for worker, found in there.items():
        wrong = [f"{name} {found[name] or 'none'} instead of {here[name]}" for name in here if found[name] != here[name]]
        if wrong:
            raise WorkersUnfit(
                f"The worker {worker} has another environment than this ingest: {', '.join(wrong)}. "
                "Install Footnote there with requirements-workers.txt, the same versions as here."
            )
    return client


def _asking(packages: tuple[str, ...]) -> Callable[[], dict[str, str | None]]:
    """What tells the versions of Footnote and of some packages. A function made here is sent whole; it needs no Footnote."""

    def versions() -> dict[str, str | None]:
        import sys
        from contextlib import suppress
        from importlib import import_module
        from importlib.metadata import PackageNotFoundError, version

        found: dict[str, str | None] = {"Python": f"{sys.version_info[0]}.{sys.version_info[1]}"}
        found |= dict.fromkeys(("Footnote", *packages))
        with suppress(ImportError):
            found["Footnote"] = import_module("footnote").__version__
        for name in packages:
            with suppress(PackageNotFoundError):
                found[name] = version(name)
        return found

    return versions
