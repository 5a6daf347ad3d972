"""What a reader typed, taken apart by hand: the words searched for, the phrases required, the words ruled out."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote.errors import QuestionEmpty
from footnote.question import Question, parse, tidy

NONE = "There is no question. Type what you want to know, in your own words."
ALL_RULED_OUT = "There is nothing to search for: every word is ruled out by a minus. Add what you want to know."


def refused(typed):
    with pytest.raises(QuestionEmpty) as raised:
        parse(typed)
    return str(raised.value)


@pytest.mark.parametrize(
    "typed", ["how do we talk?", "don't", "it's a cat's life", "5 o'clock", "a/b", "50%", "C++", "naïve café"]
)
def test_a_question_without_quotation_marks_or_minus_is_searched_for_as_it_is(typed):
    assert parse(typed) == Question(typed)


@pytest.mark.parametrize(
    "typed",
    [
        'how to "say sorry" well',
        "how to \u201csay sorry\u201d well",
        "how to \u201esay sorry\u201c well",
        "how to \u201dsay sorry\u201d well",
        "how to \u201fsay sorry\u201d well",
        'how to \u201csay sorry" well',
        'how to "say sorry\u201d well',
    ],
)
def test_straight_and_curly_double_quotation_marks_require_a_phrase(typed):
    assert parse(typed) == Question("how to say sorry well", ("say sorry",))


def test_single_quotation_marks_are_apostrophes():
    assert parse("how to 'say sorry' and \u2018mean it\u2019") == Question("how to 'say sorry' and \u2018mean it\u2019")


def test_a_phrase_may_be_the_whole_question():
    assert parse('"say sorry"') == Question("say sorry", ("say sorry",))


def test_several_phrases_are_all_required_and_keep_their_order():
    assert parse('"say sorry" or "make up" today') == Question("say sorry or make up today", ("say sorry", "make up"))


def test_space_around_a_phrase_within_its_marks_is_no_part_of_it():
    assert parse('how to "  say   sorry " well') == Question("how to say sorry well", ("say sorry",))


@pytest.mark.parametrize("typed", ['how to "say sorry', 'how to say sorry"', "how to \u201csay sorry"])
def test_a_quotation_mark_without_its_other_half_requires_nothing(typed):
    asked = parse(typed)
    assert (asked.phrases, asked.without) == ((), ())
    assert re.findall(r"\w+", asked.text) == ["how", "to", "say", "sorry"]


def test_of_three_quotation_marks_the_first_two_are_a_pair():
    asked = parse('"say sorry" and "mean it')
    assert asked.phrases == ("say sorry",)
    assert re.findall(r"\w+", asked.text) == ["say", "sorry", "and", "mean", "it"]


@pytest.mark.parametrize("empty", ['""', '" "', "\u201c\u201d", '"?!"', '"-"', '"..."', '"_"', '"\u200b"'])
def test_marks_around_no_letter_or_digit_require_nothing(empty):
    asked = parse(f"say {empty} sorry")
    assert (asked.phrases, asked.without) == ((), ())
    assert re.findall(r"[^\W_]+", asked.text) == ["say", "sorry"]


@pytest.mark.parametrize("typed", ['""', '" "', '"?!"', "\u201c\u201d", '"'])
def test_marks_alone_are_no_question(typed):
    assert refused(typed) == NONE


def test_a_number_can_be_a_phrase():
    assert parse('room "101"') == Question("room 101", ("101",))


@pytest.mark.parametrize("phrase", ["say -sorry", "-say sorry", "say - sorry", "mother-in-law", "say sorry-"])
def test_a_minus_inside_a_phrase_belongs_to_the_phrase(phrase):
    assert parse(f'how to "{phrase}" well') == Question(f"how to {phrase} well", (phrase,))


@pytest.mark.parametrize(
    ("typed", "text", "without"),
    [
        ("say sorry -gifts", "say sorry", ("gifts",)),
        ("-gifts say sorry", "say sorry", ("gifts",)),
        ("say -gifts sorry", "say sorry", ("gifts",)),
        ("say -gifts -flowers sorry", "say sorry", ("gifts", "flowers")),
        ("say sorry \u2212gifts", "say sorry", ("gifts",)),
        ("say sorry -Gifts", "say sorry", ("Gifts",)),
        ("say sorry -éclairs", "say sorry", ("éclairs",)),
        ("say sorry -mother-in-law", "say sorry", ("mother-in-law",)),
        ("say sorry -don't", "say sorry", ("don't",)),
        ("  say   -gifts\n\tsorry ", "say sorry", ("gifts",)),
    ],
)
def test_a_word_after_a_minus_is_ruled_out(typed, text, without):
    assert parse(typed) == Question(text, (), without)


@pytest.mark.parametrize(
    "typed",
    [
        "mother-in-law",
        "a well-known cure",
        "sorry - and then?",
        "sorry -- and then",
        "sorry -",
        "- sorry",
        "is it -1 degrees",
        "-1",
    ]
    + [
        "minus -40 and -4b",
        "sorry \u2013 really",
        "sorry \u2013really",
        "what--ever",
        "sorry-",
        "e-mail -",
        "-?sorry",
        "- - sorry",
    ],
)
def test_a_hyphen_a_dash_and_a_negative_number_rule_nothing_out(typed):
    assert parse(typed) == Question(typed)


def test_phrases_and_words_ruled_out_stand_side_by_side():
    assert parse('how to "say sorry" -gifts "make up" -flowers') == Question(
        "how to say sorry make up", ("say sorry", "make up"), ("gifts", "flowers")
    )


@pytest.mark.parametrize("typed", ["sorry -gift -gift", "-gift sorry -gift"])
def test_what_is_ruled_out_twice_is_ruled_out_once(typed):
    assert parse(typed) == Question("sorry", (), ("gift",))


def test_a_phrase_given_twice_is_required_once():
    assert parse('"make up" and "make up"') == Question("make up and make up", ("make up",))


@pytest.mark.parametrize("typed", ["-gifts", "-gifts -flowers", "\u2212gifts", '"" -gifts', '-gifts "?!"', "-gifts ?!"])
def test_a_question_of_exclusions_alone_is_refused_with_a_reason_of_its_own(typed):
    assert refused(typed) == ALL_RULED_OUT


def test_a_minus_before_a_phrase_never_requires_the_phrase():
    # Whoever writes -"gift cards" wants no gift cards; requiring them would be the opposite of what was asked.
    assert parse('say sorry -"gift cards"') == Question("say sorry", (), ("gift cards",))


@pytest.mark.parametrize("typed", ["", " ", "\n\t", "?!", "-", "--", "\u200b\u200b", "\0", "\ufeff", "💥", "_"])
def test_without_a_letter_or_digit_there_is_no_question(typed):
    assert refused(typed) == NONE


def test_invisible_characters_neither_part_words_nor_end_phrases():
    assert parse('how to "say\u00a0sor\u00adry" -gi\u200bfts\0 well\ufeff') == Question(
        "how to say sorry well", ("say sorry",), ("gifts",)
    )


def test_a_null_character_is_not_taken_for_the_border_of_a_phrase():
    assert parse('a\0b "c d" -e\0f') == Question("ab c d", ("c d",), ("ef",))


def test_letters_are_composed_before_anything_is_compared():
    assert parse('"cafe\u0301"') == Question("caf\u00e9", ("caf\u00e9",))


def test_a_question_is_cut_at_a_thousand_characters_of_what_a_reader_sees():
    assert tidy("x" * 999 + "yz") == "x" * 999 + "y"
    assert tidy("\u200b" * 2000 + "x" * 1001) == "x" * 1000
    assert tidy("a  " * 400) == " ".join("a" * 400)


def test_a_phrase_that_the_cut_tears_is_not_required():
    typed = "x" * 990 + ' "say sorry"'
    assert parse(typed).phrases == ()


def test_a_tidied_question_is_what_the_reader_sees():
    assert tidy('  how\u00a0to\n "say\u200b sorry" -gifts\ud800 ') == 'how to "say sorry" -gifts'


@given(st.text(alphabet=' "\u201c\u201d-\u2212ab1.\0\u200b', max_size=30))
def test_whatever_is_typed_is_refused_in_words_or_taken_apart_whole(typed):
    try:
        asked = parse(typed)
    except QuestionEmpty as error:
        assert str(error) in (NONE, ALL_RULED_OUT)
        return
    assert re.search(r"[^\W_]", asked.text)
    assert asked.text == " ".join(asked.text.split())
    # What must stand in a passage is searched for, too, and nothing is required or ruled out that has no letter or digit.
    assert all(phrase in asked.text or " ".join(phrase.split()) in asked.text for phrase in asked.phrases)
    assert all(re.search(r"[^\W_]", words) for words in (*asked.phrases, *asked.without))


@given(st.text(alphabet="abc -'", max_size=20).filter(lambda text: re.search("[a-c]", text)))
def test_tidying_twice_is_tidying_once(typed):
    assert tidy(tidy(typed)) == tidy(typed)
