"""Snapshots on real disks that are full or read-only, and ingests in processes of their own."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from footnote.errors import IndexNotWritable, IngestRunning
from footnote.manifest import Manifest
from footnote.records import Notice, Refusal
from footnote.settings import FORMAT_VERSION
from footnote.snapshot import current_snapshot, locked, sweep, write_snapshot

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.unchecked("its snapshots hold a few words and no library")


def manifest(files, note="first"):
    return Manifest(
        format=FORMAT_VERSION,
        created_at="2025-01-02T03:04:05+00:00",
        model="a-model",
        fingerprint="0123456789abcdef",
        dimension=4,
        recipe={"reader": 1},
        articles=1,
        passages=2,
        truncated=0,
        kb={"a.md": "00"},
        refused=(Refusal("b.pdf", "It is bad.", "Mend it."),),
        notices=(Notice("a.md", note),),
        thresholds={"similarity": 0.25},
        search={"kind": "exact"},
        files=files,
    )


def fill(folder):
    (folder / "words").write_bytes(b"flour and water\n")
    (folder / "deeper").mkdir()
    (folder / "deeper" / "numbers").write_bytes(bytes(range(16)))


def write(index, note="first", fill=fill):
    with locked(index) as layout:
        return write_snapshot(layout, lambda files: manifest(files, note), fill)


def tree(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def index(tmp_path):
    return tmp_path / "index"


def test_a_disk_that_is_really_full_leaves_the_index_as_it_was(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("mounting needs a right that this machine does not give")
    try:
        write(disk / "index")
        before = tree(disk)
        with pytest.raises(IndexNotWritable) as raised:
            write(disk / "index", "second", lambda folder: (folder / "words").write_bytes(bytes(100_000)))
        assert str(raised.value) == (
            f"The index folder {disk / 'index'} could not be written: No space left on device. The index is as it was before."
        )
        assert tree(disk) == before
        assert os.listdir(disk / "index" / "snapshots") == [current_snapshot(disk / "index").name]
    finally:
        subprocess.run(["umount", disk], check=True)


HOLDER = """
import sys, time
from pathlib import Path
from footnote.snapshot import locked, write_snapshot

def fill(folder):
    (folder / "half").write_text("half")
    print("holding", flush=True)
    time.sleep(60)

with locked(Path(sys.argv[1])) as layout:
    write_snapshot(layout, None, fill)
"""


@pytest.fixture
def holder(index):
    write(index)
    process = subprocess.Popen([sys.executable, "-c", HOLDER, index], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "holding\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_second_ingest_is_told_that_another_one_runs(index, holder):
    before = tree(index)
    with pytest.raises(IngestRunning) as raised, locked(index):
        pytest.fail("the index was held twice")
    assert str(raised.value) == f"Another ingest is writing {index}. Wait until it is done, then run this one again."
    assert tree(index) == before


def test_a_reader_needs_no_lock(index, holder):
    assert current_snapshot(index).manifest == manifest(current_snapshot(index).manifest.files)


def test_a_killed_ingest_lets_go_of_the_lock_and_leaves_the_index_as_it_was(index, holder):
    before = current_snapshot(index)
    holder.send_signal(signal.SIGKILL)
    assert holder.wait() == -signal.SIGKILL
    left = [name for name in os.listdir(index / "snapshots") if name.startswith(".building-")]
    assert [tree(index / "snapshots" / name) for name in left] == [{"half": b"half"}]
    assert current_snapshot(index) == before
    with locked(index) as layout:
        sweep(layout)
    assert os.listdir(index / "snapshots") == [before.name]


def unwritable(index):
    with pytest.raises(IndexNotWritable) as raised, locked(index):
        pytest.fail("the index was taken for writable")
    return str(raised.value)


def test_an_index_on_a_read_only_disk_is_refused_and_still_answers(index, tmp_path):
    written = write(index)
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("mounting needs a right that this machine does not give")
    try:
        shutil.copytree(index, disk / "index")
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        assert unwritable(disk / "index") == (
            f"The index folder {disk / 'index'} can't be written: Read-only file system. "
            "Name another with --index, or change its permissions."
        )
        assert current_snapshot(disk / "index").manifest == written.manifest
    finally:
        subprocess.run(["umount", disk], check=True)
