"""Mutation testing: change the code in one small place at a time, and count the changes that the tests notice.

    python -m scripts.mutation [--part readers] [--sample 200] [--seed 1] [--seconds 10] [--without FIXTURE] ... TEST ...

A TEST is a file or folder of tests. mutmut makes the mutants: it changes operators, constants, arguments and the names of
methods. The script draws a sample from the functions of the readers and one from those of the ranking. Equal seeds and equal
functions give the same sample. It writes each mutant into a copy of the project and runs the tests that call the mutated
function, the fastest first, until one fails or until ``--seconds`` of CPU time are spent. A test that takes far longer than it
did without the mutant counts as failed.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import difflib
import hashlib
import importlib
import inspect
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from types import FrameType
from typing import Any

import libcst
import pytest
from mutmut.mutation.file_mutation import create_mutations

ROOT = Path(__file__).resolve().parents[1]
RANKING = "fusion search question answer passages filters spelling engines/__init__ engines/bm25 engines/local*"
PARTS = {"readers": ["readers/**/*"], "ranking": RANKING.split()}
Passing = dict[str, tuple[float, list[str]]]
"""Each test that passes without a mutant: its CPU seconds, and the functions that it calls, as Trace names them."""


@dataclass(frozen=True)
class Mutant:
    """A change in a file of the package. ``code`` is the whole changed file, ``function`` the lines of the mutated function."""

    path: str
    line: int
    function: range
    change: str
    code: str


def sample(patterns: list[str], size: int, seed: int) -> Iterator[Mutant]:
    """Draw mutants by the hash of file and function names, so that a change elsewhere leaves the sample as it is."""
    drawn = []
    for path in sorted({path for pattern in patterns for path in (ROOT / "footnote").glob(f"{pattern}.py")}):
        module, mutations, _, _ = create_mutations(str(path), path.read_text(encoding="utf-8"))
        name, count = path.relative_to(ROOT).as_posix(), Counter[str]()
        for mutation in mutations:
            function = mutation.contained_by_top_level_function
            if isinstance(function, libcst.FunctionDef):  # and not a constant of a module or class
                count[function.name.value] += 1
                rank = hashlib.sha256(f"{seed} {name} {function.name.value} {count[function.name.value]}".encode()).digest()
                drawn.append((rank, name, module, mutation))
    for _, name, module, mutation in sorted(sorted(drawn, key=itemgetter(0))[:size], key=itemgetter(1)):
        code = libcst.ensure_type(module.deep_replace(mutation.original_node, mutation.mutated_node), libcst.Module).code
        old, new = module.code.splitlines(), code.splitlines()
        line = next(number for number, pair in enumerate(zip(old, new, strict=False), 1) if pair[0] != pair[1])
        spans = [
            range(min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]), (node.end_lineno or 0) + 1)
            for node in ast.walk(ast.parse(module.code))
            if isinstance(node, ast.FunctionDef)
        ]
        change = [text[0] + text[2:].strip() for text in difflib.ndiff(old, new) if text[0] in "-+"]
        yield Mutant(name, line, max((span for span in spans if line in span), key=len), "  ".join(change), code)


class Trace:
    """Record each function below ``root`` that this process calls, as an empty file in ``folder``."""

    # Parser processes may write no bytes, but they may create empty files.
    def __init__(self, root: str, folder: str) -> None:
        self._root, self._folder, self._seen = os.path.join(root, ""), folder, set[str]()
        self.take()

    def _note(self, frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(self._root):
            name = f"{code.co_filename[len(self._root) :].replace(os.sep, '+')}@{code.co_firstlineno}"
            if name not in self._seen:
                self._seen.add(name)
                os.close(os.open(os.path.join(self._folder, name), os.O_CREAT))

    def take(self) -> set[str]:
        """Return the functions called since the last call, by this process and those that it started; start again."""
        names = set(os.listdir(self._folder))
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(os.path.join(self._folder, name))
        self._seen.clear()
        threading.setprofile(self._note)
        sys.setprofile(self._note)  # again: Python drops a profiler that fails, as it does at the end of the stack
        return names


class Learning:
    """A pytest plugin that runs the tests without certain fixtures and records those that pass."""

    def __init__(self, trace: Trace, without: set[str]) -> None:
        self._trace, self._without = trace, without
        self._calls, self._of_fixture = set[str](), defaultdict[str, set[str]](set)
        self._passed = True
        self.passing: Passing = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Function]) -> None:
        items[:] = [item for item in items if self._without.isdisjoint(item.fixturenames)]

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Generator[None, Any, Any]:
        self._calls |= self._trace.take()
        try:
            return (yield)
        finally:
            called = self._trace.take()
            self._calls |= called
            if fixturedef.scope != "function":  # the next test uses it too
                self._of_fixture[fixturedef.argname] |= called

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._passed &= report.passed

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Function) -> Generator[None, Any, Any]:
        self._trace.take()
        self._calls, self._passed, begun = set(), True, sum(os.times()[:4])
        done = yield
        if self._passed:
            calls = (self._calls | self._trace.take()).union(*(self._of_fixture[name] for name in item.fixturenames))
            self.passing[item.nodeid] = sum(os.times()[:4]) - begun, sorted(calls)
        return done


class Choosing:
    """A pytest plugin that runs the tests of ``seconds`` in that order, and ends the process if one takes too long."""

    def __init__(self, seconds: dict[str, float]) -> None:
        self._seconds = seconds
        self.failed: list[str] = []

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        by_name = {item.nodeid: item for item in items}
        items[:] = [by_name[name] for name in self._seconds if name in by_name]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> None:
        signal.setitimer(signal.ITIMER_REAL, 30 + 10 * self._seconds[item.nodeid])  # enough on a busy machine

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)


class Project:
    """A copy of the project below ``folder``, in which each run of tests has a process of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._root, self._passing = folder, folder / "project", Passing()
        command = ["git", "ls-files", "-co", "--exclude-standard"]
        for name in subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines():
            if (ROOT / name).is_file():
                (self._root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self._root / name)
        (folder / "shared").symlink_to(ROOT.parent / "shared")  # where tests look for a user's articles
        (folder / "calls").mkdir()
        sys.path[:] = [entry for entry in sys.path if Path(entry).resolve() not in (ROOT, ROOT / "scripts")]

    def _forked(self, work: Callable[[], tuple[int, Any]]) -> tuple[int, Any]:
        """Run ``work`` in a child process: its exit status, negative for a signal, and its result unless a signal ended it."""
        output, result = self._folder / "output", self._folder / "result"
        result.write_text("null")
        process = os.fork()
        if process == 0:
            try:
                os.chdir(self._root)
                with output.open("wb") as file:
                    os.dup2(file.fileno(), 1)
                    os.dup2(file.fileno(), 2)
                status, value = work()
                result.write_text(json.dumps(value))
                os._exit(status)
            finally:
                os._exit(1)
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), json.loads(result.read_text())

    def _pytest(self, tests: Iterable[str], plugin: object, *options: str) -> int:
        # pytest warns of each library that was imported before it.
        always = ["-q", "-o", f"cache_dir={self._folder / 'cache'}", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
        return int(pytest.main([*always, f"--basetemp={self._folder / 'tmp'}", *options, *tests], plugins=[plugin]))

    def learn(self, tests: list[str], without: set[str]) -> None:
        """Run ``tests`` once without a mutant, and import the libraries that they use for all later runs."""
        where = str(self._root / "footnote"), str(self._folder / "calls")
        hook = self._root / "sitecustomize.py"  # each Python process that a test starts imports it first
        imports = "from __future__ import annotations\nimport contextlib, os, sys, threading\n"
        hook.write_text(f"{imports}{inspect.getsource(Trace)}\nTrace{where}\n")

        def work() -> tuple[int, Any]:
            os.environ["PYTHONPATH"] = str(self._root)
            plugin = Learning(Trace(*where), without)
            status = self._pytest(tests, plugin)
            files = {name: getattr(module, "__file__", None) or "" for name, module in sys.modules.items()}
            return status, (plugin.passing, [name for name in files if "site-packages" in files[name] and "pytest" not in name])

        status, learned = self._forked(work)
        hook.unlink()
        if not learned or not learned[0]:
            raise SystemExit(f"These tests cannot be run (exit status {status}).\n{(self._folder / 'output').read_text()}")
        self._passing, libraries = learned
        for name in libraries:
            with contextlib.suppress(Exception):
                importlib.import_module(name)
        print(f"{len(self._passing)} tests pass; they take {sum(seconds for seconds, _ in self._passing.values()):.0f} seconds")

    def fail(self, tests: Iterable[str], *options: str) -> tuple[bool, list[str]]:
        """Run these tests in this order: whether any fails or takes too long, and the names of those that fail."""

        def work() -> tuple[int, Any]:
            sys.dont_write_bytecode, os.environ["PYTHONDONTWRITEBYTECODE"] = True, "1"
            signal.setitimer(signal.ITIMER_REAL, 60)  # until the first test begins
            plugin = Choosing({name: self._passing[name][0] for name in tests})
            return self._pytest(sorted({name.partition("::")[0] for name in tests}), plugin, *options), plugin.failed

        status, failed = self._forked(work)
        return status != 0, failed or []

    def killers(self, mutant: Mutant, most: float) -> tuple[bool, list[str]]:
        """Run the tests that reach the mutant, up to ``most`` CPU seconds: whether one fails, and its name."""
        called = {f"{mutant.path.removeprefix('footnote/').replace('/', '+')}@{line}" for line in mutant.function}
        chosen, total = [], 0.0
        for name, (seconds, calls) in sorted(self._passing.items(), key=lambda item: item[1][0]):
            if total < most and not called.isdisjoint(calls):
                chosen.append(name)
                total += seconds
        path = self._root / mutant.path
        path.write_text(mutant.code, encoding="utf-8")
        try:
            return self.fail(chosen, "-x") if chosen else (False, [])
        finally:
            shutil.copy2(ROOT / mutant.path, path)  # with its time, so that its bytecode is valid again


def main() -> None:
    """Print the mutants that survive, and the share that the tests kill."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", choices=PARTS, help="readers or ranking; both without it")
    parser.add_argument("--sample", type=int, default=200, help="mutants of each part")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=10, help="CPU seconds of tests for each mutant")
    parser.add_argument("--without", action="append", default=[], metavar="FIXTURE", help="leave out the tests that use it")
    parser.add_argument("tests", nargs="+", metavar="TEST")
    options = parser.parse_args()
    samples = {
        part: list(sample(patterns, options.sample, options.seed))
        for part, patterns in PARTS.items()
        if options.part in (None, part)
    }
    rows, killers = ["part | mutants | killed | share", "--- | --- | --- | ---"], dict[str, None]()
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder))
        project.learn(options.tests, set(options.without))
        for part, mutants in samples.items():
            killed = 0
            for mutant in mutants:
                is_killed, by = project.killers(mutant, options.seconds)
                killed += is_killed
                killers |= dict.fromkeys(by)
                if not is_killed:
                    print(f"{mutant.path}:{mutant.line}  {mutant.change}", flush=True)
            rows.append(f"{part} | {len(mutants)} | {killed} | {killed / len(mutants):.0%}")
        if killers and project.fail(killers)[0]:
            raise SystemExit("Tests that killed mutants fail without a mutant too, so these figures mean nothing.")
    print("\n".join(rows))


if __name__ == "__main__":
    main()
