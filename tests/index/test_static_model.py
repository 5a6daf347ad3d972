"""The script that makes a static model: one vector a token, which weighs the less the commoner it is."""

import subprocess
import sys

import numpy as np
import pytest

from footnote.encoder.compiling import encoder_for
from footnote.encoder.models import find_model
from tests.conftest import ROOT
from tests.index.test_encoder import save_model


def test_a_static_model_is_made_and_compiled(tmp_path):
    save_model(tmp_path / "model")
    command = [sys.executable, "-m", "scripts.static_model", tmp_path / "static", "--dimension", "8"]
    done = subprocess.run([*command, "--model", tmp_path / "model"], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == (
        f"Written to {tmp_path / 'static'}. Build an index with it: python ingest.py --model {tmp_path / 'static'}\n"
    )
    said = []
    encoder = encoder_for(find_model(str(tmp_path / "static")), tmp_path / "encoders", said.append)
    assert said[-1].startswith("Compiled to ")
    assert (encoder.dimension, encoder.count_tokens(["bread bread"])) == (8, [10])
    one, other, both = encoder.embed_passages(["bread", "sleep", "bread sleep"])
    # A text's vector is that of its tokens together, whatever their order; nothing of a text without a token.
    assert encoder.embed_passages(["sleep bread"])[0] == pytest.approx(both, abs=1e-6)
    assert np.linalg.norm(one) == pytest.approx(1.0, abs=1e-6)
    assert encoder.embed_passages([""])[0].tolist() == [0.0] * 8


def test_a_model_that_is_not_there_is_named(tmp_path):
    command = [sys.executable, "-m", "scripts.static_model", tmp_path / "static", "--model", "nobody/no-such-model"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr.split(":")[0]) == (1, "static_model.py")
    assert "nobody/no-such-model" in done.stderr
