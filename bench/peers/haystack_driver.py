"""Haystack: its sentence-transformers embedders, its FAISS document store, a pipeline for questions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from haystack import Document, Pipeline
from haystack.utils import ComponentDevice
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)
from haystack_integrations.components.retrievers.faiss import FAISSEmbeddingRetriever
from haystack_integrations.document_stores.faiss import FAISSDocumentStore

from bench.peers.driver import BATCH, DIMENSION, TOP, Corpus, Passage, run

_STORE = "store"


class Haystack:
    """One embedder for documents, another for questions: each step loads only its own."""

    def __init__(self, corpus: Corpus) -> None:
        self._options = {
            "model": corpus.model,
            "device": ComponentDevice.from_str("cpu"),
            "normalize_embeddings": True,
            "progress_bar": False,
        }

    def load(self) -> None:
        self._embedder = SentenceTransformersDocumentEmbedder(**self._options, batch_size=BATCH)
        self._embedder.warm_up()

    def ingest(self, passages: Sequence[Passage], index: Path) -> None:
        documents = [Document(id=one.id, content=one.text, meta={"title": one.title}) for one in passages]
        store = FAISSDocumentStore(embedding_dim=DIMENSION)
        store.write_documents(self._embedder.run(documents)["documents"])
        index.mkdir(parents=True)
        store.save(index / _STORE)

    def open(self, index: Path) -> None:
        store = FAISSDocumentStore(index_path=str(index / _STORE), embedding_dim=DIMENSION)
        self._pipeline = Pipeline()
        self._pipeline.add_component("embedder", SentenceTransformersTextEmbedder(**self._options))
        self._pipeline.add_component("retriever", FAISSEmbeddingRetriever(document_store=store, top_k=TOP))
        self._pipeline.connect("embedder.embedding", "retriever.query_embedding")

    def ask(self, question: str) -> list[Passage]:
        found = self._pipeline.run({"embedder": {"text": question}})["retriever"]["documents"]
        return [Passage(document.id, document.meta["title"], document.content) for document in found]


if __name__ == "__main__":
    run(Haystack)
