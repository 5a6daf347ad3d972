"""A cross-encoder of the user's own choice. The one here is real, tiny and of random weights: its order means nothing, and so
shows that it is its order.
"""

import json
import re

import numpy as np
import pytest

from footnote.__main__ import main
from footnote.encoder.models import find_model
from footnote.encoder.original import hushed
from footnote.errors import ModelDamaged, ModelMissing
from footnote.passages import embedded_text
from footnote.reranking import CrossEncoderReranker
from footnote.settings import DEFAULT_MODEL, SEARCH
from tests.library import entry, searcher

ENTRIES = [entry(f"{number:02}.md", [f"Trust {number} and the {word}."]) for number, word in enumerate(["cat", "dog", "sea"] * 9)]
ENTRIES.append(entry("named.md", ["A zyzzyva, sleep."], title="The beetle"))


def save_cross_encoder(folder, labels):
    """A cross-encoder with the default model's tokenizer and random weights, as sentence-transformers saves one."""
    import torch
    import transformers

    torch.manual_seed(11)
    tokenizer = transformers.AutoTokenizer.from_pretrained(find_model(DEFAULT_MODEL).folder)
    config = transformers.BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        initializer_range=0.5,
        num_labels=labels,
    )
    with hushed():
        transformers.BertForSequenceClassification(config).save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def cross_encoder(tmp_path_factory):
    """The folder of a cross-encoder that gives one score a pair."""
    folder = save_cross_encoder(tmp_path_factory.mktemp("cross") / "model", labels=1)
    assert {"config.json", "model.safetensors", "tokenizer.json"} <= {path.name for path in folder.iterdir()}
    return folder


@pytest.fixture(scope="module")
def asked(tmp_path_factory, cross_encoder):
    """The same library without and with the cross-encoder."""
    folder = tmp_path_factory.mktemp("reranked")
    plain = searcher(folder / "plain", ENTRIES)
    reranked = searcher(folder / "reranked", ENTRIES, reranker=CrossEncoderReranker(str(cross_encoder)))
    yield plain, reranked
    plain.close()
    reranked.close()


def predicted(folder, question, texts):
    from sentence_transformers import CrossEncoder

    with hushed():
        return CrossEncoder(str(folder), device="cpu").predict([(question, text) for text in texts], show_progress_bar=False)


def rows(ranked):
    return [one.candidate.row for one in ranked]


def test_scores_are_the_cross_encoders_own(cross_encoder):
    texts = ["Trust grows.", "Bread needs time.", "x" * 5000]
    found = CrossEncoderReranker(str(cross_encoder)).scores("what is trust?", texts)
    assert (found.shape, found.dtype) == ((3,), np.float64)
    assert found.tolist() == pytest.approx(predicted(cross_encoder, "what is trust?", texts).tolist(), abs=1e-5)
    assert len(set(np.round(found, 4))) == 3


def test_the_finalists_stand_in_the_order_of_the_cross_encoder_and_the_others_behind(asked, cross_encoder):
    plain, reranked = asked
    before, after = plain.ranking("trust"), reranked.ranking("trust")
    finalists, rest = rows(before)[: SEARCH.reranked], rows(before)[SEARCH.reranked :]
    passages = plain.engine.passages(finalists)
    scores = predicted(cross_encoder, "trust", [embedded_text(passage) for passage in passages])
    expected = [finalists[index] for index in np.argsort(-scores, kind="stable")]
    assert expected != finalists
    assert rows(after) == expected + rest
    assert [one.score for one in after[: SEARCH.reranked]] == pytest.approx(sorted(scores.tolist(), reverse=True), abs=1e-5)


def test_scores_never_rise_from_one_place_to_the_next(asked):
    for question in ("trust", "zyzzyva", "the beetle", "trust zyzzyva"):
        scores = [one.score for one in asked[1].ranking(question)]
        assert scores == sorted(scores, reverse=True)


