"""Electronic books of many makers: chapters in order, each under its heading, and nothing of the book as a thing."""

import io
import zipfile

import pytest

from footnote.errors import Unreadable
from footnote.readers.epub import read
from footnote.records import Metadata
from tests.conftest import ROOT
from tests.unit.readers.expected import Expected, missing, not_cut, paths

BOOKS = ROOT / "tests" / "fixtures" / "formats" / "epub"


EXPECTED = [
    Expected(
        "pandoc2.epub",  # pandoc -t epub2
        Metadata(
            title="A Year on the Canal",
            author="Bertil Osei",
            published="2019-06-30",
            tags=("boats, canals",),
            language="en",
            summary="Twelve months of tying up and letting go.",
        ),
        [
            ((), ["All mine."]),
            (("Winter",), ["grow beards of ice"]),
            (("Winter", "Frozen in"), ["set it down on the bank.[1]"]),
            (("Winter", "What to burn"), ["• ash, at once;\n• oak, in two years;", "1. This happened to the neighbours"]),
            (("Spring",), ["in April, sideways."]),
            (("Spring", "Passing"), ["you are still too fast.", "Sign | Meaning\none long hoot | I am coming out"]),
            (("Summer",), ["everybody is polite."]),
        ],
        cut=("A Year on the Canal", "Bertil Osei"),
    ),
    Expected(
        "pandoc3.epub",  # pandoc -t epub3 --toc
        Metadata(
            title="The Patient Garden", author="Lúcia Brandt", published="2022-03-01", tags=("gardening",), language="en-GB"
        ),
        [
            (("Soil",), ["waiting to be let up."]),
            (("Soil", "Digging, or not"), ["turning the house over.", "a mulch is a conversation."]),
            (("Slugs",), ["they were here first."]),
            (("Slugs", "What does not work"), ["2. Beer, which only feeds them well."]),
            (("Slugs", "What works a little"), ["dry between the beds.[1]", "1. Frogs help as well"]),
            (("Patience",), ["the tree gains a year."]),
        ],
        cut=("Essays for people", "Owen Prys"),
    ),
    Expected(
        "libreoffice.epub",  # soffice --convert-to epub, which writes every heading as a plain paragraph
        Metadata(title="Mending a puncture by the roadside", author="Sanna Virta", language="en-GB"),
        [
            ((), ["Two of the minutes are for swearing"]),
            (("What you carry",), ["Everything else is weight.[1]", "Why not a spare tube", "[1]Except a glove."]),
            (("The repair",), ["Roughen, glue, and then wait", "two small holes | too little pressure"]),
            (("Afterwards",), ["waiting for the next tube."]),
        ],
        cut=("Section 1", "Sanna Virta", "2022-09-12"),
    ),
    Expected(
        "sphinx.epub",  # sphinx-build -b epub
        Metadata(title="The Hedge Handbook", author="Ada Brownlow", language="en"),
        [
            ((), ["A hedge is a fence that eats."]),
            (("1. Laying a hedge",), ["with daylight between the trunks. [1] Laying", "Sheep find the daylight first."]),
            (("1. Laying a hedge", "1.1. The cut"), ["Note\n\nCut downhill."]),
            (("1. Laying a hedge", "1.2. Stakes"), ["Woods that lay well\nWood | Temper"]),
            (("1. Laying a hedge", "1.2. Stakes", "1.2.1. Binders"), ["with the back of the billhook."]),
            (("2. The seasons",), ["In spring the hedge belongs to somebody else."]),
            (("2. The seasons", "2.1. Birds"), ["looks exactly like a mistake."]),
            (("2. The seasons", "2.2. Frost"), ["Wait until noon."]),
            (("Index",), []),
        ],
        cut=("The Hedge Handbook", "• 1. Laying"),
    ),
    Expected(
        "publisher.epub",  # EPUB 3 as publishers make it: parts, page breaks, notes, a heading that is a picture, scrambled fonts
        Metadata(
            title="Singing in Cold Rooms",
            author="Ruth Adeyemi, Jonas Feld",
            published="2018-09-01",
            tags=("Choirs", "Voice & breathing"),
            url="https://towpathpress.example/books/slow-boats",
            language="en-GB",
            summary="How to keep a choir together from October to March.",
        ),
        [
            ((), ["Set by hand on a kitchen table."]),
            (("Part One: Autumn",), []),
            (("Part One: Autumn", "1. The first rehearsal"), ["The hall smells of floor polish"]),
            (
                ("Part One: Autumn", "1. The first rehearsal", "Where people sit"),
                ["move only the tall.[1] A row", "1. And the very small, if they ask."],
            ),
            (("Part One: Autumn", "2. Heating"), ["Nobody sings in tune below fourteen degrees."]),
            (("Part Two: Winter",), ["What follows was written in a scarf."]),
            (
                ("Part Two: Winter", "3. Colds"),
                ["and reaches the basses last.", "Colds by voice\nVoice | Week\nSoprano | 45\nBass | 48"],
            ),
        ],
        cut=("Contents", "Singing in Cold Rooms", "Jonas Feld", "Farah Oduya", "Begin", "\n3\n"),
    ),
    Expected(
        "converted.epub",  # EPUB 2 as converters make it: chapters cut by size, headings that are paragraphs, contents on a page
        Metadata(
            title="Walking the Old Railway – a guide",
            author="Gerald Pym",
            published="2004-05-11",
            tags=("Walking", "Railways"),
            language="en",
        ),
        [
            (("Chapter One: Tickets, please",), ["everybody calls Platform 3."]),
            (
                ("Chapter One: Tickets, please", "What to wear"),
                ["carry your shoes for the viaduct café.", "A hat, too, for the tunnel drips all the year round."],
            ),
            (("Chapter Two: The tunnel",), ["sing if you meet somebody."]),
        ],
        cut=("Contents", "Unknown"),
    ),
]


