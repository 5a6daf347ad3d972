"""Faults of an index in Milvus Lite: an ingest killed at its calls, two at once, readers while the library changes."""

import gc
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest

from footnote.build import build
from footnote.page.library import Library
from footnote.search import Searcher
from footnote.status import check
from tests.conftest import ROOT, Silent
from tests.milvus import lite, needs_milvus
from tests.torture.conftest import ENVIRONMENT, QUESTION, asking, generations, ingest, length, spread, write_articles
from tests.torture.test_at_once import PARAGRAPHS

pytestmark = needs_milvus

# Every call that changes something is counted; before the one of that number the ingest is killed, or right after it.
KILLED = """
import os, signal, sys
from footnote.engines.milvus_connection import Connection
import ingest

fatal, moment, calls = int(sys.argv[1]), sys.argv[2], 0

def counted(real):
    def call(*given, **named):
        global calls
        calls += 1
        if calls == fatal and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        found = real(*given, **named)
        if calls == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        return found
    return call

for name in ("create", "drop", "put", "delete"):
    setattr(Connection, name, counted(getattr(Connection, name)))
status = ingest.main(sys.argv[3:])
print(calls)
sys.exit(status)
"""


class Prepared:
    """A library in Milvus Lite whose current state is of generation 1, and articles of generation 2."""

    def __init__(self, folder, encoders):
        self.kb, self.folder = folder / "kb", folder / "kept"
        shutil.copytree(encoders, self.folder / "index.db.footnote" / "encoders")
        for generation in (0, 1):
            build(write_articles(self.kb, generation), lite(self.folder), Silent())
        gc.collect()
        write_articles(self.kb, 2)

    def copy(self, folder):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder)
        return lite(folder)


@pytest.fixture(scope="module")
def library(tmp_path_factory, encoders):
    return Prepared(tmp_path_factory.mktemp("prepared"), encoders)


def found_in(index):
    """The one generation that a search of ``index`` finds, the whole library with it. Fails where anything is amiss."""
    searcher = Searcher.open(index)
    try:
        assert searcher.notice is None
        (generation,) = generations(searcher.ask('"cool cellar"'))
        assert generations(searcher.ask(QUESTION)) <= {generation}
        engine = searcher.engine
        texts = [f"{passage.text} {passage.context}" for passage in engine.passages(engine.spread(1_000))]
        assert [set(re.findall(r"gen\d+", text)) for text in texts] == [{f"gen{generation}"}] * engine.count()
        assert engine.holding(f"gen{generation}") == engine.count() >= 3
    finally:
        searcher.close()
    assert check(index) == []
    return generation


def killed_at(number, moment, kb, index, *options):
    command = [sys.executable, "-c", KILLED, str(number), moment, "--kb", str(kb), "--index", index, *options]
    return subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, timeout=600)


def left_of(index):
    """What a finished library of two states holds: states, articles, and collections that are not the library's."""
    from footnote.engines.milvus_connection import Connection
    from footnote.stores.addresses import parse
    from footnote.stores.milvus import connected

    connection: Connection = connected(parse(index))
    bases = {name.split("_")[1] for name in connection.collections() if name != "footnote_states"}
    return connection.count("footnote_states", "piece == 0"), len(bases)


@length(3)
@pytest.mark.parametrize("options", [(), ("--rebuild",)], ids=["update", "rebuild"])
def test_a_killed_ingest_leaves_the_old_or_the_new_and_never_a_mixture(library, tmp_path, figures, most, options):
    done = killed_at(0, "never", library.kb, library.copy(tmp_path / "clean"), *options)
    assert (done.returncode, done.stderr) == (0, "")
    calls = int(done.stdout.split()[-1])
    points = [(number, moment) for number in range(1, calls + 1) for moment in ("before", "after")]
    states, bad = [], []
    for number, moment in spread(points, most if most is not None else 20):
        index = library.copy(tmp_path / "index")
        try:
            assert killed_at(number, moment, library.kb, index, *options).returncode == -signal.SIGKILL
            states.append(found_in(index))
            assert states[-1] in (1, 2)
            build(library.kb, index, Silent())
            assert found_in(index) == 2
            assert left_of(index) in ((2, 1), (2, 2))
        except Exception as error:
            bad.append((number, moment, repr(error)))
        gc.collect()
    figures("killed on Milvus Lite", points=len(states), calls=calls, old=states.count(1), new=states.count(2), bad=len(bad))
    assert bad == []
    assert sorted(states) == states


