"""Who takes part, in the order of a round."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Participant:
    """One way to search the corpus. ``environment`` names a requirements file beside this one; None is Footnote's own.

    ``command`` are the arguments of Python that answer one question, where that is not the driver's own business;
    ``{question}`` and ``{index}`` stand for what they say.
    """

    name: str
    driver: str
    environment: str | None
    uses_torch: bool
    what: str
    command: tuple[str, ...] | None = None


FOOTNOTE = Participant(
    "Footnote",
    "footnote_driver",
    None,
    False,
    "Ingest: reads the Markdown files, cuts them, embeds every passage, sentence and title, indexes words, calibrates, "
    "lays out the map, verifies. Questions: Searcher.ask with everything on. First answer: python -m footnote ask.",
    ("-m", "footnote", "ask", "{question}", "--index", "{index}"),
)
ENCODER = Participant(
    "Footnote's encoder + FAISS",
    "encoder_driver",
    None,
    False,
    "The compiled encoder with the rest as in sentence-transformers + FAISS: the same work, nothing else.",
)
PLAIN = Participant(
    "sentence-transformers + FAISS",
    "sentence_transformers_driver",
    "sentence_transformers",
    True,
    "SentenceTransformer.encode, a flat FAISS index, the passages as lines of JSON.",
)
PARTICIPANTS = (
    FOOTNOTE,
    ENCODER,
    PLAIN,
    Participant("txtai", "txtai_driver", "txtai", True, "Embeddings with content: transformers, FAISS, SQLite."),
    Participant(
        "Chroma",
        "chroma_driver",
        "chroma",
        False,
        "A persistent collection with Chroma's own embedding function: ONNX Runtime in full precision. The ONNX file is exported "
        "from the same weights, since Chroma's own would have to be downloaded.",
    ),
    Participant(
        "Chroma, sentence-transformers",
        "chroma_torch_driver",
        "chroma",
        True,
        "A persistent collection with Chroma's sentence-transformers embedding function.",
    ),
    Participant(
        "LlamaIndex",
        "llamaindex_driver",
        "llamaindex",
        True,
        "VectorStoreIndex with HuggingFaceEmbedding and a flat FAISS store.",
    ),
    Participant(
        "Haystack", "haystack_driver", "haystack", True, "Sentence-transformers embedders, a flat FAISS store, a query pipeline."
    ),
)
