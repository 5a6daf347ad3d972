"""Markdown as different programs write and read it: its dialects, and what each of them shows."""

import pytest

from footnote.readers.markdown import read
from footnote.records import Metadata
from tests.conftest import ROOT
from tests.unit.readers.expected import Expected, missing, not_cut, paths

FILES = ROOT / "tests" / "fixtures" / "formats" / "markdown"

EXPECTED = [
    Expected(
        "setext.md",  # headings that are underlined, a byline
        Metadata("Laying a brick path", "Gerald Pym", "2020-05-14"),
        [
            ((), ["four inches of hardcore, two of sand, and patience."]),
            (("Before you begin",), ["You will move them at least once."]),
            (("Laying",), ["of the hammer, never with its head.", "1. sand\n2. brick\n3. broom"]),
            (("Afterwards",), ["whenever it has rained.", "Last summer's path is still level."]),
        ],
        cut=("Gerald Pym", "===", "---", "***"),
    ),
    Expected(
        "github.md",  # tables, check boxes, notes, a box, code in a list, HTML around Markdown
        Metadata("Repairing a bicycle bell"),
        [
            ((), ["A brass bell", "Note\nA bell that only clicks is dirty, not broken."]),
            (
                ("What you need",),
                [
                    "• ☑ a small screwdriver\n• ☐ a drop of oil\n• ☐ a cloth you do not like",
                    "Part | Clean with | Oil?\nDome | vinegar | no\nThumb lever | cloth | yes\nGear | brush | cloth | 1 drop",
                ],
            ),
            (
                ("Steps",),
                [
                    "1. Unscrew the dome; it turns the usual way.[1]\n2. Take out the gear",
                    'photo --before "bell.jpg"   # later you will not remember\n3. Put it together',
                    "It still clicks\n\nThen the spring has jumped off its peg.",
                    "See https://bells.example/parts, the manual or the forum. Do not Do enjoy it.",
                    "1. Except on one French make.\nThat one turns the other way, and so did its owner.",
                ],
            ),
        ],
        cut=("[!NOTE]", "badge.svg", "[^1]", "forum.example", "details", "↩"),
    ),
    Expected(
        "hugo.md",  # front matter in TOML
        Metadata(
            "Frost on the allotment",
            "Wilf Aston",
            "2021-11-07",
            ("frost", "allotment"),
            summary="What to cover, and with what.",
        ),
        [
            ((), ["The first frost comes on the night"]),
            (("What to cover",), ["bring the lemon in whatever it says."]),
            (("With what",), ["Old curtains are better than plastic: they breathe."]),
        ],
        cut=("+++", "more-->", "draft"),
    ),
    Expected(
        "obsidian.md",  # wiki links, an embedded picture, a box with a title
        Metadata("Beating time for amateurs", "Ruth Adeyemi", "2023-10-02", ("choir", "conducting")),
        [
            (
                (),
                [
                    "Up: Choir handbook · Related: a warm-up for tired voices · Breathing > Low breaths",
                    "One thing at a time\nShow the tempo with the wrist",
                ],
            ),
            (("The upbeat",), ["Give it exactly as long as a beat is", "The hand at its highest"]),
            (("Stopping",), ["• Quiet endings: close slowly."]),
        ],
        cut=("[[", "]]", "[!tip]", "upbeat.png", "Warm-up|"),
    ),
    Expected(
        "pandoc.markdown",  # definitions, notes in the line, marks behind headings, boxes
        Metadata(
            "Soup for twenty",
            "Hélène Vasseur, Owen Prys",
            "2018-03-05",
            ("soup", "feast"),
            language="en",
            summary="How to cook for a village hall without losing your temper.",
        ),
        [
            ((), ["five times over.[1]"]),
            (
                ("Amounts",),
                [
                    "Beans\nSoak two kilograms, no more; they double.",
                    "Onions\nTwelve, and somebody else to cut them.\nThey keep in water overnight.",
                ],
            ),
            (
                ("Order of work",),
                [
                    "Salt at the end: it hardens the skins.",
                    "boils at 100 °C",
                    "1. Steam, for one thing, does not add up.",
                ],
            ),
        ],
        cut=(":::", "{#amounts", "^["),
    ),
    Expected(
        "html-inside.md",  # pieces of HTML with headings, lists and tables
        Metadata("Ferns for dark corners"),
        [
            ((), ["Hart's tongue, on the north wall"]),
            (
                ("Where nothing grows",),
                [
                    "I have five ferns and no complaints.",
                    "• rain from the gutter\n• no sun at all\n  1. in winter\n  2. in summer",
                ],
            ),
            (
                ("Planting",),
                [
                    "Dig a hole¹ twice as wide as the pot and fill it with leaf mould.\nFirm it with your foot.",
                    "Fern | Height\nHart's tongue | 40 cm",
                    "Frond\nWhat other plants call a leaf.",
                    "Water in the evening.",
                    "Ferns are older than flowers, and it shows.",
                ],
            ),
        ],
        cut=("<", ">", "track(", "ask the nursery"),
    ),
    Expected(
        "docs-site.md",  # a documentation site: boxes, marks behind headings, the title once more
        Metadata("Sharpening a scythe"),
        [
            ((), ["Wet stone\n\nKeep the stone in water on your belt."]),
            (("Peening",), ["from heel to point."]),
            (("Honing",), ["the sound goes up as the edge gets thin.", "Term one\nis defined here."]),
        ],
        cut=(":::", "{#peening}", "[TOC]", "Sharpening a scythe"),
    ),
]


def article(name):
    text = (FILES / name).read_text(encoding="utf-8")
    (found,), notices = read(text, name)
    assert notices == []
    return found, text


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: expected.name)
def test_a_file_gives_its_article_with_what_is_known_about_it(expected):
    found, _ = article(expected.name)
    assert found.metadata == expected.known
    assert paths(found) == [path for path, _ in expected.sections]


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: expected.name)
def test_the_words_of_a_file_stand_under_their_headings(expected):
    found, _ = article(expected.name)
    assert missing(found, expected) == []


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: expected.name)
def test_the_marks_of_a_dialect_are_not_shown(expected):
    found, _ = article(expected.name)
    assert not_cut(found, expected) == []


@pytest.mark.parametrize(
    "name, beginning",
    [
        ("setext.md", "Laying a brick path\n==="),
        ("hugo.md", "\nThe first frost"),
        ("pandoc.markdown", "\nA pot for twenty"),
        ("html-inside.md", '\n<p align="center">'),
    ],
)
def test_an_article_knows_where_it_begins_in_its_file(name, beginning):
    found, text = article(name)
    assert text[found.source_start :].startswith(beginning)
