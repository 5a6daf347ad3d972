"""An ingest on many workers is the ordinary one, whatever becomes of the workers. All processes here are real."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace

import psutil
import pytest

import ingest
from footnote import embedding
from footnote.build import build
from footnote.errors import WorkersLost, WorkersMissing, WorkersUnfit, WorkersUnreachable
from footnote.readers import Unparsed
from footnote.readers.formats import FORMATS, Format
from footnote.settings import WORKERS
from footnote.workers import cluster, local_workers, spreading, starting
from tests.conftest import ROOT, link_encoders

NAMED_BY_CHANCE = re.compile(rb"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # Tantivy's segments
# What a worker's own process says where its folder took a second to make, with the line of code below it.
SLOW_DISK = re.compile(r"^.*UserWarning: Creating scratch directories is taking .*\n(?:  .*\n)?", re.MULTILINE)


@pytest.fixture(autouse=True)
def many_parts(monkeypatch):
    monkeypatch.setattr(embedding, "_TOGETHER", 2)


@pytest.fixture(scope="module")
def crew():
    """Two workers; one that dies is held to have died of what it was doing."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(starting._QUIET, "distributed.scheduler.allowed-failures", 0)
        with local_workers(2) as found:
            yield found


@pytest.fixture
def library(kb):
    """The articles of ``kb``, sixteen more, one of them twice, a sidecar, and a file that can't be read."""
    for number in range(16):
        text = (
            f"---\ntitle: Number {number}\n---\nThe bird of day {number} sang once. Nobody heard it.\n\n## Later\n\nIt rained.\n"
        )
        (kb / f"{number:02}.md").write_text(text, encoding="utf-8")
    (kb / "twin.md").write_text((kb / "01.md").read_text(encoding="utf-8"), encoding="utf-8")
    (kb / "02.md.meta.yaml").write_text("author: A. Birder\n", encoding="utf-8")
    (kb / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing follows")
    return kb


def contents(index):
    """Every file of the current snapshot, without the times and what is named by chance."""
    folder = index / "snapshots" / (index / "CURRENT").read_text().strip()
    found = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = NAMED_BY_CHANCE.sub(b"*", str(path.relative_to(folder)).encode()).decode()
        content = NAMED_BY_CHANCE.sub(b"*", path.read_bytes()) if path.suffix == ".json" else path.read_bytes()
        if path.name == ".managed.json":
            content = sorted(json.loads(content))
        if path.name == "manifest.json":
            manifest = json.loads(content)
            content = {
                **manifest,
                "created_at": "",
                "files": sorted(NAMED_BY_CHANCE.sub(b"*", n.encode()) for n in manifest["files"]),
            }
        found[name] = content
    assert len(found) > 10
    return found


def ordinary(library, index, watcher):
    report = build(library, index, watcher)
    return report, contents(index)


def workers_of(process):
    return [child for child in psutil.Process(process).children() if is_worker(child)]


def is_worker(child):
    with contextlib.suppress(psutil.Error):  # it may end meanwhile
        command = " ".join(child.cmdline())
        return "spawn_main" in command or command.startswith("dask worker")  # so called where setproctitle is installed
    return False


def lives(child):
    with contextlib.suppress(psutil.NoSuchProcess):
        return child.status() != psutil.STATUS_ZOMBIE
    return False


def test_the_snapshot_of_two_workers_is_the_ordinary_one(library, index, watcher, crew):
    report, expected = ordinary(library, index, watcher)
    told = list(watcher.embedded)
    watcher.embedded.clear()
    spread = build(library, index, watcher, rebuild=True, crew=crew)
    assert contents(index) == expected
    assert replace(spread, snapshot="") == replace(report, snapshot="", changes=spread.changes)
    assert (watcher.embedded, len(told) > 5) == (told, True)
    (library / "bread.md").unlink()
    (library / "05.md").write_text("---\ntitle: Number 5\n---\nA new bird.\n", encoding="utf-8")
    changed = build(library, index, watcher, crew=crew)
    assert (changed.embedded, changed.passages) == (1, report.passages - 1)
    assert build(library, index, watcher, crew=crew).outcome == "current"


def test_a_worker_that_is_killed_loses_nothing(library, index, watcher, monkeypatch):
    _, expected = ordinary(library, index, watcher)
    others, killed = workers_of(os.getpid()), []

    def progress(activity, done, total):
        if activity == "Embedding" and done and not killed:
            victim = next(worker for worker in workers_of(os.getpid()) if worker not in others)
            victim.kill()
            killed.append(victim.pid)

    monkeypatch.setattr(watcher, "progress", progress)
    with local_workers(2) as crew:
        build(library, index, watcher, rebuild=True, crew=crew)
    assert (len(killed), contents(index)) == (1, expected)
    wait_for(lambda: workers_of(os.getpid()) == others)  # the one in its place may just have been started


def test_a_file_that_ends_every_worker_is_refused_by_name(crew):
    markdown = FORMATS[0]
    deadly = Format("deadly", (".die",), "tests.ends_its_worker", is_text=True)
    files = [
        Unparsed("a.md", "1", markdown, b"# A\n\nThe first."),
        Unparsed("b.die", "2", deadly, b"anything"),
        Unparsed("c.md", "3", markdown, b"# C\n\nThe last."),
    ]
    found = list(crew.parse(files))
    assert [(reading.source, reading.sha256, len(reading.articles)) for reading in found] == [
        ("a.md", "1", 1),
        ("b.die", "2", 0),
        ("c.md", "3", 1),
    ]
    assert found[1].refusal.reason == "Reading it ended one worker after another."
    assert found[1].format == "deadly"


def test_a_worker_that_cannot_take_the_encoder_is_told(library, index, watcher, monkeypatch):
    from distributed import WorkerPlugin

    class Unfit(WorkerPlugin):
        def __init__(self, *_):
            pass

        def setup(self, worker):
            raise ModuleNotFoundError("No module named 'tokenizers'")

    monkeypatch.setattr(spreading, "Equipment", Unfit)
    with pytest.raises(WorkersUnfit) as caught, local_workers(2) as crew:
        build(library, index, watcher, crew=crew)
    assert str(caught.value) == (
        "The scheduler or a worker of this machine can't take what it is sent (ModuleNotFoundError: No module named "
        "'tokenizers'). Install Footnote with requirements-workers.txt there, the same versions as here."
    )


@pytest.fixture
def dask(tmp_path):
    """Starts a scheduler or workers of Dask, as somebody would on another machine."""
    started = []

    def start(*arguments, path=str(ROOT)):
        command = [sys.executable, "-m", "dask", *arguments, "--host", "127.0.0.1", "--no-dashboard"]
        environment = os.environ | {"PYTHONPATH": path, "DASK_TEMPORARY_DIRECTORY": str(tmp_path / "dask")}
        with open(tmp_path / f"{len(started)}.log", "wb") as log:
            started.append(
                subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=log, start_new_session=True)
            )
        return started[-1]

    yield start
    for process in started:
        end(process)


