"""The map: every passage as a point in the plane, near what it resembles. Made when the index is, and kept with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footnote.encoder import Vectors

Points = NDArray[np.float32]

_FEW = 50  # different passages, up to which two principal components show all there is to see
_LANDMARKS = 1_000  # passages laid out by t-SNE, whose time grows faster than their number; the others are put among them
_COMPONENTS = 50  # kept before t-SNE, as its authors do
_PERPLEXITY = 30.0
_STEPS = 500
_NEAREST = 3  # landmarks between which a point is put
_SHARPNESS = 20.0  # how much more the nearest of them counts


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A map: ``keys`` say what each vector was made from, and row ``i`` of ``points`` is where vector ``i`` stands."""

    keys: Sequence[bytes]
    points: Points


def laid_out(
    vectors: Vectors,
    keys: Sequence[bytes],
    before: LaidOut | None = None,
    on_placed: Callable[[int, int], None] | None = None,
) -> Points:
    """A point for every vector, of shape ``(n, 2)``, both numbers within [-1, 1]; equal vectors and keys give equal points.

    Landmarks are laid out by t-SNE (van der Maaten and Hinton 2008); every other vector is put between the landmarks nearest to
    it. Landmarks are chosen by their keys, which are as good as random, so they mostly stay where they stood ``before``.
    ``on_placed`` is called with the number of vectors that have their point so far, and of all.
    """
    if not len(vectors):
        return np.zeros((0, 2), dtype=np.float32)
    rows = _landmarks(keys)
    if len(rows) <= _FEW:
        return _scaled(_components(vectors, 2))
    rows_before = _landmarks(before.keys) if before is not None else []
    if before is not None and [keys[row] for row in rows] == [before.keys[row] for row in rows_before]:
        landmarks = before.points[rows_before]
    else:
        landmarks = _embedded(np.asarray(vectors[rows]))
    points = np.empty((len(vectors), 2), dtype=np.float32)
    known = vectors[rows]
    for start in range(0, len(vectors), _LANDMARKS):
        points[start : start + _LANDMARKS] = between(vectors[start : start + _LANDMARKS], known, landmarks)
        if on_placed is not None:
            on_placed(min(start + _LANDMARKS, len(vectors)), len(vectors))
    points[rows] = landmarks
    return _scaled(points)


def _landmarks(keys: Sequence[bytes]) -> list[int]:
    """The rows of the landmarks in the order of their keys, which does not depend on that of the rows."""
    first = {key: row for row, key in reversed(list(enumerate(keys)))}
    return [first[key] for key in landmarks(first)]


def landmarks(keys: Iterable[bytes]) -> list[bytes]:
    """The keys that landmarks are chosen by, of vectors that were made from ``keys``."""
    return sorted(set(keys))[:_LANDMARKS]


def between(vectors: Vectors, known: Vectors, points: Points) -> Points:
    """Where ``vectors`` stand among ``known`` ones, whose ``points`` are given: the mean of the nearest, the nearest most.

    Shapes ``(m, dimension)``, ``(n, dimension)`` and ``(n, 2)`` give ``(m, 2)``.
    """
    cosines = vectors @ known.T
    count = min(_NEAREST, len(known))
    nearest = np.argpartition(-cosines, count - 1, axis=1)[:, :count]
    closeness = np.take_along_axis(cosines, nearest, axis=1)
    weights = np.exp(_SHARPNESS * (closeness - closeness.max(axis=1, keepdims=True)))
    weights /= weights.sum(axis=1, keepdims=True)
    found: Points = np.einsum("mk,mkd->md", weights, points[nearest]).astype(np.float32)
    return found


def _embedded(vectors: Vectors) -> Points:
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    # The steps are short, and threads that wait for each other between them take longer than one: ten times on busy cores.
    with threadpool_limits(1):
        reduced = _components(vectors, min(_COMPONENTS, *vectors.shape))
        found: Points = TSNE(2, perplexity=_PERPLEXITY, init="pca", random_state=0, max_iter=_STEPS).fit_transform(reduced)
    return found


def _components(vectors: Vectors, count: int) -> Points:
    """The first principal components, of shape ``(n, count)``; zeros where there are fewer."""
    centred = vectors.astype(np.float64) - vectors.mean(axis=0)
    left, sizes, right = np.linalg.svd(centred, full_matrices=False)
    # The sign of a component is arbitrary; its largest weight is made positive, so that it is always the same.
    signs = np.sign(right[np.arange(len(right)), np.abs(right).argmax(axis=1)])
    scores = left * sizes * signs
    found = np.zeros((len(vectors), count), dtype=np.float32)
    found[:, : min(count, scores.shape[1])] = scores[:, :count]
    return found


def _scaled(points: Points) -> Points:
    """The points moved and scaled alike in both directions, to lie within [-1, 1]."""
    if not len(points):
        return points
    middle = (points.max(axis=0) + points.min(axis=0)) / 2
    moved = points - middle
    largest = float(np.abs(moved).max())
    found: Points = (moved / largest if largest > 1e-12 else moved).astype(np.float32)
    return found
