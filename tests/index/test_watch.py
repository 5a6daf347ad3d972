"""``ingest.py --watch`` as a process of its own, with real files; every test waits for what is said, never for a time."""

import fcntl
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading

import pytest

from footnote.engines.local import LocalEngine
from footnote.settings import SEARCH
from footnote.snapshot import current_snapshot
from tests.conftest import ROOT
from tests.index.test_permissions import HUMBLE, is_humble

PATIENCE = 120  # seconds, after which a test has failed
SALT = "# Salt\n\nSalt draws water out of cucumbers.\n"


class Watch:
    """A running watch, and what it has said."""

    def __init__(self, kb, index, *options, runner=()):
        self.kb, self.index = kb, index
        command = [*runner, sys.executable, "ingest.py", "--watch", "0.2", "--kb", str(kb), "--index", str(index), *options]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.lines = queue.Queue()
        self.listening = threading.Thread(target=self._listen)
        self.listening.start()

    def _listen(self):
        with self.process.stdout as said:
            for line in said:
                self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def until(self, pattern):
        """The next line that matches, and all lines before it."""
        seen = []
        while True:
            line = self.lines.get(timeout=PATIENCE)
            assert line is not None, seen
            seen.append(line)
            if re.search(pattern, line):
                return seen

    def built(self):
        """The one line that the next rebuild is told in, without what differs from run to run."""
        (line,) = [line for line in self.until("Built") if not re.match(r"\w+ing [\d,]+ of", line)]
        line = re.sub(r"^\d\d:\d\d:\d\d Built \S+:", "Built NAME:", line)
        return re.sub(r" in \d+\.\d s\.", " in N s.", line)

    def served(self):
        """The files whose articles the index serves, and their texts."""
        engine = LocalEngine(current_snapshot(self.index).folder, SEARCH)
        found = {listing.source: engine.article(listing.id).text for listing in engine.listings()}
        engine.close()
        return found

    def stop(self, number=signal.SIGTERM):
        """Exit status and what was still said."""
        self.process.send_signal(number)
        said = []
        while (line := self.lines.get(timeout=PATIENCE)) is not None:
            said.append(line)
        return self.process.wait(PATIENCE), said


@pytest.fixture
def watching(kb, index):
    started = []

    def start(*options, runner=()):
        started.append(Watch(kb, index, *options, runner=runner))
        return started[-1]

    yield start
    for one in started:
        one.process.kill()
        one.process.wait()
        one.listening.join()


@pytest.fixture
def watch(watching):
    """A watch that has built its first index and waits."""
    found = watching()
    found.until("^Watching")
    return found


def test_it_builds_at_once_and_stops_cleanly(watching):
    watch = watching()
    said = watch.until("^Watching; stop with Ctrl-C.")
    assert said[-2].startswith("Built ")
    assert set(watch.served()) == {"bread.md", "tides.md"}
    assert watch.stop(signal.SIGTERM) == (0, ["Stopped watching."])


def test_control_c_stops_it_cleanly(watch):
    assert watch.stop(signal.SIGINT) == (0, ["Stopped watching."])


def test_new_changed_renamed_and_gone_files_are_each_served_and_told_in_one_line(watch):
    (watch.kb / "salt.md").write_text(SALT)
    assert watch.built() == ("Built NAME: 3 articles, 3 passages (1 embedded, 2 reused, truncated: 0) in N s. New salt.md.")
    assert watch.served()["salt.md"] == "Salt draws water out of cucumbers."
    (watch.kb / "salt.md").write_text("# Salt\n\nSalt is white.\n")
    assert watch.built() == ("Built NAME: 3 articles, 3 passages (1 embedded, 2 reused, truncated: 0) in N s. Changed salt.md.")
    assert watch.served()["salt.md"] == "Salt is white."
    (watch.kb / "salt.md").rename(watch.kb / "white.md")
    assert watch.built() == (
        "Built NAME: 3 articles, 3 passages (0 embedded, 3 reused, truncated: 0) in N s. Renamed salt.md -> white.md."
    )
    assert set(watch.served()) == {"bread.md", "tides.md", "white.md"}
    (watch.kb / "white.md").unlink()
    assert watch.built() == "Built NAME: 2 articles, 2 passages (0 embedded, 2 reused, truncated: 0) in N s. Gone white.md."
    assert set(watch.served()) == {"bread.md", "tides.md"}
    assert watch.stop() == (0, ["Stopped watching."])


def test_a_file_moved_into_place_is_served_whole(watch, tmp_path):
    (tmp_path / "salt.md").write_text(SALT)
    (tmp_path / "salt.md").rename(watch.kb / "salt.md")
    assert watch.built().endswith("New salt.md.")
    assert watch.served()["salt.md"] == "Salt draws water out of cucumbers."


