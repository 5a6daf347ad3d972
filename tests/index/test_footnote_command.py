import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from footnote.__main__ import main
from footnote.build import build
from footnote.export import COLUMNS, to_json
from footnote.search import Searcher
from footnote.settings import DEFAULT_MODEL
from footnote.snapshot import current_snapshot
from tests.conftest import Silent, link_encoders

ROOT = Path(__file__).parents[2]
# As a user's terminal has it, whatever the machine that runs the tests has set.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "FOOTNOTE", "LC_"))}
ENVIRONMENT |= {"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
NOTHING = "Nothing in these articles answers that.\n"
# The order in which the model finds them near; none is.
NEAREST = "The nearest subjects here: Bread at home; Tides; Rye.\n"

LOAF = (
    "Bread needs flour, water, salt and time.\n\nRising\n\nLet the dough rise in a warm place for two hours. "
    "Cold dough rises slowly.\n\nBaking\n\nBake it hot, at 240 degrees, for half an hour."
)
HOT = "Bake it hot, at 240 degrees, for half an hour."
TIDES = "The moon pulls the sea.\n\nSpring tides\n\nWhen sun and moon pull in one line, the tide is highest."
HIGHEST = "When sun and moon pull in one line, the tide is highest."
RYE = "Rye dough is baked at 250 degrees and is not kneaded."


def run(*arguments, environment=(), python=(), **options):
    """Exit status, standard output and standard error of one command; never a traceback."""
    options = {"stdout": subprocess.PIPE} | options
    found = subprocess.run(
        [sys.executable, *python, "-m", "footnote", *arguments],
        cwd=ROOT,
        env=ENVIRONMENT | dict(environment),
        stderr=subprocess.PIPE,
        timeout=100,
        **options,
    )
    errors = found.stderr.decode()
    assert "Traceback" not in errors
    return found.returncode, (found.stdout or b"").decode(), errors


@pytest.fixture(scope="module")
def library(tmp_path_factory, encoders):
    """A folder with three articles in kb/ and their index in index/; no test may change it."""
    folder = tmp_path_factory.mktemp("library")
    kb = folder / "kb"
    kb.mkdir()
    (kb / "bread.md").write_text(
        "---\ntitle: Bread at home\nauthor: A. Baker\npublished: 2024-03-05\ntags: [baking, home]\n---\n"
        "Bread needs flour, water, salt and time.\n\n## Rising\n\nLet the dough rise in a warm place for two hours. "
        f"Cold dough rises slowly.\n\n## Baking\n\n{HOT}\n"
    )
    (kb / "tides.md").write_text(
        "---\ntitle: Tides\npublished: 2025-01-10\ntags: [sea]\nurl: https://example.org/tides\n---\n"
        f"The moon pulls the sea.\n\n## Spring tides\n\n{HIGHEST}\n"
    )
    (kb / "rye.md").write_text(f"---\ntitle: Rye\nauthor: B. Miller\npublished: 2025-06-01\ntags: [baking]\n---\n{RYE}\n")
    link_encoders(encoders, folder / "index")
    build(kb, folder / "index", Silent())
    return folder


@pytest.fixture
def asked(library):
    """Asks the library, in a process of its own."""

    def ask(*arguments, **options):
        return run("ask", *arguments, "--index", str(library / "index"), **options)

    return ask


@pytest.fixture
def copied(library, tmp_path):
    """A copy of the library that a test may change."""
    shutil.copytree(library, tmp_path / "library", copy_function=os.link)
    return tmp_path / "library"


# --- ask ----------------------------------------------------------------------------------------------------------------


def test_an_answer_is_text_with_the_best_sentence_marked_and_a_citation(asked):
    start, end = LOAF.split(HOT)
    assert asked("how hot do I bake bread?") == (
        0,
        f"[1] {start}>>{HOT}<<{end}\n"
        '    A. Baker. "Bread at home" (2024-03-05). Section: Baking. bread.md, characters 0-180. (strong)\n'
        "\n"
        f"[2] >>{RYE}<<\n"
        '    B. Miller. "Rye" (2025-06-01). rye.md, characters 0-53. (strong)\n',
        "",
    )


def test_top_limits_the_passages(asked):
    status, output, errors = asked("how hot do I bake bread?", "--top", "1")
    assert (status, output.count("\n    "), errors) == (0, 1, "")


def test_nothing_relevant_is_said_in_every_format(asked, library):
    name = current_snapshot(library / "index").name
    assert asked("who invented the telephone?") == (0, f"{NOTHING}{NEAREST}", "")
    assert asked("who invented the telephone?", "--format", "json") == (
        0,
        '{\n "question": "who invented the telephone?",\n "verdict": "nothing_relevant",\n'
        f' "snapshot": "{name}",\n "hits": [],\n "read_as": null,\n "absent": [],\n'
        ' "subjects": [\n  "Bread at home",\n  "Tides",\n  "Rye"\n ]\n}\n',
        "",
    )
    header = ",".join(f'"{column}"' for column in COLUMNS)
    assert asked("who invented the telephone?", "--format", "csv") == (0, f"\ufeff{header}\r\n", "")


def test_an_answer_is_json_in_the_documented_form(asked, library):
    status, output, errors = asked("when is the tide highest?", "--format", "json")
    assert (status, errors) == (0, "")
    found = json.loads(output)
    assert list(found) == ["question", "verdict", "snapshot", "hits", "read_as", "absent", "subjects"]
    assert (found["read_as"], found["absent"], found["subjects"]) == (None, [], [])
    names = """
        rank score similarity keyword passage title author published tags section source article_id passage_id page start end url
        highlights citation confidence also_in
    """
    assert list(found["hits"][0]) == names.split()
    assert (found["question"], found["verdict"], len(found["hits"])) == ("when is the tide highest?", "answered", 1)
    assert found["snapshot"] == current_snapshot(library / "index").name
    hit = found["hits"][0]
    scores = {name: hit.pop(name) for name in ("score", "similarity", "keyword")}
    assert {name: type(score) for name, score in scores.items()} == {"score": float, "similarity": float, "keyword": float}
    assert 0.5 < scores["similarity"] < 1 < scores["keyword"]
    assert re.fullmatch(r"[0-9a-f]{16}", hit.pop("passage_id"))
    assert hit == {
        "rank": 1,
        "passage": TIDES,
        "title": "Tides",
        "author": None,
        "published": "2025-01-10",
        "tags": ["sea"],
        "section": "Spring tides",
        "source": "tides.md",
        "article_id": "tides.md",
        "page": None,
        "start": 0,
        "end": 95,
        "url": "https://example.org/tides",
        "highlights": [[39, 95]],
        "citation": '"Tides" (2025-01-10). Section: Spring tides. tides.md, characters 0-95.',
        "confidence": "strong",
        "also_in": [],
    }
    assert TIDES[39:95] == HIGHEST


def test_json_is_what_the_library_answers(asked, library):
    searcher = Searcher.open(library / "index")
    expected = to_json(searcher.ask("how hot do I bake bread?"))
    searcher.close()
    assert asked("how hot do I bake bread?", "--format", "json") == (0, f"{expected}\n", "")


def test_csv_holds_the_same_hits_as_json(asked):
    status, output, errors = asked("how hot do I bake bread?", "--format", "csv")
    assert (status, errors, output[0]) == (0, "", "\ufeff")
    header, *rows = csv.reader(io.StringIO(output[1:], newline=""))
    names = """
        question rank score similarity keyword title author published tags section page passage citation source url article_id
        passage_id start end snapshot asked_at confidence also_in
    """
    assert header == names.split()
    answer = json.loads(asked("how hot do I bake bread?", "--format", "json")[1])
    assert [len(row) for row in rows] == [23, 23]
    for row, hit in zip(rows, answer["hits"], strict=True):
        found = dict(zip(header, row, strict=True))
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", found.pop("asked_at"))
        expected = hit | {
            "question": answer["question"],
            "snapshot": answer["snapshot"],
            "tags": ", ".join(hit["tags"]),
            "also_in": "",
        }
        del expected["highlights"]
        assert found == {name: "" if value is None else str(value) for name, value in expected.items()}


@pytest.mark.parametrize(
    ("filters", "articles"),
    [
        (["--tag", "baking"], ["bread.md", "rye.md"]),
        (["--tag", "HOME"], ["bread.md"]),
        (["--tag", "sea", "--tag", "home"], ["bread.md"]),
        (["--author", "miller"], ["rye.md"]),
        (["--article", "rye.md"], ["rye.md"]),
        (["--article", "no-such.md"], []),
        (["--since", "2024-03-06"], ["rye.md"]),
        (["--since", "2025-06-01", "--until", "2025-06-01"], ["rye.md"]),
        (["--until", "2024-03-05"], ["bread.md"]),
        (["--until", "2024-03-04"], []),
        (["--tag", "baking", "--author", "baker", "--since", "2024-01-01", "--until", "2024-12-31"], ["bread.md"]),
    ],
)
def test_filters_say_which_articles_may_answer(library, filters, articles, capsys):
    question = "at how many degrees is bread or rye dough baked?"
    assert main(["ask", question, "--index", str(library / "index"), "--format", "json", *filters]) == 0
    assert sorted(hit["article_id"] for hit in json.loads(capsys.readouterr().out)["hits"]) == articles


def test_filters_work_in_the_real_command(asked):
    status, output, errors = asked("how hot do I bake bread?", "--tag", "baking", "--author", "miller", "--since", "2025-01-01")
    assert (status, output, errors) == (
        0,
        f'[1] >>{RYE}<<\n    B. Miller. "Rye" (2025-06-01). rye.md, characters 0-53. (strong)\n',
        "",
    )


def test_a_language_says_which_articles_may_answer(kb, index, watcher, capsys):
    for name, code in (("bread", "en-GB"), ("tides", "de")):
        path = kb / f"{name}.md"
        path.write_text(path.read_text().replace("tags:", f"language: {code}\ntags:"))
    (kb / "rye.md").write_text(f"---\ntitle: Rye\n---\n{RYE}\n")
    build(kb, index, watcher)

    def articles(*codes):
        options = [part for code in codes for part in ("--language", code)]
        assert main(["ask", "bread, the moon and the tide", "--index", str(index), "--format", "json", *options]) == 0
        return sorted(hit["article_id"] for hit in json.loads(capsys.readouterr().out)["hits"])

    assert (articles("en"), articles("EN-gb"), articles("de"), articles("en", "de")) == (
        ["bread.md"],
        ["bread.md"],
        ["tides.md"],
        ["bread.md", "tides.md"],
    )
    assert (articles("fr"), articles("en-US")) == ([], [])


def test_phrases_and_words_ruled_out_work_in_the_real_command(asked):
    status, output, errors = asked('how hot do I bake "at 240 degrees"', "--format", "json")
    assert ([hit["article_id"] for hit in json.loads(output)["hits"]], errors) == (["bread.md"], "")
    status, output, errors = asked("how hot do I bake dough -kneaded", "--format", "json")
    assert ([hit["article_id"] for hit in json.loads(output)["hits"]], errors) == (["bread.md"], "")
    said = "No passage holds \u201cat 300 degrees\u201d word for word. Ask without the quotation marks?\n"
    assert asked('how hot "at 300 degrees"') == (0, said, "")


def test_a_question_of_exclusions_alone_is_told(library, capsys):
    # After "--" a question may begin with a minus.
    assert main(["ask", "--index", str(library / "index"), "--", "-bread"]) == 1
    expected = "There is nothing to search for: every word is ruled out by a minus. Add what you want to know."
    assert capsys.readouterr() == ("", f"footnote: {expected}\n")


def test_what_a_misspelled_question_was_read_as_stands_above_the_hits(asked):
    status, output, errors = asked("how is doughh kneaded")
    assert (status, output.split("\n")[0], errors) == (0, "Searched for: how is dough kneaded", "")
    assert json.loads(asked("how is doughh kneaded", "--format", "json")[1])["read_as"] == "how is dough kneaded"


AROUND = [" ".join(f"The {number}. {word} of {word}s." for number in range(40)) for word in ("apple", "cedar", "walrus")]


@pytest.mark.parametrize("word", ["apple", "cedar", "walrus"])
def test_around_shows_what_stands_before_and_after_a_passage(tmp_path, index, watcher, capsys, word):
    kb = tmp_path / "kb"
    kb.mkdir()
    (kb / "a.md").write_text("---\ntitle: A\n---\n" + "\n\n".join(f"# {part[8:13]}\n\n{part}" for part in AROUND))
    build(kb, index, watcher)
    searcher = Searcher.open(index)
    hit = searcher.ask(f'"{word} of {word}s"', top=1).hits[0]
    parts = [passage.text for passage in searcher.engine.passages_of("a.md")]
    searcher.close()
    number = parts.index(hit.passage.text)
    assert main(["ask", f'"{word} of {word}s"', "--index", str(index), "--top", "1"]) == 0
    plain = capsys.readouterr().out
    assert main(["ask", f'"{word} of {word}s"', "--index", str(index), "--top", "1", "--around"]) == 0
    passage, citation = plain.split("\n    ")
    before = f"    ... {parts[number - 1]}\n\n" if number else ""
    after = f"\n    {parts[number + 1]} ...\n\n" if number + 1 < len(parts) else ""
    assert capsys.readouterr().out == f"{before}{passage}\n{after}    {citation}"


@pytest.mark.parametrize("date", ["yesterday", "2024-3-5", "05.03.2024", "2024", "2024-03-05T00:00", "", "２０２４-03-05"])
@pytest.mark.parametrize("option", ["since", "until"])
def test_a_filter_that_is_no_date_is_told(library, option, date, capsys):
    assert main(["ask", "bread?", "--index", str(library / "index"), f"--{option}={date}"]) == 1
    expected = f"footnote: --{option} {date} is not a date. Write it as year-month-day: 2024-03-05\n"
    assert capsys.readouterr() == ("", expected)


@pytest.mark.parametrize("date", ["2024-13-01", "2024-02-30", "2024-00-10", "9999-99-99"])
def test_a_day_that_no_calendar_has_is_told(library, date, capsys):
    assert main(["ask", "bread?", "--index", str(library / "index"), "--since", date]) == 1
    expected = f"footnote: --since {date} is not a date. Write it as year-month-day: 2024-03-05\n"
    assert capsys.readouterr() == ("", expected)


def test_a_bad_date_fails_in_the_real_command(asked):
    assert asked("bread?", "--since", "yesterday") == (
        1,
        "",
        "footnote: --since yesterday is not a date. Write it as year-month-day: 2024-03-05\n",
    )


@pytest.mark.parametrize("question", ["", "   ", "\U0001f4a1", "?!", "\u200b\ufeff", "\udcff\udcfe"])
def test_a_question_without_a_word_is_told(library, question, capsys):
    assert main(["ask", question, "--index", str(library / "index")]) == 1
    assert capsys.readouterr() == ("", "footnote: There is no question. Type what you want to know, in your own words.\n")


def test_a_question_without_a_word_fails_in_the_real_command(asked):
    assert asked("\U0001f4a1") == (1, "", "footnote: There is no question. Type what you want to know, in your own words.\n")


def test_a_very_long_question_is_cut_and_answered(asked):
    question = ("How hot do I bake bread? " * 200)[:5000]
    status, output, errors = asked(question, "--format", "json")
    assert (status, errors) == (0, "")
    found = json.loads(output)
    assert found["question"] == question[:1000]
    assert found["hits"][0]["article_id"] == "bread.md"


def test_bytes_that_are_no_text_are_left_out_of_a_question(asked):
    status, output, errors = asked("how hot \udcff\udcfe do I \ufeffbake\u200b bread?", "--format", "json")
    assert (status, errors) == (0, "")
    assert json.loads(output)["question"] == "how hot do I bake bread?"


def test_control_characters_are_left_out_of_a_question(library, capsys):
    question = "how hot\0 do\x07 I\tbake\nbread?\ud800"
    assert main(["ask", question, "--index", str(library / "index"), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["question"] == "how hot do I bake bread?"


@pytest.mark.parametrize("question", ["'; DROP TABLE passage; --", 'title:"x" AND (', "bread~ *?[", "x" * 990 + " bread", "-1"])
def test_a_question_is_never_taken_for_a_query_language(library, question, capsys):
    assert main(["ask", "--index", str(library / "index"), "--format", "json", "--", question]) == 0
    assert json.loads(capsys.readouterr().out)["question"] == question


def test_where_there_is_no_index_the_way_to_one_is_told(tmp_path):
    assert run("ask", "bread?", "--index", str(tmp_path / "index")) == (
        1,
        "",
        f"footnote: There is no index in {tmp_path / 'index'}. Build one: python ingest.py --index {tmp_path / 'index'}\n",
    )


def test_the_environment_names_the_index(library):
    folders = {"FOOTNOTE_INDEX": str(library / "index"), "FOOTNOTE_KB": str(library / "kb")}
    status, output, errors = run("status", environment=folders)
    assert (status, output.splitlines()[1:], errors) == (0, [f"Nothing changed in {library / 'kb'} since."], "")


@pytest.mark.parametrize("top", ["0", "101", "-1", "2.5", "many"])
def test_a_number_of_passages_that_is_none_from_1_to_100_is_a_usage_error(asked, top):
    status, output, errors = asked("bread?", f"--top={top}")
    assert (status, output) == (2, "")
    assert errors.endswith(f"python -m footnote ask: error: argument --top: {top} is not a number from 1 to 100\n")


def test_asking_imports_neither_torch_nor_anything_else_that_is_slow(asked):
    status, output, errors = asked("how hot do I bake bread?", python=["-X", "importtime"])
    assert (status, output[:4]) == (0, "[1] ")
    imported = {line.rsplit("|", 1)[1].strip().split(".")[0] for line in errors.splitlines() if "|" in line}
    assert {"footnote", "onnxruntime", "tantivy", "faiss"} <= imported
    assert (
        imported & {"torch", "sentence_transformers", "transformers", "pandas", "streamlit", "onnx", "huggingface_hub"} == set()
    )


def test_a_reader_that_has_seen_enough_is_no_error(asked):
    reading, writing = os.pipe()
    os.close(reading)
    try:
        assert asked("how hot do I bake bread?", stdout=writing) == (0, "", "")
    finally:
        os.close(writing)


def test_an_output_that_cannot_be_written_is_told_in_a_sentence(asked):
    with open("/dev/full", "wb") as full:
        status, _, errors = asked("how hot do I bake bread?", stdout=full)
    assert status == 1
    assert re.fullmatch(r"footnote: [^\n]*No space left on device[^\n]*\n", errors)


def test_a_terminal_that_knows_few_letters_still_gets_an_answer(copied):
    (copied / "kb" / "cafe.md").write_text("# Café\n\nThe café opens at eight – every day.\n")
    build(copied / "kb", copied / "index", Silent())
    status, output, errors = run(
        "ask", "when does the cafe open?", "--index", str(copied / "index"), environment={"PYTHONIOENCODING": "ascii"}
    )
    assert (status, errors) == (0, "")
    assert "opens at eight" in output


# --- batch --------------------------------------------------------------------------------------------------------------


def test_a_file_of_questions_is_answered_row_by_row(library, tmp_path):
    questions = ["when is the tide highest?", "who invented the telephone?", "=how hot do I bake bread?", "", "\U0001f4a1"]
    with open(tmp_path / "questions.csv", "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", "Question"], *enumerate(questions)])
    output = tmp_path / "results.csv"
    assert run(
        "batch", str(tmp_path / "questions.csv"), "--output", str(output), "--top", "1", "--index", str(library / "index")
    ) == (0, f"5 questions, 2 answered, 3 with nothing relevant: {output}\n", "")
    content = output.read_bytes()
    assert content.startswith(b'\xef\xbb\xbf"question","rank",')
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert list(rows[0]) == COLUMNS
    assert [(row["question"], row["rank"], row["article_id"], row["start"], row["end"]) for row in rows] == [
        ("when is the tide highest?", "1", "tides.md", "0", "95"),
        ("who invented the telephone?", "", "", "", ""),
        ("'=how hot do I bake bread?", "1", "bread.md", "0", "180"),
        ("", "", "", "", ""),
        ("\U0001f4a1", "", "", "", ""),
    ]
    assert rows[0]["passage"] == TIDES
    assert {row["snapshot"] for row in rows} == {current_snapshot(library / "index").name}
    assert [bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", row["asked_at"])) for row in rows] == [True] * 5
    unanswered = {name: value for name, value in rows[1].items() if value}
    assert unanswered.keys() == {"question", "snapshot", "asked_at"}


def test_a_batch_gives_each_question_what_asking_it_gives(library, tmp_path, capsys):
    (tmp_path / "questions.csv").write_text("question\nhow hot do I bake bread?\nwhen is the tide highest?\n")
    index = ["--index", str(library / "index")]
    assert main(["batch", str(tmp_path / "questions.csv"), "--output", str(tmp_path / "results.csv"), *index]) == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "results.csv").read_text(encoding="utf-8-sig"), newline="")))
    capsys.readouterr()
    found = []
    for question in ("how hot do I bake bread?", "when is the tide highest?"):
        assert main(["ask", question, "--format", "json", *index]) == 0
        found += [str(hit["similarity"]) for hit in json.loads(capsys.readouterr().out)["hits"]]
    assert [row["similarity"] for row in rows] == found
    assert [row["rank"] for row in rows] == ["1", "2", "1"]


