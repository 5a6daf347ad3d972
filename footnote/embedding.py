"""The vectors of a library: of its passages, their sentences and the titles. What an older state of it knows is not embedded."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from footnote.encoder import Encoder, Vectors
from footnote.engines import Embedded, Entry, rounded
from footnote.engines.local import LocalEngine
from footnote.passages import Span, embedded_text
from footnote.records import Passage

OnEmbedded = Callable[[int, int], None]
"""Called with the number of passages embedded so far, and of all that have to be."""

_PROBED = 3  # passages that are embedded again to see whether a model still gives what it gave
_LEAST_AGREEMENT = 0.999  # cosine; other processors and versions of the runtime move the last digits, another model all of them
_TOGETHER = 32  # passages embedded between two reports of progress


def embed(
    entries: Sequence[Entry], before: LocalEngine | None, encoder: Encoder, on_embedded: OnEmbedded
) -> tuple[Embedded, int]:
    """The vectors of ``entries``, and how many passages had to be embedded: equal ones once, those of ``before`` not at all.

    ``before`` is of the same encoder.
    """
    pairs = [pair for entry in entries for pair in zip(entry.passages, entry.sentences, strict=True)]
    keys = [_key(passage, sentences, encoder) for passage, sentences in pairs]
    first = np.concatenate(([0], np.cumsum([len(sentences) for _, sentences in pairs], dtype=np.int64)))
    vectors = np.empty((len(pairs), encoder.dimension), dtype=np.float32)
    sentences = np.empty((int(first[-1]), encoder.dimension), dtype=np.int8)
    known = _take_known(keys, first, before, vectors, sentences)
    wanted = {key: row for row, key in reversed(list(enumerate(keys))) if key not in known}
    rows = sorted(wanted.values())
    if rows:
        on_embedded(0, len(rows))
    for done in range(0, len(rows), _TOGETHER):
        chunk = rows[done : done + _TOGETHER]
        _embed_chunk([pairs[row] for row in chunk], chunk, first, encoder, vectors, sentences)
        on_embedded(done + len(chunk), len(rows))
    for row, key in enumerate(keys):
        if key in wanted and wanted[key] != row:
            source = wanted[key]
            vectors[row] = vectors[source]
            sentences[first[row] : first[row + 1]] = sentences[first[source] : first[source + 1]]
    titles = _titles(entries, before, encoder)
    return Embedded(vectors, sentences, titles, keys, before.laid_out() if before is not None else None), len(rows)


def agrees(engine: LocalEngine, encoder: Encoder) -> bool:
    """Whether ``encoder`` still gives the vectors that the library has, tried on a few passages spread over it."""
    rows = sorted({round(share * (engine.count() - 1)) for share in np.linspace(0.0, 1.0, _PROBED)} if engine.count() else ())
    stored = engine.vectors(rows)
    if stored.shape[1] != encoder.dimension:
        return False
    again = encoder.embed_passages([embedded_text(passage) for passage in engine.passages(rows)])
    return bool((np.sum(stored * again, axis=1) >= _LEAST_AGREEMENT).all())


def _key(passage: Passage, sentences: Sequence[Span], encoder: Encoder) -> bytes:
    """Stands for everything that shaped a passage's vectors: what the encoder was given, how it is cut, and the encoder."""
    given = f"{encoder.fingerprint}\0{embedded_text(passage)}\0{sentences}"
    return hashlib.sha256(given.encode()).digest()[:16]


def _take_known(
    keys: Sequence[bytes],
    first: NDArray[np.int64],
    before: LocalEngine | None,
    vectors: Vectors,
    sentences: NDArray[np.int8],
) -> set[bytes]:
    """Fills in what ``before`` knows; gives the keys of that."""
    if before is None:
        return set()
    known = before.vector_keys()
    rows = [row for row, key in enumerate(keys) if key in known]
    if rows:
        vectors[rows] = before.vectors([known[keys[row]] for row in rows])
    for row in rows:
        sentences[first[row] : first[row + 1]] = before.sentence_store.vectors_of(known[keys[row]])
    return {keys[row] for row in rows}


def _embed_chunk(
    pairs: Sequence[tuple[Passage, Sequence[Span]]],
    rows: Sequence[int],
    first: NDArray[np.int64],
    encoder: Encoder,
    vectors: Vectors,
    sentences: NDArray[np.int8],
) -> None:
    """Embeds some passages and their sentences, in one go, and fills them in."""
    texts = [embedded_text(passage) for passage, _ in pairs]
    texts += [passage.text[start:end] for passage, spans in pairs for start, end in spans]
    different = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    made = encoder.embed_passages(list(different))[[different[text] for text in texts]]
    vectors[list(rows)] = made[: len(rows)]
    places = np.concatenate([np.arange(first[row], first[row + 1]) for row in rows])
    sentences[places] = rounded(made[len(rows) :])


def _titles(entries: Sequence[Entry], before: LocalEngine | None, encoder: Encoder) -> Vectors:
    """The vectors of the entries' titles, of shape ``(len(entries), dimension)``."""
    titles = [entry.article.metadata.title for entry in entries]
    known = before.title_vectors() if before is not None else {}
    new = [title for title in dict.fromkeys(titles) if title not in known]
    known |= dict(zip(new, encoder.embed_passages(new), strict=True))
    return np.array([known[title] for title in titles], dtype=np.float32).reshape(len(titles), encoder.dimension)
