"""Saved web pages of many makers: what is the article's stays, in order and under its headings, and the rest goes."""

import pytest

from footnote.errors import Unreadable
from footnote.readers.webpage import read
from footnote.records import Metadata
from tests.conftest import ROOT
from tests.unit.readers.expected import Expected, missing, not_cut, paths

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


# --- what a page can be like ---------------------------------------------------------------------------------------------------

SENTENCES = (
    "Bread needs time, salt and somebody who is not in a hurry.",
    "Everything else is a matter of taste, of the oven, and of what is left of the flour.",
    "The dough tells you when it is ready, and it tells you more clearly than any clock.",
)
PROSE = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
SHOWN = "\n\n".join(SENTENCES)


def article(html, source="notes/sour dough.html"):
    (found,), _ = read(html if isinstance(html, bytes) else html.encode(), source)
    return found


def notices(html):
    return read(html if isinstance(html, bytes) else html.encode(), "notes/sour dough.html")[1]


def refusal(content):
    with pytest.raises(Unreadable) as caught:
        read(content, "a.html")
    return caught.value.reason, caught.value.remedy


@pytest.mark.parametrize(
    "head, body, title",
    [
        ("<title>Bread</title>", PROSE, "Bread"),
        ("<title>Bread | The Oven</title>", PROSE, "Bread | The Oven"),
        ("<title>Bread | The Oven</title>", f"<h1>Bread</h1>{PROSE}", "Bread"),
        ("<title>The Oven :: Bread</title>", f"<h3>Bread</h3>{PROSE}", "Bread"),
        ("<title>The Oven: Bread at home</title>", f"<h1>Home</h1>{PROSE}", "Home"),
        ("<title>Bread &amp; “butter”</title>", f'<h1>Bread & "butter"</h1>{PROSE}', 'Bread & "butter"'),
        ("<meta property=og:title content='Bread'><title>x</title>", f"<h1>Bread</h1>{PROSE}", "Bread"),
        ("<meta property=og:title content='Bread'><title>x</title>", PROSE, "Bread"),
        ("<meta property=og:title content='Bread - Oven'><meta property=og:site_name content=Oven>", PROSE, "Bread"),
        ("<meta property=og:title content='Ten loaves!'>", f"<main><h1>Bread</h1>{PROSE}</main>", "Bread"),
        ("<title>Bread - Oven</title>", f"<header><h1>Oven</h1></header><main><h1>Bread</h1>{PROSE}</main>", "Bread"),
        ("<title>x</title>", f"<h1>Bread</h1>{PROSE}<h1>Butter</h1>{PROSE}", "x"),
        ("<title>x</title>", f"{PROSE}<h1>Bread</h1>{PROSE}", "x"),
        ("", f"<p class=title>Bread</p><p>More.</p><h1>Flour</h1>{PROSE}<h1>Water</h1>{PROSE}", "sour dough"),
        ("", f"<p class=title>Bread</p>{PROSE}<h2>Flour</h2>{PROSE}", "Bread"),
        ("", f"<h1>Bread</h1>{PROSE}", "Bread"),
        ('<script type="application/ld+json">{"@type":"BlogPosting","headline":"Bread"}</script>', PROSE, "Bread"),
    ],
)
def test_a_title_is_what_the_page_says(head, body, title):
    assert article(f"<html><head>{head}</head><body>{body}</body></html>").metadata.title == title


def test_a_title_is_not_repeated_in_the_text():
    assert article(f"<title>Bread | Oven</title><h1>Bread</h1>{PROSE}").text == SHOWN
    assert article(f"<title>Bread</title><p><b>Bread</b></p>{PROSE}").text == SHOWN


def test_a_page_without_a_title_is_named_after_its_file_and_its_owner_is_told():
    assert article(PROSE).metadata.title == "sour dough"
    assert notices(PROSE) == ["It has no title and is shown as 'sour dough': give it a <title> or a heading."]


