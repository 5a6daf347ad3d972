"""Questions that are none, or not of this world: each gets an answer or a sentence, and none an error."""

import pytest

from footnote.errors import QuestionEmpty
from footnote.page import texts
from footnote.search import Searcher
from tests.page.conftest import serving
from tests.page.reader import Reader

EMPTY = "There is no question. Type what you want to know, in your own words."
RULED_OUT = "There is nothing to search for: every word is ruled out by a minus. Add what you want to know."
NOTHING = "Nothing in these articles answers that."
NO_QUESTION = [
    "?!",
    "\\",
    '"',
    '""',
    "- -",
    ".",
    "/.*/",
    "\u2026",
    "\U0001f600",
    "'" * 2000,
    "\u200b\u200d",
    "\u202e",
    "\ufeff",
    "\u3000",
]
ANSWERED = [
    "\0how long should dough rise?\0",
    "\u202ehow long should dough rise?\u202c",
    "how\u200b long should \u00addough rise?",
    "\ufeffhow long should dough rise?",
    "\U0001f35e how long should dough rise? \U0001f469\u200d\U0001f373",
    "HOW LONG SHOULD DOUGH RISE?!?!?!",
    "how\tlong\r\nshould\u2028dough rise?",
    "\uff48\uff4f\uff57 long should dough rise?",
    "how long should dough rise? " + "a" * 3_000_000,
    "how long should dough rise? " + "e\u0301" * 5000,
    "how long should dough rise? <b>&amp; %s {0} ${x} $(x) `x`",
]
ELSEWHERE = [
    "a" * 5000,
    "e\u0301" * 5000,
    "a" + "\u0301" * 5000,
    "(" * 500 + "a",
    "SELECT * FROM passages; DROP TABLE passages; --",
    "import os; os.system('true')",
    "AND OR NOT",
    "title:nothing",
    "zyzzyva^1000 field:* [a TO b] ~2",
    "Wie lange soll der Teig gehen?",
    "\u6211\u4eec\u5435\u67b6\u540e\u600e\u4e48\u548c\u597d\uff1f",
    "\u043a\u0430\u043a \u043f\u043e\u043c\u0438\u0440\u0438\u0442\u044c\u0441\u044f?",
    "\u0643\u064a\u0641 \u0646\u062a\u0635\u0627\u0644\u062d\u061f",
    "\u05d0\u05d9\u05da \u05de\u05ea\u05e4\u05d9\u05d9\u05e1\u05d9\u05dd?",
    "\u0926\u094b\u0938\u094d\u0924\u0940 \u0915\u0948\u0938\u0947 \u0939\u094b?",
]


@pytest.fixture(scope="module")
def reader(bakery):
    with serving(bakery.index, FOOTNOTE_QUESTIONS_A_MINUTE="0") as address, Reader(address) as reader:
        yield reader


@pytest.fixture(scope="module")
def searcher(bakery):
    searcher = Searcher.open(bakery.index)
    yield searcher
    searcher.close()


@pytest.mark.parametrize("question", NO_QUESTION)
def test_what_holds_no_word_is_no_question(reader, question):
    assert reader.ask(question) == []
    # What is white space to Python is an empty box to the page.
    assert [line for line in reader.said() if line not in (texts.TAGLINE, texts.EXAMPLES)] == [EMPTY] * bool(question.strip())


@pytest.mark.parametrize("question", ANSWERED, ids=range(len(ANSWERED)))
def test_what_stands_around_a_question_does_not_matter(reader, question):
    assert reader.ask(question)[:1] == ["[1]Bread"]


@pytest.mark.parametrize("question", ELSEWHERE, ids=range(len(ELSEWHERE)))
def test_what_the_articles_do_not_speak_of_is_answered_by_saying_so(reader, question):
    assert reader.ask(question) == []
    assert [line for line in reader.said() if line.startswith(NOTHING)] != []


def test_a_question_of_exclusions_alone_is_told_so(reader):
    assert (reader.ask("-dough"), RULED_OUT in reader.said()) == ([], True)


@pytest.mark.parametrize(
    "question",
    ["\ud800 how long should dough rise?", "how long should dough rise? \udfff\ud800", "how long should \ud83ddough rise?"],
)
def test_half_a_character_is_left_out(searcher, question):
    answer = searcher.ask(question)
    assert [hit.metadata.title for hit in answer.hits] == ["Bread"]
    answer.question.encode()


@pytest.mark.parametrize("question", ["", " ", "\0", "\ud800", *NO_QUESTION])
def test_nothing_is_embedded_where_there_is_no_question(searcher, monkeypatch, question):
    def embedded(text):
        raise AssertionError(text)

    monkeypatch.setattr(searcher.encoder, "embed_question", embedded)
    with pytest.raises(QuestionEmpty):
        searcher.ask(question)
