"""The map: where landmarks come from, and that what did not change stays where it was."""

import hashlib

import numpy as np
import pytest

from footnote import projection
from footnote.projection import LaidOut, between, laid_out


def library(count, seed=0):
    """Unit vectors around eight centres, and their keys."""
    chance = np.random.default_rng(seed)
    vectors = chance.standard_normal((8, 16))[chance.integers(0, 8, count)] + 0.3 * chance.standard_normal((count, 16))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(np.float32), [hashlib.sha256(vector.tobytes()).digest()[:16] for vector in vectors.astype(np.float32)]


@pytest.fixture
def few_landmarks(monkeypatch):
    monkeypatch.setattr(projection, "_LANDMARKS", 100)


@pytest.fixture
def no_layout(monkeypatch):
    def fail(vectors):
        raise AssertionError("landmarks were laid out again")

    monkeypatch.setattr(projection, "_embedded", fail)


@pytest.mark.parametrize("count", [1, 2, 50, 51, 130])
def test_every_vector_has_a_point_within_the_square(few_landmarks, count):
    vectors, keys = library(count)
    points = laid_out(vectors, keys)
    assert (points.shape, points.dtype) == ((count, 2), np.float32)
    assert np.abs(points).max(initial=0.0) == (1.0 if count > 1 else 0.0)


def test_equal_vectors_and_keys_give_equal_points_in_whatever_order(few_landmarks):
    vectors, keys = library(130)
    points = laid_out(vectors, keys)
    turned = laid_out(vectors[::-1].copy(), keys[::-1])
    assert turned[::-1] == pytest.approx(points, abs=1e-6)


def test_a_point_that_is_no_landmark_stands_between_the_landmarks_nearest_to_it(few_landmarks):
    vectors, keys = library(130)
    points = laid_out(vectors, keys)
    known = sorted(range(130), key=lambda row: keys[row])
    landmarks, others = known[:100], known[100:]
    assert points[others] == pytest.approx(between(vectors[others], vectors[landmarks], points[landmarks]), abs=1e-5)


def test_while_the_landmarks_are_the_same_everything_else_stays_where_it_was(few_landmarks, monkeypatch):
    vectors, keys = library(130)
    before = LaidOut(keys, laid_out(vectors, keys))
    last = max(range(130), key=lambda row: keys[row])  # no landmark
    kept = [row for row in range(130) if row != last]
    whole = laid_out(vectors[kept], [keys[row] for row in kept])
    monkeypatch.setattr(projection, "_embedded", None)
    points = laid_out(vectors[kept], [keys[row] for row in kept], before)
    assert points == pytest.approx(whole, abs=1e-5)


def test_where_a_landmark_is_gone_all_are_laid_out_again(few_landmarks, no_layout):
    vectors, keys = library(130)
    before = LaidOut(keys, np.zeros((130, 2), dtype=np.float32))
    first = min(range(130), key=lambda row: keys[row])
    kept = [row for row in range(130) if row != first]
    with pytest.raises(AssertionError, match="landmarks were laid out again"):
        laid_out(vectors[kept], [keys[row] for row in kept], before)


def test_a_library_of_many_copies_is_one_of_few_vectors(few_landmarks, no_layout):
    vectors, keys = library(20)
    points = laid_out(np.concatenate([vectors] * 5), keys * 5)
    assert points == pytest.approx(np.concatenate([points[:20]] * 5), abs=1e-6)
