"""What of the ranked passages is shown: the pure functions, their numbers worked out by hand."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote.answer import Wanted, confidence, coverages, function_terms, marks, places, rarity, same_texts, wanted
from footnote.engines import rounded, term_number

# --- what a question asks for ------------------------------------------------------------------------------------------


def test_rarity_is_the_inverse_document_frequency_of_bm25():
    assert rarity(2, 6) == pytest.approx(math.log(1 + 4.5 / 2.5))
    assert rarity(0, 6) == pytest.approx(math.log(14))  # 1 + 6.5 / 0.5
    assert rarity(6, 6) == pytest.approx(math.log(1 + 0.5 / 6.5))


@given(st.integers(1, 10_000).flatmap(lambda count: st.tuples(st.just(count), st.integers(0, count - 1))))
def test_a_rarer_term_tells_more_and_every_term_tells_something(library):
    count, holding = library
    assert rarity(holding, count) > rarity(holding + 1, count) > 0


def test_a_question_wants_its_content_words_once_each():
    told = {"trust": 1.0, "grow": 3.0}
    found = wanted(["how", "trust", "grow", "trust"], frozenset({"how"}), lambda terms: {term: told[term] for term in terms})
    assert (found, found.total) == (Wanted({"trust": 1.0, "grow": 3.0}), 4.0)


def test_coverage_is_the_share_of_information_and_not_of_words():
    asked = Wanted({"trust": 1.0, "grow": 3.0})
    naming = np.array([[False, False], [True, False], [False, True], [True, True]])
    assert asked.shares(naming) == [0.0, 0.25, 0.75, 1.0]


def test_a_question_without_content_words_is_covered_by_nothing():
    assert (Wanted({}).total, Wanted({}).shares(np.empty((2, 0), dtype=np.bool_))) == (0, [0.0, 0.0])


def test_function_words_are_known_by_themselves_and_as_the_engine_writes_them():
    found = function_terms(lambda word: [word[:2], "x"] if word == "during" else [word.upper()])
    assert {"the", "THE", "how", "HOW"} <= found
    assert not {"trust", "no-such"} & found


def test_each_sentence_covers_the_terms_that_stand_in_it():
    numbers = {term_number("trust"): 1.0, term_number("grow"): 3.0}
    terms = np.array([term_number(term) for term in ("bread", "trust", "grow", "trust")], dtype=np.uint32)
    # sentence 0: bread, trust; sentence 1: nothing; sentence 2: grow, trust
    found = coverages(numbers, terms, np.array([0, 0, 2, 2]), 3)
    assert found.tolist() == [0.25, 0.0, 1.0]


def test_a_question_without_content_words_covers_nothing():
    assert coverages({}, np.array([7], dtype=np.uint32), np.array([0]), 2).tolist() == [0.0, 0.0]


# --- the sentence that is marked ---------------------------------------------------------------------------------------


def test_the_marked_sentence_has_the_most_of_meaning_and_words_together():
    spans = np.array([[0, 5], [6, 11], [0, 4], [5, 9]], dtype=np.int32)
    cosines = np.array([0.6, 0.5, 0.2, 0.2])
    covered = np.array([0.0, 0.4, 0.0, 0.0])
    first = np.array([0, 2, 4])
    # 0.7 * 0.6 = 0.42 against 0.7 * 0.5 + 0.3 * 0.4 = 0.47; in the second passage both are alike, so the first stays
    assert marks(first, spans, cosines, covered, 0.3) == [(6, 11), (0, 4)]
    assert marks(first, spans, cosines, covered, 0.0) == [(0, 5), (0, 4)]


# --- confidence --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("evidence", "word"), [(0.9, "strong"), (0.7, "strong"), (0.69, "related"), (0.4, "related"), (0.39, "weak"), (-1.0, "weak")]
)
def test_a_threshold_belongs_to_the_stronger_word(evidence, word):
    assert confidence(evidence, {"evidence": 0.3, "named": 0.1, "related": 0.4, "strong": 0.7}) == word


# --- the places --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("articles", "top", "chosen"),
    [
        ("", 5, []),
        ("AAAAAA", 5, [0, 1, 2, 3, 4]),  # nobody else is waiting
        ("AAABBC", 5, [0, 1, 3, 4, 5]),
        ("AAABC", 5, [0, 1, 2, 3, 4]),  # the third of A fills the fifth place, in its own rank
        ("AAAB", 3, [0, 1, 3]),
        ("AAAAABBB", 5, [0, 1, 2, 5, 6]),
        ("ABCDE", 2, [0, 1]),
        ("AAB", 1, [0]),
    ],
)
def test_two_of_one_article_are_shown_before_others_have_had_their_turn(articles, top, chosen):
    assert places(articles, top, 2) == chosen


ranked = st.lists(st.sampled_from("ABCD"), max_size=20)


@given(ranked, st.integers(1, 10), st.integers(1, 4))
def test_places_are_filled_in_ranked_order_without_a_gap(articles, top, cap):
    chosen = places(articles, top, cap)
    assert chosen == sorted(set(chosen))
    assert len(chosen) == min(top, len(articles))
    assert not articles or chosen[0] == 0


@given(ranked, st.integers(1, 10), st.integers(1, 4))
def test_no_article_has_more_than_its_share_while_another_waits_for_its_own(articles, top, cap):
    chosen = places(articles, top, cap)
    shown = Counter(articles[index] for index in chosen)
    waiting = Counter(articles) - shown
    if any(count > cap for count in shown.values()):
        assert [article for article in waiting if shown[article] < cap] == []


@given(ranked, st.integers(1, 10), st.integers(1, 4))
def test_of_each_article_the_best_ranked_are_shown(articles, top, cap):
    chosen = places(articles, top, cap)
    for article in set(articles):
        of_it = [index for index, name in enumerate(articles) if name == article]
        shown = [index for index in of_it if index in chosen]
        assert shown == of_it[: len(shown)]


# --- the same text again -----------------------------------------------------------------------------------------------


def test_passages_with_no_sentence_in_common_stay_apart():
    assert same_texts([["a."], ["b."], ["c."]], 0.8) == [[0], [1], [2]]


def test_equal_passages_are_one_group_at_the_place_of_the_first():
    assert same_texts([["a.", "b."], ["c."], ["a.", "b."], ["b.", "a."]], 0.8) == [[0, 2, 3], [1]]


def test_the_share_is_counted_in_characters_of_the_shorter_passage():
    long, short = "x" * 16, "y" * 4
    # 16 of 20 characters are in common: exactly 0.8
    assert same_texts([[long, short], [long, "z" * 4]], 0.8) == [[0, 1]]
    # one character more that is not: 16 of 21
    assert same_texts([[long, "y" * 5], [long, "z" * 5]], 0.8) == [[0], [1]]
    # the shorter one stands whole in the longer
    assert same_texts([[long, short, "a" * 500], [short]], 0.8) == [[0, 1]]
    assert same_texts([[short], [long, short, "a" * 500]], 0.8) == [[0, 1]]


def test_a_sentence_that_is_said_twice_counts_once():
    # 4 of 4 + 10 characters are in common, however often they are said
    assert same_texts([["aaaa", "b" * 10], ["aaaa", "aaaa", "aaaa", "c" * 10]], 0.8) == [[0], [1]]


def test_what_is_like_two_groups_joins_the_one_it_shares_most_with():
    one, two = ["a" * 8, "b" * 2], ["c" * 20, "d" * 2]
    assert same_texts([one, two, ["a" * 8, "c" * 20]], 0.7) == [[0], [1, 2]]


sentences = st.lists(st.sampled_from(["a.", "bb.", "ccc.", "dddd.", "eeeee."]), min_size=1, max_size=4)


@given(st.lists(sentences, max_size=12), st.sampled_from([0.5, 0.8, 1.0]))
def test_groups_of_the_same_text_are_a_partition_in_ranked_order(passages, least):
    groups = same_texts(passages, least)
    assert sorted(index for group in groups for index in group) == list(range(len(passages)))
    assert all(group == sorted(group) for group in groups)
    assert [group[0] for group in groups] == sorted(group[0] for group in groups)


@given(st.lists(sentences, max_size=12))
def test_whoever_joins_a_group_says_what_its_first_says(passages):
    for first, *others in same_texts(passages, 0.8):
        for other in others:
            one, two = set(passages[first]), set(passages[other])
            shorter = min(sum(map(len, one)), sum(map(len, two)))
            assert sum(map(len, one & two)) >= 0.8 * shorter


@given(st.lists(sentences, min_size=1, max_size=6))
def test_equal_passages_are_never_shown_twice(passages):
    groups = same_texts([*passages, *passages], 0.8)
    assert all(any({index, index + len(passages)} <= set(group) for group in groups) for index in range(len(passages)))


# --- vectors of one byte a number --------------------------------------------------------------------------------------


def test_rounded_numbers_are_shares_of_the_largest():
    found = rounded(np.array([[3.0, 1.0, 0.0], [-0.5, 0.25, 0.1], [0.0, 0.0, 0.0]], dtype=np.float32))
    # 127 / 3 = 42.3; 127 * 0.5 = 63.5 may go either way, 127 * 0.2 = 25.4
    assert found[0].tolist() == [127, 42, 0]
    assert (found[1, 0], found[1, 2]) == (-127, 25) and abs(found[1, 1] - 63.5) == 0.5
    assert found[2].tolist() == [0, 0, 0]
    assert found.dtype == np.int8


numbers = st.lists(st.lists(st.integers(-1000, 1000), min_size=5, max_size=5).filter(any), min_size=1, max_size=5)


@given(numbers)
def test_rounding_again_what_was_rounded_changes_nothing(rows):
    once = rounded(np.array(rows, dtype=np.float32))
    assert (rounded(once.astype(np.float32)) == once).all()


@given(numbers)
def test_rounding_turns_no_vector_by_more_than_half_a_step_in_each_number(rows):
    given = np.array(rows, dtype=np.float64)
    found = rounded(given.astype(np.float32)).astype(np.float64)
    cosines = (given * found).sum(axis=1) / np.linalg.norm(given, axis=1) / np.linalg.norm(found, axis=1)
    # Each of five numbers moves by at most 0.5 where the longest is 127, so the sine of the angle is at most sqrt(5) * 0.5 / 127.
    assert cosines.min() >= math.sqrt(1 - 5 * (0.5 / 127) ** 2) - 1e-6


@given(numbers, st.integers(1, 100))
def test_the_length_of_a_vector_does_not_matter_once_it_is_rounded(rows, factor):
    given = np.array(rows, dtype=np.float32)
    moved = np.abs(rounded(given).astype(int) - rounded(given * factor).astype(int))
    assert moved.max() <= 1  # where a number lies just between two, the last bit of a float decides
