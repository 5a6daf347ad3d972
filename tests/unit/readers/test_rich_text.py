"""RTF to one article: what a reader of the printed page sees, whichever program wrote the file."""

import pytest

from footnote.readers.rich_text import read
from footnote.records import Metadata
from tests.unit.readers.office import Expected, check, fixture, one, refusal

EXPECTED = [
    Expected(
        "hands-word.rtf",
        Metadata("Hands on a hot day", "Ida Palm", "2021-07-09", ("hands", "summer")),
        [("Palms",), ("Palms", "Fingers"), ("Notes",)],
        {
            "A hand swells when it is warm; blood comes to the skin.": (),
            "Hold them under cold water, at 15°, for one minute—no longer. Then wait “a little”.\n"
            "Dry them „softly“, says Žofie, and Bříza.": ("Palms",),
            "• first the wrists\n  • the inner side\n• then the rest": ("Palms",),
            "See the page on fingers and cooperate, hand-in-hand.\n\nIn a box: no rings in summer.": ("Palms", "Fingers"),
            "Finger | Minutes\nthumb the short one | two": ("Palms", "Fingers"),
            "New text for 你好, with {braces} and a \\ stroke.shown\n\nSmile 😀 once.": ("Palms", "Fingers"),
            "1. Rings tell you first.\n\ni. And again.": ("Notes",),
        },
    ),
    Expected(
        "rain-wordpad.rtf",
        Metadata("Café in the rain"),
        [("Where to sit",), ("What to order",)],
        {
            "Rain is the best waiter, for it brings nobody.": (),
            "Under the awning, at the café’s corner.\n\n• not at the door\n• not under the drip": ("Where to sit",),
            "Something hot for €10.": ("What to order",),
        },
    ),
    Expected(
        "wind-textedit.rtf",
        Metadata("Kites for beginners", "Wim Gale"),
        [("Letting go",)],
        {
            "A kite doesn’t need a storm. A wind that moves small branches will do.": (),
            "Walk backwards, and let the line run—slowly.": ("Letting go",),
        },
    ),
    Expected("bells-cyrillic.rtf", Metadata("Колокола"), [], {"Утром звонят тихо.\n\nCafé рядом.": ()}),
    Expected("rice-japanese.rtf", Metadata("ご飯の炊き方"), [], {"表を見て、水を計る。": ()}),
    Expected(
        "bread-libreoffice.rtf",
        Metadata("Bread on a weekday", "Marta Oven", tags=("baking", "weekday")),
        [("What goes in",), ("The day's plan",), ("The day's plan", "If the dough runs away"), ("How long it bakes",)],
        {
            "Mix it in the morning, bake it in the evening.": (),
            "• 500 g of flour\n• 350 g of water\n  • warm in winter\n  • cold in summer\n• 10 g of salt": ("What goes in",),
            "2. Cover the bowl and leave it in a cool room.": ("The day's plan",),
            "fold it twice and wait.\nIt gathers itself.": ("The day's plan", "If the dough runs away"),
            "Loaf | Minutes\nsmall | 30\nlarge | 45": ("How long it bakes",),
        },
    ),
    Expected(
        "garden-pandoc.rtf",
        Metadata("A garden without a hose"),
        [("Keep the water",), ("Catch the water",), ("Catch the water", "Barrels"), ("Catch the water", "Ditches"), ("Notes",)],
        {
            "Plants can live on what falls from the sky, if the soil keeps it.": (),
            "1. Water the soil well once.\n2. Lay the cover a hand high.\n  a. Leave a ring free around each stem.": (
                "Keep the water",
            ),
            "Month | Showers\nMay | 9\nAugust | 4": ("Catch the water", "Barrels"),
            "1. The cover is called a mulch, and worms take it down for you.": ("Notes",),
        },
    ),
    Expected(
        "soup-libreoffice.rtf",
        Metadata("Soup for a long evening", "Paula Ladle", "2023-11-04", ("soup", "slow cooking")),
        [("Stock",), ("Stock", "What to keep"), ("Serving",), ("Notes",)],
        {
            "One pot, three hours\n\nSoup is what bones become with patience.": (),
            "Roast the bones first, then cover them with cold water. Skim it.\nNever let it boil.": ("Stock",),
            "1. Add an onion with its skin.\n  a) halved\n  b) browned on the cut side\n2. Add carrots and celery.": ("Stock",),
            "1.1 What to keep\n\n• the fat, for frying\n• the meat, for the soup": ("Stock", "What to keep"),
            "Ladle it over bread.\n\nA frame says: warm the bowls.": ("Serving",),
            "Guests | Bones\ntwo | 800 g\nfor more, cook twice": ("Serving",),
            "1. Half an hour at 200 degrees.\n\ni. Yesterday's bread drinks more.": ("Notes",),
        },
    ),
]


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: expected.name)
def test_a_file_comes_out_as_it_looks(expected):
    check(read, expected)


