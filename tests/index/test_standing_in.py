"""Where the current snapshot can't be used, the one before it answers, and says so."""

import hashlib
import json
import re
import shutil
import threading

import pytest

from footnote.__main__ import main
from footnote.build import build
from footnote.errors import IndexDamaged, IndexMissing
from footnote.page.library import Library
from footnote.search import Searcher
from footnote.settings import FORMAT_VERSION
from footnote.snapshot import current_snapshot, other_snapshots
from footnote.status import check

QUESTION = "how long should dough rise?"
BEFORE, NOW = "Let the dough rise in a warm place for two hours.", "Let the dough rise in a cold place for two days."

pytestmark = pytest.mark.unchecked("damaged on purpose")


@pytest.fixture
def twice(kb, built, watcher):
    """An index of two snapshots that answer differently."""
    path = kb / "bread.md"
    path.write_text(path.read_text(encoding="utf-8").replace(BEFORE, NOW), encoding="utf-8")
    build(kb, built, watcher)
    return built


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x01
    path.write_bytes(content)


def damage(index, name="vectors.faiss"):
    """Damages a file of the current snapshot; gives its path."""
    path = current_snapshot(index).folder / name
    flip(path)
    return path


def notice(index, problem):
    (before,) = other_snapshots(index)
    return f"The library as it was built {before.manifest.created_at} is used, not its current state. {problem}"


def wrong(path):
    return f"The file {path} is not what was written, so it is not used. Build the index again: python ingest.py"


@pytest.mark.parametrize(
    "name", ["library.sqlite", "vectors.faiss", "points.npy", "keywords/meta.json", "sentences/spans.npy", "manifest.json"]
)
def test_a_damaged_snapshot_gives_its_place_to_the_one_before_it(twice, name):
    before = next(other_snapshots(twice))
    path = damage(twice, name)
    searcher = Searcher.open(twice)
    answer = searcher.ask(QUESTION)
    searcher.close()
    assert (searcher.snapshot, answer.snapshot) == (before, before.name)
    assert BEFORE in answer.hits[0].passage.text
    assert searcher.notice == notice(twice, wrong(path))
    assert check(twice) == [wrong(path)]


def test_a_whole_snapshot_needs_no_notice(twice):
    searcher = Searcher.open(twice)
    answer = searcher.ask(QUESTION)
    searcher.close()
    assert searcher.notice is None
    assert NOW in answer.hits[0].passage.text


