"""What a reader of the page waits for, and what it costs: python -m bench.page [--index DIR] [--seconds 20]

On servers that it starts itself, each stopped again before the next:

- cold: from the start of the process until the question box stands in a Chromium that has never seen the page, and until the
  first answer stands below it; and, of another server, from when its port is open to the first answer, asked at once over the
  page's own websocket. The files are in the system's cache, the browser runs already;
- warm: from sending a question to the last message of its answer, over the page's own websocket, for one reader and for several
  at once, each a session of its own with questions of its own. Without a pause, which shows the capacity, and paced: one
  question every five seconds, at a moment drawn by chance and counted from that moment even where the one before is late. Every
  answer must hold a passage or the sentence that nothing answers; one that does not is an error, and makes the exit status 1;
- memory: what idle sessions that asked one question each add to a server that has answered before. The first fifty are held in
  part by what it has left over from its earlier answers; the slope over further ones is the better figure.

The readers share the processor with the server, so their share of it stands in the table. They draw nothing, and unlike a
browser they keep no messages: what is longer than 10 kB is sent to them again each time.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle, islice
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin, Subprotocol

from bench.machine import duration, keep
from bench.speed import QUESTION, Quiet
from footnote.build import build
from footnote.care import care_file, read_care
from footnote.search import Searcher

ROOT = Path(__file__).parents[1]
QUESTIONS = Path(__file__).with_name("golden") / "questions.csv"
COLD_STARTS = 3
READERS = (1, 10, 30)
PAUSE_SECONDS = 5.0
DRAWN_SECONDS = 2.0  # by so much at most the time between two questions of a paced reader is longer or shorter
SESSIONS, MORE_SESSIONS = 50, 200
WARM_QUESTIONS = 20  # before anything warm is measured: buffers and thread pools have grown by then
PATIENCE_SECONDS = 60.0
ENOUGH = 20  # answers, for a p95
BOX, NOTHING = "Question", "Nothing in these articles answers that."
_FIRST_HIT = re.compile(rb"<h2[^>]*>(?:<[^>]*>)*\[1\]")
_CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
_QUIET = ["--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
_LOST = (OSError, TimeoutError, WebSocketException)


def main() -> int:
    """Measures, prints and keeps the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, metavar="DIR", help="kb/ is built into a temporary one where none is given")
    parser.add_argument(
        "--seconds", type=float, default=20.0, help="how long each number of readers asks, at each pace; in fives"
    )
    options = parser.parse_args()
    seconds = max(1, ceil(options.seconds / PAUSE_SECONDS)) * PAUSE_SECONDS
    load = round(os.getloadavg()[0], 2)
    with tempfile.TemporaryDirectory() as scratch:
        index = options.index or Path(scratch, "index")
        if options.index is None:
            build(ROOT / "kb", index, Quiet(), care=read_care(care_file()))
        rows = _warm(index, seconds)
        alone = _search_alone(index)
        result = {
            "load of the machine before": load,
            "seconds at each pace": seconds,
            **_cold(index),
            "port open to first answer, asked at once, s": round(median(_first_answer(index) for _ in range(COLD_STARTS)), 2),
            "Searcher.ask by itself, p50 ms": alone,
            "page with one reader / Searcher.ask by itself": round(rows[0]["p50 ms"] / alone, 2) if rows[0]["p50 ms"] else None,
            **asyncio.run(_memory(index)),
            "readers": rows,
        }
    _show(result)
    print(keep("page", result))
    return 1 if any(row["errors"] for row in rows) else 0


def _show(result: dict[str, Any]) -> None:
    for name, value in result.items():
        if name != "readers":
            print(f"{name:<64}{value}")
    rows: list[dict[str, Any]] = result["readers"]
    widths = [max(len(name), *(len(str(row[name])) for row in rows)) for name in rows[0]]
    for cells in (list(rows[0]), *(list(row.values()) for row in rows)):
        print("  ".join(str(cell).rjust(width) for cell, width in zip(cells, widths, strict=True)))


# The server