def test_hits_are_the_first_of_that_order(asked):
    after = asked[1].ranking("trust")
    hits = asked[1].ask("trust").hits
    assert [hit.passage.id for hit in hits] == [passage.id for passage in asked[1].engine.passages(rows(after)[:5])]


def test_a_cross_encoder_moves_no_title_from_its_place_and_no_name_from_the_first_three(asked):
    assert asked[1].ask("the beetle").hits[0].passage.article_id == "named.md"
    assert "A zyzzyva, sleep." in [hit.passage.text for hit in asked[1].ask("zyzzyva").hits[:3]]


def test_a_cross_encoder_decides_nothing_about_what_is_relevant(asked):
    plain, reranked = asked
    assert reranked.ask("fight").hits == plain.ask("fight").hits == ()
    assert {one.candidate.row: one.evidence for one in plain.ranking("trust")} == {
        one.candidate.row: one.evidence for one in reranked.ranking("trust")
    }


def test_the_command_takes_a_cross_encoder(built, cross_encoder, capsys):
    def hits(*options):
        assert main(["ask", "bread dough", "--index", str(built), "--format", "json", *options]) == 0
        return json.loads(capsys.readouterr().out)["hits"]

    plain, (reranked,) = hits(), hits("--reranker", str(cross_encoder))
    assert [hit["passage_id"] for hit in plain] == [reranked["passage_id"]]
    text = reranked["passage"]
    assert reranked["score"] == pytest.approx(float(predicted(cross_encoder, "bread dough", [text])[0]), abs=1e-4)


def test_the_environment_names_a_cross_encoder(built, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("FOOTNOTE_RERANKER", str(tmp_path))
    assert main(["ask", "bread dough", "--index", str(built)]) == 1
    expected = f"The folder {tmp_path} holds no cross-encoder: it has no config.json. Name the folder of a saved one."
    assert capsys.readouterr() == ("", f"footnote: {expected}\n")


def test_a_folder_without_a_model_is_told(tmp_path):
    with pytest.raises(ModelMissing) as raised:
        CrossEncoderReranker(str(tmp_path))
    assert str(raised.value) == (
        f"The folder {tmp_path} holds no cross-encoder: it has no config.json. Name the folder of a saved one."
    )


def test_a_name_that_this_machine_does_not_hold_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ModelMissing) as raised:
        CrossEncoderReranker("nobody/no-such-cross-encoder")
    assert str(raised.value) == (
        "The model 'nobody/no-such-cross-encoder' is neither a folder nor on this machine, and Footnote downloads nothing. "
        "Save the model into a folder on a machine that has it and give that folder to --reranker, or leave --reranker out."
    )


@pytest.mark.parametrize("config", ["", "{", "{}", "[]", '{"model_type": "no-such-network"}'])
def test_a_broken_folder_is_told(tmp_path, config):
    (tmp_path / "config.json").write_text(config)
    with pytest.raises(ModelDamaged) as raised:
        CrossEncoderReranker(str(tmp_path))
    folder = re.escape(str(tmp_path))
    assert re.fullmatch(
        rf"The cross-encoder '{folder}' in {folder} can't be loaded \(\w+\)\. "
        r"Check that the folder is a whole sentence-transformers CrossEncoder in safetensors\.",
        str(raised.value),
    )


def test_weights_that_were_cut_short_are_told(cross_encoder, tmp_path):
    import shutil

    folder = tmp_path / "cut"
    shutil.copytree(cross_encoder, folder)
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(ModelDamaged, match=re.escape(f"The cross-encoder '{folder}' in {folder} can't be loaded (")):
        CrossEncoderReranker(str(folder))


def test_a_model_of_two_labels_is_refused(tmp_path):
    folder = save_cross_encoder(tmp_path / "two", labels=2)
    with pytest.raises(ModelDamaged) as raised:
        CrossEncoderReranker(str(folder))
    assert str(raised.value) == (f"The cross-encoder '{folder}' gives 2 numbers a pair. Name one that gives a single score.")
