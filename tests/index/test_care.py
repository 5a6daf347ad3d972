"""The care notice with the real encoder: which questions get one, and which do not."""

import subprocess
import sys

import numpy as np
import pytest

from footnote.care import read_care
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def real():
    return read_care(ROOT / "care.yaml")


def test_importing_it_is_light():
    heavy = ("torch", "streamlit", "yaml", "onnxruntime", "faiss", "sentence_transformers")
    code = f"import sys; import footnote.care; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("My husband hits me", 0),
        ("he won\u2019t let me see my sister", 4),
        ("I don't want to wake up any more", 1),
        ("i feel suicidle", 1),
        ("im afriad of my husbnad", 0),
        ("Nobody would miss me if I were gone", 1),
        ("My child has marks on her body after every visit to her father", 2),
        ("He had sex with me and I had not agreed", 3),
        ("When I drink I am a danger to my family", 5),
    ],
)
def test_with_the_real_encoder_a_question_of_danger_gets_its_notice(real, encoder, question, topic):
    assert real.notice(question, encoder) == real.topics[topic].notice


@pytest.mark.parametrize(
    "question",
    [
        "We hit it off at once",
        "How do we keep from killing the mood?",
        "I'm dying to see him",
        "How do we stop fighting about money?",
        "What is emotional safety?",
        "My partner is asexual and I am not",
        "I'm grieving for my husband",
        "How do I boil an egg?",
    ],
)
def test_with_the_real_encoder_an_everyday_question_gets_none(real, encoder, question):
    assert real.notice(question, encoder) is None


def test_the_vectors_have_the_shapes_promised(real, encoder):
    real.notice("What is emotional safety?", encoder)
    examples = real._examples(encoder)
    assert examples.topics.shape == (sum(len(topic.examples) for topic in real.topics), encoder.dimension)
    assert examples.ordinary.shape == (len(real.ordinary), encoder.dimension)
    assert np.diff(examples.first).tolist() == [len(topic.examples) for topic in real.topics]
