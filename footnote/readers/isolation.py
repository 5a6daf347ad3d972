"""Files are parsed in a child process that may use so much memory and time, and dies alone.

A parser of a complex format can be made to eat memory, run for ever or crash. The child gets a file's bytes through a pipe and
answers with the articles as JSON, so that nothing it says can run code here. It stays for the next file, unless this
one has made it large.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

from footnote.errors import Unreadable
from footnote.readers.formats import Format
from footnote.records import Article, Metadata, Section
from footnote.settings import PARSING, ParsingSettings

_PACKAGES = Path(__file__).parents[2]
_EXIT_SECONDS = 2  # for a child that is not needed any more to end by itself


class Isolation:
    """Parses files one after another in a child process, which is started with the first. A context manager."""

    def __init__(self, limits: ParsingSettings = PARSING) -> None:
        self._limits = limits
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Isolation:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def read(self, form: Format, content: bytes, source: str) -> tuple[list[Article], list[str]]:
        """The articles in ``content`` and notices about it. Raises Unreadable; whatever happens takes bounded time and memory."""
        child = self._child or _started(self._limits)
        self._child = None  # only a child that has answered is asked again
        told = {"module": form.module, "is_text": form.is_text, "source": source, "bytes": len(content)}
        line, out_of_time = _exchange(child, json.dumps(told).encode() + b"\n" + content, self._limits)
        if not line.endswith(b"\n"):
            raise _died(_ended(child), out_of_time, self._limits)
        answer = json.loads(line)
        if answer["is_large"]:
            _ended(child)
        else:
            self._child = child
        if answer["refusal"] is not None:
            raise Unreadable(*answer["refusal"])
        return [_article(raw) for raw in answer["articles"]], answer["notices"]

    def close(self) -> None:
        """Ends the child, if there is one."""
        if self._child is not None:
            _ended(self._child)
            self._child = None


def _started(limits: ParsingSettings) -> subprocess.Popen[bytes]:
    path = os.pathsep.join(filter(None, (str(_PACKAGES), os.environ.get("PYTHONPATH"))))
    # Our own settings hold passwords, and what reads files of others needs none of them.
    rest = {name: value for name, value in os.environ.items() if not name.startswith("FOOTNOTE_")}
    return subprocess.Popen(
        [sys.executable, "-m", "footnote.readers.child", json.dumps(asdict(limits))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # what a parser grumbles may quote the article
        # A thread pool reserves more memory than the child may have.
        env=rest | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        process_group=0,  # an interrupted ingest ends it in its own way
    )


def _exchange(child: subprocess.Popen[bytes], message: bytes, limits: ParsingSettings) -> tuple[bytes, bool]:
    """What the child answers, one line; less than a line where it died. Also whether its time ran out."""
    assert child.stdin is not None
    assert child.stdout is not None
    out_of_time = threading.Event()

    def stop() -> None:
        out_of_time.set()
        child.kill()

    timer = threading.Timer(limits.wall_seconds, stop)
    timer.start()
    try:
        child.stdin.write(message)
        child.stdin.flush()
        line = child.stdout.readline(limits.answer_bytes)
    except BrokenPipeError:
        line = b""
    except BaseException:
        child.kill()
        raise
    finally:
        timer.cancel()
    return line, out_of_time.is_set()


def _ended(child: subprocess.Popen[bytes]) -> int:
    """Ends a child that is not needed any more; gives its exit status, negative for the signal that had ended it."""
    assert child.stdin is not None
    assert child.stdout is not None
    with contextlib.suppress(OSError):
        child.stdin.close()
    child.stdout.close()
    try:
        return child.wait(timeout=_EXIT_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()


def _died(status: int, out_of_time: bool, limits: ParsingSettings) -> Unreadable:
    if out_of_time or status == -signal.SIGXCPU:
        return Unreadable(
            f"Reading it takes longer than {limits.cpu_seconds} seconds.", "Split it, or save it anew in a simpler form."
        )
    return Unreadable(
        f"Reading it ended the reader ({_ending(status)}).", "It may be damaged or made to do harm; save it anew, or remove it."
    )


def _ending(status: int) -> str:
    return signal.strsignal(-status) or "a signal" if status < 0 else f"exit status {status}"


def _article(raw: dict[str, Any]) -> Article:
    sections = tuple(Section(tuple(path), *rest) for path, *rest in raw["sections"])
    metadata = Metadata(**{**raw["metadata"], "tags": tuple(raw["metadata"]["tags"])})
    return Article(raw["id"], raw["source"], metadata, raw["text"], sections, raw["source_start"])
