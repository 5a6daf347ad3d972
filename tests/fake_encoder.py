"""The one fake encoder: its vectors can be worked out by hand.

A text's vector counts four words: trust, fight, sleep, bread. The fifth number is 1 where none of them occurs. It is then
made a unit vector: "Trust, trust and a fight" -> (2, 1, 0, 0, 0) / sqrt(5).
"""

import re

import numpy as np

WORDS = ("trust", "fight", "sleep", "bread")


class FakeEncoder:
    model = "fake"
    fingerprint = "fake-0123456789a"
    dimension = len(WORDS) + 1
    max_tokens = 64
    unrelated_similarity = (0.0, 0.1)

    def __init__(self):
        self.embedded = []

    def count_tokens(self, texts):
        return [len(text.split()) for text in texts]

    def embed_passages(self, texts, on_embedded=None):
        self.embedded += texts
        if on_embedded is not None:
            on_embedded(len(texts))
        return np.stack([self._vector(text) for text in texts]) if texts else np.empty((0, self.dimension), np.float32)

    def embed_question(self, text):
        return self._vector(text)

    def _vector(self, text):
        found = re.findall(r"\w+", text.lower())
        counts = [found.count(word) for word in WORDS]
        vector = np.array([*counts, 0 if any(counts) else 1], dtype=np.float32)
        return vector / np.linalg.norm(vector)
