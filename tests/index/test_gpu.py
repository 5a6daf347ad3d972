"""A GPU for the passages of an ingest. There may be none here: the processor then stands in for it, under its name in torch.

What is tried is all the rest: when one is looked for, what is compiled for it, and that its passages fit the questions.
"""

import shutil

import numpy as np
import pytest

from footnote.build import build
from footnote.encoder import gpu
from footnote.encoder.compiled import CompiledEncoder
from footnote.encoder.compiling import encoder_for as compiled_encoder
from footnote.encoder.models import find_model
from footnote.encoder.opening import open_encoder
from footnote.encoder.original import OriginalEncoder
from footnote.search import Searcher
from footnote.snapshot import current_snapshot
from footnote.status import check
from footnote.stores.opening import store_at
from tests.index.test_encoder import save_model
from tests.milvus import let_go, lite, needs_milvus

TEXTS = ["bread", "the moon pulls the sea, and the tide is highest when sun and moon pull in one line", "", "warm dough rises"]


@pytest.fixture
def model(tmp_path):
    save_model(tmp_path / "model")
    return find_model(str(tmp_path / "model"))


def encoder_for(model, encoders, say):
    """The encoder that an ingest on this machine has."""
    return compiled_encoder(model.compiled_in(encoders) or gpu.to_compile(model), encoders, say)


@pytest.fixture
def device(monkeypatch):
    """The processor stands in for a GPU."""
    monkeypatch.setattr(gpu, "gpu", lambda: "cpu")


@pytest.fixture
def driver(tmp_path, monkeypatch):
    """Whether there is the driver of a GPU."""
    gpu.gpu.cache_clear()
    monkeypatch.setattr(gpu, "_DRIVERS", (tmp_path / "none", tmp_path / "driver"))
    yield tmp_path / "driver"
    gpu.gpu.cache_clear()


def test_without_a_driver_there_is_no_gpu(driver):
    assert gpu.gpu() is None


def test_with_a_driver_it_is_what_torch_says(driver):
    import torch

    driver.touch()
    assert gpu.gpu() == ("cuda" if torch.cuda.is_available() else None)


def test_without_a_gpu_the_encoder_is_compiled_to_int8_and_stays_what_it_is(model, tmp_path):
    encoder = encoder_for(model, tmp_path / "encoders", lambda text: None)
    assert encoder.fingerprint == model.fingerprint
    assert gpu.for_passages(encoder) is encoder


def test_for_a_gpu_the_encoder_is_compiled_in_full_precision(model, tmp_path, device):
    said = []
    encoder = encoder_for(model, tmp_path / "encoders", said.append)
    assert (encoder.fingerprint, said[1]) == (f"{model.fingerprint}-float32", "Exporting it to float32 ...")
    assert encoder_for(model, tmp_path / "encoders", said.append).fingerprint == encoder.fingerprint
    assert len(said) == 4


def test_passages_embedded_by_a_gpu_have_the_vectors_of_the_compiled_encoder(model, tmp_path, device):
    compiled = encoder_for(model, tmp_path / "encoders", lambda text: None)
    encoder, counted = gpu.for_passages(compiled), []
    assert isinstance(encoder, gpu.GpuEncoder)
    vectors = encoder.embed_passages(TEXTS, counted.append)
    assert (vectors.shape, vectors.dtype, counted) == ((4, 32), np.float32, [4])
    assert vectors == pytest.approx(compiled.embed_passages(TEXTS), abs=1e-5)
    assert encoder.embed_passages([]).shape == (0, 32)
    assert encoder.embed_question("bread").tolist() == compiled.embed_question("bread").tolist()
    assert encoder.count_tokens(TEXTS) == compiled.count_tokens(TEXTS)


def test_an_encoder_of_int8_is_not_mixed_with_a_gpu_in_full_precision(model, tmp_path, monkeypatch):
    encoder_for(model, tmp_path / "encoders", lambda text: None)
    monkeypatch.setattr(gpu, "gpu", lambda: "cpu")
    encoder = encoder_for(model, tmp_path / "encoders", lambda text: None)
    assert gpu.for_passages(encoder) is encoder
    assert encoder.fingerprint == model.fingerprint


