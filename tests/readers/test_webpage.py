"""Saved web pages of many makers: what is the article's stays, in order and under its headings, and the rest goes."""

from dataclasses import dataclass

import pytest

from footnote.readers.webpage import read
from tests.conftest import ROOT

PAGES = ROOT / "tests" / "fixtures" / "formats" / "html"


@dataclass(frozen=True)
class Page:
    """What a reader of the page would say of it, written from what a browser shows."""

    name: str
    title: str
    author: str | None
    published: str | None
    language: str | None
    sections: list[tuple[tuple[str, ...], list[str]]]  # every heading path in order, and words that stand under it
    tags: tuple[str, ...] = ()
    url: str | None = None
    summary: str | None = None
    cut: tuple[str, ...] = ()  # words of the page that are none of the article's


EXPECTED = [
    Page(
        "wordpress.html",  # the markup of a WordPress theme with its usual plug-ins
        "Why sourdough sinks in the middle",
        "Marta Lindqvist",
        "2023-02-11",
        "en-GB",
        [
            ((), ["You fold, you wait, you slash", "Each costs nothing but a little attention."]),
            (("The dough has gone too far",), ["if the dent stays where it is, you have waited too long."]),
            (
                ("The dough has gone too far", "What to do in a warm kitchen"),
                ["At 26 °C my own dough is ready", "• Let the shaped loaf rise in the coldest room you have.\n• Write down"],
            ),
            (
                ("The oven is cooler than it says",),
                [
                    "Mine shows 240 and holds 215",
                    "Shown | Measured | Minutes to heat\n220 °C | 198 °C | 25",
                    "My oven on two grey Sundays",
                    "Give the stone twice as long as you think it needs.",
                    "My neighbour, a retired baker",
                ],
            ),
            (
                ("You cut it too early",),
                ["by evening there is a trench", "Left: cut after ten minutes.", "and only then, look at the flour."],
            ),
        ],
        ("Sourdough", "Proving", "Oven spring"),
        "https://slowcrust.example/why-sourdough-sinks/",
        "A flat loaf is rarely the flour's fault. Four things to check before you throw the starter away.",
        cut=(
            "Table of Contents",
            "Get a new crumb",
            "Share this",
            "Mastodon",
            "Keeping a starter alive",
            "Posted in",
            "Posted on",
            "2 Comments",
            "still burns the first tray",
            "thoughts on",
            "I hung a thermometer in mine",
            "Leave a Reply",
            "Required fields",
            "Recent Posts",
            "starter called Greta",
            "We use cookies",
            "powered by",
            "Skip to content",
            "takes its time",
        ),
    ),
    Page(
        "news.html",  # the markup of a newspaper
        "Volunteers reopen 40 miles of forgotten footpaths",
        "Owen Prys, Dilys Marsh",
        "2024-05-17",
        "en",
        [
            (
                (),
                [
                    "has put lost rights of way back on the ground.",
                    "Lifting the last of nineteen stiles",
                    "a hare ran out between their boots.",
                    "You cannot argue with a hare.”",
                    "47 had vanished under bramble",
                ],
            ),
            (
                ("A map, a flask and a pair of loppers",),
                ["the slowest carries the tea", "He changed his mind when they mended his wall."],
            ),
            (("What the law says",), ["evidence matters more than habit"]),
            (
                ("Where to walk this weekend",),
                ["2. Mill Lane loop, two miles, flat", "outside the chapel. Bring gloves."],
            ),
        ],
        ("Walking", "Countryside", "Volunteering"),
        "https://valleycourier.example/walking/2024/may/17/forgotten-footpaths",
        "Armed with loppers and a 1952 map, a band of retired neighbours has put lost rights of way back on the ground.",
        cut=(
            "812 partners",
            "Advertisement",
            "Support us",
            "Ferry timetable",
            "Share on Facebook",
            "Last modified",
            "How to climb a stile",
            "Trail Mix",
            "Privacy notice",
            "Explore more",
            "Reuse this content",
            "Most viewed",
            "puddings",
            "premoderated",
            "Complaints",
            "All rights reserved",
        ),
    ),
    Page(
        "substack.html",  # the markup of a newsletter's page
        "What my grandmother knew about compost",
        "Ines Carvalho",
        "2025-03-09",
        "en",
        [
            (
                (),
                [
                    "Three heaps, one rule",
                    "nobody was allowed to touch before Easter, was the Church.",
                    "that was the whole of her science.",
                    "The Parlour in February, still steaming.",
                ],
            ),
            (("Heat is a sign, not a goal",), ["too dry to rot and too wet to burn.[1]"]),
            (
                ("Why not on a Monday",),
                ["whoever turned the heap smelled of it", "Earth is only kitchen that has learnt patience."],
            ),
            (
                ("How to begin",),
                ["• Find a corner that gets rain and some shade.\n• Lay thick sticks", "one drop between the fingers is right"],
            ),
        ],
        (),
        "https://undergrowth.substack.example/p/compost",
        "Three heaps, one rule, and why you should never turn it on a Monday.",
        cut=(
            "Undergrowth is a",
            "Subscribe",
            "Sign in",
            "87",
            "Share",
            "Restacks",
            "The Church! I am",
            "A truce with slugs",
            "Get the app",
        ),
    ),
    Page(
        "medium.html",  # the markup of a publishing platform, its class names shortened by a machine
        "I Learned to True a Bicycle Wheel With Two Cable Ties",
        "Tomasz Reid",
        "2022-08-29",
        "en",
        [
            ((), ["My hallway. The landlord has not asked.", "as if the brake wanted to say something", "sat down beside it."]),
            (("What a wheel wants",), ["A wheel is a tug of war", "Everything else is finding out which one."]),
            (("The poor man’s stand",), ["that tick is worth more than any gauge", "• a quarter turn at a time, never more."]),
            (
                ("The poor man’s stand", "If the nipple will not move"),
                ["Force rounds the corners", "turns = rub_mm / 0.5", "it only stops complaining.", "The hum is back as well"],
            ),
        ],
        ("Cycling", "Repair"),
        "https://spokeandword.example/i-learned-to-true-9f8a77c1",
        "No stand, no gauge, no nerves. You need a spoke key, an upside-down bicycle and half an hour of…",
        cut=(
            "Open in app",
            "4 min read",
            "Follow",
            "312",
            "Listen",
            "Followers",
            "breaks and mends",
            "Cassette",
            "Brakes That",
            "Careers",
        ),
    ),
    Page(
        "cookiebar.html",  # a small site of its own making
        "Joining a choir when you think you can't sing",
        "Ruth Adeyemi",
        "2021-09-06",
        "en",
        [
            ((), ["stands at the back of our hall with a coat on", "Here is what I tell them."]),
            (("The first evening",), ["it carries you like water", "find another choir."]),
            (("Breathing",), ["let the ribs stay wide", "Try this: hum one note while you fill the kettle."]),
            (("Reading the notes",), ["a white dot lasts longer than a black one"]),
            (
                ("Reading the notes", "A small list of words"),
                ["Piano\nQuiet, but with your whole body.", "Tutti\nEverybody. Also you.", "The second time you will sing."],
            ),
        ],
        ("choir", "beginners", "breathing"),
        None,
        "You do not need to read music. You need to turn up twice.",
        cut=(
            "ensure you get the best experience",
            "Rehearsals",
            "without auditions",
            "Posted by",
            "WhatsApp",
            "You might also like",
            "black folders",
            "mulled apple juice",
            "registered charity",
            "Imprint",
        ),
    ),
    Page(
        "divsoup.html",  # nothing but divs, no article element, names that say nothing
        "Pruning raspberries without fear",
        None,
        None,
        None,
        [
            (
                (),
                [
                    "they were the first thing I dared to cut.",
                    "tie them in and leave them alone.\n\nIf yours fruit in September",
                    "by May you will not believe",
                ],
            ),
            (("Tools",), ["something to kneel on", "his raspberries are better than mine."]),
            (("What I did wrong last year",), ["Leave a loop you could put your thumb through."]),
        ],
        cut=("Guest book", "February</a>", "November", "older", "48213 visitors", "write to me"),
    ),
    Page(
        "oldtables.html",  # a page of 1999: fonts, a table for the layout, cp1252
        "Your first rope",
        "Gerald Pym",
        None,
        None,
        [
            ((), ["expecting to pull hard. Don’t.", "swings by itself – all you do", "it has nowhere else to go."]),
            (
                ("Two strokes",),
                [
                    "Learn the backstroke first",
                    "When both hands know",
                    "• Never let go of a tail.\n• If in doubt, step back and shout “Stand!”",
                ],
            ),
            (("What it costs",), ["Lessons | nothing\nAnnual subscription | £6.50", "Mind the fourth step."]),
        ],
        ("bell ringing", "change ringing", "beginners"),
        cut=("Towers", "Sign my guestbook", "Best viewed with"),
    ),
    Page(
        "latin1-called-utf8.html",  # Latin-1 that says it is UTF-8
        "La soupe du dimanche",
        "Hélène Vasseur",
        "2018-01-21",
        "fr",
        [
            ((), ["Chez nous, la soupe du dimanche commence le samedi."]),
            (("Ce qu'il faut",), ["• deux poignées de haricots blancs\n• trois carottes"]),
            (("Comment on fait",), ["le sel durcit la peau. Après une heure", "à la cuillère, par celui qui a mis la table."]),
        ],
        (),
        None,
        "Une soupe pour ceux qui rentrent mouillés.",
        cut=("Accueil", "Mentions légales", "tous droits"),
    ),
    Page(
        "mediawiki.html",  # the markup of a wiki
        "Dry stone wall",
        "Contributors to Hedgepedia",
        "2009-04-02",
        "en",
        [
            (
                (),
                ["Material | Fieldstone, quarry waste", "A dry stone wall is a wall built without mortar.", "for a century.[1]"],
            ),
            (("Construction",), ["A cross-section with the hearting visible", "is a crack in waiting."]),
            (
                ("Construction", "Through-stones"),
                ["ties them together.[2]", "Stone needed for one metre\nPart | Weight\nFoundation | 400 kg"],
            ),
            (("Repair",), ["What is left over at the end was badly used."]),
            (("References",), ["1. Parish survey of walls, sheet 4.\n2. Talk with a waller"]),
        ],
        (),
        "https://hedgepedia.example/wiki/Dry_stone_wall",
        cut=(
            "[edit]",
            "edit",
            "Random article",
            "Talk\n",
            "View history",
            "Cymraeg",
            "Ditch",
            "Retrieved from",
            "Categories",
            "last edited",
        ),
    ),
    Page(
        "builder-faq.html",  # the markup of a page builder: a section for each part, answers that open
        "Bicycle winter storage: questions we hear at the workshop",
        None,
        "2023-11-30",
        "en-US",
        [
            ((), ["the same questions come in through the door"]),
            (
                ("Before you put it away",),
                [
                    "Should I wash it first?",
                    "A jet drives the salt into the very bearings",
                    "Do I have to hang it up?",
                    "except for old hydraulic brakes.",
                ],
            ),
            (
                ("In the middle of winter",),
                [
                    "Is a cold shed bad for the battery?",
                    "Cold is harmless, empty is not.",
                    "Is it lost?",
                    "it costs less than the bus.",
                ],
            ),
            (("On the first warm day",), ["Listen more than you look."]),
        ],
        cut=("Classes", "Ten percent off", "send you a code", "12 Canal Row", "All rights reserved"),
    ),
    Page(
        "german.html",
        "Wandern mit kleinen Kindern: Der Weg ist das Spiel",
        "Katharina Moosbrugger",
        "2020-07-03",
        "de",
        [
            ((), ["Eine Anleitung zum Stehenbleiben.", "Meine Tochter ist vier und geht am liebsten rückwärts."]),
            (("Planen heißt kürzen",), ["Was übrig bleibt, ist ein guter Tag."]),
            (("Was in den Rucksack gehört",), ["• eine Lupe,\n• doppelt so viel Brot"]),
            (("Was in den Rucksack gehört", "Zu heiß?"), ["Trinken Sie vor, alle zwanzig Minuten."]),
            (("Umkehren",), ["sondern ein zweiter Hinweg."]),
        ],
        (),
        None,
        "Wer mit Kindern wandert, braucht weniger Kilometer und mehr Steine.",
        cut=("Cookies", "Hütten mit Tieren", "Mehr zum Thema", "Impressum", "Ausrüstung"),
    ),
    Page(
        "aspnet-form.html",  # a page that is one form, Dublin Core in its head
        "Keeping a frog pond",
        "Wilf Aston",
        "2012-04-19",
        "en",
        [
            ((), ["fill it from the water butt rather than the tap.", "Then do nothing, which is the hardest part."]),
            (("In spring",), ["feed the rest."]),
            (("In autumn",), ["so that whoever lives in it can walk home."]),
        ],
        ("ponds", "frogs", "wildlife gardening"),
        cut=("Search:", "Walks", "Print this page", "Best in any browser"),
    ),
    Page(
        "xhtml11.xhtml",  # XHTML with an XML declaration, empty elements and Latin-1
        "On rope",
        "B. Thackeray-Nkemelu",
        None,
        "en",
        [
            ((), ["Dear P.,\nyou ask what rope to buy.", "like an eel."]),
            (("Length",), ["A rope that is too short teaches you only once."]),
            (("Coiling",), ["and never round the elbow", "café money enclosed, B."]),
        ],
        cut=("Map",),
    ),
    Page(
        "word-utf16.htm",  # "Save as web page" of a word processor, UTF-16
        "Minutes that people read",
        "Farah Oduya",
        None,
        "en-GB",
        [
            ((), ["was the man who wrote them.[1]"]),
            (("Three lines a point",), ["What was asked, what was decided, who does it by when."]),
            (
                ("Write them on the same evening",),
                [
                    "Before the first beer, not after the second.",
                    "Before | After\nnine pages | one page and a half",
                    "[1] He has forgiven us.",
                ],
            ),
        ],
    ),
    Page(
        "pandoc.html",  # pandoc --standalone --toc
        "The small bakery at home",
        "Jonas Feld, Amira Haddad",
        "2021-04-25",
        "en-GB",
        [
            (
                (),
                [
                    "Notes for the second year",
                    "What we would have liked to know a year ago.",
                    "The second teaches you to leave them.[1]",
                ],
            ),
            (("Flour",), ["drinks more water in March than in October"]),
            (("Flour", "Strong and weak"), ["Strong flour\nholds its shape", "Weak flour\ngives a tender crumb"]),
            (
                ("Flour", "A table to begin with"),
                ["Amounts for one loaf\nBread | Flour | Water | Salt\nWhite tin | 500 g | 340 g | 10 g"],
            ),
            (
                ("Time",),
                [
                    'for fold in range(4):\n    wait(minutes=30)\n    ring("fold the dough")',
                    "Bread is ready when the house says so.",
                ],
            ),
            (
                ("Time", "A day in steps"),
                [
                    "1. In the morning, feed the starter.\n2. At noon, mix:\n  • flour,\n  • water.\n3. In the evening",
                    "☑ scales",
                    "☐ a second tin",
                    "in about 3²/4 of the time",
                    "The tin we began with",
                    "1. We do not mean the salt. Weigh the salt.",
                ],
            ),
        ],
        ("bread", "oven", "starter"),
        cut=("↩",),
    ),
    Page(
        "libreoffice.html",  # soffice --convert-to html
        "Mending a puncture by the roadside",
        "Sanna Virta",
        "2022-09-12",
        "en-GB",
        [
            ((), ["Two of the minutes are for swearing"]),
            (("What you carry",), ["Everything else is weight.[1]"]),
            (("What you carry", "Why not a spare tube"), ["it is one puncture long."]),
            (
                ("The repair",),
                [
                    "3. Pump the tube a little and hold it to your cheek",
                    "Roughen, glue, and then wait",
                    "two small holes | too little pressure",
                ],
            ),
            (("Afterwards",), ["waiting for the next tube.", "Your hands will thank you."]),
        ],
    ),
    Page(
        "chromium-dom.html",  # a page built by its scripts, saved by Chromium with a dialog open over it
        "How to read a river before you cross it",
        "Noor van Dijk",
        "2024-03-22",
        "en",
        [
            ((), ["Most crossings go wrong before the first boot is wet."]),
            (("Look for noise",), ["Loud water is shallow water.", "do not cross here."]),
            (
                ("Choose where you will land",),
                ["there is no crossing.", "• unclip the belt of your rucksack\n• face the current"],
            ),
            (("Turn back early",), ["thigh-deep is a decision"]),
        ],
        ("walking", "rivers", "safety"),
        "https://footpathnotes.example/river",
        cut=("Maps", "22 March 2024", "Copy link", "Your privacy", "three people and a dog"),
    ),
    Page(
        "chromium-snapshot.mhtml",  # Chromium's "webpage, single file", a part of it in a shadow tree
        "A warm-up for tired voices",
        "Ruth Adeyemi",
        "2022-01-13",
        "en",
        [
            ((), ["bring it back — without a piano"]),
            (("Shake",), ["that is the exercise."]),
            (("Hum",), ["as slowly as a lift in an old hotel.", "if it bores you, it is right."]),
            (("Speak",), ["Only then sing."]),
        ],
        (),
        "http://127.0.0.1:8731/choir.html",
        "Ten minutes, no piano.",
        cut=("Rehearsals", "© Harbour"),
    ),
    Page(
        "sphinx.html",  # Sphinx
        "1. Laying a hedge",
        None,
        None,
        "en",
        [
            ((), ["with daylight between the trunks. [1] Laying turns it", "Sheep find the daylight first."]),
            (("1.1. The cut",), ["the pleacher’s tongue, and all", "Note\n\nCut downhill."]),
            (("1.2. Stakes",), ["stake  stake  stake\n  \\\\", "Woods that lay well\nWood | Temper\nHazel | obliging"]),
            (("1.2. Stakes", "1.2.1. Binders"), ["with the back of the billhook."]),
        ],
        cut=("¶", "Navigation", "The seasons", "Alabaster", "Page source"),
    ),
]


def article(name):
    (found,), notices = read((PAGES / name).read_bytes(), name)
    return found, notices


@pytest.mark.parametrize("page", EXPECTED, ids=lambda page: page.name)
def test_a_page_gives_its_article_with_what_is_known_about_it(page):
    found, _ = article(page.name)
    known = found.metadata
    assert (known.title, known.author, known.published, known.language) == (
        page.title,
        page.author,
        page.published,
        page.language,
    )
    assert (known.tags, known.url, known.summary) == (page.tags, page.url, page.summary)
    assert [section.path for section in found.sections] == [path for path, _ in page.sections]


@pytest.mark.parametrize("page", EXPECTED, ids=lambda page: page.name)
def test_the_words_of_an_article_stand_under_their_headings(page):
    found, _ = article(page.name)
    texts = [found.text[section.start : section.end] for section in found.sections]
    missing = [
        words for text, (_, all_words) in zip(texts, page.sections, strict=True) for words in all_words if words not in text
    ]
    assert missing == []


@pytest.mark.parametrize("page", EXPECTED, ids=lambda page: page.name)
def test_what_stands_around_an_article_is_left_out(page):
    found, _ = article(page.name)
    assert [words for words in page.cut if words in found.text] == []
