"""From signals to one score: every number here is worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote.fusion import Signals, evidence, fused, nearness, standardized
from footnote.settings import SEARCH

# Round numbers, so that what is proven here does not change with what was measured last.
PLAIN = replace(
    SEARCH,
    sentence_share=0.5,
    title_share=0.5,
    words_least=0.1,
    words_most=0.5,
    scattered_words=0.5,
    evidence_sentence_share=0.25,
    evidence_words=0.1,
)


def signals(similarity, sentence=None, title=None, keyword=None, coverage=None):
    zeros = [0.0] * len(similarity)
    columns = (similarity, similarity if sentence is None else sentence, title or zeros, keyword or zeros, coverage or zeros)
    return Signals(*(np.array(column, dtype=np.float64) for column in columns))


def test_z_scores_are_distances_from_the_mean_in_standard_deviations():
    # mean 2, population variance (1 + 0 + 1) / 3
    deviation = (2 / 3) ** 0.5
    assert standardized(np.array([1.0, 2.0, 3.0])).tolist() == pytest.approx([-1 / deviation, 0.0, 1 / deviation])


def test_equal_scores_tell_nothing():
    assert standardized(np.array([0.4, 0.4, 0.4])).tolist() == [0.0, 0.0, 0.0]
    assert standardized(np.array([0.4])).tolist() == [0.0]


@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=30))
def test_z_scores_have_mean_nought_and_deviation_one_and_keep_the_order(values):
    found = standardized(np.array(values, dtype=np.float64))
    assert found.mean() == pytest.approx(0.0, abs=1e-9)
    assert found.std() == pytest.approx(1.0 if len(set(values)) > 1 else 0.0)
    assert sorted(range(len(values)), key=lambda index: values[index]) == sorted(range(len(values)), key=lambda i: found[i])


@given(st.lists(st.integers(-100, 100), min_size=2, max_size=20), st.integers(1, 50), st.integers(-50, 50))
def test_z_scores_do_not_depend_on_scale_and_origin(values, scale, origin):
    scores = np.array(values, dtype=np.float64)
    assert standardized(scale * scores + origin).tolist() == pytest.approx(standardized(scores).tolist(), abs=1e-6)


def test_nearness_weighs_a_passage_and_its_best_sentence():
    found = nearness(signals([0.2, 0.6], sentence=[0.8, 0.4]), replace(PLAIN, sentence_share=0.75))
    # 0.25 * 0.2 + 0.75 * 0.8 and 0.25 * 0.6 + 0.75 * 0.4
    assert found.tolist() == pytest.approx([0.65, 0.45])


def test_a_fused_score_is_the_convex_sum_of_both_z_scores():
    # Two values always lie one standard deviation from their mean. The best sentence has half of the question's words, so
    # BM25 weighs 0.1 + (0.5 - 0.1) * 0.5 = 0.3.
    found = fused(signals([1.0, 0.0], keyword=[0.0, 6.0], coverage=[0.0, 0.5]), PLAIN)
    assert found.tolist() == pytest.approx([0.7 * 1 + 0.3 * -1, 0.7 * -1 + 0.3 * 1])


@pytest.mark.parametrize(("coverage", "weight"), [(0.0, 0.1), (0.25, 0.2), (1.0, 0.5)])
def test_words_weigh_the_more_the_more_of_the_question_one_sentence_names(coverage, weight):
    found = fused(signals([1.0, 0.0], keyword=[0.0, 6.0], coverage=[coverage, 0.0]), PLAIN)
    # 6 * (0.5 + 0) against 0: the words speak for the second alone, however much of the question the first names
    assert found.tolist() == pytest.approx([(1 - weight) - weight, weight - (1 - weight)])


def test_words_in_one_sentence_count_more_than_words_that_are_scattered():
    # 4 * (0.5 + 1) = 6 against 6 * (0.5 + 0.25) = 4.5 and 0: BM25 alone would have the second first
    found = fused(signals([0.5, 0.5, 0.5], keyword=[4.0, 6.0, 0.0], coverage=[1.0, 0.25, 0.0]), PLAIN)
    assert found.tolist() == pytest.approx((0.5 * standardized(np.array([6.0, 4.5, 0.0]))).tolist())
    assert found[0] > found[1]


def test_a_title_adds_only_what_it_says_more_than_the_best_sentence():
    # 0.5 + 0.5 * (0.9 - 0.5) = 0.7, 0.6 + 0 and 0.65 + 0; the weight of words is 0.1, and none of them has any
    found = fused(signals([0.5, 0.6, 0.65], title=[0.9, 0.6, 0.1]), PLAIN)
    assert found.tolist() == pytest.approx((0.9 * standardized(np.array([0.7, 0.6, 0.65]))).tolist())
    assert np.argsort(-found).tolist() == [0, 2, 1]


def test_a_single_candidate_has_the_score_nought():
    assert fused(signals([0.9], keyword=[3.0], coverage=[1.0]), PLAIN).tolist() == [0.0]


def test_evidence_is_nearness_of_its_own_weights_with_the_words_on_top():
    found = evidence(signals([0.4, 0.4], sentence=[0.8, 0.0], keyword=[9.0, 0.0], coverage=[0.5, 0.0]), PLAIN)
    # 0.75 * 0.4 + 0.25 * 0.8 + 0.1 * 0.5 and 0.75 * 0.4
    assert found.tolist() == pytest.approx([0.55, 0.3])


unit = st.floats(0, 1, allow_nan=False)


@given(st.lists(st.tuples(unit, unit, unit, st.floats(0, 30), unit), min_size=1, max_size=12), st.integers(0, 11))
def test_evidence_of_a_candidate_does_not_depend_on_the_others(rows, chosen):
    row = rows[chosen % len(rows)]
    together = evidence(Signals(*np.array(rows).T), SEARCH)[chosen % len(rows)]
    alone = evidence(Signals(*np.array([row]).T), SEARCH)[0]
    assert together == pytest.approx(alone)


@given(st.lists(st.tuples(unit, unit, unit, st.floats(0, 30), unit), min_size=1, max_size=12))
def test_fused_scores_of_one_question_have_the_mean_nought(rows):
    assert fused(Signals(*np.array(rows).T), SEARCH).mean() == pytest.approx(0.0, abs=1e-6)
