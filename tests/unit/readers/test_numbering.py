"""The numbers that lists show, as word processors count them."""

import pytest

from footnote.readers.numbering import BULLET, Counter, Level, numeral, whole


@pytest.mark.parametrize(
    "value, form, shown",
    [
        (7, "1", "7"),
        (7, "01", "07"),
        (1, "a", "a"),
        (26, "a", "z"),
        (27, "a", "aa"),
        (28, "A", "BB"),
        (261, "a", "261"),
        (0, "a", "0"),
        (1999, "i", "mcmxcix"),
        (48, "I", "XLVIII"),
        (4000, "i", "4000"),
        (-3, "I", "-3"),
        (7, "", ""),
        (7, BULLET, ""),
    ],
)
def test_a_number_is_written_in_its_form(value, form, shown):
    assert numeral(value, form) == shown


def test_a_deeper_level_begins_anew_under_each_item():
    levels = {0: Level("1", "%1.", 3), 1: Level("a", "%1.%2)"), 2: Level("i", "%3", only_figures=True), 3: Level(BULLET)}
    counter = Counter()
    shown = [counter.label(levels, depth) for depth in (0, 1, 1, 2, 3, 0, 1)]
    assert shown == ["3.", "3.a)", "3.b)", "1", BULLET, "4.", "4.a)"]


def test_a_level_that_was_passed_over_counts_as_begun():
    assert Counter().label({0: Level(start=5), 1: Level("1", "%1.%2")}, 1) == "5.1"


def test_a_level_that_nobody_described_counts_in_figures():
    counter = Counter()
    assert [counter.label({}, depth) for depth in (0, 2, 2)] == ["1.", "1.", "2."]


def test_a_list_may_begin_anew():
    counter = Counter()
    assert [counter.label({}, 0, start) for start in (None, None, 9, None)] == ["1.", "2.", "9.", "10."]


def test_a_number_that_shows_nothing_leaves_what_stands_around_it():
    assert Counter().label({0: Level("", "Step %1 ")}, 0) == "Step"


def test_a_pattern_is_no_text_that_every_item_repeats():
    assert Counter().label({0: Level("1", "x" * 1_000_000)}, 0) == "x" * 60


@pytest.mark.parametrize(
    "text, number",
    [("12", 12), (" -3 ", -3), ("", 5), (None, 5), ("1.5", 5), ("٣", 5), ("9" * 5000, 5), ("9999999999", 1_000_000_000)],
)
def test_a_number_in_a_file_may_be_none(text, number):
    assert whole(text, 5) == number
