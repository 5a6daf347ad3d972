"""Misspelled words, mended by the library's own; what the model or the library knows is left as it was typed."""

import os
import shutil

import pytest

from footnote.build import build
from footnote.search import Searcher
from tests.conftest import Silent
from tests.library import entry, searcher

SOURDOUGH = "Feed the sourdough with rye flour every day, and keep kneading until the gluten holds."
CREME = "A cr\u00e8me br\u00fbl\u00e9e wants egg yolks, cream, and a burner for the sugar."


@pytest.fixture(scope="module")
def asked(tmp_path_factory, encoders):
    folder = tmp_path_factory.mktemp("spelling")
    kb = folder / "kb"
    kb.mkdir()
    (kb / "sourdough.md").write_text(f"# Daily bread\n\n{SOURDOUGH}\n", encoding="utf-8")
    (kb / "creme.md").write_text(f"# Dessert\n\n{CREME}\n", encoding="utf-8")
    shutil.copytree(encoders, folder / "index" / "encoders", copy_function=os.link)
    build(kb, folder / "index", Silent())
    found = Searcher.open(folder / "index")
    yield found
    found.close()


def in_pieces(encoder, word):
    """Whether the model knows a word only in pieces, so that it may be misspelled."""
    return encoder.count_tokens([word])[0] > 1


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("feed the sourdouhg", "feed the sourdough"),  # two letters changed places: one edit
        ("feed the sourdogh", "feed the sourdough"),  # one left out
        ("feed the souurdough", "feed the sourdough"),  # one too many
        ("feed the sourdaugh", "feed the sourdough"),  # one wrong
        ("feed the soirdouhg", "feed the sourdough"),  # two edits in a long word
        ("feed the SOURDOUHG!", "feed the sourdough!"),
        ("keep kneeding and kneadingg", "keep kneading and kneading"),
        ("a br\u00fbll\u00e9e with sugar", "a brulee with sugar"),
        ("sourdouhg, sourdogh", "sourdough, sourdough"),
    ],
)
def test_a_word_that_neither_library_nor_model_knows_is_read_as_the_librarys(asked, encoder, typed, read):
    answer = asked.ask(typed)
    assert (answer.question, answer.read_as) == (typed, read)
    assert [hit.passage.id for hit in answer.hits] == [hit.passage.id for hit in asked.ask(read).hits]
    assert asked.ask(read).read_as is None


@pytest.mark.parametrize(
    "typed",
    [
        "feed the sourdough",
        "sourdoughs and kneadings",  # the same stem
        "the breed of rye flour",  # a word of the language, though one letter from a word of the library's ...
        "creme brulee",  # ... and one without its accents
        "flout the rye",
    ],
)
def test_what_the_library_or_the_model_knows_is_left_as_it_was_typed(asked, typed):
    assert asked.ask(typed).read_as is None
    assert asked._mended(typed) == typed


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("zourdough", "begins otherwise"),
        ("xourdouhg", "begins otherwise"),
        ("soirdauhg", "three edits"),
        ("glutrm", "two edits in a word of six letters"),
        ("sxq", "three letters"),
    ],
)
def test_what_is_not_like_enough_is_left_as_it_was_typed(asked, encoder, typed, why):
    assert in_pieces(encoder, typed), why
    assert asked._mended(f"feed the {typed}") == f"feed the {typed}"


@pytest.mark.parametrize("word", ["sourdouhg", "sourdogh", "souurdough", "sourdaugh", "soirdouhg", "kneeding", "brull\u00e9e"])
def test_the_misspelled_words_of_these_tests_are_unknown_to_the_model(encoder, word):
    assert in_pieces(encoder, word)


def test_the_model_knows_the_words_it_is_said_to_know(encoder):
    assert [in_pieces(encoder, word) for word in ("breed", "flout")] == [False, False]


def test_what_a_question_was_read_as_is_said_only_where_it_found_something(asked):
    answer = asked.ask('feed the sourdouhg "no such words"')
    assert (answer.hits, answer.read_as, answer.absent) == ((), None, ("no such words",))


def test_words_in_quotation_marks_are_required_as_they_were_typed(asked):
    answer = asked.ask('feed "the sourdouhg"')
    assert (answer.hits, answer.read_as, answer.absent) == ((), None, ("the sourdouhg",))
    mended = asked.ask('sourdouhg "rye flour"')
    assert ([hit.passage.text for hit in mended.hits], mended.read_as) == ([SOURDOUGH], "sourdough rye flour")


def test_a_word_ruled_out_is_ruled_out_as_it_was_typed(asked):
    answer = asked.ask("rye flour -sourdouhg")
    assert ([hit.passage.text for hit in answer.hits], answer.read_as) == ([SOURDOUGH], None)


def test_a_word_with_a_figure_in_it_is_no_misspelling_of_a_part_of_it(asked, encoder):
    assert in_pieces(encoder, "sourdouhg")
    assert asked._mended("sourdouhg7 and 7sourdouhg") == "sourdouhg7 and 7sourdouhg"


# --- which of the library's words ---------------------------------------------------------------------------------------


@pytest.fixture
def engine(tmp_path):
    texts = ["glarf", "glarp glarp", "glarp", "glart", "glarfed glarfed", "glarfed", "glarfed now", "flarb", "gla", "na\u00efve"]
    found = searcher(tmp_path / "index", [entry("a.md", texts, title="Glarx", headings={0: ("Glorious",)})]).engine
    yield found
    found.close()


@pytest.mark.parametrize(
    ("word", "edits", "expected"),
    [
        ("glarb", 1, "glarp"),  # as near as glarf and glart, and in two passages instead of one
        ("glarf", 1, "glarf"),
        ("glrafed", 1, "glarfed"),
        ("glarfe", 1, "glarfed"),  # glarf and glarfed are as near and as different in length; glarfed is the commoner
        ("glorous", 1, "glorious"),
        ("naivee", 1, "naive"),
        ("blarf", 1, None),
        ("glarxx", 1, None),  # a title's word is none of the library's texts
        ("gzzzz", 2, None),
        ("glxxb", 1, None),
        ("glxxp", 2, "glarp"),
    ],
)
def test_the_nearest_word_begins_alike_and_of_several_is_the_commonest(engine, word, edits, expected):
    assert engine.nearest_word(word, edits) == expected


def test_of_words_as_near_and_as_common_the_first_in_the_alphabet_is_taken(tmp_path):
    engine = searcher(tmp_path / "index", [entry("a.md", ["glart", "glarf"])]).engine
    assert engine.nearest_word("glarb", 1) == "glarf"
    engine.close()