@pytest.mark.parametrize(
    "head, field, value",
    [
        ("<meta name=author content='Ann Lee'>", "author", "Ann Lee"),
        ("<meta name=author content='By Ann Lee'>", "author", "Ann Lee"),
        ("<meta name=author content=Ann><meta name=author content=Bo>", "author", "Ann, Bo"),
        ("<meta property=article:author content='https://x.example/ann'>", "author", None),
        ("<meta name=author content=admin>", "author", None),
        ("<meta name=DC.creator content='Ann Lee'>", "author", "Ann Lee"),
        ('<script type="application/ld+json">{"@type":["Article"],"author":["Ann",{"name":"Bo"}]}</script>', "author", "Ann, Bo"),
        ('<script type="application/ld+json">{"@type":"Article","author":{"@type":"Person"}}</script>', "author", None),
        ('<script type="application/ld+json">{"@type":"Article", broken</script>', "author", None),
        ('<script type="application/ld+json">' + "[" * 100_000 + "</script>", "author", None),
        ("<meta property=article:published_time content=2024-03-05T23:10:00-05:00>", "published", "2024-03-05"),
        ("<meta name=date content='March 5, 2024'>", "published", "2024-03-05"),
        ("<meta name=date content=03/04/2024>", "published", None),
        ("<meta property=article:modified_time content=2024-03-05>", "published", None),
        ("<meta name=keywords content='bread, slow food; oven'>", "tags", ("bread", "slow food", "oven")),
        (
            "<meta property=article:tag content=b><meta property=article:tag content=a><meta name=keywords content=c>",
            "tags",
            ("b", "a"),
        ),
        ('<script type="application/ld+json">{"@type":"Article","keywords":"a, b"}</script>', "tags", ("a", "b")),
        ("<link rel=canonical href=https://x.example/a>", "url", "https://x.example/a"),
        ("<link rel=canonical href=/a><meta property=og:url content=https://x.example/b>", "url", "https://x.example/b"),
        ("<link rel=canonical href='javascript:alert(1)'>", "url", None),
        ("<!-- saved from url=(0021)https://x.example/a -->", "url", "https://x.example/a"),
        ("<meta property=og:locale content=de_AT>", "language", "de-AT"),
        ("<meta http-equiv=Content-Language content=fr>", "language", "fr"),
        ("<meta http-equiv=Content-Language content='de, en'>", "language", None),
        ("<meta name=description content=' How to  bake. '>", "summary", "How to bake."),
        ("<meta property=og:description content='How to bake.'>", "summary", "How to bake."),
    ],
)
def test_what_the_head_says_is_known_and_nothing_else(head, field, value):
    found = article(f"{head}<title>Bread</title>{PROSE}").metadata
    assert getattr(found, field) == (value or (() if field == "tags" else None))


@pytest.mark.parametrize(
    "line, author, published",
    [
        ("<p>By Ann Lee</p>", "Ann Lee", None),
        ("<div>Written by: <span>Ann Lee</span></div>", "Ann Lee", None),
        ("<p>Ann Lee, PhD | March 5, 2024</p>", "Ann Lee, PhD", "2024-03-05"),
        ("<p>Posted on <time datetime='2024-03-05T10:00'>last Tuesday</time></p>", None, "2024-03-05"),
        ("<p>Updated <time class=updated datetime=2025-01-01>now</time></p>", None, None),
        ("<p itemprop=author>Ann Lee</p>", "Ann Lee", None),
        ("<p>by <a rel=author href=/ann>Ann Lee</a></p>", "Ann Lee", None),
    ],
)
def test_a_byline_says_what_the_head_does_not(line, author, published):
    found = article(f"<title>Bread</title><article><h1>Bread</h1>{line}{PROSE}</article>")
    assert (found.metadata.author, found.metadata.published) == (author, published)


# --- the article and the page around it ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "around",
    [
        "<nav><a href=/>Home</a> <a href=/a>Recipes</a></nav>{}",
        "{}<footer>© 2024 The Oven. All rights reserved.</footer>",
        "<div class='menu'><a href=/>Home</a><a href=/a>Recipes</a></div>{}",
        "<ul><li><a href=/>Home</a><li><a href=/a>Recipes</a></ul>{}",
        "<div id=cookie-banner><p>We use cookies to make this website better for you, and for us.</p><button>OK</button></div>{}",
        "<div role=dialog><p>We use cookies to make this website better for you, and for us.</p></div>{}",
        "{}<div class=sidebar><h2>About</h2><p>The Oven is written at a kitchen table in Uppsala.</p></div>",
        "{}<div><aside><p>The Oven is written at a kitchen table in Uppsala, between two loaves.</p></aside></div>",
        "{}<div class='widget Profile'><p>I cook in a caravan and write when it rains on the roof.</p></div>",
        "{}<div class='social-share'><a href=#>Share</a> <a href=#>Print</a></div>",
        "{}<section id=comments><h2>2 comments</h2><p>Mine always sinks in the middle, whatever I do.</p></section>",
        "{}<div><h3>Comments (12)</h3><div><p>Mine always sinks in the middle, whatever I do.</p></div></div>",
        "{}<h2>Related posts</h2><ul><li><a href=/a>Rye</a><li><a href=/b>Salt</a></ul>",
        "{}<h3>You might also like</h3><div><a href=/a>Rye for beginners</a><p>Dark, sour and patient, like my uncle.</p></div>",
        "{}<h4>More from The Oven</h4><p><a href=/a>Rye for beginners</a></p>",
        "{}<form><p>Get a new crumb in your inbox every Friday morning.</p><input type=email></form>",
        "{}<p>Last updated 3 March 1999.</p>",
        "{}<div itemtype='https://schema.org/Comment'><p>Mine always sinks in the middle, whatever I do.</p></div>",
        "<header><a href=/>The Oven</a><p>Bread that takes its time, since 2009.</p></header>{}",
    ],
)
@pytest.mark.parametrize("holder", ["<main>{}</main>", "<div class=c1>{}</div>", "{}", "<article>{}</article>"])
def test_what_is_around_the_article_goes_whatever_holds_it(around, holder):
    page = around.format(holder.format(f"<h1>Bread</h1>{PROSE}"))
    assert article(f"<title>Bread</title><body>{page}</body>").text == SHOWN


