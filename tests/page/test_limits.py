"""How much a reader may ask for, and what is said to more."""

import threading

import pytest

from footnote.errors import Busy
from footnote.page import texts
from footnote.page.limits import Pace, Turns
from footnote.settings import PAGE
from tests.page.conftest import serving
from tests.page.reader import Reader

QUESTION = "how long should dough rise?"
NO_TURN = "from footnote.page import limits; limits.SEARCHES = limits.Turns(0, 0)"


def test_only_so_many_have_a_turn_at_once_and_the_next_comes_when_one_is_over():
    turns, inside, most = Turns(2, 20), [], []
    counting = threading.Lock()

    def search():
        with turns.turn(60):
            with counting:
                inside.append(1)
                most.append(len(inside))
            threading.Event().wait(0.01)
            with counting:
                inside.pop()

    threads = [threading.Thread(target=search) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(most), max(most)) == (12, 2)


def test_whoever_waits_too_long_or_finds_the_queue_full_is_told():
    turns = Turns(1, 1)
    with turns.turn():
        with pytest.raises(Busy, match="No turn came in time."), turns.turn(0.01):
            pass
        waiting = threading.Thread(target=lambda: _taken(turns))
        waiting.start()
        while turns._places._value:
            pass
        with pytest.raises(Busy, match="Too many questions wait to be answered."), turns.turn():
            pass
    waiting.join()
    with turns.turn(0):
        pass


def _taken(turns):
    with turns.turn(60):
        pass


def test_a_search_that_fails_gives_its_turn_back():
    turns = Turns(1, 0)
    for _ in range(3):
        with pytest.raises(KeyError), turns.turn(0):
            raise KeyError
    with turns.turn(0):
        pass


def test_a_pace_counts_what_is_within_its_time():
    forever, never = Pace(2, 3600), Pace(2, -1)
    seen = []
    for pace in (forever, never):
        for _ in range(3):
            seen.append(pace.is_over())
            pace.count()
    assert seen == [False, False, True, False, False, False]


def test_at_least_thirty_questions_a_minute_are_answered():
    assert PAGE.questions_a_minute >= 30


def test_a_reader_who_asks_too_fast_is_told_to_wait_and_others_are_answered(bakery):
    with serving(bakery.index, FOOTNOTE_QUESTIONS_A_MINUTE="3") as address, Reader(address) as reader:
        asked = [reader.ask(f"{QUESTION} {number}") for number in range(3)]
        assert asked == [["[1]Bread"]] * 3
        assert (reader.ask(f"{QUESTION} 4"), texts.TOO_MANY in reader.said()) == ([], True)
        # What is on the screen already costs nothing to show again.
        assert reader.ask(f"{QUESTION} 2") == ["[1]Bread"]
        with Reader(address) as other:
            assert other.ask(QUESTION) == ["[1]Bread"]


def test_where_too_many_ask_at_once_a_sentence_says_so(bakery):
    with serving(bakery.index, before=NO_TURN, FOOTNOTE_KB=str(bakery.kb)) as address, Reader(address) as reader:
        assert (reader.ask(QUESTION), texts.BUSY in reader.said()) == ([], True)
        reader.open("batch")
        reader.run(**{"batch-lines": QUESTION, "batch-run": True})
        assert texts.BUSY in reader.said()


def test_more_wrong_passwords_than_one_mistypes_lock_the_door_for_everybody(bakery):
    with serving(bakery.index, FOOTNOTE_KB=str(bakery.kb), FOOTNOTE_OWNER_PASSWORD="correct") as address:

        def told(*passwords):
            with Reader(address) as reader:
                reader.open("index")
                reader.run(**{"owner-password": passwords[0]})
                said = reader.said()
                for password in passwords[1:]:
                    said = reader.open("index").run(**{"owner-password": password}).said()
                return said

        assert texts.OWNER_ONLY not in told("correct")
        half = PAGE.password_attempts // 2
        assert texts.WRONG_PASSWORD in told(*(f"wrong{number}" for number in range(half)))
        assert texts.OWNER_ONLY not in told("correct")
        assert texts.WRONG_PASSWORD in told(*(f"wrong{number}" for number in range(half, PAGE.password_attempts)))
        for password in ("wrong", "correct"):
            assert {texts.OWNER_ONLY, texts.TOO_MANY_PASSWORDS} <= set(told(password))
