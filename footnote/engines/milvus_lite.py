"""Milvus Lite: the server of one file, started and stopped with whoever uses it.

The package's own way to start it needs a module that setuptools no longer has, leaves a process behind where another program
takes the file over at the wrong moment, and breaks where the folder for temporary files has a long name. So its program is
started here.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import IO

from footnote.errors import EngineMissing, IndexNotWritable, IndexUnreachable

INSTALL = "Install it: pip install -r requirements-milvus.txt"
START_SECONDS = 300.0  # it reads the whole file; 10 s for 100,000 passages
_LEAVE_SECONDS = 10.0  # in which the server of a process that was killed leaves
_LONGEST_SOCKET = 90  # characters; the system takes no more than 107


class LiteServer:
    """The server of ``file``, which one process can use at a time. Raises IndexUnreachable, IndexNotWritable, EngineMissing.

    ``work`` is the folder beside the file. The server has a lock of its own in there for as long as it runs, however it was
    left, and leaves by itself when the process that started it lets go of Lite's own lock.
    """

    def __init__(self, file: Path, work: Path) -> None:
        root = _package()
        self._socket_folder = tempfile.mkdtemp(prefix="footnote-", dir=_temporary())
        self.uri = f"unix:{self._socket_folder}/socket"
        self._locks: list[IO[str]] = []
        self._process: subprocess.Popen[bytes] | None = None
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            work.mkdir(parents=True, exist_ok=True)
            running = self._lock(file, work / "SERVER", fcntl.flock)
            alive = self._lock(file, file.with_name(f".{file.name}.lock"), fcntl.lockf)
            self._process = subprocess.Popen(
                [root / "lib" / "milvus", file.absolute(), self.uri, "FATAL", Path(alive.name).absolute()],
                env={**os.environ, "LD_LIBRARY_PATH": f"{root / 'lib'}:{os.environ.get('LD_LIBRARY_PATH', '')}"},
                pass_fds=[running.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # where it quotes what was asked
                start_new_session=True,  # Ctrl-C is for us; it leaves when we do
            )
            self._wait(file)
        except OSError as error:
            self.stop()
            raise IndexNotWritable(
                f"The file {file} can't be used: {error.strerror}. Name another with --index, or change its permissions."
            ) from error
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Lets the server go and waits until it has gone."""
        for lock in reversed(self._locks):
            lock.close()
        if self._process is not None:
            try:
                self._process.wait(timeout=_LEAVE_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        shutil.rmtree(self._socket_folder, ignore_errors=True)

    def _lock(self, file: Path, path: Path, take: object) -> IO[str]:
        lock = open(path, "a")  # noqa: SIM115 - held until the server is stopped
        self._locks.append(lock)
        until = time.monotonic() + _LEAVE_SECONDS
        while True:
            with contextlib.suppress(BlockingIOError):
                take(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # type: ignore[operator]
                return lock
            if time.monotonic() > until:
                raise IndexUnreachable(
                    f"The file {file} is in use by another program, and Milvus Lite lets in one at a time: a page, an ingest or "
                    "a question. Stop that one first, or keep the library on a Milvus server."
                )
            time.sleep(0.05)

    def _wait(self, file: Path) -> None:
        until = time.monotonic() + START_SECONDS
        while not os.path.exists(self.uri.removeprefix("unix:")):
            assert self._process is not None
            if self._process.poll() is not None or time.monotonic() > until:
                raise IndexUnreachable(
                    f"Milvus Lite does not start on {file}. If it is no file of Milvus Lite, name another with --index."
                )
            time.sleep(0.01)


def _package() -> Path:
    found = importlib.util.find_spec("milvus_lite")
    if found is None or not found.submodule_search_locations:
        raise EngineMissing(f"Milvus Lite is not installed. {INSTALL}")
    return Path(found.submodule_search_locations[0])


def _temporary() -> str:
    chosen = tempfile.gettempdir()
    return chosen if len(chosen) < _LONGEST_SOCKET else "/tmp"
