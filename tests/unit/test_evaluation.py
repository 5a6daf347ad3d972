import csv
import json
import math
from dataclasses import replace

import pytest

from footnote.errors import QuestionFileError
from footnote.evaluation import as_table, compare, compare_with, evaluate, read_golden
from footnote.settings import SEARCH
from tests.library import entry, searcher

HEAD = "question,article,quote,kind,split\n"
ENTRIES = [
    entry("trust.md", ["Trust grows. Trust and sleep.", "Bread is bread."], title="On trust"),
    entry("night.md", ["Sleep, sleep, sleep and a fight."], title="On sleep"),
]


@pytest.fixture
def asked(tmp_path):
    found = searcher(tmp_path / "index", ENTRIES)
    yield found
    found.close()


def golden(tmp_path, *rows):
    path = tmp_path / "golden.csv"
    path.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_measures_are_those_of_the_ranks(asked, tmp_path):
    # "sleep" gives night.md first and trust.md second
    path = golden(tmp_path, "sleep,trust.md,Trust grows,whole,dev", "bread,On trust,Bread is,whole,dev")
    found = evaluate(asked, read_golden(path))
    assert [one.rank for one in found.questions] == [2, 1]
    means = {name: mean.value for name, mean in found.kinds["all"].items()}
    assert means == pytest.approx(
        {
            "nDCG@10": (1 / math.log2(3) + 1) / 2,
            "R@1": 0.5,
            "R@3": 1.0,
            "R@5": 1.0,
            "R@10": 1.0,
            "RR": (1 / 2 + 1) / 2,
            "P@1": 0.5,
        }
    )


def test_a_question_without_any_hit_counts_as_nothing_and_is_not_left_out(asked, tmp_path):
    found = evaluate(
        asked, read_golden(golden(tmp_path, "volcano,trust.md,Trust grows,whole,", "bread,trust.md,Bread is,whole,"))
    )
    assert [one.measures["RR"] for one in found.questions] == [0.0, 1.0]
    assert found.kinds["all"]["RR"].value == 0.5
    assert (found.answered.value, found.refused) == (0.5, None)


def test_questions_that_nothing_answers_are_counted_by_refusal(tmp_path):
    asked = searcher(tmp_path / "index", ENTRIES, replace(SEARCH, evidence_sentence_share=0.3, evidence_words=0.1))
    rows = ["bread,trust.md,Bread is,whole,", "volcano,,,far-off,", "xylophone,,,far-off,", "fight,,,uncovered,"]
    found = evaluate(asked, read_golden(golden(tmp_path, *rows)))
    asked.close()
    assert found.refused.value == pytest.approx(2 / 3)
    assert found.counts == {"all": 1, "whole": 1, "far-off": 2, "uncovered": 1}
    # evidence, 0.7 of the passage's cosine, 0.3 of its best sentence's, 0.1 for the whole question in one sentence: bread 1.1;
    # volcano and xylophone 0; fight has cosine 1/sqrt(10), and (42, 127) / hypot(42, 127) once rounded to bytes
    fight = 0.7 / 10**0.5 + 0.3 * 42 / math.hypot(42, 127) + 0.1
    assert [one.nearest for one in found.questions] == pytest.approx([1.1, 0.0, 0.0, fight])
    assert found.area == 1.0
    assert found.curve[0] == (0.0, 1.0, 0.0)
    assert found.curve[10] == (0.5, 1.0, 1.0)


def test_kinds_are_averaged_apart(asked, tmp_path):
    found = evaluate(asked, read_golden(golden(tmp_path, "sleep,trust.md,Trust grows,hard,", "bread,trust.md,Bread is,easy,")))
    assert {kind: means["P@1"].value for kind, means in found.kinds.items()} == {"all": 0.5, "easy": 1.0, "hard": 0.0}


def test_a_question_whose_quote_is_nowhere_is_named_and_left_out(asked, tmp_path):
    found = evaluate(
        asked, read_golden(golden(tmp_path, "bread,trust.md,Bread is,whole,", "sleep,trust.md,no such words,whole,"))
    )
    assert (found.unfit, found.counts["all"]) == (["sleep"], 1)
    assert as_table(found).endswith("Not asked, its article or quote is not in the index: sleep")


def test_a_file_that_fits_nothing_fails_instead_of_giving_zeros(asked, tmp_path):
    with pytest.raises(QuestionFileError) as refused:
        evaluate(asked, read_golden(golden(tmp_path, "bread,other.md,Bread is,whole,", "volcano,,,far-off,")))
    assert str(refused.value) == (
        "None of the 2 questions names an article of this index and a quote that stands in it. "
        "Give the questions that were written for these articles."
    )


def test_an_interval_holds_the_mean_and_is_the_same_every_time(asked, tmp_path):
    rows = ["sleep,trust.md,Trust grows,whole,", "bread,trust.md,Bread is,whole,", "trust,trust.md,Trust grows,whole,"]
    means = [evaluate(asked, read_golden(golden(tmp_path, *rows))).kinds["all"]["P@1"] for _ in range(2)]
    assert means[0] == means[1]
    assert (means[0].low, means[0].value, means[0].high) == pytest.approx((0.0, 2 / 3, 1.0))


def test_a_split_takes_its_rows_alone(tmp_path):
    path = golden(tmp_path, "a,x,q,whole,dev", "b,x,q,whole,test")
    assert [one.question for one in read_golden(path, "test")] == ["b"]
    with pytest.raises(QuestionFileError, match="has no question whose column split is 'train'"):
        read_golden(path, "train")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"question\nwhy?\n", "needs the columns question, article, quote, kind; missing: article, quote, kind."),
        (b"", "needs the columns question, article, quote, kind; missing: question, article, quote, kind."),
        (b"\xff\xfe\x00", "is no CSV file in UTF-8. Save it as 'CSV UTF-8'."),
    ],
)
def test_a_file_that_holds_no_golden_questions_is_told(tmp_path, content, message):
    path = tmp_path / "golden.csv"
    path.write_bytes(content)
    with pytest.raises(QuestionFileError) as refused:
        read_golden(path)
    assert str(refused.value) == f"The file {path} {message}"


def run(values):
    return {"questions": [{"question": f"q{number}", "measures": {"RR": value}} for number, value in enumerate(values)]}


def test_two_runs_are_compared_question_by_question():
    # all ten differences are +1: of the 2**10 ways to flip their signs two are as far from zero
    assert compare(run([1.0] * 10), run([0.0] * 10), "RR") == {"questions": 10, "difference": 1.0, "p": 2 / 2**10}
    assert compare(run([0.5, 1.0]), run([0.5, 1.0]), "RR") == {"questions": 2, "difference": 0.0, "p": 1.0}


def test_runs_without_a_common_question_are_not_compared():
    with pytest.raises(QuestionFileError, match="have no question in common"):
        compare(run([1.0]), {"questions": []}, "RR")


def test_a_file_that_is_no_evaluation_is_told(asked, tmp_path):
    found = evaluate(asked, read_golden(golden(tmp_path, "bread,trust.md,Bread is,whole,")))
    (tmp_path / "other.json").write_text(json.dumps({"questions": [{"question": "bread"}]}))
    with pytest.raises(QuestionFileError, match="is no evaluation that --json printed"):
        compare_with(found, tmp_path / "other.json")


def test_the_golden_file_has_the_header_of_its_contract():
    from tests.unit.test_golden import QUESTIONS

    with open(QUESTIONS, encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == ["question", "article", "quote", "kind", "split"]