def batch_refused(library, questions, output):
    status, printed, errors = run("batch", str(questions), "--output", str(output), "--index", str(library / "index"))
    assert (status, printed) == (1, "")
    return errors


def test_a_missing_file_of_questions_is_told(library, tmp_path):
    path = tmp_path / "questions.csv"
    assert batch_refused(library, path, tmp_path / "results.csv") == (
        f"footnote: There is no file {path}. Give a CSV file with a column named question.\n"
    )
    assert os.listdir(tmp_path) == []


def test_a_file_without_a_column_of_questions_is_told_its_columns(library, tmp_path):
    path = tmp_path / "questions.csv"
    path.write_text("id,text\n1,what?\n")
    assert batch_refused(library, path, tmp_path / "results.csv") == (
        f"footnote: The file {path} needs a column named question with a question below it; its columns: id, text.\n"
    )


def test_a_file_of_questions_that_is_not_utf8_is_told(library, tmp_path):
    path = tmp_path / "questions.csv"
    path.write_bytes(b"question\nwhat is a caf\xe9?\n")
    assert batch_refused(library, path, tmp_path / "results.csv") == (
        f"footnote: The file {path} is no CSV file in UTF-8. Save it as 'CSV UTF-8'.\n"
    )


def test_results_that_cannot_be_written_are_told(library, tmp_path):
    path, output = tmp_path / "questions.csv", tmp_path / "none" / "results.csv"
    path.write_text("question\nwhat?\n")
    assert batch_refused(library, path, output) == (
        f"footnote: The results can't be written to {output}: No such file or directory. Name another --output.\n"
    )


