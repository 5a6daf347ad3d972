"""Builds the index over a folder of articles.

exit status: 0 built, or already current; 1 failed, the index is as before; 3 built, some files refused (listed);
4 another ingest is running
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from footnote.build import Activity, Report, build
from footnote.errors import FootnoteError, IngestRunning

BUILT, FAILED, SOME_REFUSED, RUNNING = 0, 1, 3, 4


UNITS = {"Reading": "files", "Splitting": "articles", "Embedding": "passages"}


class Terminal:
    """Tells how a build goes on: a line that is rewritten on a terminal, a line every so often elsewhere."""

    def __init__(self) -> None:
        self._activity = ""
        self._started = self._told = 0.0

    def say(self, text: str) -> None:
        print(text, flush=True)

    def progress(self, activity: Activity, done: int, total: int) -> None:
        now = time.monotonic()
        if activity != self._activity:
            self._activity, self._started, self._told = activity, now, now
        live, last = sys.stdout.isatty(), done == total
        # What is over within a second is not worth a line; how many passages were embedded always is.
        worth_it = activity == "Embedding" or now - self._started > 1.0
        if worth_it and (last or now - self._told > (0.2 if live else 1.0)):
            self._told = now
            print(self._line(done, total, now - self._started, live), end="" if live and not last else "\n", flush=True)

    def _line(self, done: int, total: int, seconds: float, live: bool) -> str:
        rate = done / seconds if seconds > 0 else 0.0
        left = f", {(total - done) / rate:.0f} s left" if rate and done < total else ""
        text = f"{self._activity} {done:,} of {total:,} {UNITS[self._activity]} ({rate:.0f} a second{left})"
        return f"\r{text:<70}" if live else text


def summary(report: Report, seconds: float) -> str:
    """What an ingest did, for its user to read."""
    lines = [f"{notice.source}: {notice.text}" for notice in report.notices]
    for refusal in report.refused:
        lines.append(f"Refused {refusal.source}: {refusal.reason} {refusal.remedy}")
    counts = f"{report.articles} articles, {report.passages} passages"
    if report.outcome == "current":
        lines.append(f"The index is current: {counts}; nothing to embed. truncated: {report.truncated}")
    else:
        work = f"{report.embedded} embedded, {report.reused} reused, truncated: {report.truncated}"
        lines.append(f"Built {report.snapshot}: {counts} ({work}) in {seconds:.1f} s.")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and gives its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a file's name may hold letters that the terminal does not know
    parser = argparse.ArgumentParser(prog="ingest.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kb, index = Path(os.environ.get("FOOTNOTE_KB", "kb")), Path(os.environ.get("FOOTNOTE_INDEX", "index"))
    parser.add_argument("--kb", type=Path, default=kb, help="the folder of articles (default: kb)")
    parser.add_argument("--index", type=Path, default=index, help="the folder to build the index in (default: index)")
    parser.add_argument(
        "--model",
        metavar="NAME_OR_PATH",
        help="any sentence-transformers model on this machine (default: the index's own, or all-MiniLM-L6-v2)",
    )
    parser.add_argument("--strict", action="store_true", help="build nothing if any file is refused")
    parser.add_argument("--rebuild", action="store_true", help="embed every passage anew, even where nothing changed")
    parser.add_argument("--allow-empty", action="store_true", help="empty the index where the folder holds no article")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    try:
        report = build(
            options.kb,
            options.index,
            Terminal(),
            options.model,
            strict=options.strict,
            rebuild=options.rebuild,
            allow_empty=options.allow_empty,
        )
        print(summary(report, time.monotonic() - started), flush=True)
    except FootnoteError as error:
        print(f"ingest.py: {error}", file=sys.stderr)
        return RUNNING if isinstance(error, IngestRunning) else FAILED
    except KeyboardInterrupt:
        print("\ningest.py: Stopped. The index is as it was before.", file=sys.stderr)
        return FAILED
    except OSError as error:
        what = f"{error.filename} can't be used" if error.filename else "What it does could not be told"
        print(f"ingest.py: {what}: {error.strerror}. What is indexed, tells: python -m footnote status", file=sys.stderr)
        return FAILED
    return SOME_REFUSED if report.refused else BUILT


if __name__ == "__main__":
    sys.exit(main())