def test_a_model_that_is_gone_is_run_on_the_processor(model, tmp_path, device):
    compiled = encoder_for(model, tmp_path / "encoders", lambda text: None)
    model.folder.rename(tmp_path / "elsewhere")
    encoder = gpu.for_passages(compiled)
    assert encoder.embed_passages(TEXTS).tolist() == compiled.embed_passages(TEXTS).tolist()


def test_a_model_that_cannot_be_compiled_runs_on_the_gpu_text_by_text(tmp_path, device):
    save_model(tmp_path / "model", network="fnet")
    model = find_model(str(tmp_path / "model"))
    encoder = encoder_for(model, tmp_path / "encoders", lambda text: None)
    assert (type(encoder), encoder.fingerprint) == (OriginalEncoder, model.fingerprint)
    moved = gpu.for_passages(encoder)
    assert (type(moved), moved is encoder) == (OriginalEncoder, False)
    assert moved.embed_passages(TEXTS) == pytest.approx(encoder.embed_passages(TEXTS), abs=1e-6)


def test_an_index_built_with_a_gpu_goes_on_without_one(model, kb, tmp_path, watcher, monkeypatch):
    index = tmp_path / "index"
    with monkeypatch.context() as here:
        here.setattr(gpu, "gpu", lambda: "cpu")
        assert build(kb, index, watcher, str(model.folder)).embedded == 6
    (kb / "salt.md").write_text("# Salt\n\nSalt draws water out of cucumbers.\n", encoding="utf-8")
    report = build(kb, index, watcher)
    assert (report.embedded, report.reused) == (1, 6)
    fingerprint = current_snapshot(index).manifest.fingerprint
    assert fingerprint == f"{model.fingerprint}-float32"
    assert isinstance(open_encoder(index / "encoders" / fingerprint), CompiledEncoder)
    assert check(index) == []
    assert Searcher.open(index).ask("Salt").hits[0].source == "salt.md"


@needs_milvus
def test_a_page_without_a_gpu_makes_the_encoder_of_a_library_on_milvus_that_was_built_with_one(
    model, kb, tmp_path, watcher, monkeypatch
):
    index = lite(tmp_path)
    with monkeypatch.context() as here:
        here.setattr(gpu, "gpu", lambda: "cpu")
        build(kb, index, watcher, str(model.folder))
    store = store_at(index)
    shutil.rmtree(store.layout().encoders)
    encoder = store.encoder(store.current())
    assert (type(encoder), encoder.fingerprint) == (CompiledEncoder, f"{model.fingerprint}-float32")
    shutil.rmtree(store.layout().encoders)
    assert check(index) == []
    let_go()


@needs_milvus
@pytest.mark.parametrize("began_with", [None, "cpu"])
def test_machines_with_and_without_a_gpu_bring_one_library_up_to_date_in_turn(
    began_with, model, kb, tmp_path, watcher, monkeypatch
):
    index = lite(tmp_path)
    monkeypatch.setattr(gpu, "gpu", lambda: began_with)
    assert build(kb, index, watcher, str(model.folder)).embedded == 6
    shutil.rmtree(store_at(index).layout().encoders)  # they are on the other machine
    monkeypatch.setattr(gpu, "gpu", lambda: None if began_with else "cpu")
    (kb / "salt.md").write_text("# Salt\n\nSalt draws water out of cucumbers.\n", encoding="utf-8")
    report = build(kb, index, watcher)
    assert (report.embedded, report.reused) == (1, 6)
    let_go()


def test_that_a_model_has_been_replaced_is_said_before_all_is_embedded_anew(model, kb, tmp_path, watcher):
    index = tmp_path / "index"
    assert build(kb, index, watcher, str(model.folder)).embedded == 6
    shutil.rmtree(index / "encoders")
    shutil.rmtree(model.folder)
    save_model(model.folder, seed=8)
    watcher.said.clear()
    report = build(kb, index, watcher)
    assert (report.embedded, report.reused) == (6, 0)
    assert f"{model.folder} here is not the model that the index was built with; every passage is embedded anew." in watcher.said