def end(process):
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_for(is_so):
    until = time.monotonic() + 120
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.1)


def registered(tmp_path, count):
    return lambda: (tmp_path / "0.log").read_text().count("Register worker") >= count


def test_a_cluster_builds_the_ordinary_snapshot_and_its_loss_is_told(tmp_path, library, index, watcher, dask, monkeypatch):
    monkeypatch.setattr(starting, "WORKERS", replace(WORKERS, connect_seconds=60))
    _, expected = ordinary(library, index, watcher)
    place = tmp_path / "scheduler.json"
    dask("scheduler", "--port", "0", "--scheduler-file", str(place))
    wait_for(place.exists)
    address = json.loads(place.read_text())["address"]
    workers = dask("worker", address, "--nthreads", "2")
    wait_for(registered(tmp_path, 1))
    with cluster(address) as crew:
        build(library, index, watcher, rebuild=True, crew=crew)
    assert contents(index) == expected
    assert not list((tmp_path / "dask").rglob("*.onnx"))

    def progress(activity, done, total):
        if activity == "Embedding" and done:
            end(workers)

    with monkeypatch.context() as patched:
        patched.setattr(spreading, "WORKERS", replace(WORKERS, lost_seconds=1.0))
        patched.setattr(watcher, "progress", progress)
        with pytest.raises(WorkersLost) as caught, cluster(address) as crew:
            build(library, index, watcher, rebuild=True, crew=crew)
    assert str(caught.value) == (
        f"No worker is left on {address}. The index is as it was before; what was embedded is kept, and the next ingest goes on "
        "from there."
    )
    assert (contents(index), (index / "unfinished.vectors").exists()) == (expected, True)

    dask("worker", address, path="")
    wait_for(registered(tmp_path, 2))
    with pytest.raises(WorkersUnfit) as caught, cluster(address) as crew:
        build(library, index, watcher, rebuild=True, crew=crew)
    assert "has another environment than this ingest: Footnote none instead of" in str(caught.value)


