"""The comparison with peers: what its figures are made of, and Footnote's own part of a round.

The peers themselves are not installed where tests run.
"""

import re
import shutil
import sys
from pathlib import Path

import pytest

from bench.peers import corpus as corpora
from bench.peers.driver import Corpus, Passage, ask, ingest
from bench.peers.environments import Unavailable, last_line
from bench.peers.measuring import Place, measured, percentile, rounded
from bench.peers.participants import ENCODER, FOOTNOTE, PARTICIPANTS, Participant
from bench.peers.summary import agreement, medians, ratios

FOLDER = Path(corpora.__file__).parent


def figures(rate, first=1.0, memory=100.0, question=10.0):
    return {
        "ingest, passages/s": rate,
        "fresh process to first answer, s": first,
        "memory of that process, MB": memory,
        "one question, p50 ms": question,
    }


def test_each_figure_is_the_median_of_the_rounds():
    rounds = [{"a": 1.0, "b": 10.0}, {"a": 5.0, "b": 30.0}, {"a": 3.0, "b": 20.0, "only now": 1.0}]
    assert medians(rounds) == {"a": 3.0, "b": 20.0}


def test_a_ratio_is_taken_within_each_round_so_that_a_slow_round_counts_for_both():
    ours = [figures(60.0, 0.5), figures(6.0, 5.0), figures(50.0, 0.4)]
    theirs = [figures(20.0, 4.0), figures(2.0, 40.0), figures(25.0, 4.0)]
    encoder = [figures(100.0), figures(10.0), figures(100.0)]
    assert ratios(ours, encoder, theirs) == {
        "encoding alone, Footnote's encoder / peer": 5.0,
        "whole ingest, Footnote / peer": 3.0,
        "first answer, Footnote / peer": 0.125,
        "memory of that process, Footnote / peer": 1.0,
        "one question, Footnote / peer": 1.0,
    }


def test_rounds_that_do_not_match_are_refused():
    with pytest.raises(ValueError):
        ratios([figures(1.0)], [figures(1.0)], [figures(1.0), figures(1.0)])


def test_agreement_is_the_share_found_whatever_the_order():
    assert agreement([["a", "b"], ["c", "x"]], [["b", "a"], ["c", "d"]]) == 0.75


def test_percentiles_are_values_that_were_measured():
    values = [float(value) for value in range(1, 161)]
    assert [percentile(values, share) for share in (0.5, 0.99, 1.0)] == [80.0, 159.0, 160.0]
    assert percentile([7.0], 0.5) == 7.0


def test_three_figures_are_kept_of_a_time_and_all_of_a_count():
    assert rounded({"s": 12.3456, "bytes": 15872.0, "answered": 1234}) == {"s": 12.3, "bytes": 15900.0, "answered": 1234}


def test_the_reason_is_what_was_said_last_and_not_a_notice():
    assert last_line("ERROR: no such version\nWARNING: pip is old\n[notice] a new pip\n\n") == "ERROR: no such version"
    assert last_line("") == "It said nothing."


class Shelf:
    """A library of the standard library alone, which notes what it is told to do."""

    def __init__(self):
        self.done = []

    def load(self):
        self.done.append("load")

    def ingest(self, passages, index):
        self.done.append(("ingest", [passage.id for passage in passages]))
        index.mkdir()

    def open(self, index):
        self.done.append("open")

    def ask(self, question):
        self.done.append(question)
        return [Passage(question.upper(), "", "text")]


def test_a_driver_loads_then_ingests_and_tells_what_it_took(tmp_path):
    (tmp_path / "passages.jsonl").write_text('{"id": "1", "title": "t", "text": "x"}\n', encoding="utf-8")
    shelf, told = Shelf(), []
    ingest(shelf, Corpus(tmp_path), tmp_path / "index", lambda **values: told.append(values))
    assert shelf.done == ["load", ("ingest", ["1"])]
    assert [sorted(line) for line in told] == [["seconds", "stretches"]]


def test_a_driver_tells_its_first_answer_before_it_answers_the_rest(tmp_path):
    shelf, told = Shelf(), []
    questions = ["a", "b", "c"]
    ask(shelf, questions, tmp_path, lambda **values: told.append((len(shelf.done), values)))
    assert shelf.done == ["open", "a", "b", "c", "a", "b", "c"]
    assert told[0] == (2, {"first": [("A", "text")]})
    assert (told[1][0], told[1][1]["found"], len(told[1][1]["milliseconds"])) == (7, [["A"], ["B"], ["C"]], 3)


def test_every_participant_has_its_driver_and_its_environment_is_pinned():
    for who in PARTICIPANTS:
        assert (FOLDER / f"{who.driver}.py").is_file()
        if who.environment is not None:
            lines = (FOLDER / f"{who.environment}.txt").read_text(encoding="utf-8").splitlines()
            assert [line for line in lines if not re.fullmatch(r"#.*|[\w-]+==[\w.]+(?:  # .*)?", line)] == []


def test_the_peers_run_the_versions_that_footnote_runs():
    pin = re.compile(r"^(torch|transformers|sentence-transformers|faiss-cpu|onnxruntime)==(\S+)", re.MULTILINE)
    ours = dict(pin.findall((FOLDER.parents[1] / "requirements.txt").read_text(encoding="utf-8")))
    for name in {who.environment for who in PARTICIPANTS if who.environment}:
        theirs = dict(pin.findall((FOLDER / f"{name}.txt").read_text(encoding="utf-8")))
        assert theirs == {package: ours[package] for package in theirs}
        assert {"torch", "transformers", "sentence-transformers"} <= set(theirs)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory, encoders):
    folder = tmp_path_factory.mktemp("corpus")
    shutil.copytree(encoders, folder / "encoders")
    (folder / "home").mkdir()
    made = Corpus(folder)
    about = corpora.make(made, 20, 6)
    return made, about


def test_all_are_given_what_footnote_cuts_of_the_same_articles(corpus):
    from footnote.readers import read_articles

    made, about = corpus
    articles = [article for reading in read_articles(made.kb) for article in reading.articles]
    assert (about["passages"], about["articles"], about["questions"]) == (len(made.passages), len(articles), len(made.questions))
    assert 20 <= about["passages"] < 40
    assert list(dict.fromkeys(passage.title for passage in made.passages)) == [one.metadata.title for one in articles]
    assert made.questions[0] == "What are the ingredients of a proper apology?"


@pytest.mark.parametrize("who", [FOOTNOTE, ENCODER], ids=lambda who: who.driver)
def test_footnotes_own_part_of_a_round_runs_in_processes_of_its_own(corpus, who, tmp_path):
    made, about = corpus
    place = Place(Path(sys.executable), made.folder, tmp_path / "index", made.folder / "home")
    told, found = measured(who, place, about["passages"])
    assert [name for name, value in told.items() if value <= 0 and not name.startswith("of the ingest")] == []
    assert len(found) == len(made.questions)
    assert {name for names in found for name in names} <= {passage.id for passage in made.passages}
    assert list((made.folder / "home").iterdir()) == []


def test_a_peer_that_does_not_run_has_a_reason_and_no_figures(corpus, tmp_path):
    made, about = corpus
    place = Place(Path(sys.executable), made.folder, tmp_path / "index", made.folder / "home")
    missing = Participant("Missing", "missing_driver", None, False, "Not there.")
    with pytest.raises(Unavailable) as found:
        measured(missing, place, about["passages"])
    said = f"{Path(sys.executable).name}: No module named bench.peers.missing_driver"
    assert str(found.value) == f"-m bench.peers.missing_driver ingest ended with 1: {said}"
