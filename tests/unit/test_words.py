"""The words that a misspelled one may have been are found among those of the library."""

import numpy as np
import pytest

from footnote.engines.local import LocalEngine
from footnote.engines.local_words import WordStore, WordWriter
from footnote.errors import IndexDamaged
from footnote.settings import SEARCH
from tests.library import entry, searcher


def words(folder, *texts):
    with WordWriter(folder / "words", str.split) as writer:
        for number, text in enumerate(texts):
            writer.append(entry(f"{number}.md", [text]))
    return WordStore(folder / "words")


def test_words_are_known_by_their_first_letter_their_length_and_their_letters(tmp_path):
    found = words(tmp_path, "celery cellar cellars cellarman cobalt dollar", "cellar collar zebra", "cellar cedar")
    # An edit changes two letters at most, a, y of celery, but e, r, o, b, t of cobalt are five, more than those of two edits.
    assert found.like("celar", 1) == {"cellar": 3, "collar": 1, "cedar": 1, "celery": 1}
    assert found.like("celar", 2) == {"cellar": 3, "collar": 1, "cedar": 1, "celery": 1, "cellars": 1}
    assert found.like("zebrs", 1) == {"zebra": 1}
    assert (found.like("a", 1), found.like("\U0001f600", 2)) == ({}, {})


def test_words_of_any_script_are_kept_and_overlong_ones_left_out(tmp_path):
    found = words(tmp_path, f"стол столы 椅子 {'x' * 40} {'x' * 41}")
    assert found.like("стлы", 1) == {"стол": 1, "столы": 1}
    assert found.like("椅", 1) == {"椅子": 1}
    assert found.like("x" * 40, 1) == {"x" * 40: 1}


def test_a_library_without_words_has_none(tmp_path):
    assert words(tmp_path).like("anything", 2) == {}


@pytest.mark.unchecked("its files are damaged")
@pytest.mark.parametrize(
    ("name", "wrong", "said"),
    [
        ("text", np.zeros(3, dtype=np.uint8), "the words have 3 letters instead of 22"),
        ("text", np.zeros(22, dtype=np.float32), "the words are not of this form"),
        ("words", np.zeros(3, dtype=np.uint8), "the words are not of this form"),
    ],
)
def test_files_of_words_that_do_not_fit_are_refused(tmp_path, name, wrong, said):
    found = searcher(tmp_path / "index", [entry("a.md", ["Trust grows. Bread and salt."])])
    found.close()
    np.save(found.snapshot.folder / "words" / f"{name}.npy", wrong)
    with pytest.raises(IndexDamaged) as raised:
        LocalEngine(found.snapshot.folder, SEARCH)
    assert str(raised.value) == f"The snapshot {found.snapshot.name} can't be opened ({said}). Run: python ingest.py --rebuild"
