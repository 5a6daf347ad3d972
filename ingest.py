"""Builds the index over a folder of articles.

exit status: 0 built, or already current; 1 failed, the index is as before; 3 built, some files refused (listed);
4 another ingest is running
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from footnote.build import build
from footnote.care import Care, care_file, read_care
from footnote.crew import Crew
from footnote.errors import CareInvalid, FootnoteError, IngestRunning, Unreadable
from footnote.readers.selection import Patterns
from footnote.records import Changes, Refusal
from footnote.reporting import Activity, Report
from footnote.settings import WATCH

BUILT, FAILED, SOME_REFUSED, RUNNING = 0, 1, 3, 4

UNITS = {
    "Reading": "files",
    "Splitting": "articles",
    "Embedding": "passages",
    "Writing": "passages",
    "Placing": "passages on the map",
    "Calibrating": "questions",
    "Learning": "examples of care notices",
}
NAMED = 20  # changed files that a summary names; the others are counted


def tell(text: str, end: str = "\n") -> None:
    """Prints at once; a reader that has gone away does not stop the build."""
    try:
        print(text, end=end, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Terminal:
    """Tells how a build goes on: a line that is rewritten on a terminal, a line every so often elsewhere."""

    def __init__(self, is_brief: bool = False) -> None:
        self._is_brief = is_brief  # only what takes long
        self._activity = ""
        self._started = self._told = 0.0

    def say(self, text: str) -> None:
        if not self._is_brief:
            tell(text)

    def progress(self, activity: Activity, done: int, total: int) -> None:
        now = time.monotonic()
        if activity != self._activity:
            self._activity, self._started, self._told = activity, now, now
        live, last = sys.stdout.isatty(), done == total
        # What is over within a second is not worth a line; how many passages were embedded always is.
        worth_it = now - self._started > (10.0 if self._is_brief else 1.0) or (activity == "Embedding" and not self._is_brief)
        if worth_it and (last or now - self._told > (0.2 if live else 1.0)):
            self._told = now
            line = self._line(done, total, now - self._started)
            columns = shutil.get_terminal_size().columns
            tell(f"\r{line[: columns - 1]}\x1b[K" if live else line, end="" if live and not last else "\n")

    def _line(self, done: int, total: int, seconds: float) -> str:
        rate = done / seconds if seconds > 0 else 0.0
        left = f", {duration((total - done) / rate)} left" if rate and done < total else ""
        return f"{self._activity} {done:,} of {total:,} {UNITS[self._activity]} ({rate:,.0f} a second{left})"


def duration(seconds: float) -> str:
    """How long something takes, as exactly as one wants to know."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"


def summary(report: Report, seconds: float) -> str:
    """What an ingest did, for its user to read."""
    lines = [f"{plain(notice.source)}: {notice.text}" for notice in report.notices]
    lines += [refused(refusal) for refusal in report.refused]
    if report.changes is not None:
        changes = [f"{word.capitalize()}: {plain(name)}" for word, name in report.changes.lines()]
        more = [f"... and {len(changes) - NAMED:,} more changes."] if len(changes) > NAMED else []
        lines += changes[:NAMED] + more
    lines += table(report)
    if report.excluded:
        lines.append(f"Files left out by patterns: {report.excluded:,}")
    return "\n".join([*lines, outcome(report, seconds)])


def plain(name: str) -> str:
    """A file's name on one line; what would move the cursor is shown by its number."""
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in name)


def refused(refusal: Refusal) -> str:
    """A refused file, the reason and the remedy."""
    return f"Refused {plain(refusal.source)}: {refusal.reason} {refusal.remedy}"


def table(report: Report) -> list[str]:
    """What each format gave."""
    names = [one.name or "not read" for one in report.formats]
    wide = max(map(len, names), default=0)
    rows = [f"{'':{wide}}     files  articles  passages   refused"]
    for name, one in zip(names, report.formats, strict=True):
        rows.append(f"{name:{wide}}{one.files:10,}{one.articles:10,}{one.passages:10,}{one.refused:10,}")
    return rows


def outcome(report: Report, seconds: float) -> str:
    """The counts, in one line."""
    counts = f"{report.articles} articles, {report.passages} passages"
    if report.outcome == "current":
        return f"The index is current: {counts}; nothing to embed. truncated: {report.truncated}"
    work = f"{report.embedded} embedded, {report.reused} reused, truncated: {report.truncated}"
    return f"Built {report.snapshot}: {counts} ({work}) in {seconds:.1f} s."


class Kept:
    """The index that ``--watch`` keeps: the first build is told in full, every other in one line.

    ``run`` builds it, told whether it is the first time, and what to call when all files have been read.
    """

    def __init__(self, run: Callable[[bool, Callable[[], None]], Report]) -> None:
        self._run = run
        self._last: Report | None = None

    def build(self, on_read: Callable[[], None]) -> None:
        started = time.monotonic()
        report = self._run(self._last is None, on_read)
        seconds = time.monotonic() - started
        if self._last is None:
            tell(f"{summary(report, seconds)}\nWatching; stop with Ctrl-C.")
        elif report.outcome == "built":
            self.say(" ".join(filter(None, (outcome(report, seconds), in_words(report.changes), self._refused(report)))))
        self._last = report

    def say(self, text: str) -> None:
        tell(f"{time.strftime('%H:%M:%S')} {text}")

    def _refused(self, report: Report) -> str:
        before = self._last.refused if self._last is not None else ()
        return " ".join(refused(refusal) for refusal in report.refused if refusal not in before)


