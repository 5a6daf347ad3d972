"""What tests share is made once, whoever asks first, and no unit test uses what only other tests may."""

import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from scripts.test_times import tables
from tests.conftest import make_once
from tests.unit.conftest import running


def test_what_many_ask_for_at_once_is_made_once_and_is_whole(tmp_path):
    together, calls = threading.Barrier(8), []

    def fill(folder):
        calls.append(folder)
        for name in "ab":
            (folder / name).write_text(name)

    def ask(_):
        together.wait()
        folder = make_once(tmp_path / "below" / "made", fill)
        return {path.name: path.read_text() for path in folder.iterdir()}

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == [{"a": "a", "b": "b"}] * 8
    assert len(calls) == 1


def test_what_could_not_be_made_is_made_by_the_next_who_asks(tmp_path):
    def fail(folder):
        (folder / "half").write_text("half")
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        make_once(tmp_path / "made", fail)
    folder = make_once(tmp_path / "made", lambda staging: (staging / "whole").write_text("whole"))
    assert [path.name for path in folder.iterdir()] == ["whole"]


def test_a_unit_test_that_starts_a_process_is_stopped_by_name(request):
    with pytest.raises(AssertionError) as stopped:
        subprocess.run(["true"])
    name = request.node.nodeid
    assert running.stopped == [str(stopped.value)]
    running.stopped.clear()
    assert str(stopped.value) == f"{name} starts a process (subprocess.Popen), and a unit test may not. Move it to tests/index/."


def test_times_are_added_up_by_folder_and_file(tmp_path):
    path = tmp_path / "times.jsonl"
    path.write_text(
        '{"test": "tests/a/test_x.py::test_one", "wall": 1.5, "cpu": 0.5, "kinds": {"sleeping": [2, 1.0]}, "call": 1.0}\n'
        '{"test": "tests/a/test_y.py::test_two[/]", "wall": 0.5, "cpu": -3.0, "kinds": {}, "setup": 0.25}\n'
        '{"collection": [2.0, 1.0], "fixtures": {}}\n'
    )
    folders, files, kinds, *_ = tables(path).split("\n\n")
    assert folders.splitlines()[2:] == ["| tests/a | 2 | 2 | 0.5 |"]
    assert files.splitlines()[2:] == ["| tests/a/test_x.py | 1 | 1.5 | 0.5 |", "| tests/a/test_y.py | 1 | 0.5 | 0 |"]
    assert kinds.splitlines()[2:] == ["| sleeping | 2 | 1 |"]
