"""The articles that ship and their golden questions: each valid by itself, and each fitting the other."""

import csv
import re
from collections import Counter
from datetime import date

import pytest
import yaml

from footnote.readers import read_articles
from tests.conftest import ROOT

QUESTIONS = ROOT / "bench" / "golden" / "questions.csv"
ARTICLES = sorted((ROOT / "kb").glob("*.md"))
KEYS = ["title", "summary", "tags", "published", "reviewed", "language", "references"]
TAGS = set(re.findall(r"^\| `([a-z-]+)` \|", (ROOT / "docs" / "articles.md").read_text(encoding="utf-8"), re.MULTILINE))
REFERENCE = re.compile(r".+\(\d{4}[a-z]?\)\. .+\.$")


@pytest.fixture(scope="module")
def texts():
    return {article.id: article.text for reading in read_articles(ROOT / "kb") for article in reading.articles}


@pytest.fixture(scope="module")
def questions():
    with open(QUESTIONS, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_there_are_at_least_forty_articles():
    assert len(ARTICLES) >= 40


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_an_article_fits_the_schema(path):
    _, matter, body = path.read_text(encoding="utf-8").split("---\n", 2)
    fields = yaml.safe_load(matter)
    assert list(fields) == KEYS
    assert (fields["language"], type(fields["published"]), type(fields["reviewed"])) == ("en", date, date)
    assert fields["published"] <= fields["reviewed"]
    assert 2 <= len(fields["tags"]) <= 4 and set(fields["tags"]) <= TAGS
    assert all(isinstance(fields[name], str) and fields[name].strip() for name in ("title", "summary"))
    assert [reference for reference in fields["references"] if not REFERENCE.match(reference)] == []
    assert 700 <= len(re.findall(r"\w+(?:['’-]\w+)*", body)) <= 1230
    headings = re.findall(r"^#+ .*", body, re.MULTILINE)
    assert headings[-1] == "## Takeaway"
    assert not re.search(r"^# ", body, re.MULTILINE)


def test_no_two_articles_share_a_title():
    titles = Counter(yaml.safe_load(path.read_text(encoding="utf-8").split("---\n", 2)[1])["title"] for path in ARTICLES)
    assert [title for title, count in titles.items() if count > 1] == []


def test_there_are_320_questions_of_the_kinds_promised(questions):
    assert len(questions) == len({row["question"] for row in questions}) == 320
    assert Counter(row["kind"] for row in questions) == {
        "whole": 80,
        "first-person": 48,
        "fragment": 44,
        "keyword": 27,
        "misspelled": 21,
        "foreign": 10,
        "uncovered": 60,
        "far-off": 30,
    }
    assert Counter(row["split"] for row in questions) == {"dev": 160, "test": 160}


def test_every_quote_stands_exactly_once_in_the_article_it_names(questions, texts):
    answerable = [row for row in questions if row["article"]]
    assert len(answerable) == 230
    assert [row["question"] for row in answerable if texts[row["article"]].count(row["quote"]) != 1] == []


def test_every_article_is_asked_about(questions, texts):
    assert {row["article"] for row in questions if row["article"]} == texts.keys()


def test_what_nothing_answers_names_no_article(questions):
    unanswerable = [row for row in questions if row["kind"] in ("uncovered", "far-off")]
    assert [row["question"] for row in unanswerable if row["article"] or row["quote"]] == []
