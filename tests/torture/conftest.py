"""An index of two generations that faults are tried on, the faults, and the figures of a run."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass

import pytest

from footnote.build import build
from footnote.search import Searcher
from footnote.status import check
from tests.conftest import CARE, ROOT, Silent

QUESTION = "how do apples keep in a cellar"
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "FOOTNOTE", "LC_"))}
ENVIRONMENT |= {"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0", "FOOTNOTE_CARE": str(CARE)}


def write_articles(kb, generation):
    """Three articles, every title, heading and sentence of which names its generation."""
    word = f"gen{generation}"
    kb.mkdir(exist_ok=True)
    for name, first, second in (
        ("apples", f"Apples of {word} keep in a cool cellar", f"In {word} they are wrapped in paper"),
        ("tides", f"The tide of {word} follows the moon", f"In {word} it is highest when the moon is new"),
        ("salt", f"Salt of {word} draws water out of cucumbers", f"In {word} it is rubbed in by hand"),
    ):
        path = kb / f"{name}.md"
        path.with_suffix(".next").write_text(f"# {name} {word}\n\n## How, {word}\n\n{first}. {second}.\n", encoding="utf-8")
        os.replace(path.with_suffix(".next"), path)
    return kb


def generations(answer):
    """The generations that an answer speaks of, anywhere in it."""
    said = " ".join(
        f"{hit.passage.text} {hit.metadata.title} {hit.section} {hit.citation} {hit.passage.context}" for hit in answer.hits
    )
    return {int(number) for number in re.findall(r"gen(\d+)", said)}


def asking(library, stop, found):
    """What a thread of the page does: asks the library that all its readers share."""
    before = 0
    while not stop.is_set():
        try:
            searcher, is_older = library.searcher()
            said = generations(searcher.ask(QUESTION))
            if is_older or len(said) != 1 or min(said) < before:
                found["errors"].append(f"{said} after {before}: {searcher.notice}")
            before = max(said)
            found["seen"] |= said
        except Exception as error:
            found["errors"].append(repr(error))
        found["searches"] += 1


def found_in(index):
    """The one generation that a search of ``index`` finds, the whole library with it; None where there is no index at all.

    Fails where an answer or the library holds two, or anything in the index is not as it should be.
    """
    if not (index / "CURRENT").exists():
        return None
    searcher = Searcher.open(index)
    try:
        assert searcher.notice is None
        (generation,) = generations(searcher.ask('"cool cellar"'))
        assert generations(searcher.ask(QUESTION)) <= {generation}
        count = searcher.engine.count()
        texts = [f"{passage.text} {passage.context}" for passage in searcher.engine.passages(range(count))]
        assert [set(re.findall(r"gen\d+", text)) for text in texts] == [{f"gen{generation}"}] * count
        assert searcher.engine.holding(f"gen{generation}") == count >= 3
    finally:
        searcher.engine.close()
    assert check(index) == []
    return generation


def size_of(folder):
    """Bytes of all files in a folder."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())


def ingest(kb, index, *before, options=()):
    """Runs an ingest in a process of its own, behind the words ``before``; gives its status and what it complained of."""
    done = subprocess.run(
        [*before, sys.executable, "ingest.py", "--kb", str(kb), "--index", str(index), *options],
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        timeout=600,
    )
    return done.returncode, done.stderr.decode("utf-8", "replace")


class Prepared:
    """An index whose current snapshot is of generation 1 and the one before of generation 0, and articles of generation 2."""

    def __init__(self, folder, encoders):
        self.kb = write_articles(folder / "kb", 0)
        self.index = folder / "index"
        shutil.copytree(encoders, self.index / "encoders")
        for generation in (0, 1):
            build(write_articles(self.kb, generation), self.index, Silent())
        write_articles(self.kb, 2)

    def copy(self, folder):
        """A copy of the index, its files hard links: what ingest does, it does to new files."""
        shutil.rmtree(folder, ignore_errors=True)
        return shutil.copytree(self.index, folder, copy_function=os.link)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory, encoders):
    return Prepared(tmp_path_factory.mktemp("prepared"), encoders)


