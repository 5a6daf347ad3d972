"""DOCX to one article: what a reader of the printed page sees, whichever program wrote the file."""

import functools
import re

import pytest

from footnote.readers.word import read
from footnote.records import Metadata
from tests.readers.office import Expected, changed, check, fixture, one, refusal

AGAIN = "Open it in its own program and save it again."
BICYCLE = fixture("bicycle-tracked.docx")
DOCUMENT = "word/document.xml"

EXPECTED = [
    Expected(
        "bicycle-tracked.docx",
        Metadata("Mending a puncture", published="2024-02-01", tags=("bicycle", "repair")),
        [("The tools",), ("The steps",), ("Notes",)],
        {
            "A flat tyre takes twenty minutes to mend. Wash your hands afterwards.": (),
            "Two levers, a patch, a pump, and some patience.": ("The tools",),
            "This paragraph was parted in two and put together again.": ("The tools",),
            "Find the hole under water, at 15°: bubbles rise from it.": ("The steps",),
            "Roughen the rubber\nand glue it; see the page on glue and another page (page 3).": ("The steps",),
            "Wait for ten-odd minutes.": ("The steps",),
            "1. Less with practice.": ("Notes",),
            "i. Thinly.\nTwice if it is cold.": ("Notes",),
        },
    ),
    Expected(
        "walking-boxes.docx",
        Metadata("The ridge walk", "Lena Hill", "2023-06-03", ("walking", "hills")),
        [("The way",), ("How long",), ("How long", "If fog comes")],
        {
            "Once a year we walk the ridge.\n\nIn a box: start before eight.": (),
            "It goes uphill for an hour. Bring a map.": ("The way",),
            "The path is marked in red.\n\nIn an old box: carry water.\n\nt=way/speed": ("The way",),
            "Way | Hours | Rest\nRidge | three to four | hut\n| five in snow | left | right\nValley | two\n\nIf fog": ("How long",),
            "Stay where you are.\n\n• Whistle.\n• Wait.": ("How long", "If fog comes"),
        },
    ),
    Expected(
        "letters-google.docx",
        Metadata("Letters by hand"),
        [("Begin",), ("End",)],
        {
            "Why a slow letter is read twice": (),
            "1. Say where you are.\n2. Say what you see.\n  • the weather\n  • the table\n3. Ask one thing.": ("Begin",),
            "Stop before the page does.": ("End",),
        },
    ),
    Expected(
        "kneading-german.docx",
        Metadata("Teig kneten", "Jana Mehl, Ole Korn", "2022-10-09", ("Brot", "Teig"), language="de-DE"),
        [("Vorher",), ("Vorher", "Mehl"), ("Vorher", "Wasser"), ("Kneten",)],
        {
            "1 Vorher\n\n1.1 Mehl": ("Vorher",),
            "Schritt 1: Siebe das Mehl.\n  a) einmal\n  b) oder zweimal\n    (i) im Winter\n    (ii) im Sommer\n"
            "Schritt 2: Wärme die Schüssel.": ("Vorher", "Mehl"),
            "\n\n1.2 Wasser\n\nLauwarm ist warm genug.": ("Vorher", "Mehl"),
            "Schritt 7: Drücke den Teig.\nSchritt 8: Falte ihn.\n  a) nach links": ("Kneten",),
        },
    ),
    Expected(
        "tea-bold.docx",
        Metadata("Tea without a thermometer", "Mira Kettle"),
        [("Listening to the kettle",), ("What the steam says",)],
        {
            "Water tells you how hot it is, if you listen.": (),
            "Green tea wants the singing water; black tea the silent one.": ("Listening to the kettle",),
            "Drink it warm!": ("What the steam says",),
        },
    ),
    Expected(
        "circle-strict.docx",
        Metadata("How a circle decides", "Ana Round"),
        [("Speaking",), ("Listening",), ("Deciding",)],
        {
            "Nobody votes; everybody speaks.": (),
            "A stone goes round, and who holds it speaks.": ("Speaking",),
            "The others look at the stone.": ("Listening",),
            "When the stone comes back unmoved, it is decided.": ("Deciding",),
        },
    ),
    Expected(
        "choir-python-docx.docx",
        Metadata("Singing in a small choir", "Noor Alto", "2023-09-14", ("choir", "voice")),
        [("Warming up",), ("Seating",), ("Seating", "By height")],
        {
            "Eight voices are enough for a piece in four parts.": (),
            "1. Yawn.\n2. Hum.\n3. Sing a scale.": ("Warming up",),
            "• altos in the middle\n• tenors beside them": ("Seating", "By height"),
            "Voice | Singers\nSoprano | 2\nBass | 2": ("Seating", "By height"),
        },
    ),
    Expected(
        "bread-libreoffice.docx",
        Metadata("Bread on a weekday", "Marta Oven", tags=("baking weekday",), language="en-US"),
        [("What goes in",), ("The day's plan",), ("The day's plan", "If the dough runs away"), ("How long it bakes",)],
        {
            "Mix it in the morning, bake it in the evening.": (),
            "• 500 g of flour\n• 350 g of water\n  • warm in winter\n  • cold in summer\n• 10 g of salt": ("What goes in",),
            "2. Cover the bowl and leave it in a cool room.": ("The day's plan",),
            "fold it twice and wait.\nIt gathers itself.": ("The day's plan", "If the dough runs away"),
            "small | 30\nlarge | 45": ("How long it bakes",),
        },
    ),
    Expected(
        "garden-pandoc.docx",
        Metadata("A garden without a hose", "Ines Waters, Tom Field", "2024-05-17", ("garden", "water"), language="en-GB"),
        [("Keep the water",), ("Catch the water",), ("Catch the water", "Barrels"), ("Catch the water", "Ditches"), ("Notes",)],
        {
            "Plants can live on what falls from the sky, if the soil keeps it.": (),
            "2. Lay the cover a hand high.\n  a. Leave a ring free around each stem.\n  b. Top it up in July.\n3. Wait.": (
                "Keep the water",
            ),
            "Month | Showers\nMay | 9\nAugust | 4": ("Catch the water", "Barrels"),
            "1. The cover is called a mulch, and worms take it down for you.": ("Notes",),
        },
    ),
    Expected(
        "soup-libreoffice.docx",
        Metadata("Soup for a long evening", "Paula Ladle", "2023-11-04", ("soup slow cooking",), language="en-GB"),
        [("Stock",), ("Stock", "What to keep"), ("Serving",), ("Notes",)],
        {
            "Soup is what bones become with patience.": (),
            "Roast the bones first, then cover them with cold water. Skim it.\nNever let it boil.": ("Stock",),
            "3. Strain it after three hours.": ("Stock",),
            "• the meat, for the soup": ("Stock", "What to keep"),
            "A frame says: warm the bowls.": ("Serving",),
            "i. Yesterday's bread drinks more.": ("Notes",),
        },
    ),
]


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: expected.name)
def test_a_file_comes_out_as_it_looks(expected):
    check(read, expected)