def book(name):
    (found,), notices = read((BOOKS / name).read_bytes(), name)
    assert notices == []
    return found


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: expected.name)
def test_a_book_is_one_article_with_what_is_known_about_it(expected):
    found = book(expected.name)
    assert found.metadata == expected.known
    assert paths(found) == [path for path, _ in expected.sections]
    assert (found.id, found.source, found.source_start) == (expected.name, expected.name, None)


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: expected.name)
def test_the_words_of_a_book_stand_under_their_headings(expected):
    assert missing(book(expected.name), expected) == []


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: expected.name)
def test_covers_title_pages_and_contents_are_left_out(expected):
    assert not_cut(book(expected.name), expected) == []


# --- what a book can be like ---------------------------------------------------------------------------------------------------

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="book.opf"/></rootfiles>'
    "</container>"
)
AGAIN = "Copy it again from where it came."


def made(chapters, metadata="<dc:title>Bread</dc:title>", more=(), contents=(), spine=None):
    """An EPUB of chapters (name, markup), its table of contents of (depth, label, href) and other parts (name, content)."""
    items = "".join(f'<item id="i{n}" href="{name}" media-type="application/xhtml+xml"/>' for n, (name, _) in enumerate(chapters))
    order = "".join(f'<itemref idref="i{n}"/>' for n in (range(len(chapters)) if spine is None else spine))
    points = ""
    for depth, label, href in contents:
        points += f"<navPoint><navLabel><text>{label}</text></navLabel><content src='{href}'/>"
        points += "</navPoint>" * (depth == 1)
    package = (
        f'<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>{metadata}</metadata>'
        f'<manifest>{items}<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/></manifest>'
        f"<spine>{order}</spine></package>"
    )
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("META-INF/container.xml", CONTAINER)
        file.writestr("book.opf", package)
        if contents:
            file.writestr("toc.ncx", f'<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>{points}</navMap></ncx>')
        for name, content in (*chapters, *more):
            file.writestr(name, content)
    return held.getvalue()


def article(*given, **more):
    (found,), _ = read(made(*given, **more), "bread.epub")
    return found


def refusal(content):
    with pytest.raises(Unreadable) as caught:
        read(content, "bread.epub")
    return caught.value.reason, caught.value.remedy


def test_the_order_is_the_spine_s_and_each_document_is_read_once():
    found = article([("b.html", "<p>Second.</p>"), ("a.html", "<p>First.</p>")], spine=[1, 0, 1])
    assert found.text == "First.\n\nSecond."


def test_without_a_table_of_contents_the_highest_headings_are_the_first_level():
    found = article([("a.html", "<h2>Flour</h2><p>White.</p><h3>Rye</h3><p>Dark.</p>"), ("b.html", "<h2>Water</h2><p>Wet.</p>")])
    assert paths(found) == [("Flour",), ("Flour", "Rye"), ("Water",)]
    assert article([("a.html", "<h3>Flour</h3><p>White.</p>")]).sections[0].path == ("Flour",)


def test_a_chapter_without_a_heading_is_called_what_the_table_of_contents_calls_it():
    chapters = [("a.html", "<h1>Flour</h1><p>White.</p>"), ("b.html", "<p>Wet.</p>")]
    found = article(chapters, contents=[(1, "Flour", "a.html"), (1, "Water", "b.html")])
    assert found.text == "Flour\n\nWhite.\n\nWater\n\nWet."
    assert paths(found) == [("Flour",), ("Water",)]


@pytest.mark.parametrize("label", ["Section 2", "Unknown", "Untitled", "12", "Part0002", "Start"])
def test_a_name_that_a_program_gave_is_no_heading(label):
    chapters = [("a.html", "<h1>Flour</h1><p>White.</p>"), ("b.html", "<p>Wet.</p>")]
    found = article(chapters, contents=[(1, "Flour", "a.html"), (1, label, "b.html")])
    assert found.text == "Flour\n\nWhite.\n\nWet."