def test_a_file_that_is_being_written_is_waited_for(watch):
    """However long the writer takes between two pieces: what counts is that it holds the file open."""
    with open(watch.kb / "salt.md", "w") as file:
        file.write("# Salt\n\nSalt draws water ")
        file.flush()
        watch.until("Waiting for salt.md, which is being written.")
        assert set(watch.served()) == {"bread.md", "tides.md"}
        file.write("out of cucumbers.\n")
        file.flush()
    assert watch.built().endswith("New salt.md.")
    assert watch.served()["salt.md"] == "Salt draws water out of cucumbers."
    assert watch.stop() == (0, ["Stopped watching."])


def test_many_files_at_once_are_one_rebuild(watch, tmp_path):
    (tmp_path / "more").mkdir()
    for number in range(5):
        (tmp_path / "more" / f"{number}.md").write_text(f"# Number {number}\n\nThis is about the number {number}.\n")
    (tmp_path / "more").rename(watch.kb / "more")
    assert watch.built().endswith("New more/0.md, new more/1.md, new more/2.md and 2 more.")
    assert len(watch.served()) == 7


def test_a_refused_file_is_told_once_and_the_others_are_served(watch):
    (watch.kb / "empty.md").write_text("")
    empty = "Refused empty.md: It is empty: no words were found in it. Write something in it, or remove it."
    assert watch.built().endswith(f"New empty.md. {empty}")
    (watch.kb / "salt.md").write_text(SALT)
    assert watch.built().endswith("(1 embedded, 2 reused, truncated: 0) in N s. New salt.md.")
    assert set(watch.served()) == {"bread.md", "salt.md", "tides.md"}


def test_a_build_that_fails_is_told_and_the_next_one_works(watch):
    shutil.move(watch.kb, watch.kb.with_name("away"))
    (line,) = watch.until("does not exist")
    assert (
        line[9:] == f"The knowledge base {watch.kb} does not exist. Create it and put articles in it, or name another with --kb."
    )
    assert set(watch.served()) == {"bread.md", "tides.md"}
    (watch.kb.with_name("away") / "salt.md").write_text(SALT)
    shutil.move(watch.kb.with_name("away"), watch.kb)
    assert watch.built().endswith("New salt.md.")
    assert watch.stop() == (0, ["Stopped watching."])


def test_another_ingest_is_waited_for(watch):
    with open(watch.index / "LOCK", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        (watch.kb / "salt.md").write_text(SALT)
        (line,) = watch.until("ingest")
        assert line[9:] == "Another ingest is writing the index; waiting until it is done."
        assert set(watch.served()) == {"bread.md", "tides.md"}
    assert watch.built().endswith("New salt.md.")


def test_what_patterns_leave_out_is_not_watched_and_the_ignore_file_is(watching):
    watch = watching("--exclude", "*.tmp.md")
    watch.until("^Watching")
    (watch.kb / "half.tmp.md").write_text("# Half\n\nHalf.\n")
    (watch.kb / "salt.md").write_text(SALT)
    assert watch.built().endswith("New salt.md.")
    (watch.kb / ".footnoteignore").write_text("salt.md\n")
    assert watch.built().endswith("Gone salt.md.")
    assert set(watch.served()) == {"bread.md", "tides.md"}


def test_a_touched_file_is_worth_no_word(watch):
    os.utime(watch.kb / "bread.md", (0, 0))
    (watch.kb / "salt.md").write_text(SALT)
    assert watch.built().endswith("New salt.md.")


@pytest.mark.skipif(not is_humble(), reason="root can't give up its rights here: there is no setpriv")
def test_a_file_that_may_be_read_again_is_served(watching, kb):
    (kb / "bread.md").chmod(0o000)
    watch = watching(runner=HUMBLE)
    assert "Refused bread.md: It can't be opened: Permission denied. Check that it may be read." in watch.until("^Watching")
    assert set(watch.served()) == {"tides.md"}
    (kb / "bread.md").chmod(0o644)
    assert watch.built() == "Built NAME: 2 articles, 2 passages (1 embedded, 1 reused, truncated: 0) in N s. Changed bread.md."
    assert set(watch.served()) == {"bread.md", "tides.md"}


@pytest.mark.parametrize("seconds", ["0", "-1", "soon", "nan", "3601"])
def test_seconds_that_make_no_sense_are_a_usage_error(seconds):
    done = subprocess.run([sys.executable, "ingest.py", f"--watch={seconds}"], cwd=ROOT, capture_output=True, text=True)
    expected = f"ingest.py: error: argument --watch: {seconds} is not a number of seconds from 0.1 to 3600\n"
    assert (done.returncode, done.stdout, done.stderr.endswith(expected)) == (2, "", True)
