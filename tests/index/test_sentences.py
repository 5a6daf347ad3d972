"""The sentences of a library: written once, taken over where nothing changed, refused where they are not what was written."""

import shutil

import numpy as np
import pytest
from blake3 import blake3

from footnote.build import build
from footnote.engines import rounded, term_number
from footnote.engines.local import LocalEngine
from footnote.engines.local_sentences import SentenceStore
from footnote.errors import IndexDamaged
from footnote.search import Searcher
from footnote.settings import SEARCH
from footnote.snapshot import current_snapshot
from tests.conftest import link_encoders
from tests.library import entry, searcher

NAMES = ("passages", "spans", "vectors", "terms", "titles")
BREAD = "Bread needs flour, water, salt and time."


def stored(index):
    """The bytes of the files of sentences."""
    folder = current_snapshot(index).folder / "sentences"
    assert sorted(path.name for path in folder.iterdir()) == sorted(f"{name}.npy" for name in NAMES)
    return {name: (folder / f"{name}.npy").read_bytes() for name in NAMES}


@pytest.fixture
def at_once(tmp_path, encoders):
    """The files of sentences that a first build of a folder gives."""

    def build_at_once(kb, watcher):
        index = tmp_path / "at-once"
        link_encoders(encoders, index)
        build(kb, index, watcher)
        return stored(index)

    return build_at_once


def change_an_article(kb):
    path = kb / "bread.md"
    path.write_text(path.read_text().replace("Cold dough rises slowly.", "Cold dough waits. It rises in its own time."))


def rename_a_file(kb):
    (kb / "bread.md").rename(kb / "zz-bread.md")


def change_a_title(kb):
    path = kb / "bread.md"
    path.write_text(path.read_text().replace("title: Bread at home", "title: The loaf"))


def copy_a_file(kb):
    shutil.copy(kb / "bread.md", kb / "a-copy.md")


def repeat_a_paragraph(kb):
    path = kb / "tides.md"
    path.write_text(path.read_text() + "\n## Again\n\nThe moon pulls the sea.\n")


def remove_an_article(kb):
    (kb / "bread.md").unlink()


def part_a_sentence_otherwise(kb):
    path = kb / "bread.md"
    path.write_text(path.read_text().replace("Bread needs flour, water,", "Bread needs flour. Water,"))


def change_nothing_but_tags(kb):
    path = kb / "bread.md"
    path.write_text(path.read_text().replace("tags: [baking, home]", "tags: [home]"))


