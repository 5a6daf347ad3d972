"""Several ingests at once: one wins, the others say so and leave; who is killed leaves no lock behind."""

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.conftest import ROOT
from tests.torture.conftest import ENVIRONMENT, found_in, ingest, write_articles

PARAGRAPHS = 400  # enough to embed that whoever holds the index holds it until the others have come and gone


def started(kb, index):
    command = [sys.executable, "ingest.py", "--kb", str(kb), "--index", str(index), "--rebuild"]
    return subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def large(tmp_path):
    kb = tmp_path / "large"
    kb.mkdir()
    for number in range(PARAGRAPHS):
        text = " ".join(f"Sentence {part} of article {number} stands here." for part in range(12))
        (kb / f"{number}.md").write_text(f"# Article {number}\n\n{text}\n", encoding="utf-8")
    return kb


@pytest.mark.parametrize("many", [2, 5])
def test_of_several_ingests_at_once_one_wins_and_a_killed_one_leaves_no_lock(prepared, large, tmp_path, figures, many):
    index = prepared.copy(tmp_path / "index")
    running = {process.pid: process for process in [started(large, index) for _ in range(many)]}
    losers, processor_seconds = [], []
    begun = time.monotonic()
    while len(losers) < many - 1:  # all but one leave by themselves
        for process in list(running.values()):
            pid, status, used = os.wait4(process.pid, os.WNOHANG)
            if pid:
                del running[pid]
                process.returncode = os.waitstatus_to_exitcode(status)
                losers.append((process.returncode, process.stderr.read()))
                process.stderr.close()
                processor_seconds.append(used.ru_utime + used.ru_stime)
        time.sleep(0.01)
    waited = time.monotonic() - begun
    (holder,) = running.values()
    sentence = f"ingest.py: Another ingest is writing {index}. Wait until it is done, then run this one again.\n"
    assert holder.poll() is None
    holder.send_signal(signal.SIGKILL)
    assert holder.wait() == -signal.SIGKILL
    holder.stderr.close()
    assert found_in(index) == 1
    assert ingest(prepared.kb, index) == (0, "")
    assert found_in(index) == 2
    bad = [loser for loser in losers if loser != (4, sentence)]
    figures(
        f"{many} at once",
        losers=len(losers),
        seconds=round(waited, 2),
        processor_seconds=round(max(processor_seconds), 2),
        bad=len(bad),
    )
    assert bad == []
    assert max(processor_seconds) < 1.0


def test_ingests_one_after_another_never_meet_a_stale_lock(prepared, tmp_path):
    index = prepared.copy(tmp_path / "index")
    for number in range(3):
        process = started(write_articles(tmp_path / "kb", 3 + number), index)
        process.send_signal(signal.SIGSTOP if number == 1 else signal.SIGKILL)
        process.kill()
        process.wait()
        process.stderr.close()
        assert ingest(tmp_path / "kb", index) == (0, "")
        assert found_in(index) == 3 + number
