"""ODT and its flat form to one article: what a reader of the printed page sees, whichever program wrote the file."""

import re

import pytest

from footnote.readers.opendocument import read
from footnote.records import Metadata
from tests.unit.readers.office import Expected, changed, check, fixture, one, refusal, zipped

AGAIN = "Open it in its own program and save it again."
HERBS = fixture("herbs-by-hand.odt")
FLAT = fixture("soup-flat.fodt")

SOUP = Metadata("Soup for a long evening", "Paula Ladle", "2023-11-04", ("soup", "slow cooking"), language="en-GB")
SOUP_PATHS = [("Stock",), ("Stock", "What to keep"), ("Serving",), ("Notes",)]
SOUP_SENTENCES = {
    "One pot, three hours\n\nSoup is what bones become with patience.": (),
    "\n\n1. Stock\n\nRoast the bones first, then cover them with cold water. Skim it.\nNever let it boil.": (),
    "1. Add an onion with its skin.\n  a) halved\n  b) browned on the cut side\n2. Add carrots and celery.\n": ("Stock",),
    "Older ones will do.\n\nNow leave it alone.": ("Stock",),
    "3. Strain it after three hours.": ("Stock",),
    "1.1 What to keep\n\n• the fat, for frying\n• the meat, for the soup": ("Stock", "What to keep"),
    "Ladle it over bread.\n\nA frame says: warm the bowls.": ("Serving",),
    "Guests | Bones\ntwo | 800 g\nfor more, cook twice\n\nKeep what is left in a clean jar.": ("Serving",),
    "1. Half an hour at 200 degrees.\n\ni. Yesterday's bread drinks more.": ("Notes",),
}

EXPECTED = [
    Expected("soup-libreoffice.odt", SOUP, SOUP_PATHS, SOUP_SENTENCES),
    Expected("soup-flat.fodt", SOUP, SOUP_PATHS, SOUP_SENTENCES),
    Expected(
        "bread-libreoffice.odt",
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
        "garden-pandoc.odt",
        Metadata("A garden without a hose", "Ines Waters, Tom Field", "2024-05-17", ("garden", "water"), language="en-GB"),
        [("Keep the water",), ("Catch the water",), ("Catch the water", "Barrels"), ("Catch the water", "Ditches"), ("Notes",)],
        {
            "Plants can live on what falls from the sky, if the soil keeps it.": (),
            "1. Water the soil well once.\n2. Lay the cover a hand high.\n  a. Leave a ring free around each stem.": (
                "Keep the water",
            ),
            "Month | Showers\nMay | 9\nAugust | 4": ("Catch the water", "Barrels"),
            "A ditch along the slope holds the rain back": ("Catch the water", "Ditches"),
            "1. The cover is called a mulch, and worms take it down for you.": ("Notes",),
        },
    ),
    Expected(
        "herbs-by-hand.odt",
        Metadata("Herbs on a sill", "Basil Green", "2021-04-12"),
        [("Choosing the pots",), ("Keeping them",)],
        {
            "A sill that sees the sun for four hours feeds a kitchen.": (),
            "Clay breathes, and plastic does not.": ("Choosing the pots",),
            "(3) Make a hole.\n(4) Cover it with a shard.\n  4.1. curved side up\n    • always\n\nFill it.\n\n"
            "And then:\n(5) Sow.\n(9) Water.": ("Choosing the pots",),
            "Turn the pots every week.\n\nOne cell is a box: parsley needs patience.\n\nBold, but not all of it\n\n"
            "Cut above a pair of leaves.": ("Keeping them",),
        },
    ),
    Expected(
        "bell-odfdo.odt",
        Metadata("A bell that is heard", "Rosa Spoke", "2024-03-03", ("bicycle",)),
        [("Where it sits",), ("What it sounds like",)],
        {
            "Ring early and only once.": (),
            "1.1. Where it sits\n\n1. near the thumb\n2. clear of the brake cable": ("Where it sits",),
            "brass | bright\nsteel | sharp": ("What it sounds like",),
        },
    ),
]


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: expected.name)
def test_a_file_comes_out_as_it_looks(expected):
    check(read, expected)


@pytest.mark.parametrize(
    "name, unseen",
    [
        ("soup-libreoffice.odt", ["in a hurry", "Is that true", "secretly", "nobody sees", "Stock 1", "Someone"]),
        ("soup-flat.fodt", ["in a hurry", "Is that true", "secretly", "nobody sees", "Stock 1", "Someone"]),
        ("herbs-by-hand.odt", ["Not for readers", "Gone", "pla-stik", "nothing"]),
    ],
)
def test_what_a_reader_of_the_page_does_not_see_stays_out(name, unseen):
    text = one(read, fixture(name))[0].text
    assert [words for words in unseen if words in text] == []


