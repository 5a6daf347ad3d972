"""Who may write a library on a server: one ingest at a time, in whichever order several put their rows and look at them."""

import contextlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace

import pytest

from footnote import settings
from footnote.engines.milvus_rows import Names
from footnote.engines.milvus_writing import Articles, Writer, plan
from footnote.errors import IngestRunning
from footnote.stores import milvus_lease
from footnote.stores.milvus_lease import Lease
from tests.fake_encoder import FakeEncoder
from tests.library import embedded, entry, keys, searcher
from tests.milvus import lite, needs_milvus

pytestmark = needs_milvus

STATES, WHERE = "footnote_states", "milvus://h:1/kb"
RUNNING = (
    "Another ingest is writing milvus://h:1/kb, or was stopped less than 60 s ago. "
    "Wait until it is done, then run this one again."
)
LOST = (
    "This ingest could not reach milvus://h:1/kb for 45 s, and another may be writing it now. "
    "The library is as it was before. Run this one again."
)


class Between:
    """A connection of which a test is told after each look at the rows, and before rows are put."""

    def __init__(self, connection, looked=lambda: None, putting=lambda: None):
        self._connection, self._looked, self._putting = connection, looked, putting

    def rows(self, *arguments):
        found = self._connection.rows(*arguments)
        self._looked()
        return found

    def put(self, *arguments):
        self._putting()
        self._connection.put(*arguments)

    def delete(self, *arguments):
        self._connection.delete(*arguments)


@pytest.fixture
def library(tmp_path):
    found = searcher(lite(tmp_path), [entry("a.md", ["trust trust fight", "bread and salt"])])
    yield found
    found.close()


@pytest.fixture
def connection(library):
    return library.engine.rows._connection


@pytest.fixture
def impatient(monkeypatch):
    """Another that began at the same moment is not waited for."""
    monkeypatch.setattr(milvus_lease, "MILVUS", replace(settings.MILVUS, leave_seconds=0.0))


@pytest.fixture
def clock(monkeypatch):
    """The clock of the day, which a test can put forward."""
    clock = SimpleNamespace(now=1_000_000.0)
    stand_in = SimpleNamespace(time=lambda: clock.now, monotonic=time.monotonic, sleep=time.sleep)
    monkeypatch.setattr(milvus_lease, "time", stand_in)
    return clock


def lease(connection, name=None):
    made = Lease(connection, STATES, WHERE)
    made._owner = name or made._owner
    return made


def held(connection):
    return connection.count(STATES, "state == -1")


def test_one_ingest_at_a_time_holds_a_library_on_a_server(connection):
    with lease(connection) as first:
        first.check()
        with pytest.raises(IngestRunning) as caught, lease(connection):
            pass
        assert (str(caught.value), held(connection)) == (RUNNING, 1)
    with lease(connection):
        assert held(connection) == 1
    assert held(connection) == 0


@pytest.mark.parametrize("name", ["0", "g"])  # before and behind any other
def test_one_that_looked_before_another_put_its_row_gives_way_to_it(connection, impatient, name):
    first = lease(connection)
    hooks = iter([first.__enter__])
    late = lease(Between(connection, looked=lambda: next(hooks, int)()), name)
    with pytest.raises(IngestRunning) as caught:
        late.__enter__()
    assert (str(caught.value), held(connection)) == (RUNNING, 1)
    first.check()
    first.__exit__(None, None, None)
    assert held(connection) == 0


def test_of_those_that_all_put_their_rows_before_any_looked_again_the_first_name_stays(connection, monkeypatch):
    monkeypatch.setattr(milvus_lease, "MILVUS", replace(settings.MILVUS, leave_seconds=60.0))
    names = ["0", "1", "2", "3"]
    put = threading.Barrier(len(names))

    class PutTogether(Between):
        def put(self, *arguments):
            put.wait()  # each has seen no other row
            super().put(*arguments)
            put.wait()  # each sees the rows of all

    leases = {name: lease(PutTogether(connection), name) for name in names}

    def enter(name):
        try:
            leases[name].__enter__()
        except IngestRunning as refused:
            return str(refused)
        return "held"

    with ThreadPoolExecutor(len(names)) as pool:
        assert list(pool.map(enter, names)) == ["held", RUNNING, RUNNING, RUNNING]
    leases["0"]._connection = connection  # where it is renewed, it waits for nobody
    leases["0"].check()
    assert held(connection) == 1
    leases["0"].__exit__(None, None, None)
    assert held(connection) == 0


def test_of_ingests_that_begin_at_the_same_moment_one_stays(connection, impatient):
    leases = [lease(connection) for _ in range(4)]
    begin, entered = threading.Barrier(len(leases)), []

    def enter(one):
        begin.wait()
        with contextlib.suppress(IngestRunning):
            entered.append(one.__enter__())

    with ThreadPoolExecutor(len(leases)) as pool:
        list(pool.map(enter, leases))
    assert (len(entered), held(connection)) in [(1, 1), (0, 0)]  # none, where even the first name did not wait
    for one in entered:
        one.__exit__(None, None, None)
    assert held(connection) == 0


def test_one_that_was_stopped_counts_until_its_time_is_over(connection, clock):
    lease(connection)._put(clock.now)
    clock.now += 59.0
    with pytest.raises(IngestRunning), lease(connection):
        pass
    clock.now += 2.0
    with lease(connection) as found:
        found.check()


def test_one_that_could_not_renew_holds_it_no_longer_than_others_think(connection, clock):
    with lease(connection) as found:
        clock.now += 45.0
        found.check()
        clock.now += 0.1
        with pytest.raises(IngestRunning) as caught:
            found.check()
    assert str(caught.value) == LOST


def test_a_renewal_that_comes_too_late_is_none(connection, clock, monkeypatch):
    monkeypatch.setattr(milvus_lease, "MILVUS", replace(settings.MILVUS, lease_seconds=0.04, clock_seconds=0.0))
    steps = iter([0.0, 1.0])  # the row of the beginning, the first renewal

    def putting():
        clock.now += next(steps)

    found = lease(Between(connection, putting=putting))
    found.__enter__()
    found._thread.join()  # it gives up
    with pytest.raises(IngestRunning):
        found.check()
    found.__exit__(None, None, None)


def test_one_that_took_too_long_to_begin_leaves(connection, clock):
    def putting():
        clock.now += 46.0

    with pytest.raises(IngestRunning) as caught:
        lease(Between(connection, putting=putting)).__enter__()
    assert (str(caught.value), held(connection)) == (LOST, 0)


def test_nothing_is_written_by_one_that_holds_it_no_longer(library, connection):
    more = entry("b.md", ["sleep well"])
    articles = Articles([more], [keys(more)])
    writer = Writer(connection, Names("footnote"), 2, "FLAT", lease(connection).check)
    with pytest.raises(IngestRunning):
        writer.write(articles, plan(articles, library.engine, ()), embedded([more], FakeEncoder()), FakeEncoder.dimension)
    assert connection.count("footnote_1_passages", "row >= 0") == 2