# --- status and check ---------------------------------------------------------------------------------------------------


def test_status_says_what_is_indexed_and_that_nothing_changed(library):
    manifest = current_snapshot(library / "index").manifest
    assert run("status", "--index", str(library / "index"), "--kb", str(library / "kb")) == (
        0,
        f"3 articles, 3 passages, built {manifest.created_at} with {DEFAULT_MODEL} ({current_snapshot(library / 'index').name}), "
        "searched exactly\n"
        f"Nothing changed in {library / 'kb'} since.\n",
        "",
    )


def test_status_says_what_is_new_changed_renamed_and_gone(copied):
    kb, index = copied / "kb", copied / "index"
    (kb / "empty.md").write_text("")
    (kb / "yeast.md").write_text("# Yeast\n\nYeast lives on sugar.\n")
    build(kb, index, Silent())
    snapshot = current_snapshot(index)
    (kb / "yeast.md").rename(kb / "deep.md")
    (kb / "tides.md").unlink()
    (kb / "bread.md").unlink()
    (kb / "bread.md").write_text("# Bread\n\nBuy it.\n")
    (kb / "deeper").mkdir()
    (kb / "deeper" / "salt.md").write_text("# Salt\n\nSalt is white.\n")
    (kb / "apples.md").write_text("# Apples\n\nApples are red.\n")
    assert run("status", "--index", str(index), "--kb", str(kb)) == (
        0,
        f"4 articles, 4 passages, built {snapshot.manifest.created_at} with {DEFAULT_MODEL} ({snapshot.name}), "
        "searched exactly\n"
        "Refused empty.md: It is empty: no words were found in it. Write something in it, or remove it.\n"
        "New: apples.md\n"
        "New: deeper/salt.md\n"
        "Changed: bread.md\n"
        "Renamed: yeast.md -> deep.md\n"
        "Gone: tides.md\n"
        "Bring the index up to date: python ingest.py\n",
        "",
    )
    status, output, errors = run("status", "--index", str(index), "--kb", str(kb), "--json")
    assert (status, errors) == (0, "")
    found = json.loads(output)
    names = ["snapshot", "created_at", "model", "dimension", "articles", "passages"]
    assert list(found) == [*names, "search", "refused", "patterns", "changes", "notice"]
    assert found == {
        "snapshot": snapshot.name,
        "created_at": snapshot.manifest.created_at,
        "model": DEFAULT_MODEL,
        "dimension": 384,
        "articles": 4,
        "passages": 4,
        "search": {"kind": "exact", "recall": 1.0},
        "refused": [
            {
                "source": "empty.md",
                "reason": "It is empty: no words were found in it.",
                "remedy": "Write something in it, or remove it.",
            }
        ],
        "patterns": {"include": [], "exclude": []},
        "changes": {
            "new": ["apples.md", "deeper/salt.md"],
            "changed": ["bread.md"],
            "renamed": [["yeast.md", "deep.md"]],
            "gone": ["tides.md"],
        },
        "notice": None,
    }


