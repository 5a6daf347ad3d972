"""An index of two generations that faults are tried on, the faults, and the figures of a run."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from footnote.build import build
from footnote.search import Searcher
from footnote.status import check
from tests.conftest import ROOT, Silent

QUESTION = "how do apples keep in a cellar"
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "FOOTNOTE", "LC_"))}
ENVIRONMENT |= {"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}


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
    """The command that follows every system call by which an index is written."""
    program = shutil.which("strace")
    if program is None or subprocess.run([program, "-qq", "-o", "/dev/null", "true"], capture_output=True).returncode:
        pytest.skip("strace is not installed, or may not follow processes here")
    return [program, "-f", "-qq", "-y", "--seccomp-bpf", "-s", "0"]


CALLS = (
    "write,pwrite64,writev,fsync,fdatasync,rename,renameat,mkdir,openat,ftruncate,chmod,fchmod,unlink,unlinkat,rmdir,symlink"
).split(",")


class Fault(tuple):
    """A system call and its number within its thread."""

    __slots__ = ()

    def __str__(self):
        return f"{self[0]} {self[1]}"


def faults_of(strace, kb, index, log):
    """Every system call of one clean ingest that writes to the index, by name and number within its thread."""
    status, errors = ingest(kb, index, *strace, "-o", str(log), "-e", f"trace={','.join(CALLS)}")
    assert (status, errors) == (0, "")
    counts, found = {}, {}
    for line in log.read_text(errors="replace").splitlines():
        thread, _, call = line.partition(" ")
        name = call.strip().partition("(")[0]
        if name not in CALLS:
            continue
        counts[thread, name] = counts.get((thread, name), 0) + 1
        if str(index) in call and not (name == "openat" and "O_RDONLY" in call):
            found[Fault((name, counts[thread, name]))] = None
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