def test_a_scheduler_that_does_not_answer_is_named(kb, index, watcher, monkeypatch):
    monkeypatch.setitem(starting._QUIET, "distributed.comm.timeouts.connect", "1s")
    monkeypatch.setattr(starting, "WORKERS", replace(WORKERS, connect_seconds=1))
    for address in ("tcp://127.0.0.1:9", "nonsense"):
        with pytest.raises(WorkersUnreachable) as caught, cluster(address) as crew:
            build(kb, index, watcher, crew=crew)
        assert str(caught.value).startswith(f"No Dask scheduler answers at {address} within 1 s (")
    assert os.listdir(index / "snapshots") == []


def test_without_dask_the_command_that_installs_it_is_named(monkeypatch):
    monkeypatch.setattr("footnote.workers.find_spec", lambda name: None)
    for start in (lambda: local_workers(2), lambda: cluster("tcp://127.0.0.1:9")):
        with pytest.raises(WorkersMissing) as caught:
            start()
        assert str(caught.value).endswith("not installed: pip install -r requirements-workers.txt")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--workers", "0"], "argument --workers: 0 is not a number of workers from 1 to 1000"),
        (["--workers=-1"], "argument --workers: -1 is not a number of workers from 1 to 1000"),
        (["--workers", "two"], "argument --workers: two is not a number of workers from 1 to 1000"),
        (["--workers", "2", "--cluster", "tcp://x:1"], "argument --cluster: not allowed with argument --workers"),
        (
            ["--workers", "2", "--watch"],
            "--workers and --cluster are for a whole library; --watch and --preview read a file or two",
        ),
    ],
)
def test_options_that_make_no_sense_are_refused(given, said, capsys):
    with pytest.raises(SystemExit) as caught:
        ingest.main(given)
    assert (caught.value.code, capsys.readouterr().err.splitlines()[-1]) == (2, f"ingest.py: error: {said}")


def test_the_ordinary_ingest_does_not_know_dask(kb, index):
    code = (
        "import sys, ingest; ingest.main(sys.argv[1:]); print([name for name in ('dask', 'distributed') if name in sys.modules])"
    )
    command = [sys.executable, "-c", code, "--kb", str(kb), "--index", str(index), "--workers", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def interrupted(kb, index, scratch):
    """An ingest on two workers that is interrupted while it embeds: its exit status, what it said, and its processes."""
    process = subprocess.Popen(
        [sys.executable, "ingest.py", "--kb", str(kb), "--index", str(index), "--workers", "2"],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(scratch)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell may have had it ignored
    )
    for line in process.stdout:
        if line.startswith("Embedding"):
            break
    children = psutil.Process(process.pid).children(recursive=True)
    assert len([child for child in children if is_worker(child)]) == 2
    os.killpg(process.pid, signal.SIGINT)
    _, error = process.communicate(timeout=120)
    return process.returncode, SLOW_DISK.sub("", error), children


def test_ctrl_c_ends_the_workers_and_keeps_what_was_made(tmp_path, kb, encoders):
    (kb / "long.md").write_text("\n\n".join(f"## Part {n}\n\n{'A bird of another kind sang. ' * 30}" for n in range(80)))
    for attempt in range(5):
        index, scratch = tmp_path / f"index{attempt}", tmp_path / f"scratch{attempt}"
        link_encoders(encoders, index)
        scratch.mkdir()
        status, error, children = interrupted(kb, index, scratch)
        # An interrupt that meets a finalizer is dropped by Python, which says so; whoever pressed Ctrl-C presses it again.
        if not (status == 0 and error.startswith("Exception ignored in")):
            break
    assert (status, error) == (1, "\ningest.py: Stopped. The index is as it was before.\n")
    wait_for(lambda: not any(lives(child) for child in children))
    assert os.listdir(scratch) == []
    assert sorted(os.listdir(index)) == ["LOCK", "care", "encoders", "snapshots", "unfinished.vectors"]