CHANGES = [
    change_an_article,
    rename_a_file,
    change_a_title,
    copy_a_file,
    repeat_a_paragraph,
    remove_an_article,
    part_a_sentence_otherwise,
    change_nothing_but_tags,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_an_index_that_took_up_a_change_has_the_sentences_of_one_built_at_once(kb, built, watcher, at_once, change):
    change(kb)
    assert build(kb, built, watcher).outcome == "built"
    assert stored(built) == at_once(kb, watcher)


def test_an_index_that_took_up_all_changes_has_the_sentences_of_one_built_at_once(kb, built, watcher, at_once):
    for change in (change_an_article, change_a_title, copy_a_file, repeat_a_paragraph, change_nothing_but_tags, rename_a_file):
        change(kb)
        assert build(kb, built, watcher).outcome == "built"
    assert stored(built) == at_once(kb, watcher)


def test_only_a_new_title_is_embedded_where_only_a_title_changed(kb, built, watcher):
    before = stored(built)
    change_a_title(kb)
    assert build(kb, built, watcher).embedded == 0
    after = stored(built)
    assert [name for name in NAMES if before[name] != after[name]] == ["titles"]


def test_every_vector_is_of_its_own_sentence_and_every_title_of_its_own_article(built, encoder):
    engine = LocalEngine(current_snapshot(built).folder, SEARCH)
    rows = list(range(engine.count()))
    passages, found = engine.passages(rows), engine.sentences(rows)
    sentences = [
        passage.text[start:end]
        for passage, first, last in zip(passages, found.first[:-1], found.first[1:], strict=True)
        for start, end in found.spans[first:last]
    ]
    assert sentences == [
        BREAD,
        "Let the dough rise in a warm place for two hours.",
        "Cold dough rises slowly.",
        "Bake it hot, at 240 degrees, for half an hour.",
        "The moon pulls the sea.",
        "When sun and moon pull in one line, the tide is highest.",
    ]
    vectors = encoder.embed_passages(sentences)
    raw = np.load(current_snapshot(built).folder / "sentences" / "vectors.npy")
    assert (raw == rounded(vectors)).all()
    # A byte a number moves each of 384 numbers by at most half a step of the largest, and hardly ever all of them.
    assert min(found.cosines(vector)[row] for row, vector in enumerate(vectors)) > 0.999
    assert np.linalg.norm(found.vectors.astype(np.float32), axis=1).tolist() == pytest.approx(found.lengths.tolist(), rel=1e-6)
    for number, sentence in enumerate(sentences):
        numbers = sorted({term_number(term) for term in engine.terms(sentence)})
        assert found.terms[found.sentence_of == number].tolist() == numbers
    assert (found.titles == encoder.embed_passages(["Bread at home", "Tides"])).all()
    engine.close()


def test_sentences_are_read_in_the_order_asked_for_and_may_be_asked_for_twice(tmp_path):
    engine = searcher(tmp_path / "index", [entry("a.md", ["Trust. Sleep. Bread.", "Fight."])]).engine
    found = engine.sentences([1, 0, 1])
    assert found.first.tolist() == [0, 1, 4, 5]
    assert found.spans.tolist() == [[0, 6], [0, 6], [7, 13], [14, 20], [0, 6]]
    assert found.vectors.argmax(axis=1).tolist() == [1, 0, 2, 3, 1]
    assert found.sentence_of.tolist() == [0, 1, 2, 3, 4]
    engine.close()


# --- damage ------------------------------------------------------------------------------------------------------------


def rewrite(path, content):
    path.unlink()  # the file may be a link to one that other tests share
    path.write_bytes(content)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("position", [0, 100, -1])
def test_a_wrong_byte_in_a_file_of_sentences_is_refused_by_its_name(built, name, position):
    path = current_snapshot(built).folder / "sentences" / f"{name}.npy"
    content = bytearray(path.read_bytes())
    content[position] ^= 0x01
    rewrite(path, content)
    (built / "DAMAGED-ON-PURPOSE").touch()
    with pytest.raises(IndexDamaged) as raised:
        Searcher.open(built)
    assert str(raised.value) == (
        f"The file {path} is not what was written, so it is not used. Build the index again: python ingest.py"
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_file_of_sentences_is_refused_by_its_name(built, name):
    path = current_snapshot(built).folder / "sentences" / f"{name}.npy"
    path.unlink()
    (built / "DAMAGED-ON-PURPOSE").touch()
    with pytest.raises(IndexDamaged) as raised:
        Searcher.open(built)
    assert str(raised.value) == (
        f"The file {path} can't be read: No such file or directory, so it is not used. Build the index again: python ingest.py"
    )


# Three sentences of seven terms in two passages of one article: trust, grow; bread, and, salt; sleep, well.
ROWS = {"passages": 3, "spans": 4, "vectors": 3, "terms": 7, "titles": 1}


@pytest.fixture
def snapshot(tmp_path):
    found = searcher(tmp_path / "index", [entry("a.md", ["Trust grows. Bread and salt.", "Sleep well."])])
    found.close()
    return found.snapshot


def test_counts_that_fit_are_taken(snapshot):
    folder = snapshot.folder / "sentences"
    assert {name: len(np.load(folder / f"{name}.npy")) for name in NAMES} == ROWS
    assert SentenceStore(folder, 2).spans_of(0) == ((0, 12), (13, 28))


@pytest.mark.unchecked("its files are damaged")
@pytest.mark.parametrize("name", ["spans", "vectors", "terms", "titles"])
@pytest.mark.parametrize("more", [-1, 1])
def test_files_of_sentences_whose_counts_do_not_fit_are_refused(snapshot, name, more):
    path = snapshot.folder / "sentences" / f"{name}.npy"
    array = np.load(path)
    # A row too many at the front, so that the last one, which counts the others, stays what it was.
    np.save(path, np.concatenate((array[:1], array)) if more > 0 else array[1:])
    wrong = tuple((ROWS | {name: ROWS[name] + more}).values())
    with pytest.raises(IndexDamaged) as raised:
        LocalEngine(snapshot.folder, SEARCH)
    assert str(raised.value) == (
        f"The snapshot {snapshot.name} can't be opened (the sentences have {wrong} rows instead of {tuple(ROWS.values())}). "
        "Run: python ingest.py --rebuild"
    )


@pytest.mark.parametrize("passages", [0, 1, 3])
def test_sentences_of_another_number_of_passages_are_refused(snapshot, passages):
    with pytest.raises(ValueError, match=r"^the sentences have \(3, 4, 3, 7, 1\) rows instead of \("):
        SentenceStore(snapshot.folder / "sentences", passages)


@pytest.mark.unchecked("its files are damaged")
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"nonsense"])
def test_files_that_are_no_arrays_are_refused_and_never_run(snapshot, name, content):
    (snapshot.folder / "sentences" / f"{name}.npy").write_bytes(content)
    with pytest.raises(IndexDamaged, match=f"^The snapshot {snapshot.name} can't be opened"):
        LocalEngine(snapshot.folder, SEARCH)


def test_a_damaged_file_of_sentences_is_made_again_by_the_next_ingest(kb, built, watcher):
    before = stored(built)
    path = current_snapshot(built).folder / "sentences" / "vectors.npy"
    rewrite(path, path.read_bytes()[:-1] + b"\x7f")
    assert build(kb, built, watcher).embedded == 2
    assert stored(built) == before
    assert {
        name: checksum for name, checksum in current_snapshot(built).manifest.files.items() if name.startswith("sentences/")
    } == {f"sentences/{name}.npy": blake3(content).hexdigest() for name, content in before.items()}
