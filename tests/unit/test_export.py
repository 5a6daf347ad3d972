import csv
import io
import json
import re
from dataclasses import replace

import pytest

from footnote.errors import QuestionFileError
from footnote.export import COLUMNS, as_text, read_questions, to_csv, to_json
from footnote.records import Answer, Hit, Metadata, Passage, Place

HEADER = (
    b'\xef\xbb\xbf"question","rank","score","similarity","keyword","title","author","published","tags","section","page",'
    b'"passage","citation","source","url","article_id","passage_id","start","end","snapshot","asked_at","confidence","also_in"\r\n'
)


def hit(rank=1, text="Bread needs time.", metadata=None, section=("Rising",), page=None, start=10, also_in=()):
    metadata = metadata or Metadata("Bread at home", "A. Baker", "2024-03-05", ("baking", "home"), "https://example.org/b")
    passage = Passage("0123456789abcdef", "home/bread.md", start, start + len(text), text, (), page)
    return Hit(
        rank=rank,
        score=1.25,
        similarity=0.6267914,
        keyword=0.0,
        passage=passage,
        source="home/bread.md",
        metadata=metadata,
        section=section,
        highlights=((0, 5), (6, 11)),
        headings=(),
        citation="A. Baker, bread.md.",
        confidence="related",
        also_in=also_in,
    )


def answer(*hits, question="how long?"):
    verdict = "answered" if hits else "nothing_relevant"
    return Answer(question, verdict, "20250102T030405Z-0123456789ab", "2025-01-02T03:04:05+00:00", hits)


def cells(content):
    """The rows of a CSV file as a program reads it, all cells as text."""
    import pandas as pd

    return pd.read_csv(io.BytesIO(content), encoding="utf-8-sig", keep_default_na=False, dtype=str).to_dict("records")


# --- JSON ---------------------------------------------------------------------------------------------------------------


def test_an_answer_is_json_in_the_documented_form():
    assert to_json(answer(hit())) == (
        "{\n"
        ' "question": "how long?",\n'
        ' "verdict": "answered",\n'
        ' "snapshot": "20250102T030405Z-0123456789ab",\n'
        ' "hits": [\n'
        "  {\n"
        '   "rank": 1,\n'
        '   "score": 1.25,\n'
        '   "similarity": 0.626791,\n'
        '   "keyword": 0.0,\n'
        '   "passage": "Bread needs time.",\n'
        '   "title": "Bread at home",\n'
        '   "author": "A. Baker",\n'
        '   "published": "2024-03-05",\n'
        '   "tags": [\n'
        '    "baking",\n'
        '    "home"\n'
        "   ],\n"
        '   "section": "Rising",\n'
        '   "source": "home/bread.md",\n'
        '   "article_id": "home/bread.md",\n'
        '   "passage_id": "0123456789abcdef",\n'
        '   "page": null,\n'
        '   "start": 10,\n'
        '   "end": 27,\n'
        '   "url": "https://example.org/b",\n'
        '   "highlights": [\n'
        "    [\n"
        "     0,\n"
        "     5\n"
        "    ],\n"
        "    [\n"
        "     6,\n"
        "     11\n"
        "    ]\n"
        "   ],\n"
        '   "citation": "A. Baker, bread.md.",\n'
        '   "confidence": "related",\n'
        '   "also_in": []\n'
        "  }\n"
        " ],\n"
        ' "read_as": null,\n'
        ' "absent": [],\n'
        ' "subjects": []\n'
        "}"
    )


def test_an_answer_with_nothing_relevant_is_json_without_hits():
    assert to_json(answer(question="what?")) == (
        '{\n "question": "what?",\n "verdict": "nothing_relevant",\n "snapshot": "20250102T030405Z-0123456789ab",\n "hits": [],\n'
        ' "read_as": null,\n "absent": [],\n "subjects": []\n}'
    )


def test_what_is_not_known_is_null():
    found = json.loads(to_json(answer(hit(metadata=Metadata("Bread"), section=()))))["hits"][0]
    unknown = {name: found[name] for name in ("author", "published", "section", "page", "url", "tags")}
    assert unknown == {"author": None, "published": None, "section": None, "page": None, "url": None, "tags": []}


def test_json_keeps_every_character_as_it_is():
    text = 'Zoë said: "Let’s bake 🍞".\n\n=1+1\tc:\\'
    found = to_json(answer(hit(text=text), question="¿qué 🍞?"))
    assert json.loads(found)["hits"][0]["passage"] == text
    assert json.loads(found)["question"] == "¿qué 🍞?"
    assert '"¿qué 🍞?"' in found


# --- CSV ----------------------------------------------------------------------------------------------------------------


def test_the_columns_are_the_documented_ones():
    assert COLUMNS == [
        "question",
        "rank",
        "score",
        "similarity",
        "keyword",
        "title",
        "author",
        "published",
        "tags",
        "section",
        "page",
        "passage",
        "citation",
        "source",
        "url",
        "article_id",
        "passage_id",
        "start",
        "end",
        "snapshot",
        "asked_at",
        "confidence",
        "also_in",
    ]


