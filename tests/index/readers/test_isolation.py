"""Files are parsed in a process of its own: what a parser does there costs its file and nothing else."""

import os
from dataclasses import replace

import pytest

from footnote.errors import Unreadable
from footnote.readers import isolation as isolating
from footnote.readers.formats import Format
from footnote.readers.isolation import Isolation
from footnote.records import Article, Metadata, Section
from footnote.settings import PARSING

MISBEHAVING = Format("told", (".told",), "tests.index.readers.misbehaving")
SIMPLER = "Split it, or save it anew in a simpler form."
HARM = "It may be damaged or made to do harm; save it anew, or remove it."

pytestmark = pytest.mark.own_parsers


def told(isolation, what):
    return isolation.read(MISBEHAVING, what.encode(), "a.told")


def refusal(isolation, what):
    with pytest.raises(Unreadable) as caught:
        told(isolation, what)
    return caught.value.reason, caught.value.remedy


def process(isolation):
    return int(told(isolation, "pid")[0][0].text)


def test_an_article_comes_back_as_it_was_made():
    with Isolation() as isolation:
        form = Format("Markdown", (".md",), "footnote.readers.markdown", is_text=True)
        assert isolation.read(form, b"# Bread\n\nIt needs time.\n", "bread.md") == (
            [Article("bread.md", "bread.md", Metadata("Bread"), "It needs time.", (Section((), 0, 0, 14),), 0)],
            [],
        )
        articles, notices = told(isolation, "words")
    metadata = Metadata("Told", "A. Author", "2024-03", ("a", "b"), "u", "en", "s")
    assert articles == [Article("a.told", "a.told", metadata, "words", (Section(("A heading", "Another"), 0, 0, 5, 3),), 5)]
    assert notices == ["A notice."]


@pytest.mark.parametrize(
    "what, expected",
    [
        ("eat", ("Reading it takes more than 1,000 MB of memory.", SIMPLER)),
        ("crash", ("Reading it ended the reader (Segmentation fault).", HARM)),
        ("exit", ("Reading it ended the reader (exit status 7).", HARM)),
        ("recurse", ("Its parts are nested too deeply.", "Save it anew in a simpler form.")),
        ("refuse", ("It is of no use.", "Remove it.")),
        (
            "fail",
            (
                "Reading it failed in a way that was not foreseen (KeyError).",
                "Please report it with the file; the others were read.",
            ),
        ),
        ("none", ("It is empty: no words were found in it.", "Write something in it, or remove it.")),
    ],
)
def test_what_goes_wrong_refuses_the_file_and_the_next_is_read(what, expected):
    with Isolation() as isolation:
        assert refusal(isolation, what) == expected
        assert told(isolation, "words")[0][0].text == "words"


def test_a_parser_that_never_ends_is_ended():
    with Isolation(replace(PARSING, cpu_seconds=1)) as isolation:
        assert refusal(isolation, "spin") == ("Reading it takes longer than 1 seconds.", SIMPLER)
        isolation._limits = PARSING  # a slow machine may need a second to start the next process
        assert told(isolation, "words")[0][0].text == "words"


def test_a_parser_that_waits_for_ever_is_ended():
    with Isolation(replace(PARSING, wall_seconds=1)) as isolation:
        assert refusal(isolation, "sleep") == ("Reading it takes longer than 20 seconds.", SIMPLER)
        isolation._limits = PARSING  # a slow machine may need a second to start the next process
        assert told(isolation, "words")[0][0].text == "words"


def test_more_text_than_the_limit_is_refused():
    with Isolation(replace(PARSING, text_chars=5)) as isolation:
        assert told(isolation, "words")[0][0].text == "words"
        assert refusal(isolation, "wordss") == ("It holds more than 5 characters.", "Split it into articles.")


def test_an_answer_that_is_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(isolating, "_EXIT_SECONDS", 60)  # on a slow machine as well it ends by itself
    with Isolation(replace(PARSING, answer_bytes=100)) as isolation:
        assert refusal(isolation, "words") == ("Reading it ended the reader (exit status 0).", HARM)


def test_what_a_parser_prints_does_not_stand_among_the_answers():
    with Isolation() as isolation:
        assert [told(isolation, "print")[0][0].text, told(isolation, "words")[0][0].text] == ["print", "words"]


def test_a_parser_can_write_no_file(tmp_path):
    with Isolation() as isolation:
        assert refusal(isolation, f"write:{tmp_path}/a") == (
            "Reading it failed in a way that was not foreseen (OSError).",
            "Please report it with the file; the others were read.",
        )
    assert (tmp_path / "a").read_bytes() == b""


def test_a_parser_is_not_told_the_owners_passwords(monkeypatch):
    monkeypatch.setenv("FOOTNOTE_MILVUS_TOKEN", "root:hunter2")
    monkeypatch.setenv("FOOTNOTE_OWNER_PASSWORD", "hunter2")
    with Isolation() as isolation:
        assert told(isolation, "environment")[0][0].text == ""


def test_one_process_reads_file_after_file_until_one_makes_it_large():
    with Isolation() as isolation:
        first = process(isolation)
        assert process(isolation) == first
        told(isolation, "grow")
        assert process(isolation) != first


def test_how_much_the_ingest_itself_holds_does_not_end_the_process():
    held = b"x" * (PARSING.large_bytes + 100_000_000)
    with Isolation() as isolation:
        first = process(isolation)
        assert (process(isolation), len(held)) == (first, PARSING.large_bytes + 100_000_000)


def test_no_process_is_left_behind():
    with Isolation() as isolation:
        number = process(isolation)
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
