"""An ingest that is stopped keeps the vectors it has made; articles wait on the disk, not in memory."""

import os

import numpy as np
import pytest

from footnote import embedding, journal
from footnote.build import build
from footnote.errors import IndexNotWritable
from footnote.journal import Journal
from footnote.records import Article, Metadata, Section
from footnote.search import Searcher
from footnote.shelf import Shelf
from footnote.status import check

FIRST, SECOND, THIRD = (bytes([letter]) * 16 for letter in b"abc")


def made(number, sentences=2):
    return np.full(3, number, dtype=np.float32), np.full((sentences, 3), number, dtype=np.int8)


def same(found, expected):
    return all(np.array_equal(one, other) and one.dtype == other.dtype for one, other in zip(found, expected, strict=True))


def test_what_was_put_is_there_in_the_next_journal(tmp_path):
    with Journal(tmp_path / "kept", 3) as first:
        first.put(FIRST, made(1))
        first.put(SECOND, made(2, sentences=0))
        assert (first.found, FIRST in first, THIRD in first, same(first.get(FIRST), made(1))) == (0, True, False, True)
    with Journal(tmp_path / "kept", 3) as second:
        assert (second.found, same(second.get(FIRST), made(1)), same(second.get(SECOND), made(2, 0))) == (2, True, True)
        second.put(THIRD, made(3))
        second.flush()
        assert same(second.get(THIRD), made(3))
        second.remove()
        assert FIRST not in second
    assert os.listdir(tmp_path) == []


def test_nothing_is_written_where_nothing_was_put(tmp_path):
    with Journal(tmp_path / "kept", 3) as kept:
        kept.flush()
    assert os.listdir(tmp_path) == []


def test_vectors_reach_the_disk_while_the_ingest_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(journal, "_MOST_WAITING", 2)
    with Journal(tmp_path / "kept", 3) as kept:
        kept.put(FIRST, made(1))
        assert os.listdir(tmp_path) == []
        kept.put(SECOND, made(2))
        kept.put(THIRD, made(3))
        with Journal(tmp_path / "kept", 3) as other:
            assert (other.found, THIRD in other) == (2, False)