@pytest.fixture(scope="session")
def strace():
    """The command that follows every system call by which an index is written.

    It follows the threads of an ingest, and not the process in which files are parsed: that has calls of its own to count, and
    may write no file (``test_a_parser_can_write_no_file``). Without ``-b execve``, a fault at the k-th call would meet both.
    """
    program = shutil.which("strace")
    if program is None or subprocess.run([program, "-qq", "-o", "/dev/null", "true"], capture_output=True).returncode:
        pytest.skip("strace is not installed, or may not follow processes here")
    # Not --seccomp-bpf: it is faster, but then no signal is injected, and it can't let go of a child.
    return [program, "-f", "-b", "execve", "-qq", "-y", "-s", "0"]


CALLS = (
    "write,pwrite64,writev,fsync,fdatasync,rename,renameat,mkdir,openat,ftruncate,chmod,fchmod,unlink,unlinkat,rmdir,symlink"
).split(",")


@dataclass(frozen=True, slots=True)
class Fault:
    """A system call, its number within its thread, and what is to happen at it, in the words of strace."""

    call: str
    number: int
    what: str = "signal=SIGKILL"
    ever: str = ""  # "+": at every later one too

    def command(self, strace, log):
        """The words before a command that bring the fault about."""
        inject = f"inject={self.call}:{self.what}:when={self.number}{self.ever}"
        return [*strace, "-o", str(log), "-e", f"trace={self.call}", "-e", inject]

    def met(self, log):
        """The calls that met the fault: the injected ones, or those at which a killed process was."""
        begun, found = {}, []
        for line in log.read_text(errors="replace").splitlines():
            thread, _, rest = line.partition(" ")
            if rest.endswith("<unfinished ...>"):
                begun[thread] = rest
            elif rest.endswith(("(INJECTED)", "= ?")):
                found.append(begun.get(thread, "") + rest if "resumed>" in rest else rest)
        return [call.strip() for call in found]


def faults_of(strace, kb, index, log, calls=CALLS, inside=None, options=()):
    """Where a fault can meet a clean ingest that writes to ``inside``, the index: every call, and its number within its thread.

    A fault meets the first thread that makes so many calls of the name. What a thread does after the main one had made as many is
    left out: the fault would end the ingest long before.
    """
    status, errors = ingest(kb, index, *strace, "-o", str(log), "-e", f"trace={','.join(calls)}", options=options)
    assert (status, errors) == (0, "")
    lines = [line.partition(" ") for line in log.read_text(errors="replace").splitlines()]
    main, counts, found = lines[0][0], Counter(), {}
    for thread, _, call in lines:
        name = call.strip().partition("(")[0]
        if name not in calls:
            continue
        counts[thread, name] += 1
        number = counts[thread, name]
        is_first = thread == main or number > counts[main, name]
        if is_first and str(inside or index) in call and not (name == "openat" and "O_RDONLY" in call):
            found[Fault(name, number)] = None
    return list(found)


def spread(points, most):
    """At most so many of the points, evenly over all of them; all where ``most`` is None."""
    if most is None or most >= len(points):
        return points
    return [points[round(number * (len(points) - 1) / (most - 1))] for number in range(most)]


@pytest.fixture
def figures(request):
    """Keeps what a run found as a line of JSON where ``--figures`` names a file."""
    path = request.config.getoption("--figures")

    def keep(fault, **found):
        if path:
            with open(path, "a", encoding="utf-8") as file:
                file.write(f"{json.dumps({'fault': fault, **found})}\n")

    return keep


def length(short):
    """Parametrises a loop: ``short`` points in every run, all of them in make torture."""
    return pytest.mark.parametrize(
        "most", [pytest.param(short, id="short"), pytest.param(None, id="long", marks=pytest.mark.torture)]
    )


@pytest.fixture(autouse=True)
def indexes_are_whole(request):
    """Every index that a loop leaves is checked whole, and not only the last one of a file."""
    if "tmp_path" in request.fixturenames and request.node.get_closest_marker("unchecked") is None:
        request.getfixturevalue("every_index_is_whole")