def test_the_command_line_answers_and_says_on_standard_error_why_it_is_an_older_state(twice, tmp_path, capsys):
    said = f"footnote: {notice(twice, wrong(damage(twice)))}\n"
    (before,) = other_snapshots(twice)
    assert main(["ask", QUESTION, "--index", str(twice)]) == 0
    output, errors = capsys.readouterr()
    assert (BEFORE in output.replace(">>", "").replace("<<", ""), errors) == (True, said)
    assert main(["ask", QUESTION, "--index", str(twice), "--format", "json"]) == 0
    output, errors = capsys.readouterr()
    assert (json.loads(output)["snapshot"], errors) == (before.name, said)
    assert main(["ask", QUESTION, "--index", str(twice), "--format", "csv"]) == 0
    output, errors = capsys.readouterr()
    assert (before.name in output, errors) == (True, said)
    (tmp_path / "questions.csv").write_text(f"question\n{QUESTION}\n", encoding="utf-8")
    arguments = [str(tmp_path / "questions.csv"), "--output", str(tmp_path / "results.csv")]
    assert main(["batch", *arguments, "--index", str(twice)]) == 0
    assert capsys.readouterr().err == said
    assert before.name in (tmp_path / "results.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("content", [b"", b"nonsense\n", b"20250101T000000000000Z-000000000000\n", b"\xff\xfe\n", None])
def test_where_current_is_damaged_the_newest_snapshot_answers(twice, content):
    if content is None:
        (twice / "CURRENT").unlink()
    else:
        (twice / "CURRENT").write_bytes(content)
    searcher = Searcher.open(twice)
    answer = searcher.ask(QUESTION)
    searcher.close()
    assert NOW in answer.hits[0].passage.text
    said = r"The library as it was built \S+ is used, not its current state\. The file \S+ [^\n]+, so it is not used\. [^\n]+"
    assert re.fullmatch(said, searcher.notice)


def test_a_snapshot_of_another_format_gives_its_place_to_one_that_can_be_read(twice):
    snapshot = current_snapshot(twice)
    other = json.dumps(json.loads((snapshot.folder / "manifest.json").read_text()) | {"format": 99}).encode()
    folder = snapshot.folder.with_name(f"{snapshot.name.partition('-')[0]}-{hashlib.sha256(other).hexdigest()[:12]}")
    snapshot.folder.rename(folder)
    (folder / "manifest.json").write_bytes(other)
    (twice / "CURRENT").write_text(folder.name)
    searcher = Searcher.open(twice)
    assert searcher.notice.endswith(
        f"The index was written in format 99, this version reads format {FORMAT_VERSION}. Build it again: python ingest.py"
    )
    searcher.close()


def test_where_both_are_damaged_the_fault_of_the_current_one_is_told_and_what_to_run(twice):
    (before,) = other_snapshots(twice)
    path = damage(twice)
    flip(before.folder / "library.sqlite")
    with pytest.raises(IndexDamaged) as raised:
        Searcher.open(twice)
    assert str(raised.value) == wrong(path)


def test_where_nothing_else_is_there_a_damaged_snapshot_is_refused(built):
    path = damage(built)
    with pytest.raises(IndexDamaged) as raised:
        Searcher.open(built)
    assert str(raised.value) == wrong(path)


def test_an_empty_index_folder_is_no_damage(twice):
    shutil.rmtree(twice / "snapshots")
    (twice / "CURRENT").unlink()
    with pytest.raises(IndexMissing):
        Searcher.open(twice)


def test_status_speaks_of_the_snapshot_that_can_be_read(twice, kb, capsys):
    (before,) = other_snapshots(twice)
    said = notice(twice, wrong(damage(twice, "manifest.json")))
    assert main(["status", "--index", str(twice), "--kb", str(kb)]) == 0
    output, errors = capsys.readouterr()
    assert errors == f"footnote: {said}\n"
    assert before.name in output and "Changed: bread.md\n" in output
    assert main(["status", "--json", "--index", str(twice), "--kb", str(kb)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["snapshot"], found["notice"]) == (before.name, said)


def test_check_names_a_damaged_snapshot_that_could_not_stand_in(twice):
    (before,) = other_snapshots(twice)
    flip(before.folder / "vectors.faiss")
    assert check(twice) == [
        f"The snapshot {before.name}, which would answer if the current one could not, is damaged. The next build replaces it."
    ]


def test_the_next_ingest_mends_the_index_with_the_vectors_of_the_snapshot_before(twice, kb, watcher):
    damaged = current_snapshot(twice).name
    (before,) = other_snapshots(twice)
    damage(twice)
    report = build(kb, twice, watcher)
    assert (report.outcome, report.embedded, report.reused) == ("built", 1, 1)
    assert {path.name for path in (twice / "snapshots").iterdir()} == {report.snapshot, before.name}
    assert damaged != report.snapshot
    assert check(twice) == []


# --- the page's library -------------------------------------------------------------------------------------------------


def answers(library):
    searcher, is_older = library.searcher()
    return (NOW if NOW in searcher.ask(QUESTION).hits[0].passage.text else BEFORE), is_older


def test_a_page_keeps_what_it_has_while_the_new_snapshot_is_bad_and_takes_up_a_mended_one(kb, built, watcher, monkeypatch):
    monkeypatch.setattr("footnote.page.library._RETRY_SECONDS", 0.0)
    monkeypatch.setattr("footnote.page.library._RETRY_SHARE", 0)
    library = Library(built)
    assert answers(library) == (BEFORE, False)
    path = kb / "bread.md"
    path.write_text(path.read_text(encoding="utf-8").replace(BEFORE, NOW), encoding="utf-8")
    build(kb, built, watcher)
    bad = damage(built)
    assert [answers(library) for _ in range(3)] == [(BEFORE, True)] * 3
    flip(bad)
    assert [answers(library) for _ in range(2)] == [(NOW, False)] * 2


def test_a_page_takes_up_the_next_snapshot_after_a_bad_one_at_once(twice, kb, watcher):
    library = Library(twice)
    damage(twice)
    assert [answers(library) for _ in range(2)] == [(BEFORE, True)] * 2
    build(kb, twice, watcher)
    assert answers(library) == (NOW, False)


def test_a_page_whose_index_is_taken_away_goes_on_answering(twice):
    library = Library(twice)
    assert answers(library) == (NOW, False)
    shutil.rmtree(twice)
    assert [answers(library) for _ in range(2)] == [(NOW, True)] * 2


def test_readers_do_not_wait_while_a_new_snapshot_is_opened(twice, kb, watcher, monkeypatch):
    library = Library(twice)
    assert answers(library) == (NOW, False)
    before = current_snapshot(twice).name
    build(kb, twice, watcher, rebuild=True)
    begun, go_on = threading.Event(), threading.Event()
    really_open = Searcher.open

    def slowly(*arguments, **options):
        begun.set()
        assert go_on.wait(60)
        return really_open(*arguments, **options)

    monkeypatch.setattr(Searcher, "open", slowly)
    first = threading.Thread(target=library.searcher)
    first.start()
    assert begun.wait(60)
    searcher, is_older = library.searcher()
    assert (searcher.snapshot.name, is_older) == (before, False)
    go_on.set()
    first.join()
    assert library.searcher()[0].snapshot == current_snapshot(twice)


def test_a_snapshot_that_is_swept_away_while_it_is_opened_is_no_damage(twice, kb, watcher, monkeypatch):
    from footnote.stores import local

    stale = current_snapshot(twice)
    for _ in range(2):
        build(kb, twice, watcher, rebuild=True)
    assert not stale.folder.exists()
    found = iter([stale])
    monkeypatch.setattr(local, "current_snapshot", lambda index: next(found, None) or current_snapshot(index))
    searcher = Searcher.open(twice)
    assert (searcher.snapshot, searcher.notice) == (current_snapshot(twice), None)
    searcher.close()
