import math
import threading
from dataclasses import replace

import pytest

from footnote.errors import IndexOfOtherModel, QuestionEmpty
from footnote.question import tidy
from footnote.records import Filter
from footnote.search import Searcher
from footnote.settings import SEARCH
from tests.fake_encoder import FakeEncoder
from tests.library import entry, searcher

ENTRIES = [
    entry(
        "trust.md",
        ["Trust grows. Trust and sleep.", "Bread is bread."],
        title="On trust",
        author="A. Lee",
        published="2024-03-05",
    ),
    entry("night.md", ["Sleep, sleep, sleep and a fight."], title="On sleep", tags=("rest",)),
]


@pytest.fixture
def found(tmp_path):
    searching = searcher(tmp_path / "index", ENTRIES)
    yield searching
    searching.close()


def test_hits_come_best_first_with_rank_score_and_similarity(found):
    answer = found.ask("trust")
    assert answer.verdict == "answered"
    hit = answer.hits[0]
    # (2, 0, 1, 0, 0) / sqrt(5) against (1, 0, 0, 0, 0); the other passages have cosine 0 and are not relevant
    assert (hit.rank, hit.passage.text) == (1, "Trust grows. Trust and sleep.")
    assert hit.similarity == pytest.approx(2 / 5**0.5)
    assert len(answer.hits) == 1


def test_the_sentence_that_answers_is_marked_by_its_offsets(found):
    hit = found.ask("trust").hits[0]
    assert [hit.passage.text[start:end] for start, end in hit.highlights] == ["Trust grows."]


def test_the_score_is_the_fusion_of_both_searches_over_the_finalists(tmp_path):
    settings = replace(SEARCH, sentence_share=0.6, title_share=0.5, words_least=0.1, words_most=0.5, scattered_words=0.5)
    found = searcher(tmp_path / "index", ENTRIES, settings)
    first, second = found.ask("sleep").hits
    found.close()
    # similarity: 3/sqrt(10) and 1/sqrt(5); the best sentences have (42, 127) / hypot(42, 127), which is (1, 3) rounded to bytes,
    # and 1/sqrt(2). Of the three finalists the third (bread) has 0 in all.
    assert (first.passage.article_id, second.passage.article_id) == ("night.md", "trust.md")
    assert (first.similarity, second.similarity) == pytest.approx((3 / 10**0.5, 1 / 5**0.5))
    sentence = 127 / math.hypot(42, 127)
    # The title "On sleep" is sleep itself and adds half of what it has over the sentence; "On trust" has nothing of sleep.
    near = [0.4 * 3 / 10**0.5 + 0.6 * sentence + 0.5 * (1 - sentence), 0.4 / 5**0.5 + 0.6 / 2**0.5, 0.0]
    # Both have the whole question in one sentence, so BM25 counts 0.5 + 1 times, and weighs 0.1 + (0.5 - 0.1) * 1.
    words = [1.5 * first.keyword, 1.5 * second.keyword, 0.0]
    assert first.score == pytest.approx(0.5 * z(near)[0] + 0.5 * z(words)[0], rel=1e-5)
    assert second.score == pytest.approx(0.5 * z(near)[1] + 0.5 * z(words)[1], rel=1e-5)


def z(values):
    mean = sum(values) / len(values)
    deviation = (sum((value - mean) ** 2 for value in values) / len(values)) ** 0.5
    return [(value - mean) / deviation for value in values]


def test_a_hit_says_where_it_stands(found):
    hit = found.ask("bread").hits[0]
    assert (hit.source, hit.metadata.title, hit.metadata.author, hit.passage.start, hit.passage.end) == (
        "trust.md",
        "On trust",
        "A. Lee",
        31,
        46,
    )
    assert hit.citation == 'A. Lee. "On trust" (2024-03-05). trust.md, characters 31-46.'


def test_what_nothing_speaks_of_gets_no_passage(found):
    answer = found.ask("volcanoes")
    assert (answer.verdict, answer.hits) == ("nothing_relevant", ())


def test_no_more_than_top_hits_are_given(found):
    assert [hit.rank for hit in found.ask("sleep", top=1).hits] == [1]


def test_a_filter_holds_and_may_leave_nothing(found):
    assert [hit.passage.article_id for hit in found.ask("sleep", where=Filter(tags=("rest",))).hits] == ["night.md"]
    assert found.ask("sleep", where=Filter(tags=("none",))).verdict == "nothing_relevant"


@pytest.mark.parametrize("question", ["", "   ", "?!", "\u200b\u200b", "💥", "\0"])
def test_nothing_is_searched_for_nothing(found, question):
    with pytest.raises(QuestionEmpty, match=r"^There is no question\. Type what you want to know, in your own words\.$"):
        found.ask(question)


def test_a_question_is_tidied_before_it_is_searched_for():
    assert tidy("  how\u00a0do\nwe\u200b talk \ud800\0 ") == "how do we talk"
    assert tidy("x" * 5_000_000) == "x" * 1000


def test_an_encoder_of_another_model_is_refused(found):
    other = FakeEncoder()
    other.model, other.fingerprint = "another", "other-0123456789"
    with pytest.raises(IndexOfOtherModel) as refused:
        Searcher(found.snapshot, found.engine, other)
    assert str(refused.value) == (
        "The index was built with the model fake (fake-0123456789a), but the encoder at hand is another (other-0123456789). "
        "Build it again: python ingest.py"
    )


def test_many_threads_get_the_answers_that_one_gets(found):
    questions = ["trust", "sleep", "bread", "fight", "volcanoes"] * 8
    alone = [[(hit.passage.id, hit.score) for hit in found.ask(question).hits] for question in questions]
    together = [None] * len(questions)

    def ask(number):
        together[number] = [(hit.passage.id, hit.score) for hit in found.ask(questions[number]).hits]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(len(questions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == alone