def test_of_two_ingests_at_once_one_wins_and_a_killed_one_leaves_no_lock(library, tmp_path):
    index, large = library.copy(tmp_path / "index"), tmp_path / "large"
    large.mkdir()
    for number in range(PARAGRAPHS):
        text = " ".join(f"Sentence {part} of article {number} stands here." for part in range(12))
        (large / f"{number}.md").write_text(f"# Article {number}\n\n{text}\n", encoding="utf-8")
    command = [sys.executable, "ingest.py", "--kb", str(large), "--index", index]
    holder = subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert any("Embedding" in line for line in holder.stdout)
        status, said = ingest(library.kb, index)
        work = f"{index.removeprefix('milvus-lite:')}.footnote"
        assert (status, said) == (
            4,
            f"ingest.py: Another ingest is writing {work}. Wait until it is done, then run this one again.\n",
        )
    finally:
        holder.kill()
        holder.communicate()
    assert found_in(index) == 1
    gc.collect()
    assert ingest(library.kb, index) == (0, "")
    assert found_in(index) == 2
    gc.collect()


@length(3)
def test_readers_of_a_library_that_is_brought_up_to_date_get_one_generation_and_no_error(library, tmp_path, figures, most):
    # Milvus Lite lets in one process, so readers and ingest are threads of it.
    index, kb = library.copy(tmp_path / "index"), write_articles(tmp_path / "kb", 2)
    stop, found = threading.Event(), [{"searches": 0, "seen": set(), "errors": []} for _ in range(2)]
    page = Library(index)
    threads = [threading.Thread(target=asking, args=(page, stop, one)) for one in found]
    for thread in threads:
        thread.start()
    updates = most or 20
    try:
        for number in range(updates):
            build(write_articles(kb, 2 + number), index, Silent(), rebuild=number % 2 == 1)
            wait_for(2 + number, found)
    finally:
        stop.set()
    for thread in threads:
        thread.join()
    errors = [error for one in found for error in one["errors"]]
    searches = sum(one["searches"] for one in found)
    seen = set().union(*(one["seen"] for one in found))
    figures("searching meanwhile on Milvus Lite", updates=updates, searches=searches, generations=len(seen), bad=len(errors))
    assert errors == []
    assert seen >= set(range(2, 2 + updates))
    del page
    gc.collect()
    assert found_in(index) == 1 + updates


def wait_for(generation, found):
    """Until a reader has seen it, so that no question is asked of a state that two later ones have replaced."""
    until = time.monotonic() + 60
    while not all(generation in one["seen"] or one["errors"] for one in found) and time.monotonic() < until:
        time.sleep(0.01)


def test_no_server_of_milvus_lite_outlives_who_started_it(library, tmp_path):
    index = library.copy(tmp_path / "index")
    command = [sys.executable, "-c", KILLED, "1", "after", "--kb", str(library.kb), "--index", index]
    subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, timeout=600)
    until = time.monotonic() + 20
    while servers_of(tmp_path) and time.monotonic() < until:
        time.sleep(0.05)
    assert servers_of(tmp_path) == []


def servers_of(folder):
    """The processes that were started with a file in ``folder``."""
    found = []
    for pid in filter(str.isdecimal, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                said = file.read()
        except OSError:
            continue
        if str(folder).encode() in said and b"/milvus" in said.split(b"\0")[0]:
            found.append(pid)
    return found
