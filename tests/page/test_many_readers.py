"""Many readers at once, each a session of its own, while the library is rebuilt under them: everyone sees their own answers."""

import os
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from footnote.evaluation import read_golden
from footnote.export import nothing
from footnote.page import texts
from footnote.search import Searcher
from footnote.snapshot import current_snapshot
from tests.conftest import ROOT
from tests.page.conftest import serving
from tests.page.reader import Reader

GOLDEN = [one.question for one in read_golden(ROOT / "bench" / "golden" / "questions.csv")]


@pytest.fixture
def place(tmp_path, library):
    """The articles that ship and their index, copied, so that they can be changed."""
    shutil.copytree(ROOT / "kb", tmp_path / "kb")
    shutil.copytree(library, tmp_path / "index", copy_function=os.link)
    return SimpleNamespace(kb=tmp_path / "kb", index=tmp_path / "index")


def expected(index, questions):
    """The headings of each question's hits, or what is said where there are none."""
    searcher = Searcher.open(index)
    answers = {question: searcher.ask(question) for question in questions}
    searcher.close()
    return {
        question: [f"[{hit.rank}]{hit.metadata.title}" for hit in answer.hits] or ["".join(nothing(answer))]
        for question, answer in answers.items()
    }


def ingested(place, *options):
    command = [sys.executable, "ingest.py", "--kb", str(place.kb), "--index", str(place.index), *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("readers", "each", "options"), [(5, 4, ()), pytest.param(20, 10, ("--rebuild",), marks=pytest.mark.torture)]
)
def test_each_of_many_readers_sees_their_own_answers_while_an_ingest_runs(place, readers, each, options):
    asked = list(dict.fromkeys(GOLDEN))[: readers * each]
    mine = [asked[reader::readers] for reader in range(readers)]
    before, old = expected(place.index, asked), current_snapshot(place.index).name
    (place.kb / "ski.md").write_text("# Skis\n\nTo wax a ski, warm the wax with an iron and spread it thin.\n", encoding="utf-8")
    together, is_over = threading.Barrier(readers + 1, timeout=120), threading.Event()
    seen = {question: set() for question in asked}
    rounds, leaked = [], []

    def read(address, number):
        try:
            reader = Reader(address)
        except BaseException:
            together.abort()  # nobody waits for one who does not come
            raise
        with reader:
            together.wait()
            goes_on = True
            while goes_on:
                goes_on = not is_over.is_set()  # once more after the end of the ingest
                for question in mine[number]:
                    shown = reader.ask(question) or [line for line in reader.said() if line != texts.TAGLINE]
                    seen[question].add(tuple(shown))
                rounds.append(number)
            others = set(asked) - set(mine[number])
            leaked.extend(one for one in others if f"?q={one[:20].replace(' ', '+')}".encode() in reader.received)

    limits = {"FOOTNOTE_QUESTIONS_A_MINUTE": "0"}
    with serving(place.index, FOOTNOTE_KB=str(place.kb), **limits) as address, ThreadPoolExecutor(readers) as pool:
        done = [pool.submit(read, address, number) for number in range(readers)]
        try:
            together.wait()
            ingest = ingested(place, *options)
        finally:
            is_over.set()
            for one in done:
                one.result()
    assert (ingest.returncode, ingest.stderr, leaked) == (0, "", [])
    assert current_snapshot(place.index).name != old
    after = expected(place.index, asked)
    right = {question: {tuple(before[question]), tuple(after[question])} for question in asked}
    assert {question: found for question, found in seen.items() if not found <= right[question]} == {}
    print(f"{readers} readers, {len(rounds) * each} questions asked, {len(leaked)} leaked")
