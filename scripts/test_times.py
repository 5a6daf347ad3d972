"""Where the time of a test run goes, as a pytest plugin: by folder, by file, by test and by kind of work.

python -m pytest -p scripts.test_times --times FILE      writes one line of JSON for each test
python -m scripts.test_times FILE                        prints the tables of that run

Wall times are seconds. CPU times are seconds of the test's process and of every process below it, alive or ended.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

_CORES = len(os.sched_getaffinity(0))
TICKS = os.sysconf("SC_CLK_TCK")
KINDS = (
    ("sleeping", "time", "sleep"),
    ("waiting for a subprocess", "subprocess", "Popen.communicate"),
    ("waiting for a subprocess", "subprocess", "Popen.wait"),
    ("compiling a model", "footnote.encoder.compiling", "_compile"),
    ("opening an encoder", "footnote.encoder.compiled", "CompiledEncoder.__init__"),
    ("checking a whole index", "tests.conftest", "faults"),
    ("ingesting in the test's process", "footnote.build", "build_from"),
    ("starting a parser process", "multiprocessing.process", "BaseProcess.start"),
)
"""What counts as which kind: the function whose calls are timed. A kind inside another kind counts for the outer one."""


def cpu_seconds(pid: int | str = "self") -> float:
    """The CPU time of a process and of all its descendants, those that ended included."""
    children: list[str] = []
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):  # a thread that ended meanwhile
                children += (task / "children").read_text().split()
    except OSError:  # a process that ended meanwhile
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS + sum(map(cpu_seconds, children))


class Recorder:
    """Writes one line for each test and adds up the kinds of work of this process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.kinds: dict[str, list[float]] = defaultdict(lambda: [0, 0.0])
        self.depth = 0
        self.phases: dict[str, float] = {}
        self.fixtures: dict[str, float] = defaultdict(float)
        self.started = (time.perf_counter(), cpu_seconds())
        self.collected = (0.0, 0.0)

    def timed(self, kind: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            self.depth += 1
            start = time.perf_counter()
            try:
                return function(*arguments, **options)
            finally:
                self.depth -= 1
                if self.depth == 0:
                    self.kinds[kind][0] += 1
                    self.kinds[kind][1] += time.perf_counter() - start

        return call

    def pytest_collection_finish(self) -> None:
        wall, cpu = self.started
        self.collected = (time.perf_counter() - wall, cpu_seconds() - cpu)
        for kind, module, name in KINDS:
            *path, attribute = name.split(".")
            owner: Any = importlib.import_module(module)
            for part in path:
                owner = getattr(owner, part)
            setattr(owner, attribute, self.timed(kind, getattr(owner, attribute)))
        sys.addaudithook(self.count)

    def count(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in ("subprocess.Popen", "socket.connect"):
            self.kinds[event][0] += 1

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.phases, start, cpu = {}, time.perf_counter(), cpu_seconds()
        self.kinds.clear()
        result = yield
        self.write(
            {
                "test": item.nodeid,  # xdist adds the group
                "wall": time.perf_counter() - start,
                "cpu": cpu_seconds() - cpu,
                "fixtures": sorted(getattr(item, "fixturenames", ())),
                "kinds": dict(self.kinds),
                **self.phases,
            }
        )
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.phases[report.when] = report.duration

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:
        start = time.perf_counter()
        try:
            return (yield)
        finally:
            self.fixtures[f"{fixturedef.scope} {fixturedef.argname}"] += time.perf_counter() - start

    def pytest_sessionfinish(self) -> None:
        slowest = dict(sorted(self.fixtures.items(), key=lambda pair: -pair[1])[:25])
        self.write({"collection": self.collected, "fixtures": slowest})

    def write(self, record: dict[str, Any]) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the file from the command line."""
    parser.addoption("--times", type=Path, help="the file that gets one line of JSON for each test")


def pytest_configure(config: pytest.Config) -> None:
    """Record this process, where a file is given: the only one, or a worker."""
    if (path := config.getoption("--times")) is not None:
        config.pluginmanager.register(Recorder(path.resolve()), "test-times")


def tables(path: Path) -> str:
    """The tables of a finished run, as Markdown."""
    with path.open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    tests = [row for row in rows if "test" in row]
    files = _sums((row["test"].partition("::")[0], _costs(row)) for row in tests)
    folders = _sums((str(Path(file).parent), costs) for file, costs in files.items())
    phases = _sums((phase, (1, row.get(phase, 0.0))) for row in tests for phase in ("setup", "call", "teardown"))
    kinds = _sums((kind, cost) for row in tests for kind, cost in row["kinds"].items())
    slowest = sorted(tests, key=lambda row: -row["wall"])[:20]
    collected = [row["collection"] for row in rows if "collection" in row]
    return "\n\n".join(
        (
            _table(("folder", "cases", "wall s", "CPU s"), sorted(folders.items())),
            _table(("file", "cases", "wall s", "CPU s"), sorted(files.items(), key=lambda row: -row[1][1])[:25]),
            _table(("kind of work", "times", "wall s"), sorted(kinds.items(), key=lambda row: -row[1][1])),
            _table(("phase", "cases", "wall s"), sorted(phases.items(), key=lambda row: -row[1][1])),
            _table(("test", "wall s"), ((row["test"], (row["wall"],)) for row in slowest)),
            _table(("process", "collection wall s", "CPU s"), ((str(n), cost) for n, cost in enumerate(collected, 1))),
        )
    )


def _costs(row: dict[str, Any]) -> tuple[float, float, float]:
    # A process that ended may have left its time to one that is not below the test's, so a difference can mislead by as much.
    return 1, row["wall"], min(max(row["cpu"], 0.0), row["wall"] * (_CORES))


def _sums(pairs: Iterable[tuple[str, Sequence[float]]]) -> dict[str, tuple[float, ...]]:
    sums: dict[str, tuple[float, ...]] = {}
    for name, costs in pairs:
        sums[name] = tuple(map(sum, zip(sums.get(name, [0.0] * len(costs)), costs, strict=True)))
    return sums


def _table(header: Sequence[str], rows: Iterable[tuple[str, Sequence[float]]]) -> str:
    lines = [header, ("---", *["---:"] * (len(header) - 1))]
    lines += [(name, *(f"{number:,.1f}".removesuffix(".0") for number in numbers)) for name, numbers in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m scripts.test_times FILE")
    print(tables(Path(sys.argv[1])))
