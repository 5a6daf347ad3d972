"""An index that an earlier run wrote is read as it was meant, or refused in a sentence; new ones are of the same form."""

import json
import shutil
import sqlite3

import numpy as np
import pytest

from footnote.build import build
from footnote.engines.local import LocalEngine
from footnote.errors import IndexOfOtherVersion
from footnote.passages import embedded_text
from footnote.search import Searcher
from footnote.settings import FORMAT_VERSION, SEARCH
from footnote.snapshot import current_snapshot
from tests.conftest import faults
from tests.fake_encoder import FakeEncoder
from tests.golden_index import ENTRIES, FOLDER, make

# Where this fails: a change of form needs another FORMAT_VERSION, and that a golden index (python -m tests.golden_index).
GOLDEN = FOLDER / f"format-{FORMAT_VERSION}"
OLDER = sorted(path for path in FOLDER.iterdir() if path != GOLDEN)


@pytest.fixture
def golden(tmp_path):
    """A copy, for reading an index may leave a lock file in it."""
    return shutil.copytree(GOLDEN, tmp_path / "index")


def test_the_golden_index_is_whole(golden):
    assert faults(golden.parent) == []


def test_the_golden_index_is_read_as_it_was_meant(golden):
    snapshot = current_snapshot(golden)
    engine = LocalEngine(snapshot.folder, SEARCH)
    passages = [passage for one in ENTRIES for passage in one.passages]
    assert engine.passages(range(4)) == passages
    assert [engine.article(one.article.id) for one in ENTRIES] == [one.article for one in ENTRIES]
    assert [engine.sentence_store.spans_of(row) for row in range(4)] == [spans for one in ENTRIES for spans in one.sentences]
    given = FakeEncoder().embed_passages([embedded_text(passage) for passage in passages])
    assert engine.vectors(range(4)) == pytest.approx(given)
    assert (engine.rows_with("trust"), engine.rows_with("deja"), engine.rows_with("food")) == ([0, 1], [2], [3])
    found = Searcher(snapshot, engine, FakeEncoder())
    assert [hit.passage.text for hit in found.ask("trust").hits] == [
        "Trust grows slowly.",
        "After a fight, say sorry. Trust is slow.",
    ]
    assert [hit.passage.text for hit in found.ask('"bread salt"').hits] == ["Bread, salt."]
    engine.close()


def form(index):
    """What a reader of an index counts on: names, columns, types and fields, but not what is in them."""
    folder = current_snapshot(index).folder
    arrays = {path.name: (np.load(path).dtype.descr, np.load(path).shape) for path in sorted(folder.rglob("*.npy"))}
    library = sqlite3.connect(folder / "library.sqlite")
    tables = library.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
    library.close()
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    schema = json.loads((folder / "keywords" / "meta.json").read_text())["schema"]
    kinds = {name: type(value).__name__ for name, value in manifest.items()}
    files = sorted(name for name in manifest["files"] if not name.startswith("keywords/"))
    return files, arrays, tables, kinds, schema, (folder / "vectors.faiss").read_bytes()


def test_what_is_written_now_has_the_form_of_the_golden_index(golden, tmp_path):
    make(tmp_path / "new")
    assert form(tmp_path / "new") == form(golden)


@pytest.mark.unchecked("of an older format")
@pytest.mark.parametrize("older", OLDER, ids=lambda path: path.name)
def test_an_index_of_an_older_format_is_refused_and_built_again(older, kb, index, watcher):
    shutil.copytree(older, index, dirs_exist_ok=True)
    with pytest.raises(IndexOfOtherVersion) as raised:
        Searcher.open(index)
    assert str(raised.value) == (
        f"The index was written in format {older.name.removeprefix('format-')}, this version reads format {FORMAT_VERSION}. "
        "Build it again: python ingest.py"
    )
    assert build(kb, index, watcher).outcome == "built"
    assert faults(index.parent) == []
    assert Searcher.open(index).notice is None
