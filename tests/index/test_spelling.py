"""Misspelled words, mended by the library's own; what the model or the library knows is left as it was typed."""

import pytest

from footnote.build import build
from footnote.search import Searcher
from footnote.spelling import is_a_word
from tests.conftest import Silent, link_encoders
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
    link_encoders(encoders, folder / "index")
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
        "creme brulee",  # ... and words without their accents
    ],
)
def test_what_the_library_or_the_model_knows_is_left_as_it_was_typed(asked, typed):
    answer = asked.ask(typed)
    assert answer.hits
    assert answer.read_as is None


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
    answer = asked.ask(f"feed rye flour every day {typed}")
    assert ([hit.passage.text for hit in answer.hits][:1], answer.read_as) == ([SOURDOUGH], None)


@pytest.mark.parametrize("word", ["sourdouhg", "sourdogh", "souurdough", "sourdaugh", "soirdouhg", "kneeding", "brull\u00e9e"])
def test_the_misspelled_words_of_these_tests_are_unknown_to_the_model(encoder, word):
    assert in_pieces(encoder, word)


def test_the_model_knows_the_words_it_is_said_to_know(encoder):
    assert not in_pieces(encoder, "breed")


def test_a_word_of_the_dictionary_is_no_misspelling_although_the_model_has_it_in_pieces(asked, encoder):
    # "flout" is one letter from the library's "flour".
    assert in_pieces(encoder, "flout")
    answer = asked.ask("flout the rye, keep kneading")
    assert ([hit.passage.text for hit in answer.hits][:1], answer.read_as) == ([SOURDOUGH], None)


@pytest.mark.parametrize(
    ("word", "languages", "known"),
    [
        ("flout", [], True),
        ("FLOUT", [], True),
        ("sourdouhg", ["en-GB"], False),
        ("vertrauen", [], False),
        ("Vertrauen", ["de"], True),
        ("Vertrauen", ["de-AT", "xx"], True),
        ("flout", ["xx"], True),
    ],
)
def test_the_dictionary_is_english_and_of_the_languages_of_the_articles(word, languages, known):
    assert is_a_word(word, languages) == known


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
    assert ([hit.passage.text for hit in answer.hits][:1], answer.read_as) == ([SOURDOUGH], None)


def test_a_word_with_a_figure_in_it_is_no_misspelling_of_a_part_of_it(asked, encoder):
    assert in_pieces(encoder, "sourdouhg")
    answer = asked.ask("feed rye flour sourdouhg7 and 7sourdouhg")
    assert ([hit.passage.text for hit in answer.hits][:1], answer.read_as) == ([SOURDOUGH], None)


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
        # All three at one edit; glarp stands in two passages, the others in one each, in the order of the alphabet.
        ("glarb", 1, ["glarp", "glarf", "glart"]),
        ("glarf", 1, ["glarf"]),  # none is nearer than itself
        ("glrafed", 1, ["glarfed"]),  # two letters changed places are one edit
        ("glarfe", 1, ["glarfed", "glarf"]),  # one letter too few or too many; three passages against one
        ("glorous", 1, ["glorious"]),  # a word of a heading
        ("naivee", 1, ["naive"]),
        ("blarf", 1, []),  # begins otherwise
        ("flarf", 2, ["flarb"]),
        ("glarxx", 1, []),  # a word that stands in a title alone is none of the articles'
        ("gzzzz", 2, []),
        ("glxxp", 1, []),
        ("glxxp", 2, ["glarp"]),
    ],
)
def test_the_nearest_words_begin_alike_and_the_commonest_comes_first(engine, word, edits, expected):
    assert engine.words_like(word, edits) == expected


def test_no_more_than_eight_words_are_thought_of(tmp_path):
    words = [f"glar{letter}" for letter in "bcdefghij"]
    engine = searcher(tmp_path / "index", [entry("a.md", words)]).engine
    assert engine.words_like("glarz", 1) == words[:8]
    engine.close()


def test_of_several_words_the_one_is_meant_with_which_the_library_has_most_to_say(tmp_path, encoders, watcher):
    kb = tmp_path / "kb"
    kb.mkdir()
    # "glotch" is one letter from both; the commoner of the two has nothing to do with the rest of the question.
    for number in range(3):
        (kb / f"clock{number}.md").write_text(f"# Clock {number}\n\nThe glotck of a clock ticks {number} times.\n")
    (kb / "bread.md").write_text("# Bread\n\nLet the dough rise on the glotcx for two hours before baking.\n")
    link_encoders(encoders, tmp_path / "index")
    build(kb, tmp_path / "index", watcher)
    found = Searcher.open(tmp_path / "index")
    answer = found.ask("how long does dough rise on the glotch before baking")
    assert answer.read_as == "how long does dough rise on the glotcx before baking"
    assert answer.hits[0].passage.article_id == "bread.md"
    found.close()
