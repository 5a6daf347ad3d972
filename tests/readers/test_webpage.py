"""Saved web pages of many makers: what is the article's stays, in order and under its headings, and the rest goes."""

import pytest

from footnote.readers.webpage import read
from footnote.records import Metadata
from tests.conftest import ROOT
from tests.readers.expected import Expected, missing, not_cut, paths

PAGES = ROOT / "tests" / "fixtures" / "formats" / "html"


EXPECTED = [
    Expected(
        "wordpress.html",  # the markup of a WordPress theme with its usual plug-ins
        Metadata(
            title="Why sourdough sinks in the middle",
            author="Marta Lindqvist",
            published="2023-02-11",
            tags=("Sourdough", "Proving", "Oven spring"),
            url="https://slowcrust.example/why-sourdough-sinks/",
            language="en-GB",
            summary="A flat loaf is rarely the flour's fault. Four things to check before you throw the starter away.",
        ),
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
    Expected(
        "news.html",  # the markup of a newspaper
        Metadata(
            title="Volunteers reopen 40 miles of forgotten footpaths",
            author="Owen Prys, Dilys Marsh",
            published="2024-05-17",
            tags=("Walking", "Countryside", "Volunteering"),
            url="https://valleycourier.example/walking/2024/may/17/forgotten-footpaths",
            language="en",
            summary="Armed with loppers and a 1952 map, "
            "a band of retired neighbours has put lost rights of way back on the ground.",
        ),
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
    Expected(
        "substack.html",  # the markup of a newsletter's page
        Metadata(
            title="What my grandmother knew about compost",
            author="Ines Carvalho",
            published="2025-03-09",
            url="https://undergrowth.substack.example/p/compost",
            language="en",
            summary="Three heaps, one rule, and why you should never turn it on a Monday.",
        ),
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
    Expected(
        "medium.html",  # the markup of a publishing platform, its class names shortened by a machine
        Metadata(
            title="I Learned to True a Bicycle Wheel With Two Cable Ties",
            author="Tomasz Reid",
            published="2022-08-29",
            tags=("Cycling", "Repair"),
            url="https://spokeandword.example/i-learned-to-true-9f8a77c1",
            language="en",
            summary="No stand, no gauge, no nerves. You need a spoke key, an upside-down bicycle and half an hour of…",
        ),
        [
            ((), ["My hallway. The landlord has not asked.", "as if the brake wanted to say something", "sat down beside it."]),
            (("What a wheel wants",), ["A wheel is a tug of war", "Everything else is finding out which one."]),
            (("The poor man’s stand",), ["that tick is worth more than any gauge", "• a quarter turn at a time, never more."]),
            (
                ("The poor man’s stand", "If the nipple will not move"),
                ["Force rounds the corners", "turns = rub_mm / 0.5", "it only stops complaining.", "The hum is back as well"],
            ),
        ],
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
    Expected(
        "cookiebar.html",  # a small site of its own making
        Metadata(
            title="Joining a choir when you think you can't sing",
            author="Ruth Adeyemi",
            published="2021-09-06",
            tags=("choir", "beginners", "breathing"),
            language="en",
            summary="You do not need to read music. You need to turn up twice.",
        ),
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
    Expected(
        "divsoup.html",  # nothing but divs, no article element, names that say nothing
        Metadata(title="Pruning raspberries without fear"),
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
    Expected(
        "oldtables.html",  # a page of 1999: fonts, a table for the layout, cp1252
        Metadata(title="Your first rope", author="Gerald Pym", tags=("bell ringing", "change ringing", "beginners")),
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
        cut=("Towers", "Sign my guestbook", "Best viewed with"),
    ),
    Expected(
        "latin1-called-utf8.html",  # Latin-1 that says it is UTF-8
        Metadata(
            title="La soupe du dimanche",
            author="Hélène Vasseur",
            published="2018-01-21",
            language="fr",
            summary="Une soupe pour ceux qui rentrent mouillés.",
        ),
        [
            ((), ["Chez nous, la soupe du dimanche commence le samedi."]),
            (("Ce qu'il faut",), ["• deux poignées de haricots blancs\n• trois carottes"]),
            (("Comment on fait",), ["le sel durcit la peau. Après une heure", "à la cuillère, par celui qui a mis la table."]),
        ],
        cut=("Accueil", "Mentions légales", "tous droits"),
    ),
    Expected(
        "mediawiki.html",  # the markup of a wiki
        Metadata(
            title="Dry stone wall",
            author="Contributors to Hedgepedia",
            published="2009-04-02",
            url="https://hedgepedia.example/wiki/Dry_stone_wall",
            language="en",
        ),
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
    Expected(
        "builder-faq.html",  # the markup of a page builder: a section for each part, answers that open
        Metadata(title="Bicycle winter storage: questions we hear at the workshop", published="2023-11-30", language="en-US"),
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
    Expected(
        "german.html",
        Metadata(
            title="Wandern mit kleinen Kindern: Der Weg ist das Spiel",
            author="Katharina Moosbrugger",
            published="2020-07-03",
            language="de",
            summary="Wer mit Kindern wandert, braucht weniger Kilometer und mehr Steine.",
        ),
        [
            ((), ["Eine Anleitung zum Stehenbleiben.", "Meine Tochter ist vier und geht am liebsten rückwärts."]),
            (("Planen heißt kürzen",), ["Was übrig bleibt, ist ein guter Tag."]),
            (("Was in den Rucksack gehört",), ["• eine Lupe,\n• doppelt so viel Brot"]),
            (("Was in den Rucksack gehört", "Zu heiß?"), ["Trinken Sie vor, alle zwanzig Minuten."]),
            (("Umkehren",), ["sondern ein zweiter Hinweg."]),
        ],
        cut=("Cookies", "Hütten mit Tieren", "Mehr zum Thema", "Impressum", "Ausrüstung"),
    ),
    Expected(
        "aspnet-form.html",  # a page that is one form, Dublin Core in its head
        Metadata(
            title="Keeping a frog pond",
            author="Wilf Aston",
            published="2012-04-19",
            tags=("ponds", "frogs", "wildlife gardening"),
            language="en",
        ),
        [
            ((), ["fill it from the water butt rather than the tap.", "Then do nothing, which is the hardest part."]),
            (("In spring",), ["feed the rest."]),
            (("In autumn",), ["so that whoever lives in it can walk home."]),
        ],
        cut=("Search:", "Walks", "Print this page", "Best in any browser"),
    ),
    Expected(
        "xhtml11.xhtml",  # XHTML with an XML declaration, empty elements and Latin-1
        Metadata(title="On rope", author="B. Thackeray-Nkemelu", language="en"),
        [
            ((), ["Dear P.,\nyou ask what rope to buy.", "like an eel."]),
            (("Length",), ["A rope that is too short teaches you only once."]),
            (("Coiling",), ["and never round the elbow", "café money enclosed, B."]),
        ],
        cut=("Map",),
    ),
    Expected(
        "word-utf16.htm",  # "Save as web page" of a word processor, UTF-16
        Metadata(title="Minutes that people read", author="Farah Oduya", language="en-GB"),
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
    Expected(
        "pandoc.html",  # pandoc --standalone --toc
        Metadata(
            title="The small bakery at home",
            author="Jonas Feld, Amira Haddad",
            published="2021-04-25",
            tags=("bread", "oven", "starter"),
            language="en-GB",
        ),
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
        cut=("↩",),
    ),
    Expected(
        "libreoffice.html",  # soffice --convert-to html
        Metadata(title="Mending a puncture by the roadside", author="Sanna Virta", published="2022-09-12", language="en-GB"),
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
    Expected(
        "chromium-dom.html",  # a page built by its scripts, saved by Chromium with a dialog open over it
        Metadata(
            title="How to read a river before you cross it",
            author="Noor van Dijk",
            published="2024-03-22",
            tags=("walking", "rivers", "safety"),
            url="https://footpathnotes.example/river",
            language="en",
        ),
        [
            ((), ["Most crossings go wrong before the first boot is wet."]),
            (("Look for noise",), ["Loud water is shallow water.", "do not cross here."]),
            (
                ("Choose where you will land",),
                ["there is no crossing.", "• unclip the belt of your rucksack\n• face the current"],
            ),
            (("Turn back early",), ["thigh-deep is a decision"]),
        ],
        cut=("Maps", "22 March 2024", "Copy link", "Your privacy", "three people and a dog"),
    ),
    Expected(
        "chromium-snapshot.mhtml",  # Chromium's "webpage, single file", a part of it in a shadow tree
        Metadata(
            title="A warm-up for tired voices",
            author="Ruth Adeyemi",
            published="2022-01-13",
            url="http://127.0.0.1:8731/choir.html",
            language="en",
            summary="Ten minutes, no piano.",
        ),
        [
            ((), ["bring it back — without a piano"]),
            (("Shake",), ["that is the exercise."]),
            (("Hum",), ["as slowly as a lift in an old hotel.", "if it bores you, it is right."]),
            (("Speak",), ["Only then sing."]),
        ],
        cut=("Rehearsals", "© Harbour"),
    ),
    Expected(
        "sphinx.html",  # Sphinx
        Metadata(title="1. Laying a hedge", language="en"),
        [
            ((), ["with daylight between the trunks. [1] Laying turns it", "Sheep find the daylight first."]),
            (("1.1. The cut",), ["the pleacher’s tongue, and all", "Note\n\nCut downhill."]),
            (("1.2. Stakes",), ["stake  stake  stake\n  \\\\", "Woods that lay well\nWood | Temper\nHazel | obliging"]),
            (("1.2. Stakes", "1.2.1. Binders"), ["with the back of the billhook."]),
        ],
        cut=("¶", "Navigation", "The seasons", "Alabaster", "Page source"),
    ),
]


def saved(name):
    (found,), _ = read((PAGES / name).read_bytes(), name)
    return found


@pytest.mark.parametrize("page", EXPECTED, ids=lambda page: page.name)
def test_a_page_gives_its_article_with_what_is_known_about_it(page):
    found = saved(page.name)
    assert found.metadata == page.known
    assert paths(found) == [path for path, _ in page.sections]
    assert (found.id, found.source, found.source_start) == (page.name, page.name, None)


@pytest.mark.parametrize("page", EXPECTED, ids=lambda page: page.name)
def test_the_words_of_an_article_stand_under_their_headings(page):
    assert missing(saved(page.name), page) == []


@pytest.mark.parametrize("page", EXPECTED, ids=lambda page: page.name)
def test_what_stands_around_an_article_is_left_out(page):
    assert not_cut(saved(page.name), page) == []