# --- small documents, each about one thing -------------------------------------------------------------------------------


def flat(body, styles=""):
    """The flat fixture with another body, and more styles beside its own."""
    text = re.sub(r"<office:text>.*</office:text>", f"<office:text>{body}</office:text>", FLAT.decode(), flags=re.DOTALL)
    return text.replace("</office:styles>", f"{styles}</office:styles>", 1).encode()


UP = '<style:style style:name="Up" style:family="text"><style:text-properties style:text-position="super 58%"/></style:style>'


def text_of(body, styles=UP):
    return one(read, flat(f'<text:p text:style-name="Title">Soup</text:p>{body}', styles))[0].text


def p(text, style="Standard"):
    return f'<text:p text:style-name="{style}">{text}</text:p>'


def cell(text):
    return f"<table:table-cell>{p(text)}</table:table-cell>"


def items(style, *found):
    held = "".join(f"<text:list-item>{one}</text:list-item>" for one in found)
    return f'<text:list text:style-name="{style}">{held}</text:list>'


@pytest.mark.parametrize(
    "body, text",
    [
        (p('One<text:s text:c="999999999"/>two'), "One two"),
        (p("One<text:line-break/>two<text:soft-page-break/> three"), "One\ntwo three"),
        (p("One <text:span>two <text:span>three</text:span></text:span> four"), "One two three four"),
        (p("One<office:annotation><text:p>no</text:p></office:annotation> two"), "One two"),
        (p('One<text:span text:style-name="T2"> no<text:span text:style-name="T1"> nor</text:span></text:span> two'), "One two"),
        (p('m<text:span text:style-name="Up">2</text:span> 4<text:span text:style-name="Up">th</text:span>'), "m² 4th"),
        (p("Cafe<text:span>\u0301</text:span>"), "Café"),
        (p("One\n   two"), "One two"),
        ("<text:p/>" + p("One"), "One"),
        (p('Page <text:page-number text:select-page="current">3</text:page-number>'), "Page 3"),
        (p('One<text:note text:note-class="footnote"><text:note-citation text:label="*">*</text:note-citation><text:note-body>'
           "<text:p>Why.</text:p></text:note-body></text:note>"), "One\n\nNotes\n\n* Why."),
        (p('One<text:note text:note-class="footnote"/>'), "One"),
        (p("<draw:frame><draw:image/><svg:title>alt</svg:title></draw:frame>One"), "One"),
        (p("<draw:custom-shape><text:p>In a shape.</text:p></draw:custom-shape>One"), "One\n\nIn a shape."),
        ("<text:numbered-paragraph>" + p("One") + "</text:numbered-paragraph>", "One"),
        (items("Nowhere", p("One")), "1. One"),
        (items("Steps", items("Steps", p("One")), p("Two")), "  a) One\n1. Two"),
        (items("Steps", p("One")) + items("Steps", p("Two")), "1. One\n1. Two"),
        (items("Steps", '<text:h text:outline-level="2">Rest</text:h>') + p("One"), "1. Rest\n\nOne"),
        ('<text:h text:outline-level="1">Rest</text:h><text:h text:outline-level="1" text:is-list-header="true">Test</text:h>'
         '<text:h text:outline-level="1">Best</text:h>', "1. Rest\n\nTest\n\n2. Best"),
        ('<text:h text:outline-level="99">Rest</text:h>', "1. Rest"),
        ("<text:bibliography><text:bibliography-source/><text:index-body>" + p("Lee (2016)")
         + "</text:index-body></text:bibliography>", "Lee (2016)"),
        ('<table:table><table:table-row table:visibility="collapse">' + cell("no") + "</table:table-row><table:table-row>"
         + cell("a") + cell("b") + "</table:table-row></table:table>", "a | b"),
        (p("<text:ruby><text:ruby-base>One</text:ruby-base><text:ruby-text>wan</text:ruby-text></text:ruby>"), "One"),
    ],
)  # fmt: skip
def test_what_a_text_says(body, text):
    assert text_of(body) == text


