"""A rebuild in a process of its own: whoever searches meanwhile goes on reading the old snapshot."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from footnote.errors import FootnoteError
from footnote.page.owner import PASSWORD
from footnote.status import last_patterns
from footnote.stores import Index
from footnote.stores.opening import store_at

INGEST = Path(__file__).parents[2] / "ingest.py"
_PROGRESS = re.compile(r"(\w+ing) ([\d,]+) of ([\d,]+)")
_LINES_KEPT = 200


@dataclass(slots=True)
class Rebuild:
    """The rebuild of one index, if one was started from the page. Safe to use from several threads."""

    kb: Path
    index: Index
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _process: subprocess.Popen[str] | None = None
    _lines: deque[str] = field(default_factory=lambda: deque(maxlen=_LINES_KEPT))

    def start(self, everything: bool) -> bool:
        """Starts one, unless one runs already; says whether it did. ``everything`` embeds unchanged passages anew."""
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                return False
            self._lines.clear()
            command = [sys.executable, str(INGEST), "--kb", str(self.kb), "--index", str(self.index), *self._patterns()]
            self._process = subprocess.Popen(
                command + (["--rebuild"] if everything else []),
                env={name: value for name, value in os.environ.items() if name != PASSWORD},  # it reads files of others
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                start_new_session=True,  # it finishes even if the page's server is stopped
            )
            threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()
            return True

    def status(self) -> int | None:
        """The exit status of the last one; None while it runs, or where there was none."""
        process = self._process
        return process.poll() if process is not None else None

    def is_running(self) -> bool:
        """Whether one runs."""
        process = self._process
        return process is not None and process.poll() is None

    def was_started(self) -> bool:
        """Whether there was one at all."""
        return self._process is not None

    def lines(self) -> list[str]:
        """What it has said so far."""
        return list(self._lines)

    def progress(self) -> tuple[float, str]:
        """The share of the present stretch of work that is done, in [0, 1], and the last line said."""
        lines = self.lines()
        found = _PROGRESS.search(lines[-1]) if lines else None
        if found is None:
            return 0.0, lines[-1] if lines else ""
        done, total = (int(number.replace(",", "")) for number in found.group(2, 3))
        return done / max(total, 1), lines[-1]

    def _patterns(self) -> list[str]:
        """What the last ingest was told to leave out must not come in because the page builds."""
        try:
            return last_patterns(store_at(self.index).current().manifest).as_options()
        except FootnoteError:
            return []

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout as said:
            for line in said:
                self._lines.append(line.rstrip("\n"))
        process.wait()