def test_status_without_the_folder_of_articles_says_that_changes_cannot_be_told(library, tmp_path, capsys):
    arguments = ["--index", str(library / "index"), "--kb", str(tmp_path / "none")]
    assert main(["status", *arguments]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [f"The folder {tmp_path / 'none'} is not there, so changes can't be told."]
    assert main(["status", "--json", *arguments]) == 0
    assert json.loads(capsys.readouterr().out)["changes"] is None


def test_check_finds_a_whole_index_whole(library):
    assert run("check", "--index", str(library / "index")) == (
        0,
        f"The index in {library / 'index'} is whole: checksums, counts and every offset are right.\n",
        "",
    )


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x01
    path.unlink()  # the file may be a link to one that other tests share
    path.write_bytes(content)


@pytest.mark.parametrize("name", ["library.sqlite", "vectors.faiss", "keywords/meta.json", "manifest.json"])
@pytest.mark.unchecked("damaged on purpose")
def test_check_and_ask_name_a_file_with_a_wrong_byte(copied, name, capsys):
    path = current_snapshot(copied / "index").folder / name
    flip(path)
    sentence = f"footnote: The file {path} is not what was written, so it is not used. Build the index again: python ingest.py\n"
    for command in (["check"], ["ask", "bread?"]):
        assert main([*command, "--index", str(copied / "index")]) == 1
        assert capsys.readouterr() == ("", sentence)


@pytest.mark.unchecked("damaged on purpose")
def test_check_fails_in_the_real_command(copied):
    path = current_snapshot(copied / "index").folder / "vectors.faiss"
    flip(path)
    assert run("check", "--index", str(copied / "index")) == (
        1,
        "",
        f"footnote: The file {path} is not what was written, so it is not used. Build the index again: python ingest.py\n",
    )


@pytest.mark.unchecked("damaged on purpose")
def test_check_names_a_wrong_byte_in_the_encoder(copied, capsys):
    folder = copied / "index" / "encoders" / current_snapshot(copied / "index").manifest.fingerprint
    flip(folder / "model.onnx")
    assert main(["check", "--index", str(copied / "index")]) == 1
    assert capsys.readouterr() == (
        "",
        f"footnote: The file {folder / 'model.onnx'} is not what was written. "
        f"Remove the folder {folder} and run: python ingest.py\n",
    )


def test_check_where_there_is_no_index_tells_the_way_to_one(tmp_path, capsys):
    assert main(["check", "--index", str(tmp_path)]) == 1
    assert capsys.readouterr() == (
        "",
        f"footnote: There is no index in {tmp_path}. Build one: python ingest.py --index {tmp_path}\n",
    )


def test_answers_do_not_depend_on_the_process_that_gives_them(asked, library):
    searcher = Searcher.open(library / "index")
    here = [replace(searcher.ask("how hot do I bake bread?"), asked_at="") for _ in range(3)]
    searcher.close()
    assert here[0] == here[1] == here[2]
    assert asked("how hot do I bake bread?", "--format", "json")[1] == f"{to_json(here[0])}\n"