@pytest.mark.parametrize(
    "name, unseen",
    [
        ("hands-word.rtf", ["nobody knows", "Nobody reads", "Palms 1", "TOC", "top of every", "Is this", "Old text", "Not for"]),
        ("soup-libreoffice.rtf", ["in a hurry", "Is that true", "secretly", "paragraph that nobody", "Stock 1", "SHAPE"]),
        ("rain-wordpad.rtf", ["Riched", "·"]),
    ],
)  # fmt: skip
def test_what_a_reader_of_the_page_does_not_see_stays_out(name, unseen):
    text = one(read, fixture(name))[0].text
    assert [words for words in unseen if words in text] == []


def rtf(body):
    return (
        rb"{\rtf1\ansi\ansicpg1250{\fonttbl{\f0 Arial;}{\f1\fcharset204 Arial;}{\f2\fcharset2 Wingdings;}\f3\cpg1253 Arial;}"
        + body
        + b"}"
    )


def text_of(body):
    return one(read, rtf(rb"{\info{\title Bread}}" + body))[0].text


@pytest.mark.parametrize(
    "body, text",
    [
        (rb"One\par two", "One\n\ntwo"),
        (rb"One\line two\tab three\~four", "One\ntwo three four"),
        (b"One\r\n two\\\r\nthree", "One two\n\nthree"),
        (rb"\'e8 {\f1 \'e8} {\f2 \'fc\'41} {\f3 \'e8}\f9  \'e8", "č и ✓ θ č"),
        (rb"\u269?\uc0\u269\uc2\u269??{\uc1 \u269?}\u269\'3f\'3fx", "čččččx"),
        (rb"\u269 \endash\endash x", "č–x"),
        (rb"\u-10179?\u-8704?", "\U0001f600"),
        (rb"\u-10179? alone", "\ufffd alone"),
        (rb"\u128512?", "\U0001f600"),
        (rb"\u0?\u1114112?x", "x"),
        (rb"\{\\\}", "{\\}"),
        (rb"A{\v b}\v c\v0 d{\deleted e}f", "Adf"),
        (rb"One {\*\unknown no{\b nor}} two {\nosuchword three}", "One two three"),
        (rb"10 m{\super 2} on{\super  the} 4{\super th}\nosupersub  2", "10 m² on the 4th 2"),
        (b"One\\bin5 {}{}} two", "One two"),
        (rb"{\field{\*\fldinst HYPERLINK x}{\fldrslt One}} {\field{\*\fldinst{ TOC \\o}}{\fldrslt no\par nor}}", "One"),
        (rb"\pard\fi-360\li720 2.\tab Two\par \fi-360\li1080 \bullet\tab Dot\par", "  2. Two\n    • Dot"),
        (rb"{\listtext 1.\tab a)\tab}One\par", "1. a) One"),
        (rb"{\listtext A group that was not closed where it ends}One\par", "A group that was not closed where it ends One"),
        (rb"{\listtext o\tab}One\par{\pntext\'b7\tab}Two\par", "• One\n• Two"),
        (rb"\trowd\intbl a\cell b\cell\row\trowd c\cell\cell\row\pard End", "a | b\nc\n\nEnd"),
        (rb"\trowd\intbl a\cell b\cell", "a | b"),
        (rb"\intbl a\par\pard b\par", "a\n\nb"),
        (rb"\intbl{\shp{\*\shpinst{\shptxt box\par}}}a\cell b\cell\row\pard End", "a box | b\n\nEnd"),
        (rb"One{\footnote}", "One"),
        (rb"One{\v{\footnote no}}", "One"),
        (rb"{\header no}{\shptxt One}", "One"),
    ],
)
def test_what_a_text_says(body, text):
    assert text_of(body) == text


