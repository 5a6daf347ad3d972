"""Questions that outsiders wrote: each set has the kinds and halves that its page promises, and each quote is in its article."""

import csv
import json
from collections import Counter

import pytest

from tests.conftest import ROOT

KINDS = "informal slang distress how-to-say difference list keyword misspelled indirect plain".split()
COLLECTIONS = ROOT.parent / "shared" / "retrieval"


def read(name):
    with open(ROOT / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def articles():
    from footnote.readers import read_articles

    return {article.id: article.text for reading in read_articles(ROOT / "kb") for article in reading.articles}


@pytest.mark.parametrize("half", ["seen", "unseen"])
def test_both_halves_of_the_outsiders_questions_have_every_kind(half):
    rows = [row for row in read("bench/golden/outsiders.csv") if row["split"] == half]
    assert Counter(row["kind"] for row in rows) == {**dict.fromkeys(KINDS, 11), "near-miss": 50}
    assert {row["kind"] == "near-miss" for row in rows if not row["article"]} == {True}


def test_every_quote_of_the_outsiders_questions_is_in_its_article(articles):
    rows = [row for row in read("bench/golden/outsiders.csv") if row["article"]]
    assert len(rows) == 220
    assert [row["question"] for row in rows if articles[row["article"]].count(row["quote"]) != 1] == []
    assert {row["article"] for row in rows} == articles.keys()


def test_the_training_questions_leave_sixteen_articles_out(articles):
    rows = read("training/questions/kb.csv")
    documents = Counter((row["document"], row["kind"]) for row in rows)
    assert len(articles) - len({row["document"] for row in rows}) == 16
    assert documents == {
        (document, kind): count
        for document in {row["document"] for row in rows}
        for kind, count in (("answerable", 34), ("near-miss", 14))
    }


def test_no_question_is_in_two_sets():
    names = ("bench/golden/questions.csv", "bench/golden/outsiders.csv")
    training = ("training/questions/kb.csv", "training/questions/collections.csv")
    questions = [row["question"].casefold().strip() for name in (*names, *training) for row in read(name)]
    assert [question for question, count in Counter(questions).items() if count > 1] == []


def test_every_answer_of_a_training_question_is_in_its_passage():
    if not COLLECTIONS.is_dir():
        pytest.skip("the public collections are not beside this checkout")
    rows = read("training/questions/collections.csv")
    for name in {row["collection"] for row in rows}:
        with open(COLLECTIONS / name / "corpus.jsonl", encoding="utf-8") as file:
            lengths = {passage["_id"]: len(passage["text"]) for passage in map(json.loads, file)}
        chosen = [row for row in rows if row["collection"] == name]
        spans = [(int(row["start"]), int(row["end"]), lengths[row["document"]]) for row in chosen if row["kind"] == "answerable"]
        assert [span for span in spans if not 0 <= span[0] < span[1] <= span[2]] == []
        assert {row["start"] + row["end"] for row in chosen if row["kind"] == "near-miss"} == {""}
