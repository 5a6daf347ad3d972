"""The bar that the first users' own export has to clear. Runs where that file lies beside the project."""

import csv

import pytest

from bench.relationships import ranks
from footnote.build import build
from footnote.search import Searcher
from tests.conftest import ROOT

GOLDEN = ROOT / "bench" / "golden"


@pytest.fixture
def asked(export, index, watcher):
    build(export.parent, index, watcher)
    searching = Searcher.open(index)
    yield searching
    searching.close()


def questions(name):
    with open(GOLDEN / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_export_is_three_articles_and_nothing_is_cut(asked):
    manifest = asked.snapshot.manifest
    assert (manifest.articles, manifest.truncated) == (3, 0)


def test_the_right_passage_is_first_or_near_it(asked):
    found = ranks(asked, questions("relationships.csv"))
    assert len(found) == 30
    assert sum(rank == 1 for rank in found) >= 26
    assert sum(rank is not None and rank <= 3 for rank in found) >= 29


@pytest.mark.parametrize(
    "question",
    [
        "what is the capital of Mongolia",
        "best pizza dough recipe",
        "how do I fix a flat tyre",
        "asdf qwer zxcv",
        "stock market forecast",
        "train times to London",
        "who won the world cup",
        "the",
        "how do volcanoes form",
        "lorem ipsum dolor sit amet",
    ],
)
def test_what_is_far_off_is_not_answered(asked, question):
    assert asked.ask(question).verdict == "nothing_relevant"


@pytest.mark.parametrize("name", ["relationships.csv", "relationships_hard.csv"])
def test_every_golden_quote_stands_once_in_the_export(export, name):
    text = export.read_text(encoding="utf-8")
    assert [row["quote"] for row in questions(name) if text.count(row["quote"]) != 1] == []