def test_levels_and_styles_make_headings():
    styles = rb"{\stylesheet{Normal;}{\s1 heading 1;}{\s2\outlinelevel1 Own;}{\s3 toc 1;}{\s4 Title;}{\*\cs5 Strong;}}"
    body = rb"\s4 Bread\par\pard\s1 Rye\par\pard\s2 Dark\par\pard\s3 Contents 1\par\pard"
    body += rb"\outlinelevel2 Deep\par\pard\outlinelevel9 Words.\par"
    article = one(read, rtf(styles + body))[0]
    assert (article.metadata.title, article.text) == ("Bread", "Rye\n\nDark\n\nDeep\n\nWords.")
    assert [section.path for section in article.sections] == [("Rye",), ("Rye", "Dark"), ("Rye", "Dark", "Deep")]


@pytest.mark.parametrize(
    "info, metadata",
    [
        (rb"{\title Bread}{\author Ann Lee}{\author Bo Roe}{\keywords a, b}", Metadata("Bread", "Ann Lee", tags=("a", "b"))),
        (rb"{\title Br\u269?d}{\creatim\yr2024\mo3\dy5}", Metadata("Brčd", published="2024-03-05")),
        (rb"{\title Bread}{\creatim\yr0\mo0\dy0}{\revtim\yr2024\mo3\dy5}", Metadata("Bread")),
        (rb"{\title Bread}{\creatim\yr2024\mo13\dy5}{\author User}{\doccomm no}", Metadata("Bread")),
        (rb"{\upr{\title Old}{\*\ud{\title Bread}}}", Metadata("Bread")),
    ],
)
def test_what_the_file_tells_of_itself(info, metadata):
    assert one(read, rtf(rb"{\info" + info + rb"}Words."))[0].metadata == metadata


def test_a_text_without_words_gives_no_article():
    assert read(rb"{\rtf1\ansi\par}", "empty.rtf") == ([], [])


def test_what_stands_behind_the_end_is_no_part_of_it():
    assert one(read, rb"{\rtf1{\info{\title Bread}}Words.}}} {more" + bytes(9))[0].text == "Words."


BROKEN = ("It breaks off before its end.", "Copy it again from where it came, or open it in a word processor and save it again.")


@pytest.mark.parametrize(
    "content, refused",
    [
        (b"", ("It is empty: no words were found in it.", "Write something in it, or remove it.")),
        (b"words", ("It is not a rich text file.", "Open it in its own program and save it as .rtf.")),
        (fixture("tea-bold.docx"), ("It is a Word file, not a rich text file.", "Name it .docx.")),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(9),
         ("It is a file of an old Office (.doc).", "Open it in a word processor and save it as .rtf.")),
        (b"<html>", ("It is a web page, not a rich text file.", "Name it .html.")),
        (b"{\\rtf1 words", BROKEN),
        (b"{\\rtf", BROKEN),
        (b"{\\rtf1 words\\bin99999}", BROKEN),
        (b"{\\rtf1 words\\", BROKEN),
        (fixture("hands-word.rtf")[:2000], BROKEN),
        (b"{\\rtf1" + b"{" * 5000 + b"x" + b"}" * 5001,
         ("Its parts are nested too deeply to be a text.", "Open it in its own program and save it again.")),
    ],
)  # fmt: skip
def test_what_is_no_rich_text_is_refused_by_its_reason(content, refused):
    assert refusal(read, content) == refused
