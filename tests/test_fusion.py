import numpy as np
import pytest

from footnote.fusion import fused, standardized
from footnote.records import Candidate


def test_z_scores_are_distances_from_the_mean_in_standard_deviations():
    # mean 2, population variance (1 + 0 + 1) / 3
    deviation = (2 / 3) ** 0.5
    assert standardized(np.array([1.0, 2.0, 3.0])).tolist() == pytest.approx([-1 / deviation, 0.0, 1 / deviation])


def test_equal_scores_tell_nothing():
    assert standardized(np.array([0.4, 0.4, 0.4])).tolist() == [0.0, 0.0, 0.0]


def test_a_fused_score_is_the_convex_sum_of_both_z_scores():
    candidates = [Candidate(0, 1.0, 0.0), Candidate(1, 0.0, 6.0)]
    # two values always lie one standard deviation from their mean
    assert fused(candidates, 0.7).tolist() == pytest.approx([0.7 * 1 + 0.3 * -1, 0.7 * -1 + 0.3 * 1])


def test_the_weight_decides_whose_best_is_first():
    candidates = [Candidate(0, 0.9, 0.0), Candidate(1, 0.1, 6.0), Candidate(2, 0.2, 0.0)]
    assert np.argmax(fused(candidates, 1.0)) == 0
    assert np.argmax(fused(candidates, 0.0)) == 1
