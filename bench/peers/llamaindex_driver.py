"""LlamaIndex: ``VectorStoreIndex`` over nodes ready cut, with its FAISS store and its Hugging Face embedding."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import faiss
from llama_index.core import StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.schema import TextNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.vector_stores.faiss import FaissVectorStore

from bench.peers.driver import BATCH, DIMENSION, TOP, Corpus, Passage, run


class LlamaIndex:
    """The titles stand in the metadata and are kept out of what is embedded, so that all embed the same."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def load(self) -> None:
        self._model = HuggingFaceEmbedding(self._corpus.model, device="cpu", embed_batch_size=BATCH)

    def ingest(self, passages: Sequence[Passage], index: Path) -> None:
        nodes = [
            TextNode(id_=one.id, text=one.text, metadata={"title": one.title}, excluded_embed_metadata_keys=["title"])
            for one in passages
        ]
        store = FaissVectorStore(faiss_index=faiss.IndexFlatIP(DIMENSION))
        context = StorageContext.from_defaults(vector_store=store)
        VectorStoreIndex(nodes, storage_context=context, embed_model=self._model).storage_context.persist(str(index))

    def open(self, index: Path) -> None:
        self.load()
        store = FaissVectorStore.from_persist_dir(str(index))
        context = StorageContext.from_defaults(vector_store=store, persist_dir=str(index))
        self._retriever = load_index_from_storage(context, embed_model=self._model).as_retriever(similarity_top_k=TOP)

    def ask(self, question: str) -> list[Passage]:
        return [Passage(found.node_id, found.metadata["title"], found.text) for found in self._retriever.retrieve(question)]


if __name__ == "__main__":
    run(LlamaIndex)