def test_an_answer_is_csv_to_the_byte():
    second = hit(2, text='He said "no",\nand left.', metadata=Metadata("Tides"), section=(), page=3, start=0)
    assert to_csv([answer(hit(), second)]) == HEADER + (
        b'"how long?","1","1.25","0.626791","0.0","Bread at home","A. Baker","2024-03-05","baking, home","Rising","",'
        b'"Bread needs time.","A. Baker, bread.md.","home/bread.md","https://example.org/b","home/bread.md",'
        b'"0123456789abcdef","10","27","20250102T030405Z-0123456789ab","2025-01-02T03:04:05+00:00","related",""\r\n'
        b'"how long?","2","1.25","0.626791","0.0","Tides","","","","","3",'
        b'"He said ""no"",\nand left.","A. Baker, bread.md.","home/bread.md","","home/bread.md",'
        b'"0123456789abcdef","0","23","20250102T030405Z-0123456789ab","2025-01-02T03:04:05+00:00","related",""\r\n'
    )


def test_no_answers_give_the_header_alone():
    assert to_csv([]) == HEADER
    assert to_csv([], empty_rows=True) == HEADER


def test_a_question_with_nothing_relevant_has_a_row_only_where_it_is_wanted():
    assert to_csv([answer(question="what?")]) == HEADER
    assert to_csv([answer(question="what?")], empty_rows=True) == HEADER + (
        b'"what?","","","","","","","","","","","","","","","","","","","20250102T030405Z-0123456789ab",'
        b'"2025-01-02T03:04:05+00:00","",""\r\n'
    )


def test_rows_stand_in_the_order_of_the_answers_and_whole_numbers_stay_whole_beside_empty_rows():
    answers = [answer(hit(1), hit(2), question="a"), answer(question="b"), answer(hit(1, page=12), question="c")]
    found = [(row["question"], row["rank"], row["page"], row["start"], row["end"]) for row in cells(to_csv(answers, True))]
    assert found == [("a", "1", "", "10", "27"), ("a", "2", "", "10", "27"), ("b", "", "", "", ""), ("c", "1", "12", "10", "27")]
    assert [row["question"] for row in cells(to_csv(answers))] == ["a", "a", "c"]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "|cmd",
        "%x",
        "=",
        " =1",
        "   \u00a0=1",
        "\u3000=1",
        "\t=1",
        "\tplain",
        "\rplain",
        "\nplain",
        "\r\n=1",
        "\ufeff=1",
        "\0=1",
        "\uff1d1+1",
        "\uff0b1",
        "\uff0d1",
        "\uff20SUM(A1)",
        " \uff1d1",
        '=HYPERLINK("http://example.org","bread")',
    ],
)
def test_what_a_spreadsheet_would_run_is_made_text(text):
    assert as_text(text) == f"'{text}"
    found = cells(
        to_csv([answer(hit(text=text, metadata=Metadata(text, text, text, (text,), text), section=(text,)), question=text)])
    )
    read = text.replace("\r\n", "\n").replace("\r", "\n")
    for column in ("question", "title", "author", "published", "tags", "section", "passage", "url"):
        assert found[0][column].replace("\r\n", "\n").replace("\r", "\n") == f"'{read}"


@pytest.mark.parametrize("sign", "=+-@|%\t\r\n\0\uff1d\uff0b\uff0d\uff20")
@pytest.mark.parametrize("before", ["", " ", "\u00a0", "\ufeff", "\u3000 ", "\u2003", "\r\n"])
def test_no_cell_of_any_column_begins_as_a_formula(sign, before):
    text = f"{before}{sign}cmd|' /C calc'!A0"
    metadata = Metadata(text, text, text, (text, text), text)
    passage = replace(hit(text=text).passage, id=text, article_id=text)
    hostile = replace(hit(metadata=metadata, section=(text,)), passage=passage, source=text, citation=text)
    hostile = replace(hostile, also_in=(Place(text, text, text, text),))
    whole = answer(hostile, question=text)
    rows = [*cells(to_csv([whole])), *cells(to_csv([replace(whole, hits=())], empty_rows=True))]
    formula = re.compile("[\\s\0\ufeff]*[=+\\-@|%\uff1d\uff0b\uff0d\uff20]|[\t\r\n\0]")
    assert [(column, cell) for row in rows for column, cell in row.items() if formula.match(cell)] == []
    numbers = ("rank", "score", "similarity", "keyword", "start", "end")
    assert [rows[0][name] for name in numbers] == [
        "1",
        "1.25",
        "0.626791",
        "0.0",
        "10",
        str(10 + len(hit(text=text).passage.text)),
    ]


