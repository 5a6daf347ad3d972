"""One participant's part of a round: a fresh process that ingests, and fresh processes that answer. Knows no heavy library.

The memory of a command that is not a driver is what the system says of the ended process; it counts the process that started it
where that is larger, so this module and what imports it stay small.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from bench.peers.environments import Unavailable, last_line
from bench.peers.participants import Participant

_OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "ORT_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
}


@dataclass(frozen=True, slots=True)
class Ran:
    """One process: the lines it told, the seconds to the first of them and to its end, what it used."""

    lines: tuple[str, ...]
    to_first_line: float
    seconds: float
    processor: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where a participant runs: its interpreter, the corpus, its index, a home folder that is empty at the start."""

    python: Path
    corpus: Path
    index: Path
    home: Path


def measured(who: Participant, place: Place, passages: int) -> tuple[dict[str, float], list[list[str]]]:
    """A round's figures, and the ids that each question found. Raises Unavailable."""
    driver = [str(place.python), "-m", f"bench.peers.{who.driver}"]
    folders = [str(place.corpus), str(place.index)]
    ingest = _run([*driver, "ingest", *folders], place)
    took = json.loads(ingest.lines[-1])
    asking = _run([*driver, "ask", *folders], place)
    opened, asked = json.loads(asking.lines[0]), json.loads(asking.lines[-1])
    if not opened["first"]:
        raise Unavailable("It found nothing for the first question.")
    first, megabytes = asking.to_first_line, float(opened["peak MB"])
    if who.command is not None:
        alone = _run([str(place.python), *_filled(who.command, place)], place)
        first, megabytes = alone.to_first_line, alone.megabytes
    figures = {
        "ingest, passages/s": passages / took["seconds"],
        "ingest, s": took["seconds"],
        "ingest with start and end of its process, s": ingest.seconds,
        "ingest, processor s": ingest.processor,
        "ingest, peak MB": took["peak MB"],
        **{f"of the ingest, {name}, s": seconds for name, seconds in took["stretches"].items()},
        "disk, bytes a passage": _bytes(place.index) / passages,
        "fresh process to first answer, s": first,
        "memory of that process, MB": megabytes,
        "one question, p50 ms": percentile(asked["milliseconds"], 0.5),
        "one question, p99 ms": percentile(asked["milliseconds"], 0.99),
        "memory after all questions, MB": asked["peak MB"],
        "questions answered": sum(map(bool, asked["found"])),
    }
    return figures, asked["found"]


def percentile(values: Sequence[float], share: float) -> float:
    """The least of ``values`` that so large a share of them does not exceed."""
    return sorted(values)[max(0, -int(-share * len(values) // 1) - 1)]


def _filled(command: Sequence[str], place: Place) -> list[str]:
    with (place.corpus / "questions.txt").open(encoding="utf-8") as lines:
        question = next(lines).rstrip("\n")
    return [part.format(question=question, index=place.index) for part in command]


def _run(command: Sequence[str], place: Place) -> Ran:
    environment = os.environ | _OFFLINE | {"HOME": str(place.home)}
    with tempfile.TemporaryFile() as complaints:
        started = time.perf_counter()
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=complaints, env=environment)
        assert child.stdout is not None
        lines, to_first = _read(child.stdout, started)
        _, status, used = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        complaints.seek(0)
        said = complaints.read().decode(errors="replace")
    if child.returncode != 0 or not lines:
        for path in (place.python, place.index, place.corpus):  # of this machine: no matter for a result
            said = said.replace(str(path), path.name)
        raise Unavailable(f"{' '.join(command[1:4])} ended with {child.returncode}: {last_line(said)}")
    return Ran(tuple(lines), to_first, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _read(output: IO[bytes], started: float) -> tuple[list[str], float]:
    first = output.readline()
    to_first = time.perf_counter() - started
    rest = output.read()
    output.close()
    return (first + rest).decode(errors="replace").splitlines(), to_first


def _bytes(index: Path) -> int:
    """What an index takes of the disk, models left out: all but Footnote keep theirs elsewhere."""
    return sum(path.stat().st_size for path in index.rglob("*") if path.is_file() and "encoders" not in path.parts)


def rounded(figures: dict[str, Any]) -> dict[str, Any]:
    """Three figures that count are enough of any time."""
    return {name: float(f"{value:.3g}") if isinstance(value, float) else value for name, value in figures.items()}