def test_a_style_made_for_one_paragraph_is_what_the_one_above_it_is():
    styles = (
        '<style:style style:name="Own" style:family="paragraph" style:parent-style-name="Heading_20_2"/>'
        '<style:style style:name="Loop" style:family="paragraph" style:parent-style-name="Pool"/>'
        '<style:style style:name="Pool" style:family="paragraph" style:parent-style-name="Loop"/>'
    )
    article = one(read, flat(p("Soup", "Title") + p("Rest", "Own") + p("One", "Loop"), styles))[0]
    assert [section.path for section in article.sections] == [("Rest",)]


def test_what_another_program_drew_is_told_of():
    article, notices = one(read, flat(p("Soup", "Title") + p("<draw:frame><draw:object/></draw:frame>Words.")))
    assert article.text == "Words."
    assert notices == ["It holds diagrams, charts or other objects, and the words in them were not read."]


def test_a_text_without_words_gives_no_article():
    assert read(flat(""), "soup.fodt") == ([], [])


def test_a_text_of_pictures_is_refused():
    reason = ("It holds pictures and no words; it may be a scan.", "Have its text recognised, and save that.")
    picture = "<draw:frame><draw:image><office:binary-data>AA==</office:binary-data></draw:image></draw:frame>"
    assert refusal(read, flat(p(picture))) == reason
    empty = changed(HERBS, "content.xml", lambda part: re.sub(rb"<office:text>.*</office:text>", b"<office:text/>", part))
    assert read(empty, "herbs.odt") == ([], [])


def manifest(inner):
    return lambda part: part.replace(b"</manifest:manifest>", inner + b"</manifest:manifest>")


@pytest.mark.parametrize(
    "content, reason, remedy",
    [
        (b"", "It is empty: no words were found in it.", "Write something in it, or remove it."),
        (b"words", "It is not an OpenDocument text.", "Open it in its own program and save it as .odt."),
        (b"{\\rtf1 words}", "It is a rich text file, not an OpenDocument text.", "Name it .rtf."),
        (fixture("tea-bold.docx"), "It is a Word file, not an OpenDocument text.", "Name it .docx."),
        (zipped([("mimetype", b"application/epub+zip")]), "It is an e-book, not an OpenDocument text.", "Name it .epub."),
        (zipped([("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", b"<a/>")]),
         "It is a zip file, not an OpenDocument text.", "Open it in its own program and save its text as .odt."),
        (zipped([("content.xml", b"<a/>")]),
         "It is not an OpenDocument text.", "Open it in its own program and save it as .odt."),
        (b"<?xml version='1.0'?><html/>", "It is not an OpenDocument text.", "Open it in its own program and save it as .odt."),
        (changed(HERBS, "META-INF/manifest.xml", manifest(b"<manifest:encryption-data/>")),
         "It is protected with a password.", "Save it without the password."),
        (zipped([("mimetype", b"application/vnd.oasis.opendocument.text"), ("encrypted-package", b"x")]),
         "It is protected with a password.", "Save it without the password."),
        (changed(HERBS, "content.xml", lambda part: part[:-9]), "It is damaged: its part 'content.xml' is not valid XML.", AGAIN),
        (FLAT[:-9], "It is damaged: its part 'document' is not valid XML.", AGAIN),
        (flat("<text:section>" * 3000 + "</text:section>" * 3000), "Its parts are nested too deeply to be a text.", AGAIN),
        (HERBS[:900], "It is damaged or was cut off: the list of its parts can't be read.",
         "Copy it again from where it came, or open it in its own program and save it again."),
    ],
)  # fmt: skip
def test_what_is_no_opendocument_text_is_refused_by_its_reason(content, reason, remedy):
    assert refusal(read, content) == (reason, remedy)


DTD = b'<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    "content",
    [
        FLAT.replace(b"?>", b"?>" + DTD, 1),
        *(changed(HERBS, part, lambda xml: xml.replace(b"?>", b"?>" + DTD, 1)) for part in ("content.xml", "styles.xml")),
        changed(HERBS, "META-INF/manifest.xml", lambda xml: xml.replace(b"?>", b"?>" + DTD, 1)),
    ],
)
def test_a_document_type_is_refused(content):
    assert refusal(read, content) == (
        "It holds a document type definition (DTD), which can make a parser lose text or read other files.",
        AGAIN,
    )


def test_a_bomb_is_refused_before_it_goes_off():
    bomb = changed(HERBS, "content.xml", lambda part: part.replace(b"</office:text>", b" " * 9_000_000 + b"</office:text>"))
    assert re.fullmatch(r"It would expand to [\d,]+ times its size, more than 200\.", refusal(read, bomb)[0])