def in_words(changes: Changes | None) -> str:
    """What changed, in a sentence that names a few."""
    named = [f"{word} {plain(name)}" for word, name in changes.lines()] if changes is not None else []
    more = f" and {len(named) - 3:,} more" if len(named) > 3 else ""
    return f"{', '.join(named[:3])}{more}.".capitalize() if named else ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and gives its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a file's name may hold letters that the terminal does not know
    parser = _parser()
    options = parser.parse_args(arguments)
    if (options.workers or options.cluster) and (options.watch is not None or options.preview is not None):
        parser.error("--workers and --cluster are for a whole library; --watch and --preview read a file or two")
    options.patterns = Patterns(tuple(options.include), tuple(options.exclude))
    try:
        if options.preview is not None:
            return _preview(options)
        return _watch(options) if options.watch is not None else _ingest(options)
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ingest.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kb, index = Path(os.environ.get("FOOTNOTE_KB", "kb")), os.environ.get("FOOTNOTE_INDEX", "index")
    parser.add_argument("--kb", type=Path, default=kb, help="the folder of articles (default: kb)")
    parser.add_argument(
        "--index",
        default=index,
        metavar="WHERE",
        help="where to build the index: a folder, milvus-lite:FILE or milvus://HOST:PORT/NAME (default: index)",
    )
    parser.add_argument(
        "--model",
        metavar="NAME_OR_PATH",
        help="any sentence-transformers model on this machine (default: the index's own, or all-MiniLM-L6-v2)",
    )
    parser.add_argument(
        "--include", metavar="GLOB", action="append", default=[], help="read only files that match; may be given again"
    )
    parser.add_argument(
        "--exclude",
        metavar="GLOB",
        action="append",
        default=[],
        help="leave out files that match, as .footnoteignore in kb/ does",
    )
    parser.add_argument("--strict", action="store_true", help="build nothing if any file is refused")
    parser.add_argument("--rebuild", action="store_true", help="read and embed everything anew, even where nothing changed")
    parser.add_argument("--allow-empty", action="store_true", help="empty the index where the folder holds no article")
    whose = parser.add_mutually_exclusive_group()
    whose.add_argument(
        "--workers", type=_count, metavar="N", help="spread the work over N processes on this machine (default: one, this one)"
    )
    whose.add_argument(
        "--cluster", metavar="ADDRESS", help="spread it over the workers of a Dask scheduler, as tcp://HOST:8786 or tls://..."
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--preview", type=Path, metavar="FILE", help="show the articles and passages of one file; build nothing")
    how.add_argument(
        "--watch",
        type=_seconds,
        nargs="?",
        const=WATCH.still_seconds,
        metavar="SECONDS",
        help="keep the index current; files count as whole that have not changed for so long (default: 2)",
    )
    return parser


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"{text} is not a number of workers from 1 to 1000")
    return int(text)


def _seconds(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0.1 <= found <= 3600:
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds from 0.1 to 3600")
    return found


def _ingest(options: argparse.Namespace) -> int:
    started = time.monotonic()
    with _crew(options) as crew:
        report = _build(options, crew=crew)
    tell(summary(report, time.monotonic() - started))
    return SOME_REFUSED if report.refused else BUILT


def _crew(options: argparse.Namespace) -> contextlib.AbstractContextManager[Crew | None]:
    """Who does the work, where it is not this process alone."""
    from footnote.workers import cluster, local_workers

    if options.cluster:
        return cluster(options.cluster)
    return local_workers(options.workers) if (options.workers or 1) > 1 else contextlib.nullcontext()


def _build(
    options: argparse.Namespace,
    is_first: bool = True,
    on_read: Callable[[], None] | None = None,
    crew: Crew | None = None,
) -> Report:
    return build(
        options.kb,
        options.index,
        Terminal(is_brief=not is_first),
        options.model,
        patterns=options.patterns,
        strict=options.strict,
        rebuild=options.rebuild and is_first,
        retry=is_first,
        allow_empty=options.allow_empty,
        on_read=on_read,
        care=_care(),
        crew=crew,
    )


def _care() -> Care | None:
    """The care notices; without them where the file can't be read, as the page is."""
    try:
        return read_care(care_file())
    except CareInvalid:
        return None


def _preview(options: argparse.Namespace) -> int:
    from footnote.preview import as_lines, preview

    try:
        found = preview(options.preview, options.kb, options.index, options.model, options.patterns)
    except Unreadable as error:
        print(f"ingest.py: {options.preview} is refused. {error}", file=sys.stderr)
        return FAILED
    for line in as_lines(found):
        tell(line)
    return BUILT


def _watch(options: argparse.Namespace) -> int:
    from footnote.watching import watch

    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM):  # a shell lets what it runs in the background ignore the first
        signal.signal(number, stop)
    kept = Kept(lambda is_first, on_read: _build(options, is_first, on_read))
    with contextlib.suppress(KeyboardInterrupt):
        watch(options.kb, options.patterns, kept, replace(WATCH, still_seconds=options.watch))
    tell("Stopped watching.")
    return BUILT


if __name__ == "__main__":
    sys.exit(main())
