"""The nearest passages: exact in a small library and under a filter, compressed and scored anew in a large one."""

import faiss
import numpy as np
import pytest

from footnote.engines import local_vectors
from footnote.engines.local_vectors import COMPRESSED, VECTORS, VectorSearch, VectorStore, VectorWriter, compress

DIMENSION = 16


def crowded(count, seed=0):
    """Unit vectors in a hundred crowds, so that near and far differ."""
    draw = np.random.default_rng(seed)
    middles = draw.standard_normal((100, DIMENSION))
    vectors = middles[draw.integers(100, size=count)] + 0.4 * draw.standard_normal((count, DIMENSION))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def compressed_early(monkeypatch):
    """Compressed from 2,000 passages on."""
    monkeypatch.setattr(local_vectors, "COMPRESSED_FROM", 2_000)


def write_vectors(folder, vectors, questions):
    """Writes vectors, some at a time."""
    with VectorWriter(folder, DIMENSION) as writer:
        for start in range(0, len(vectors), 700):
            writer.append(vectors[start : start + 700])
    return compress(folder, len(vectors), questions)


def exact(vectors, question, limit):
    cosines = vectors @ question
    return np.argsort(-cosines, kind="stable")[:limit].tolist()


def test_the_file_is_byte_for_byte_what_faiss_itself_would_write(tmp_path):
    vectors = crowded(120)
    assert write_vectors(tmp_path, vectors, vectors[:5]) == VectorSearch("exact", 1.0)
    index = faiss.IndexFlatIP(DIMENSION)
    index.add(vectors)
    assert (tmp_path / VECTORS).read_bytes() == faiss.serialize_index(index).tobytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == [VECTORS]


def test_a_small_library_is_searched_exactly(tmp_path):
    vectors = crowded(500)
    write_vectors(tmp_path, vectors, vectors[:5])
    store = VectorStore(tmp_path, 500)
    found = store.nearest(vectors[7], None, 10)
    assert list(found) == exact(vectors, vectors[7], 10)
    assert list(found.values()) == pytest.approx(np.sort(vectors @ vectors[7])[::-1][:10].tolist(), abs=1e-6)
    assert (store.at(np.array([3, 499, 3])) == vectors[[3, 499, 3]]).all()


def test_a_large_library_is_searched_compressed_and_its_recall_is_measured(tmp_path, compressed_early):
    vectors, questions = crowded(3_000), crowded(50, seed=1)
    search = write_vectors(tmp_path, vectors, questions)
    assert search.kind == "compressed"
    store = VectorStore(tmp_path, 3_000)
    found = [store.nearest(question, None, 100) for question in questions]
    shares = [
        len(set(list(one)[:10]) & set(exact(vectors, question, 10))) for one, question in zip(found, questions, strict=True)
    ]
    assert sum(shares) / 500 == pytest.approx(search.recall, abs=1e-4)
    assert search.recall >= 0.98
    # Whatever is found is scored from the full vectors.
    for one, question in zip(found, questions, strict=True):
        assert list(one.values()) == pytest.approx((vectors[list(one)] @ question).tolist(), abs=1e-6)
        assert list(one.values()) == sorted(one.values(), reverse=True)


def test_compressed_vectors_that_find_too_little_are_not_kept(tmp_path, compressed_early, monkeypatch):
    monkeypatch.setattr(local_vectors, "_CANDIDATES", 5)  # of ten that are looked for
    vectors = crowded(3_000)
    assert write_vectors(tmp_path, vectors, crowded(50, seed=1)) == VectorSearch("exact")
    assert not (tmp_path / COMPRESSED).exists()


def test_a_filter_is_exact_in_a_large_library_too(tmp_path, compressed_early):
    vectors = crowded(3_000)
    write_vectors(tmp_path, vectors, crowded(50, seed=1))
    allowed = np.zeros(3_000, dtype=np.bool_)
    allowed[::7] = True
    store = VectorStore(tmp_path, 3_000)
    found = store.nearest(vectors[7], allowed, 20)
    assert list(found) == [row for row in exact(vectors, vectors[7], 3_000) if allowed[row]][:20]


@pytest.mark.parametrize("passages", [499, 501])
def test_vectors_of_another_library_are_refused(tmp_path, passages):
    write_vectors(tmp_path, crowded(500), crowded(5))
    with pytest.raises(ValueError, match=f"{VECTORS} holds 500 vectors of 16 dimensions for {passages} passages"):
        VectorStore(tmp_path, passages)