def test_at_most_some_seconds_of_work_wait(tmp_path, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(journal.time, "monotonic", lambda: now[0])
    with Journal(tmp_path / "kept", 3) as kept:
        now[0] = 19.9
        kept.put(FIRST, made(1))
        assert os.listdir(tmp_path) == []
        now[0] = 20.0
        kept.put(SECOND, made(2))
        assert (tmp_path / "kept").exists()


def test_a_record_that_is_cut_or_changed_ends_what_is_used(tmp_path):
    path = tmp_path / "kept"
    with Journal(path, 3) as kept:
        kept.put(FIRST, made(1))
        kept.put(SECOND, made(2))
    whole = path.read_bytes()
    half = (len(whole) - 28) // 2  # the bytes of one of two records, after what the file begins with
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with Journal(path, 3) as kept:
            assert kept.found == (length >= 28 + half)
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with Journal(path, 3) as kept:
            assert kept.found == (0 if place < 28 + half else 1)
            kept.put(THIRD, made(3))
        with Journal(path, 3) as kept:
            assert same(kept.get(THIRD), made(3))


def test_vectors_of_another_dimension_are_not_used(tmp_path):
    with Journal(tmp_path / "kept", 3) as kept:
        kept.put(FIRST, made(1))
    with Journal(tmp_path / "kept", 4) as kept:
        assert kept.found == 0


def article(number, text="Ä text.\nOf two lines."):
    known = Metadata(f"Title {number}", tags=("one", "two"), published="2024-01-02")
    return Article(f"{number}.md", f"{number}.md", known, text, (Section(("A", "B"), 0, 0, len(text), page=3),))


def test_a_shelf_gives_back_what_it_was_given_in_memory_or_on_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr("footnote.shelf._IN_MEMORY", 400)
    with Shelf(tmp_path, Article) as shelf:
        first = shelf.keep([article(1), article(2)])
        second = shelf.keep(article(number) for number in range(3, 30))
        third = shelf.keep([])
        assert (list(first), len(second), list(third)) == ([article(1), article(2)], 27, [])
        assert (second[-1], list(second[1:3])) == (article(29), [article(4), article(5)])
        with pytest.raises(IndexError):
            first[2]
        assert os.listdir(tmp_path) == []


def test_a_shelf_without_room_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr("footnote.shelf._IN_MEMORY", 10)
    with Shelf(tmp_path / "gone", Article) as shelf, pytest.raises(IndexNotWritable) as caught:
        shelf.keep([article(1)])
    assert str(caught.value) == (
        f"The index folder {tmp_path / 'gone'} could not be written: No such file or directory. The index is as it was before."
    )


class Stopped(BaseException):
    """As Ctrl-C is."""


@pytest.fixture
def two_together(monkeypatch):
    monkeypatch.setattr(embedding, "_TOGETHER", 2)


def write_many(kb, count):
    for number in range(count):
        (kb / f"{number:02}.md").write_text(f"---\ntitle: Number {number}\n---\nThe bird of day {number} sang once.\n")


def stop_after(watcher, passages):
    def progress(activity, done, total):
        if activity == "Embedding" and done >= passages:
            raise Stopped
        watcher.embedded.append((done, total)) if activity == "Embedding" else None

    return progress


def test_an_ingest_that_is_stopped_is_taken_up_where_it_was(tmp_path, index, watcher, two_together, monkeypatch):
    kb = tmp_path / "kb"
    kb.mkdir()
    write_many(kb, 10)
    with monkeypatch.context() as patched, pytest.raises(Stopped):
        patched.setattr(watcher, "progress", stop_after(watcher, 6))
        build(kb, index, watcher)
    assert watcher.embedded == [(0, 10), (2, 10), (4, 10)]
    assert sorted(os.listdir(index)) == ["LOCK", "care", "encoders", "snapshots", "unfinished.vectors"]
    assert os.listdir(index / "snapshots") == []
    watcher.embedded.clear()
    report = build(kb, index, watcher)
    assert watcher.embedded == [(0, 4), (2, 4), (4, 4)]
    assert (report.passages, report.embedded, report.reused) == (10, 4, 6)
    assert watcher.said == ["An ingest that was stopped has left the vectors of 6 passages.", "Writing the index ..."]
    assert sorted(os.listdir(index)) == ["CURRENT", "LOCK", "care", "encoders", "snapshots"]
    assert check(index) == []
    searcher = Searcher.open(index)
    assert searcher.ask("day 3 bird").hits[0].passage.article_id == "03.md"
    searcher.close()
    assert build(kb, index, watcher).outcome == "current"


def test_the_result_is_that_of_an_ingest_that_was_not_stopped(tmp_path, index, watcher, two_together, monkeypatch):
    kb = tmp_path / "kb"
    kb.mkdir()
    write_many(kb, 5)
    (kb / "twin.md").write_text((kb / "01.md").read_text())
    build(kb, index, watcher)
    whole = {path.name: path.read_bytes() for path in index.glob("snapshots/*/sentences/*")}
    vectors = next(index.glob("snapshots/*/vectors.faiss")).read_bytes()
    with monkeypatch.context() as patched, pytest.raises(Stopped):
        patched.setattr(watcher, "progress", stop_after(watcher, 2))
        build(kb, index, watcher, rebuild=True)
    assert watcher.embedded[:1] == [(0, 5)]  # the same text twice is embedded once
    (kb / "00.md").write_text((kb / "00.md").read_text() + " ")  # or the index would be current
    assert build(kb, index, watcher).embedded == 0
    last = max(index.glob("snapshots/*"))
    assert (last / "vectors.faiss").read_bytes() == vectors
    assert {path.name: path.read_bytes() for path in last.glob("sentences/*")} == whole


def test_a_rebuild_uses_nothing_that_a_stopped_ingest_left(tmp_path, index, watcher, two_together, monkeypatch):
    kb = tmp_path / "kb"
    kb.mkdir()
    write_many(kb, 4)
    with monkeypatch.context() as patched, pytest.raises(Stopped):
        patched.setattr(watcher, "progress", stop_after(watcher, 4))
        build(kb, index, watcher)
    assert build(kb, index, watcher, rebuild=True).embedded == 4
    assert not (index / "unfinished.vectors").exists()
