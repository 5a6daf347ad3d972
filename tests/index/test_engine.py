import math

import numpy as np
import pytest

from footnote.engines import term_number
from footnote.records import Candidate, Filter
from tests.fake_encoder import FakeEncoder
from tests.library import entry, searcher
from tests.milvus import lite, needs_milvus

ENTRIES = [
    entry("a.md", ["trust trust fight", "bread and salt"], author="Ann Lee, PhD", published="2024-03-05", tags=("Love", "home")),
    entry("b.md", ["fight fight fight", "sleep well"], author="Bo", published="2025-06", tags=("rest",)),
    entry("c.md", ["nothing of the kind", "trust"]),
]


ENGINES = ["local", pytest.param("milvus", marks=needs_milvus)]


def index_of(kind, folder):
    return lite(folder) if kind == "milvus" else folder / "index"


@pytest.fixture(scope="module", params=ENGINES)
def engine(request, tmp_path_factory):
    found = searcher(index_of(request.param, tmp_path_factory.mktemp(request.param)), ENTRIES).engine
    yield found
    found.close()


@pytest.fixture(params=ENGINES)
def index(request, tmp_path):
    """Where an index of one of the engines is to be."""
    return index_of(request.param, tmp_path)


def ask(engine, question, where=None, limit=10):
    return engine.candidates(question, engine.terms(question), FakeEncoder().embed_question(question), where or Filter(), limit)


def test_similarity_is_the_cosine_of_the_two_vectors(engine):
    found = {candidate.row: candidate.similarity for candidate in ask(engine, "trust")}
    # row 0 is (2, 1, 0, 0, 0) / sqrt(5), row 2 (0, 1, 0, 0, 0), row 5 (1, 0, 0, 0, 0)
    assert found == pytest.approx({0: 2 / 5**0.5, 1: 0.0, 2: 0.0, 3: 0.0, 4: 0.0, 5: 1.0})


def test_the_keyword_score_is_bm25(engine):
    found = {candidate.row: candidate.keyword for candidate in ask(engine, "sleep")}
    # Robertson and Zaragoza (2009), k1 = 1.2, b = 0.75: one of six passages holds the term, once, in a passage of 2 terms;
    # the six passages have 3, 3, 3, 2, 4 and 1 terms, 16/6 on average
    idf = math.log(1 + (6 - 1 + 0.5) / (1 + 0.5))
    bm25 = idf * 1 * (1.2 + 1) / (1 + 1.2 * (1 - 0.75 + 0.75 * 2 / (16 / 6)))
    assert found == pytest.approx({0: 0.0, 1: 0.0, 2: 0.0, 3: bm25, 4: 0.0, 5: 0.0}, rel=1e-5)


def test_both_scores_are_exact_for_candidates_that_only_one_search_found(engine):
    everything = {candidate.row: candidate for candidate in ask(engine, "fight and salt")}
    few = ask(engine, "fight and salt", limit=1)
    # by meaning passage 2 is first, by words passage 1
    assert few == [everything[1], everything[2]]
    assert (few[0].similarity, few[1].keyword > 0) == (0.0, True)


@pytest.mark.parametrize(("telling", "rows"), [(["fight"], [0, 2]), (["trust"], [0, 5]), ([], [0])])
def test_the_keyword_search_goes_by_what_tells_something_and_scores_by_all(engine, telling, rows):
    question = "fight trust"  # by meaning passage 0 is first, and by both words as well
    everything = {candidate.row: candidate for candidate in ask(engine, question)}
    found = engine.candidates(question, telling, FakeEncoder().embed_question(question), Filter(), 1)
    assert found == [everything[row] for row in rows]


def test_keywords_match_whatever_the_case_accents_and_endings(engine):
    assert [candidate.row for candidate in ask(engine, "FIGHTING slèep") if candidate.keyword > 0] == [0, 2, 3]


@pytest.mark.parametrize(
    ("where", "rows"),
    [
        (Filter(tags=("love",)), [0, 1]),
        (Filter(tags=("rest", "home")), [0, 1, 2, 3]),
        (Filter(tags=("unknown",)), []),
        (Filter(authors=("lee",)), [0, 1]),
        (Filter(articles=("c.md",)), [4, 5]),
        (Filter(since="2024-03-05"), [0, 1, 2, 3]),
        (Filter(since="2024-03-06"), [2, 3]),
        (Filter(until="2024-12-31"), [0, 1]),
        (Filter(since="2025-06-15"), [2, 3]),  # "2025-06" may be later than the fifteenth
        (Filter(tags=("home",), authors=("bo",)), []),
        (Filter(), [0, 1, 2, 3, 4, 5]),
    ],
)
def test_a_filter_leaves_exactly_the_articles_that_pass(engine, where, rows):
    assert [candidate.row for candidate in ask(engine, "trust", where)] == rows


