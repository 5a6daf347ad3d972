"""A real index of hand-made articles with the fake encoder: every score in it can be worked out."""

import hashlib

from footnote.engines import Embedded, Entry, rounded
from footnote.manifest import Manifest
from footnote.passages import embedded_text, passage_id, sentences_in
from footnote.records import Article, Metadata, Passage, Section
from footnote.search import Searcher
from footnote.settings import FORMAT_VERSION, SEARCH
from footnote.stores import Making
from footnote.stores.opening import store_at
from tests.fake_encoder import FakeEncoder


def entry(article_id, texts, **known):
    """An article whose passages are ``texts``, one paragraph each; ``headings`` maps a passage's number to its heading path."""
    text = "\n\n".join(texts)
    headings = known.pop("headings", {})
    metadata = Metadata(known.pop("title", article_id), **known)
    passages, start = [], 0
    for number, part in enumerate(texts):
        passages.append(
            Passage(
                passage_id(article_id, part, texts[: number + 1].count(part)),
                article_id,
                start,
                start + len(part),
                part,
                headings.get(number, ()),
            )
        )
        start += len(part) + 2
    article = Article(article_id, article_id, metadata, text, (Section((), 0, 0, len(text)),))
    return Entry(article, tuple(passages), tuple(sentences_in(article, passage) for passage in passages))


def keys(one):
    """What the vectors of an entry's passages are made from: their ids will do."""
    return [hashlib.sha256(passage.id.encode()).digest()[:16] for passage in one.passages]


def embedded(entries, encoder):
    """The entries with their vectors, as an ingest makes them."""
    for one in entries:
        pairs = zip(one.passages, one.sentences, strict=True)
        sentences = [passage.text[start:end] for passage, spans in pairs for start, end in spans]
        yield (
            one,
            Embedded(
                encoder.embed_passages([embedded_text(passage) for passage in one.passages]),
                rounded(encoder.embed_passages(sentences)),
                encoder.embed_passages([one.article.metadata.title])[0],
                keys(one),
            ),
        )


def searcher(index, entries, settings=SEARCH, reranker=None):
    """A Searcher over ``entries`` in the store of ``index``."""
    encoder, store = FakeEncoder(), store_at(index)
    passages = sum(len(one.passages) for one in entries)

    def describe(search, thresholds, files):
        return Manifest(
            format=FORMAT_VERSION,
            created_at="2026-01-01T00:00:00+00:00",
            model=encoder.model,
            fingerprint=encoder.fingerprint,
            dimension=encoder.dimension,
            recipe={},
            articles=len(entries),
            passages=passages,
            truncated=0,
            kb={},
            refused=(),
            notices=(),
            thresholds=thresholds,
            search={},
            files=files,
        )

    making = Making(
        entries=entries,
        keys=[keys(one) for one in entries],
        dimension=encoder.dimension,
        passages=passages,
        embed=lambda chosen, _: embedded(chosen, encoder),
        thresholds=lambda near: {"evidence": 0.3, "named": 0.1, "related": 0.4, "strong": 0.7},
        describe=describe,
        placed=lambda done, total: None,
        before=None,
    )
    with store.locked():
        state = store.write(making)
    return Searcher(state, store.library(state, settings), encoder, settings, reranker)