@pytest.mark.parametrize(
    "inside",
    [
        "<aside><p>A word on water: it should be cold, and it should be weighed.</p></aside>",
        "<footer><p>First told at a table in Uppsala, and written down later.</p></footer>",
        "<div class=tip>Use cold water.</div>",
        "<blockquote><p>Wait.</p><footer>My neighbour</footer></blockquote>",
        "<ul><li><a href=/a>Rye for beginners</a><li><a href=/b>Salt and its uses</a></ul>",
        "<p>See <a href=/a>Rye for beginners</a>.</p>",
        "<h2>References</h2><ol><li><a href=/a>The history of salt</a><li><a href=/b>On yeast</a></ol>",
        "<h2>Comments on the crust</h2><p>It should sing when it leaves the oven.</p>",
        "<pre><code><span class=comment># fold</span>\nfold()</code></pre>",
        "<section class=footnotes><ol><li>Or so.</ol></section>",
        "<p>Short.</p>",
        "<table><tr><th>Flour<th>Water<tr><td>500<td>350</table>",
        "<div class='share-of-salt'>" + PROSE * 3 + "</div>",
    ],
)
def test_what_is_in_the_article_stays_whatever_it_is_called(inside):
    from footnote.readers.hypertext import blocks

    found = article(f"<title>Bread</title><article><h1>Bread</h1>{PROSE}{inside}</article>")
    assert found.text == "\n\n".join([SHOWN, *(block.text for block in blocks(inside))])


def test_links_between_the_paragraphs_that_lead_away_are_left_out():
    page = f"<article><h1>Bread</h1>{PROSE}<p>Related: <a href=/a>Rye for beginners</a></p>{PROSE}</article>"
    assert article(page).text == f"{SHOWN}\n\n{SHOWN}"


def test_a_list_of_the_page_s_own_sections_is_left_out():
    contents = "<p>Contents</p><ul><li><a href='#a'>Flour</a><li><a href='#b'>Water</a></ul>"
    page = f"<title>Bread</title><h1>Bread</h1>{contents}<h2 id=a>Flour</h2>{PROSE}<h2 id=b>Water</h2>{PROSE}"
    assert article(page).text == f"Flour\n\n{SHOWN}\n\nWater\n\n{SHOWN}"


def test_several_articles_on_one_page_are_all_kept():
    page = f"<title>x</title><article><h2>Rye</h2>{PROSE}</article><article><h2>Salt</h2>{PROSE}</article>"
    assert article(page).text == f"Rye\n\n{SHOWN}\n\nSalt\n\n{SHOWN}"


def test_a_page_of_a_few_words_is_kept():
    assert article("<title>Bread</title><nav><a href=/>Home</a></nav><p>Wait.</p>").text == "Wait."
    assert article("<title>Bread</title><ul><li>flour<li>water</ul>").text == "• flour\n• water"


def test_an_owner_is_told_where_most_of_the_prose_was_left_out():
    page = f"<title>Bread</title><article><h1>Bread</h1>{PROSE}</article>" + f"<div class=c>{PROSE}</div>" * 2
    assert article(page.replace("class=c", "class=sidebar")).text == SHOWN
    assert notices(page.replace("class=c", "class=sidebar")) == [
        "67% of its prose was left out as not the article's own: comments, side bars, links to more."
    ]
    assert notices(f"<title>Bread</title><article><h1>Bread</h1>{PROSE}</article>") == []