@dataclass(frozen=True, slots=True)
class Server:
    """A running server of the page."""

    host: str
    process: subprocess.Popen[bytes]
    started: float  # on the clock of time.perf_counter

    def age(self) -> float:
        """Seconds since the process was started."""
        return time.perf_counter() - self.started

    def memory(self) -> float:
        """Its resident memory in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) * 1024 / 1e6

    def processor(self) -> float:
        """The processor time that it has used, in seconds."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(index: Path) -> Iterator[Server]:
    """A server that answers on a free port of the loopback interface, stopped in the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", host.split(":")[1]]
    # As an owner starts it: what Python compiled once is kept.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["FOOTNOTE_INDEX"] = str(index.resolve())
    started = time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as process:
        server = Server(host, process, started)
        try:
            _wait_for(server)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_for(server: Server) -> None:
    while server.process.poll() is None and server.age() < PATIENCE_SECONDS:
        try:
            urllib.request.urlopen(f"http://{server.host}/_stcore/health", timeout=1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise SystemExit("The server of the page did not start.")


# Cold, in a browser


def _cold(index: Path) -> dict[str, Any]:
    if _CHROMIUM is None:
        print("No Chromium is installed: the cold start is not measured.", file=sys.stderr)
        return {}
    starts = [_cold_start(index, _CHROMIUM) for _ in range(COLD_STARTS)]
    return {name: round(median(start[name] for start in starts), 2) for name in starts[0]}


def _cold_start(index: Path, chromium: str) -> dict[str, float]:
    """Seconds from the start of a server, read in a browser of its own that waits for it."""
    from playwright.sync_api import sync_playwright

    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=[*_QUIET, *sandbox])
        page = browser.new_page()
        with serving(index) as server:
            healthy = server.age()
            page.goto(f"http://{server.host}")
            box = page.get_by_label(BOX, exact=True)
            box.wait_for()
            painted = server.age()
            box.fill(QUESTION)
            box.press("Enter")
            page.get_by_role("heading", name="[1]").or_(page.get_by_text(NOTHING)).first.wait_for()
            answered = server.age()
        browser.close()
    return {
        "process start to a server that answers, s": healthy,
        "process start to first paint, s": painted,
        "process start to first answer, s": answered,
        "first question typed to its answer, s": answered - painted,
    }


# Warm, over the websocket


class Session:
    """One session, which speaks as the page's own script in a browser does."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._box = ""  # the id of the question box
        self._script = ""  # the hash of the page that is shown
        self._query = ""

    async def open(self) -> None:
        """Draws the page for the first time."""
        await self._run("")
        if not self._box:
            raise SystemExit(f"The page has no text input {BOX!r}.")

    async def ask(self, question: str) -> bytes:
        """Everything that the server sends until the answer to ``question`` is drawn."""
        return await self._run(question)

    async def _run(self, question: str) -> bytes:
        sent = BackMsg()
        state = sent.rerun_script
        state.query_string, state.page_script_hash = self._query, self._script
        if self._box:
            state.widget_states.widgets.add(id=self._box, string_value=question)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._connection.send(sent.SerializeToString())
            received = bytearray()
            while True:
                raw = await self._connection.recv(decode=False)
                received += raw
                if self._heard(ForwardMsg.FromString(raw)):
                    return bytes(received)

    def _heard(self, message: Any) -> bool:
        """Takes in what the next question needs, and says whether this was the end of a run that no other follows."""
        match message.WhichOneof("type"):
            case "navigation":
                self._script = message.navigation.page_script_hash
            case "page_info_changed":
                self._query = message.page_info_changed.query_string
            case "delta" if message.delta.new_element.text_input.label == BOX:
                self._box = message.delta.new_element.text_input.id
            case "script_finished":
                return bool(message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN)
        return False


def _first_answer(index: Path) -> float:
    """Seconds from when the port of a new server is open to its first answer."""
    with serving(index) as server:
        opened = server.age()
        if not _FIRST_HIT.search(asyncio.run(_asked_once(server, QUESTION))):
            raise SystemExit("The page found nothing.")
        return server.age() - opened


async def _asked_once(server: Server, question: str) -> bytes:
    async with session(server) as reader:
        return await reader.ask(question)


@asynccontextmanager
async def session(server: Server) -> AsyncIterator[Session]:
    """A new session with the page before it."""
    async with connect(
        f"ws://{server.host}/_stcore/stream",
        origin=Origin(f"http://{server.host}"),
        subprotocols=[Subprotocol("streamlit")],
        max_size=None,
    ) as connection:
        opened = Session(connection)
        await opened.open()
        yield opened


@dataclass(slots=True)
class Tally:
    """What some readers received."""

    seconds: list[float] = field(default_factory=list)  # that each answer took
    in_time: int = 0  # answers that came before the end
    with_hits: int = 0
    errors: int = 0

    def add(self, received: bytes, took: float, in_time: bool) -> None:
        """Counts one answer."""
        has_hits = bool(_FIRST_HIT.search(received))
        if not has_hits and NOTHING.encode() not in received:
            self.errors += 1
            return
        self.seconds.append(took)
        self.in_time += in_time
        self.with_hits += has_hits


def _warm(index: Path, seconds: float) -> list[dict[str, Any]]:
    """A row for each pace and number of readers, each number with a server of its own."""
    rows: list[dict[str, Any]] = []
    for readers in READERS:
        rows += asyncio.run(_with_readers(index, readers, seconds))
    rows.sort(key=lambda row: (row["pace"] == "paced", row["readers"]))
    one = rows[0]["p50 ms"]  # of many answers, for a paced reader alone gives few
    for row in rows:
        row["p50 / one reader's without a pause"] = round(row["p50 ms"] / one, 2) if one and row["p50 ms"] else None
    return rows