@pytest.mark.parametrize(
    "text", ["", "plain", "1=1", "a-b", "'=1", '"=1"', "(=1)", "Bread - at home", " plain", "• =1", "2024-03-05", "é=1"]
)
def test_what_a_spreadsheet_takes_for_text_stays_as_it_is(text):
    assert as_text(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "NA",
        "N/A",
        "null",
        "NULL",
        "None",
        "nan",
        "True",
        "007",
        "1e5",
        "🍞 and 👩‍🍳",
        "e\u0301 and \u00e9",
        "two\nlines",
        "two\n\nparagraphs",
        'He said "no".',
        '"',
        '""',
        ",",
        ";",
        "a,b;c\td",
        " spaces around ",
        "c:\\new",
        "\u2028",
        "x" * 40_000,
    ],
)
def test_every_text_comes_back_from_csv_as_it_was(text):
    found = cells(to_csv([answer(hit(text=text, metadata=Metadata(text, text), section=(text,)), question=text)]))
    assert len(found) == 1
    assert [found[0][column] for column in ("question", "title", "author", "section", "passage")] == [text] * 5
    rows = list(csv.reader(io.StringIO(to_csv([answer(hit(text=text))]).decode("utf-8-sig"), newline="")))
    assert rows[1][COLUMNS.index("passage")] == text


def test_several_tags_share_a_cell():
    found = cells(to_csv([answer(hit(metadata=Metadata("Bread", tags=("home", "baking, slow", "=1"))))]))
    assert found[0]["tags"] == "home, baking, slow, =1"


# --- files of questions -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"question\nwhat?\nwhy?\n", ["what?", "why?"]),
        (b"\xef\xbb\xbfquestion\r\nwhat?\r\nwhy?\r\n", ["what?", "why?"]),
        (b"id,question,note\n1,what?,x\n2,why?,y\n", ["what?", "why?"]),
        (b"id, Question \n1,what?\n", ["what?"]),
        (b"QUESTION\nwhat?", ["what?"]),
        (b'question\n"what, then?"\n', ["what, then?"]),
        (b'question\n"two\nlines"\n', ["two\nlines"]),
        (b'question\n"he said ""no"""\n', ['he said "no"']),
        (b"id,question\n1,\n2,why?\n3\n", ["", "why?", ""]),
        (b'question\n""\nwhy?\n', ["", "why?"]),
        (b"question\nwhat?\n\n\nwhy?\n", ["what?", "why?"]),
        ("question\n¿qué 🍞?\n".encode(), ["¿qué 🍞?"]),
        (b"question\n=1+1\n", ["=1+1"]),
        (b"question\nwhat?\nwhat?\n", ["what?", "what?"]),
    ],
)
def test_questions_are_read_from_their_column(tmp_path, content, expected):
    (tmp_path / "questions.csv").write_bytes(content)
    assert read_questions(tmp_path / "questions.csv") == expected


def refused(path):
    with pytest.raises(QuestionFileError) as raised:
        read_questions(path)
    return str(raised.value)


def test_a_question_is_never_taken_for_the_name_of_its_column(tmp_path):
    path = tmp_path / "questions.csv"
    path.write_bytes(b"How do I listen?\nWhat if I am angry?\n")
    assert refused(path) == (
        f"The file {path} needs a column named question with a question below it; its columns: How do I listen?."
    )


def test_a_file_of_questions_that_is_not_there_is_told(tmp_path):
    path = tmp_path / "questions.csv"
    assert refused(path) == f"There is no file {path}. Give a CSV file with a column named question."


def test_a_folder_is_no_file_of_questions(tmp_path):
    assert refused(tmp_path) == f"The file {tmp_path} can't be read: Is a directory."


@pytest.mark.parametrize(
    ("content", "columns"),
    [(b"id,text\n1,what?\n", "id, text"), (b"id,questions\n1,what?\n", "id, questions"), (b"", "none"), (b"\n\n", "none")],
)
def test_a_file_without_a_column_of_questions_is_told_its_columns(tmp_path, content, columns):
    path = tmp_path / "questions.csv"
    path.write_bytes(content)
    assert refused(path) == f"The file {path} needs a column named question with a question below it; its columns: {columns}."


def test_a_column_with_no_question_below_it_is_told_as_it_is(tmp_path):
    path = tmp_path / "questions.csv"
    path.write_bytes(b"id,question\n")
    assert refused(path) == f"The file {path} needs a column named question with a question below it; its columns: id, question."


@pytest.mark.parametrize("content", [b"question\ncaf\xe9?\n", b"\xff\xfeq\0u\0", b'question\n"never closed\n'])
def test_a_file_of_questions_that_is_no_csv_in_utf8_is_told(tmp_path, content):
    path = tmp_path / "questions.csv"
    path.write_bytes(content)
    assert refused(path) == f"The file {path} is no CSV file in UTF-8. Save it as 'CSV UTF-8'."


def test_a_question_with_a_comma_outside_quotes_is_never_cut_at_it(tmp_path):
    path = tmp_path / "questions.csv"
    path.write_bytes(b"question\nWhat, then?\n")
    assert str(path) in refused(path)