def test_what_is_known_only_by_chance_is_unknown():
    told = (
        "<dc:title>Bread</dc:title><dc:creator>Unknown</dc:creator><dc:date>2024</dc:date><dc:description>none</dc:description>"
    )
    known = article([("a.html", "<p>White.</p>")], metadata=told).metadata
    assert (known.author, known.published, known.summary, known.language) == (None, None, None, None)


@pytest.mark.parametrize("said, language", [("C", None), ("und", None), ("en_GB", "en-GB")])
def test_what_names_no_language_is_none(said, language):
    """pandoc writes C where a machine is set to no language."""
    told = f"<dc:title>Bread</dc:title><dc:language>{said}</dc:language>"
    assert article([("a.html", "<p>White.</p>")], metadata=told).metadata.language == language


def test_a_book_without_a_title_is_named_after_its_file_and_its_owner_is_told():
    (found,), notices = read(made([("a.html", "<p>White.</p>")], metadata=""), "shelf/sour dough.epub")
    assert found.metadata.title == "sour dough"
    assert notices == ["It has no title and is shown as 'sour dough': give it one in its metadata."]


def test_a_chapter_that_is_missing_is_named():
    content = made([("a.html", "<p>White.</p>"), ("b.html", "<p>Wet.</p>")])
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(held, "w") as new:
        for name in old.namelist():
            if name != "b.html":
                new.writestr(name, old.read(name))
    (found,), notices = read(held.getvalue(), "bread.epub")
    assert (found.text, notices) == ("White.", ["Its part 'b.html' is missing, and what it says was not read."])


# --- what is refused -----------------------------------------------------------------------------------------------------------


def test_a_protected_book_is_refused_with_that_reason():
    assert refusal((BOOKS / "protected.epub").read_bytes()) == (
        "It is protected (DRM): its text is encrypted.",
        "Use a copy without protection.",
    )


@pytest.mark.parametrize("lock", ["META-INF/rights.xml", "META-INF/sinf.xml", "META-INF/license.lcpl"])
def test_every_kind_of_protection_is_known(lock):
    assert (
        refusal(made([("a.html", "<p>White.</p>")], more=[(lock, "<x/>")]))[0] == "It is protected (DRM): its text is encrypted."
    )


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_a_truncated_book_is_refused(share):
    content = (BOOKS / "publisher.epub").read_bytes()
    assert (
        refusal(content[: int(len(content) * share)])[0] == "It is damaged or was cut off: the list of its parts can't be read."
    )


def test_a_bomb_is_refused_before_it_is_expanded():
    content = made([("a.html", b"<p>" + b" " * 30_000_000 + b"</p>")])
    assert len(content) < 50_000
    assert refusal(content)[0].endswith("times its size, more than 200.")


def test_entities_of_its_own_are_refused():
    lol = '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    reason = "declares entities, which can make a parser run for ever."
    assert refusal(made([("a.html", f"{lol}<html><p>&b;</p></html>")])) == (f"Its part 'a.html' {reason}", AGAIN)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        file.writestr("META-INF/container.xml", lol + CONTAINER)
    assert refusal(held.getvalue()) == (f"Its part 'META-INF/container.xml' {reason}", AGAIN)


def test_a_file_from_outside_is_never_read():
    package = (
        '<!DOCTYPE package SYSTEM "file:///etc/passwd"><package><metadata/>'
        '<manifest><item id="a" href="../../../../etc/passwd"/><item id="b" href="file:///etc/passwd"/></manifest>'
        '<spine><itemref idref="a"/><itemref idref="b"/></spine></package>'
    )
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        file.writestr("book.opf", package)
    assert refusal(held.getvalue()) == ("It holds no words: its pages are pictures.", "Use a copy with text.")


def test_a_zip_that_is_no_book_is_refused():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        file.writestr("word/document.xml", "<a/>")
    assert refusal(held.getvalue()) == ("It is no EPUB: the list of its chapters is missing.", "Save it as an EPUB again.")
    assert refusal(b"no zip at all")[0] == "It is damaged or was cut off: the list of its parts can't be read."


def test_a_book_of_pictures_is_refused():
    assert refusal(made([("a.html", "<img src='1.png'/>"), ("b.html", "<svg><image/></svg>")])) == (
        "It holds no words: its pages are pictures.",
        "Use a copy with text.",
    )


def test_a_book_without_a_spine_is_refused():
    assert refusal(made([("a.html", "<p>White.</p>")], spine=[])) == ("It names no chapters in reading order.", AGAIN)


def test_broken_xml_is_refused_by_the_name_of_its_part():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        file.writestr("META-INF/container.xml", "<container><rootfiles>")
    assert refusal(held.getvalue()) == ("It is damaged: its part 'META-INF/container.xml' is not valid XML.", AGAIN)