async def _with_readers(index: Path, readers: int, seconds: float) -> list[dict[str, Any]]:
    with serving(index) as server:
        async with AsyncExitStack() as stack:
            sessions = [await stack.enter_async_context(session(server)) for _ in range(readers)]
            for question in islice(_questions(-1), WARM_QUESTIONS):
                await sessions[0].ask(question)
            return [await _phase(server, sessions, pace, seconds) for pace in ("no pause", "paced")]


async def _phase(server: Server, sessions: Sequence[Session], pace: str, seconds: float) -> dict[str, Any]:
    """All readers at one pace for so many seconds."""
    tally, served, spent = Tally(), server.processor(), time.process_time()
    start = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number, reader in enumerate(sessions):
            due = _paced(number, seconds) if pace == "paced" else _without_a_pause(start, seconds)
            group.create_task(_read(reader, zip(due, _questions(number), strict=False), start, seconds, tally))
    whole = time.perf_counter() - start
    count = len(tally.seconds)
    return {
        "pace": pace,
        "readers": len(sessions),
        "answers": count,
        "with hits": tally.with_hits,
        "errors": tally.errors,
        "p50 ms": _percentile(tally.seconds, 0.5),
        "p95 ms": _percentile(tally.seconds, 0.95) if count >= ENOUGH else None,
        "answers/s": round(tally.in_time / seconds, 1),
        "server's CPU ms an answer": round((server.processor() - served) / count * 1e3, 1) if count else None,
        "cores used by the server": round((server.processor() - served) / whole, 2),
        "by the readers": round((time.process_time() - spent) / whole, 2),
    }


async def _read(reader: Session, turns: Iterable[tuple[float, str]], start: float, seconds: float, tally: Tally) -> None:
    """One reader, who asks each question when it is due or, if the one before is late, after that."""
    for due, question in turns:
        await asyncio.sleep(max(0.0, start + due - time.perf_counter()))
        try:
            received = await reader.ask(question)
        except _LOST:
            tally.errors += 1
            return
        passed = time.perf_counter() - start
        tally.add(received, passed - due, passed <= seconds)


def _without_a_pause(start: float, seconds: float) -> Iterator[float]:
    """The moments of a reader who asks on and on: always now."""
    while (passed := time.perf_counter() - start) < seconds:
        yield passed


def _paced(reader: int, seconds: float) -> Iterator[float]:
    """The moments of a reader who asks every five seconds, give or take, and begins anywhere within five."""
    chance = random.Random(reader)
    first = chance.uniform(0, PAUSE_SECONDS)
    turns = range(round(seconds / PAUSE_SECONDS))
    # What would come after the end comes at the beginning, so that no part of the time is busier than another.
    return iter(sorted((first + turn * PAUSE_SECONDS + chance.uniform(0, DRAWN_SECONDS)) % seconds for turn in turns))


def _questions(reader: int) -> Iterator[str]:
    """The golden questions in an order of the reader's own, again and again."""
    with QUESTIONS.open(encoding="utf-8", newline="") as file:
        questions = [row["question"] for row in csv.DictReader(file)]
    random.Random(f"questions of {reader}").shuffle(questions)
    return cycle(questions)


def _percentile(seconds: Sequence[float], share: float) -> float | None:
    """The time in ms within which so large a share of the answers came."""
    return round(sorted(seconds)[ceil(share * len(seconds)) - 1] * 1e3, 1) if seconds else None


def _search_alone(index: Path) -> float:
    """What a question takes without the page, in ms."""
    searcher, times = Searcher.open(index), []
    for question in islice(_questions(0), 5 * WARM_QUESTIONS):
        times.append(duration(partial(searcher.ask, question)) * 1e3)
    searcher.close()
    return round(median(times[WARM_QUESTIONS:]), 1)


# Memory


async def _memory(index: Path) -> dict[str, Any]:
    """What a session costs. One after another, so that no buffers for several at once are counted with them."""
    with serving(index) as server:
        async with session(server) as first:
            for question in islice(_questions(-1), WARM_QUESTIONS):
                await first.ask(question)
        before = await _at_rest(server)
        async with AsyncExitStack() as stack:
            await _sit(stack, server, SESSIONS)
            some = await _at_rest(server)
            await _sit(stack, server, MORE_SESSIONS)
            more = await _at_rest(server)
    return {
        "memory of a server that has answered, MB": round(before, 1),
        f"the same with {SESSIONS} idle sessions, MB": round(some, 1),
        "one of them, MB": round((some - before) / SESSIONS, 3),
        f"one of {MORE_SESSIONS} more, which find little memory left over, MB": round((more - some) / MORE_SESSIONS, 3),
    }


async def _sit(stack: AsyncExitStack, server: Server, count: int) -> None:
    """Opens so many sessions that ask one question each and stay."""
    for question in islice(_questions(0), count):
        await (await stack.enter_async_context(session(server))).ask(question)


async def _at_rest(server: Server) -> float:
    await asyncio.sleep(2)
    return server.memory()


if __name__ == "__main__":
    sys.exit(main())
