"""The thresholds that an ingest works out, by hand: the fake encoder knows four words, and of the unrelated questions one has
"sleep" and one has "fight"; all others are (0, 0, 0, 0, 1) to it, so the median is theirs.
"""

from dataclasses import replace

import pytest

from footnote.calibration import thresholds
from footnote.encoder.probes import QUESTIONS
from footnote.engines.local_writing import nearest_in, write
from footnote.settings import SEARCH
from tests.fake_encoder import WORDS, FakeEncoder
from tests.library import embedded, entry

SETTINGS = replace(
    SEARCH,
    evidence_sentence_share=0.3,
    unrelated_sds=1.2,
    unrelated_floor_sds=2.0,
    named_sds=1.5,
    related_sds=1.0,
    strong_sds=3.0,
)


@pytest.fixture
def worked_out(tmp_path):
    def worked_out(*texts, unrelated=(0.0, 0.1), settings=SETTINGS):
        encoder = FakeEncoder()
        encoder.unrelated_similarity = unrelated
        entries = [entry(f"{number}.md", [text]) for number, text in enumerate(texts)]
        write(tmp_path, embedded(entries, encoder), encoder.dimension)
        return thresholds(nearest_in(tmp_path, len(texts)), encoder, settings)

    return worked_out


def test_nearly_all_unrelated_questions_have_none_of_the_four_words():
    with_one = [question for question in QUESTIONS if any(word in question.lower().split() for word in WORDS)]
    assert len([question for question in QUESTIONS if any(word in question.lower() for word in WORDS)]) == 2
    assert with_one == ["my toddler will not sleep through the night"]  # the other is "fight?"


def test_a_library_that_is_near_to_no_unrelated_question_is_held_to_the_models_own_floor(worked_out):
    # The best evidence is 0, and 0 + 1.2 * 0.1 is less than 0 + 2 * 0.1.
    assert worked_out("Trust.", "Bread and trust.") == pytest.approx(
        {"evidence": 0.2, "named": 0.15, "related": 0.3, "strong": 0.5}
    )


def test_the_floor_stands_on_the_mean_of_unrelated_texts(worked_out):
    found = worked_out("Trust.", unrelated=(0.05, 0.02))
    assert found == pytest.approx({"evidence": 0.09, "named": 0.08, "related": 0.11, "strong": 0.15})


def test_a_library_that_is_near_to_unrelated_questions_asks_for_more_than_they_find(worked_out):
    # The passage is trust, at 0, but its first sentence has none of the four words and is at 1: 0.7 * 0 + 0.3 * 1 = 0.3.
    assert worked_out("Nothing here. Trust.") == pytest.approx(
        {"evidence": 0.3 + 0.12, "named": 0.15, "related": 0.42 + 0.1, "strong": 0.42 + 0.3}
    )


def test_the_best_passage_counts_and_not_the_first_or_the_mean(worked_out):
    # The second passage and its sentence are at 1: 0.7 + 0.3 = 1.
    assert worked_out("Trust.", "Nothing here.", "Trust. Nothing.")["evidence"] == pytest.approx(1.12)


def test_the_question_that_a_library_answers_does_not_raise_its_threshold(worked_out):
    # One of the unrelated questions speaks of sleep, and so does the library: the median does not care.
    assert worked_out("Sleep. Sleep well.")["evidence"] == pytest.approx(0.2)


def test_the_shares_of_passage_and_sentence_are_those_of_the_evidence(worked_out):
    found = worked_out("Nothing here. Trust.", settings=replace(SETTINGS, evidence_sentence_share=0.6))
    assert found["evidence"] == pytest.approx(0.6 + 0.12)