# --- encodings -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "head, encoding, notice",
    [
        ("<meta charset=utf-8>", "utf-8", None),
        ("", "utf-8", None),
        ("", "utf-8-sig", None),
        ("", "utf-16", None),
        ("<meta charset=utf-8>", "utf-16", None),
        ("<meta charset=windows-1252>", "cp1252", None),
        ("<meta charset=iso-8859-1>", "cp1252", None),
        ("<meta http-equiv=Content-Type content='text/html; charset=ISO-8859-15'>", "iso8859-15", None),
        ('<?xml version="1.0" encoding="windows-1252"?>', "cp1252", None),
        ("<meta charset=iso-8859-1>", "utf-8", None),
        ("<meta charset=utf-8>", "cp1252", "cp1252"),
        ("<meta charset=no-such-thing>", "cp1252", "cp1252"),
        ("<meta charset=unicode_escape>", "cp1252", "cp1252"),
    ],
)
def test_every_encoding_is_read_as_it_is(head, encoding, notice):
    words = "Crème brûlée pour tous, à volonté – dès l’été, très bientôt."
    if encoding == "iso8859-15":
        words = words.replace("–", "-").replace("’", "'")
    page = f"{head}<title>Menu</title><p>{words}</p>".encode(encoding)
    assert article(page).text == words
    told = f"It is not UTF-8 and was read as {notice}; if letters look wrong, save it again as UTF-8."
    assert notices(page) == ([told] if notice else [])


@pytest.mark.parametrize(
    "encoding, words", [("shift_jis", "パンには時間が必要です。"), ("koi8-r", "Хлебу нужно время."), ("gb2312", "面包需要时间。")]
)
def test_other_scripts_are_read_by_what_the_page_says(encoding, words):
    assert article(f"<meta charset={encoding}><title>x</title><p>{words}</p>".encode(encoding)).text == words


def test_binary_content_is_refused():
    assert refusal(b"\x7fELF\0\0\0\0\x01\x02\xff" * 50)[0] == "It holds binary data, not text."


# --- a single file with the page in it -----------------------------------------------------------------------------------------


def mhtml(*parts, headers="Snapshot-Content-Location: https://x.example/a"):
    lines = ["From: <Saved by Blink>", headers, "MIME-Version: 1.0", 'Content-Type: multipart/related; boundary="b"', ""]
    for part in parts:
        lines += ["--b", part]
    return "\r\n".join([*lines, "--b--", ""]).encode()


def test_the_page_in_a_single_file_is_read_and_where_it_was_saved_from():
    head = "Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    page = head + "<title>Br=\r\nead=3D</title><p>Caf=C3=A9 first.</p>"
    frame = "Content-Type: text/html\r\n\r\n<p>A frame.</p>"
    found = article(mhtml(page, "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=", frame))
    assert (found.metadata.title, found.text, found.metadata.url) == ("Bread=", "Café first.", "https://x.example/a")


def test_the_message_may_say_what_the_page_is_in():
    body = "PHA+Y2Fm6TwvcD4="  # <p>café</p> in Latin-1
    found = article(mhtml(f"Content-Type: text/html; charset=iso-8859-1\r\nContent-Transfer-Encoding: base64\r\n\r\n{body}"))
    assert found.text == "café"


def test_a_single_file_without_a_page_is_refused():
    assert refusal(mhtml("Content-Type: image/png\r\n\r\nx")) == (
        "It is a saved page without a page in it.",
        "Open it in a browser and save it again.",
    )


# --- what can't be read --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["", "<html></html>", "<title>Bread</title>", "<!-- <p>no</p> -->", "<img src=a alt=b>"])
def test_a_page_without_words_gives_no_article(page):
    assert read(page.encode(), "a.html") == ([], [])


def test_a_page_that_its_scripts_would_fill_is_refused_with_that_reason():
    page = "<title>Bread</title><div id=root></div><noscript>Turn on JavaScript.</noscript><script src=app.js></script>"
    assert refusal(page.encode()) == (
        "It holds no words: its scripts fetch them.",
        "Open it in a browser and save it from there.",
    )


def test_entities_of_its_own_are_not_expanded():
    lol = '<!DOCTYPE html [<!ENTITY a "lol"><!ENTITY b "&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>'
    assert article(f"{lol}<html><title>x</title><p>&b; &x; words</p></html>").text == "&b; &x; words"


@pytest.mark.parametrize("depth", [300, 100_000])
def test_nested_divs_keep_their_text(depth):
    page = "<p>Words before.</p>" + "<div>" * depth + "Words within." + "</div>" * depth + "<p>Words after.</p>"
    assert article(page).text == "Words before.\n\nWords within.\n\nWords after."


def test_unclosed_tags_take_no_more_than_their_share():
    assert article("<title>x</title><p>Words.</p>" + "<a " * 2_000_000).text == "Words."