def test_a_filter_applies_before_the_best_are_taken(engine):
    # without the filter passage 5 is nearest, so a limit of one would leave nothing of a.md
    assert [candidate.row for candidate in ask(engine, "trust", Filter(articles=("a.md",)), limit=1)] == [0]


def test_scores_do_not_depend_on_the_filter(engine):
    everything = {candidate.row: candidate for candidate in ask(engine, "trust fight")}
    assert ask(engine, "trust fight", Filter(articles=("a.md",))) == [everything[0], everything[1]]


def test_a_question_without_a_known_word_has_no_keyword_score(engine):
    assert ask(engine, "xylophone", Filter(articles=("b.md",))) == [Candidate(2, 0.0, 0.0), Candidate(3, 0.0, 0.0)]


def test_passages_come_in_the_order_asked_for_with_their_text_and_place(engine):
    passages = engine.passages([5, 0])
    assert [(p.article_id, p.start, p.end, p.text) for p in passages] == [
        ("c.md", 21, 26, "trust"),
        ("a.md", 0, 17, "trust trust fight"),
    ]


def test_a_passage_is_found_by_its_id_and_an_unknown_id_gives_none(engine):
    assert engine.passage(ENTRIES[1].passages[1].id) == ENTRIES[1].passages[1]
    assert engine.passage("../../etc/passwd") is None


def test_an_article_comes_back_as_it_was_written(engine):
    assert engine.article("a.md") == ENTRIES[0].article
    assert engine.article("no.md") is None


def test_listings_count_the_passages_of_each_article(engine):
    assert [(listing.id, listing.passages) for listing in engine.listings()] == [("a.md", 2), ("b.md", 2), ("c.md", 2)]


def test_a_term_is_held_by_the_passages_in_whose_text_headings_or_title_it_stands(index):
    found = searcher(index, [*ENTRIES, entry("d.md", ["well", "salt"], title="Fight for sleep")]).engine
    # "fight" stands in the text of two passages and in the title of two others
    assert (found.holding("fight"), found.rows_with("fight")) == (2, [0, 2, 6, 7])
    assert (found.holding("trust"), found.rows_with("trust")) == (2, [0, 5])
    assert (found.holding("xylophon"), found.rows_with("xylophon")) == (0, [])
    assert found.count() == 8
    found.close()


def test_words_are_folded_and_not_stemmed_and_terms_are_both(engine):
    assert engine.words("Fighting, Slèep-styles: don’t!") == ["fighting", "sleep", "styles", "don", "t"]
    assert engine.terms("Fighting, Slèep-styles: don’t!") == ["fight", "sleep", "style", "don", "t"]


def test_the_sentences_of_passages_come_with_their_spans_vectors_terms_and_titles(engine):
    found = engine.sentences([3, 2])
    assert (found.first.tolist(), found.spans.tolist()) == ([0, 1, 2], [[0, 10], [0, 17]])
    assert found.vectors.tolist() == [[0, 0, 127, 0, 0], [0, 127, 0, 0, 0]]
    assert found.cosines(np.array([0, 0.6, 0.8, 0, 0], dtype=np.float32)).tolist() == pytest.approx([0.8, 0.6])
    numbers = [sorted(map(term_number, terms)) for terms in (("sleep", "well"), ("fight",))]
    assert [found.terms[found.sentence_of == sentence].tolist() for sentence in (0, 1)] == numbers
    # The title "b.md" holds no word that the fake encoder counts.
    assert found.titles.tolist() == [[0, 0, 0, 0, 1]] * 2


def test_text_beyond_ascii_keeps_its_offsets(index):
    texts = ["Zoë 👩‍👩‍👧 trust", "naïve — fight 😀", "trust"]
    engine = searcher(index, [entry("é.md", texts)]).engine
    assert [passage.text for passage in engine.passages([0, 1, 2])] == texts
    engine.close()
