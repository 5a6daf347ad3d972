"""PDFs of many programs: title, author, headings, sentences on their pages, and what is refused."""

import os
import random
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from footnote.citations import cite
from footnote.errors import Unreadable
from footnote.passages import split
from footnote.readers.pdf import read
from footnote.records import Metadata
from footnote.settings import PASSAGES, PassageSettings
from tests.conftest import ROOT
from tests.fake_encoder import FakeEncoder
from tests.unit.readers.pdfs import CATALOG, FONT, PAGE, PAGES, line, page_of, stream, written

FOLDER = ROOT / "tests" / "fixtures" / "formats" / "pdf"
count_words = FakeEncoder().count_tokens

# What each file holds: title, author, date, tags, language; the heading paths with the page of each; sentences with theirs.
BREAD = (
    ("Bread on a Working Day", "Marta Lindqvist", "2023-10-14", ("bread", "baking"), "en-GB"),
    [
        (1, "The evening before"),
        (2, "The evening before > How warm is your kitchen?"),
        (2, "The morning after"),
        (3, "The morning after > Waiting is part of the recipe"),
        (3, "When something goes wrong"),
    ],
    [
        (1, "A loaf seems to ask for a whole day at home, with a kitchen timer that calls you back every half hour"),
        (1, "a pinch of dried yeast in a bowl until no dry flour is left. The dough looks rough"),
        (1, "1 A pinch is about a quarter of a gram, less than most scales can weigh."),
        (2, "Time and water do most of the work that we usually credit to strong arms"),
        (2, "let it rest with the seam underneath while the pot grows hot. Twenty minutes are enough."),
        (3, "gummy however well it was baked. Leave it on a rack"),
    ],
)
CHOIR = (
    ("A Choir Without Auditions", "Tomas Okafor", "2026-11-25", (), "en-GB"),
    [(1, "Who may come"), (1, "What a rehearsal looks like"), (1, "The weak voices"), (1, "Concerts, small and often")],
    [
        (1, "the honest answer is that it takes a year.\n\nIn that year the singers learn to listen."),
        (
            1,
            "it is usually frightened, and it finds the pitch as soon as it stops being ashamed.",
        ),
        (1, "which is the whole of our advertising.\n\nRehearsals are held on Tuesday evenings at seven in the reading room"),
    ],
)
GARDEN = (
    ("A Kitchen Garden in Four Beds", "Ines Carvalho", "2026-11-25", ("gardening", "vegetables"), "en-GB"),
    [(1, "Laying out the beds"), (1, "Laying out the beds > Soil first"), (1, "What grows with what"), (2, "A week in June")],
    [
        (
            1,
            "rake,\n• eight stakes with twenty metres of string,\n• compost, about two barrows for each bed, spread",
        ),
        (
            1,
            "Bed | First year | Second year | Sown in\nNorth | Beans and peas | Cabbages | April\nEast | Cabbages",
        ),
        (2, "2. On Wednesday, water deeply and then not again until Saturday.\n3. On Saturday, hoe the paths, pick what is ripe"),
    ],
)
FRAME = (
    ("The Shelf That Lends Tools", "Ruth Abara", "2026-11-25", (), "en-GB"),
    [(1, "How lending works"), (1, "What is worth lending"), (1, "Starting your own")],
    [
        (1, "There is no deposit and no fine. If a tool does not come back, the owner knocks on a door, and so far knocking has"),
        (1, "has always been enough.\n\nThe first month in figures: forty-one loans, two drills returned late, one ladder that"),
        (1, "begin with a shelf, a notebook and a lamp that works."),
    ],
)
BICYCLE = (
    ("Mending a Puncture by the Road", "Jonas Hale", "2024-06-07", (), "en"),
    [
        (1, "Find the cause before you fit anything"),
        (2, "Patching"),
        (2, "Putting it back"),
        (3, "Putting it back > If you carry no spare"),
        (3, "Once a year"),
    ],
    [
        (
            1,
            "around the inside, for glass hides between the threads and will pierce the new tube within a mile.",
        ),
        (2, "1. Roughen the rubber around the hole with sandpaper until it is dull.\n2. Spread the solution thinly"),
        (2, "the moulded line on the tyre should run at the same height above the rim all the way round."),
        (3, "Only now pump it hard."),
    ],
)
ALLOTMENT = (
    ("Der Schrebergarten im ersten Jahr", None, None, (), "de"),
    [(1, "Beobachten statt umgraben"), (1, "Der Boden"), (1, "Was im ersten Sommer gelingt")],
    [
        (1, "Die Nachbarn wissen mehr über Ihr Grundstück als Sie. Fragen Sie nach der Wasserleitung, nach den Wühlmäusen"),
        (1, "auf die Sie spätestens bei der Apfelernte angewiesen sind."),
        (1, "Mineraldünger beschleunigt das Wachstum und verschiebt die Schwierigkeiten."),
    ],
)
SOURDOUGH = (
    ("Keeping a Sourdough Alive", "Elif Demir", "2021-03", (), None),
    [
        (1, "What lives in the jar"),
        (1, "Feeding"),
        (1, "Feeding > At room temperature"),
        (1, "Feeding > In the refrigerator"),
        (1, "When it looks dead"),
    ],
    [
        (1, "A sourdough starter is flour and water in which wild yeasts and bacteria have found an equilibrium."),
        (1, "domed, full of bubbles, smelling of yoghurt rather than of vinegar. If it smells sharply"),
        (1, "Sufficiently stiff doughs keep better than thin ones"),
        (1, "At twenty-two degrees it will be ripe"),
        (1, "and the smell will go.\n\n1 What is thrown away makes excellent pancakes, so it is seldom really thrown away."),
        (1, "Everything else can be mended with flour and patience.\n\n2 A spoonful dried on baking paper"),
        (2, "A final word on names. People who name their starter take better care of it"),
    ],
)
REHEARSAL = (
    ("A Conductor's First Season", "Nils Arvidsson and Joy Mbeki", "2026-11-25", ("choir", "conducting"), None),
    [
        (1, "Foreword"),
        (3, "Before the first evening"),
        (3, "Before the first evening > Choosing the music"),
        (3, "Before the first evening > The room"),
        (4, "The first evening"),
        (4, "The first evening > Names"),
        (4, "The first evening > Time"),
        (5, "Before the concert"),
        (5, "Before the concert > The week before"),
    ],
    [
        (1, "they leave out what can only be learned in front of singers."),
        (3, "The first season is not the time to discover a masterpiece."),
        (4, "Nobody sings freely for a person who calls them you at the back."),
        (5, "the audience will forgive them sooner than a frightened choir."),
    ],
)
COMPOST_HEADINGS = [
    (1, "Why heaps go cold"),
    (2, "Building"),
    (2, "Building > Layers"),
    (2, "Building > Air"),
    (2, "Using it"),
]
COMPOST_SENTENCES = [
    (1, "This paper is about heaps that are built once and then left alone."),
    (1, "A heap goes cold for one of three reasons: it is too small, too dry, or too much of one thing."),
    (1, "The middle of a heap should feel like a wrung-out sponge."),
    (2, "last year’s leaves.\n\n• Grass goes on thinly, or it turns into a slimy mat.\n• Cardboard is torn and soaked"),
    (2, "stay out altogether, however hot you believe that your heap will be."),
    (3, "they have been at it for longer than we have had spades."),
]
COMPOST = (("Compost Without a Thermometer", "Peter Nowak", "2026-11-25", (), None), COMPOST_HEADINGS, COMPOST_SENTENCES)
COMPOST_PS = (("Compost Without a Thermometer", "Peter Nowak", None, (), None), COMPOST_HEADINGS, COMPOST_SENTENCES)
BEES = (
    ("Bees in the Schoolyard", "Amina Yusuf, Leo Brandt", None, ("bees", "school", "honey"), "en-GB"),
    [
        (1, "Before the bees arrive"),
        (2, "A year with the children"),
        (2, "A year with the children > Spring"),
        (3, "A year with the children > Summer"),
        (3, "A year with the children > Autumn"),
        (4, "What went wrong"),
    ],
    [
        (1, "The insurance of the school covered the hives without a word; the neighbours needed a jar of honey each."),
        (1, "Anybody who has been stung badly before stays on the far side of the hedge, teachers included."),
        (2, "A hive should face a hedge or a wall two metres in front of it."),
        (3, "Month | Pollen | Jars of honey\nMay | willow, plum | 0\nJune | lime, clover | 14\nJuly | bramble | 22"),
        (4, "and the eighth form visits them on every first Monday of the month"),
    ],
)
TUNING = (
    ("Tuning an Old Piano", "Hanna Weiss", "2020-11-02", ("piano", "tuning"), "en-GB"),
    [
        (1, "Listening before turning"),
        (1, "Listening before turning > The tools"),
        (1, "Listening before turning > The beats"),
        (1, "Raising the pitch"),
        (2, "Setting the temperament"),
        (2, "Afterwards"),
    ],
    [
        (1, "no string stays in tune on a pin that turns in a cracked block.\n\n1.1 The tools"),
        (
            1,
            "• two rubber wedges,\n• a strip of felt as long as your forearm, which mutes all the outer strings",
        ),
        (1, "1 A pin that can be turned with two fingers will not hold; it needs a thicker one."),
        (2, "A piano that has been raised should be tuned again after three months"),
    ],
)
KNITTING = (
    ("Knitting in Company", None, None, (), None),
    [(1, "Bringing beginners in"), (2, "Reading a pattern together"), (2, "Wool and money")],
    [
        (
            1,
            "in the back room of a shoe shop, between the boxes, and it has outlived two owners of the shop.",
        ),
        (2, "Patterns are read aloud, one row at a time, by somebody who is not knitting it."),
    ],
)
KETTLE = (
    ("Descaling a Kettle and Other Small Chemistry", "Samira Haddad", "2021-09-30", ("kitchen", "cleaning"), "en-GB"),
    [
        (1, "vinegar or citric acid"),
        (1, "drains and bicarbonate"),
        (1, "silver in a bowl of salt"),
        (1, "what must never be mixed"),
    ],
    [(1, "It is the kettle of boiling water poured after them that clears the drain.")],
)
PATHS = (
    ("Keeping Footpaths Open", "Owen Pritchard", "2019-04-08", (), None),
    [(1, "Walking"), (1, "February"), (1, "Gates"), (1, "The list")],
    [
        (1, "In our parish seven paths had vanished from the map within thirty years, and nobody could say when"),
        (1, "the old map on which the paths are still drawn.\n\nGates\n\nFarmers were our first worry and became our best help."),
    ],
)
RECOGNISED = (
    ("The Clock in the Stairwell", None, None, (), None),
    [],
    [
        (
            1,
            "more useful than one that does not strike at all, because somebody will complain.",
        )
    ],
)
HELD = {
    "bread": BREAD,
    "choir": CHOIR,
    "garden": GARDEN,
    "frame": FRAME,
    "bicycle": BICYCLE,
    "allotment": ALLOTMENT,
    "sourdough": SOURDOUGH,
    "rehearsal": REHEARSAL,
    "compost": COMPOST,
    "compost-ps": COMPOST_PS,
    "bees": BEES,
    "tuning": TUNING,
    "knitting": KNITTING,
    "owner-password": KNITTING,
    "kettle": KETTLE,
    "paths": PATHS,
    "recognised": RECOGNISED,
}


def article_in(name):
    articles, notices = read((FOLDER / f"{name}.pdf").read_bytes(), f"{name}.pdf")
    assert (len(articles), notices) == (1, [])
    return articles[0]


def read_text(*drawings, **known):
    """The text of a PDF with a page for each drawing."""
    (article,), _ = read(pages_of(*drawings, **known), "a.pdf")
    return article.text


def pages_of(*drawings, trailer=b"", more=()):
    """A PDF with a page for each drawing; ``more`` objects follow those of the pages."""
    kids = b"".join(b"%d 0 R " % (4 + 2 * number) for number in range(len(drawings)))
    objects = [CATALOG, b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, len(drawings)), FONT]
    for number, drawing in enumerate(drawings):
        page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 400]/Contents %d 0 R/Resources<</Font<</F1 3 0 R>>>>>>"
        objects += [page % (5 + 2 * number), stream(drawing)]
    return written(*objects, *more, trailer=trailer)


def refusal(content):
    with pytest.raises(Unreadable) as raised:
        read(content, "a.pdf")
    return raised.value.reason, raised.value.remedy


@pytest.mark.parametrize("name", HELD)
def test_a_file_says_what_its_reader_would_say(name):
    article = article_in(name)
    known, headings, sentences = HELD[name]
    metadata = article.metadata
    assert (metadata.title, metadata.author, metadata.published, metadata.tags, metadata.language) == known
    found = [(section.page, " > ".join(section.path)) for section in article.sections if section.body > section.start]
    assert found == headings
    for page, sentence in sentences:
        assert article.text.count(sentence) == 1, sentence
        assert article.section_at(article.text.index(sentence)).page == page, sentence


@pytest.mark.parametrize("name", HELD)
def test_sections_cover_the_text_and_pages_only_go_up(name):
    article = article_in(name)
    end = 0
    for section in article.sections:
        assert article.text[end : section.start].strip() == ""
        assert section.start <= section.body <= section.end
        end = section.end
    assert end == len(article.text)
    pages = [section.page for section in article.sections]
    assert pages == sorted(pages)


@pytest.mark.parametrize("name", HELD)
def test_nothing_of_running_heads_page_numbers_or_markup_is_left(name):
    text = article_in(name).text
    left = re.compile(
        r"Kitchen Notebook|Page \d|127\.0\.0\.1|Thursday Circle|Allotment Papers|No\. 7|^\W*[\divx]+\W*$"
        r"|[\x00-\x09\x0b-\x1f\ufb00-\ufb06]|. . . |Contents|Bees in the Schoolyard|Tuning an Old Piano",
        re.MULTILINE,
    )
    assert left.findall(text) == []


def test_passages_are_slices_cited_with_their_page():
    article = article_in("bicycle")
    passages = split(article, count_words, 200, PassageSettings(60, 0, 16))
    assert [article.text[passage.start : passage.end] for passage in passages] == [passage.text for passage in passages]
    assert [(passage.page, " ".join(passage.text.split()[:4])) for passage in passages] == [
        (1, "A puncture costs ten"),
        (1, "Turn the bicycle upside"),
        (1, "When the hole in"),
        (2, "1. Roughen the rubber"),
        (2, "Most patches fail because"),
        (2, "Pump the tube up"),
        (3, "A tyre stuffed tightly"),
        (3, "Tubes perish in their"),
    ]
    assert cite(article.metadata, ("Once a year",), passages[-1]) == (
        'Jonas Hale. "Mending a Puncture by the Road" (2024-06-07). Section: Once a year. '
        f"bicycle.pdf, page 3, characters {passages[-1].start}-{passages[-1].end}."
    )


# --- one thing at a time ----------------------------------------------------------------------------------------------


def column(*texts, x=40, y=360, size=10, step=12):
    """Drawing lines of text under each other."""
    return b"".join(
        b"BT /F1 %d Tf %d %d Td (%s) Tj ET\n" % (size, x, y - step * number, text.encode("latin-1"))
        for number, text in enumerate(texts)
    )


LOAF = "The loaf must cool before it is cut, or its crumb will be", "gummy, however long it has stood in the heat of the oven."


def test_a_word_parted_at_a_line_end_is_mended():
    assert read_text(column("The dough was very for-", "giving at first.")) == "The dough was very forgiving at first."


def test_a_hyphen_is_kept_where_the_document_has_the_word_with_it():
    drawing = column("A slow-down dough is best. A slow-", "down dough needs no care.")
    assert read_text(drawing) == "A slow-down dough is best. A slow-down dough needs no care."


def test_a_hyphen_is_dropped_where_the_document_has_the_word_without_it():
    drawing = column("A wellbeing day and another well-", "being day for the baker.")
    assert read_text(drawing) == "A wellbeing day and another wellbeing day for the baker."


def test_a_hyphen_is_kept_between_two_words_that_make_none_together():
    assert read_text(column("It felt like a wrung-", "out sponge to the hand.")) == "It felt like a wrung-out sponge to the hand."


def test_a_hyphen_that_stands_for_a_later_word_is_kept():
    assert read_text(column("It is true of rye- ", "and wheat-doughs alike.")) == "It is true of rye- and wheat-doughs alike."


def test_two_columns_are_read_one_after_the_other():
    left = "one two three four five", "six seven eight nine ten", "and eleven. Then twelve", "and thirteen go on to"
    right = "fourteen and the others", "that come behind them as", "fifteen or sixteen will", "always do in the end."
    drawing = column(*left) + column(*right, x=220)
    assert read_text(drawing) == (
        "one two three four five six seven eight nine ten and eleven. Then twelve and thirteen go on to fourteen and the "
        "others that come behind them as fifteen or sixteen will always do in the end."
    )


def test_rows_of_short_cells_are_read_across():
    cells = ("Bed", "North", "South", "West"), ("Plant", "Beans", "Onions", "Kale"), ("Sown", "April", "May", "June")
    drawing = b"".join(column(*one, x=40 + 90 * number) for number, one in enumerate(cells))
    assert read_text(drawing) == "Bed | Plant | Sown\nNorth | Beans | April\nSouth | Onions | May\nWest | Kale | June"


def test_a_paragraph_goes_on_over_a_page_and_a_footnote_follows_it():
    first = column(*LOAF, "Leave it on a rack and go to") + column("1 Or on a grate.", y=60, size=7)
    (article,), _ = read(pages_of(first, column("work. Have a slice tonight.", "It will taste of patience.")), "a.pdf")
    assert article.text == (
        f"{' '.join(LOAF)} Leave it on a rack and go to work. Have a slice tonight. It will taste of patience."
        "\n\n1 Or on a grate."
    )
    begins = [(section.page, article.text[section.start : section.start + 12]) for section in article.sections]
    assert begins == [(1, "The loaf mus"), (2, "Have a slice"), (1, "1 Or on a gr")]


def test_a_footnote_as_large_as_the_text_is_one_where_its_page_refers_to_its_mark():
    text = b"BT /F1 12 Tf 40 300 Td (Cold dough tastes of more.) Tj 5 Ts /F1 7 Tf (1) Tj ET\n" + line(b"It takes a night.", 286)
    note = b"BT /F1 7 Tf 5 Ts 40 100 Td (1) Tj 0 Ts /F1 12 Tf ( Two nights are best.) Tj ET\n"
    assert read_text(text + note) == "Cold dough tastes of more. It takes a night.\n\n1 Two nights are best."


def test_letters_set_apart_are_words():
    drawing = b"BT /F1 18 Tf 6 Tc 20 Tw 40 360 Td (OUR CHOIR) Tj 0 Tc 0 Tw ET\n" + column(*LOAF, y=330)
    (article,), _ = read(page_of(drawing), "a.pdf")
    assert article.metadata.title == "OUR CHOIR"


def test_running_heads_with_changing_numbers_and_roman_page_numbers_are_gone():
    drawings = [
        column(f"Chapter {number} of the book", y=390, size=8) + column(text, y=340) + column(roman, x=200, y=12)
        for number, text, roman in ((1, *LOAF[:1], "i"), (2, *LOAF[1:], "ii"), (3, "It tastes of patience.", "iii"))
    ]
    assert read_text(*drawings) == f"{' '.join(LOAF)}\n\nIt tastes of patience."


def test_headings_that_count_like_pages_are_kept():
    texts = " ".join(LOAF), "Leave it on a rack and go to work.", "Have a slice when you come home."
    drawings = [column(f"Day {number}", size=20) + column(text, y=320) for number, text in enumerate(texts, start=1)]
    (article,), _ = read(pages_of(*drawings), "a.pdf")
    assert article.metadata.title == "Day 1"
    headings = [(section.page, section.path) for section in article.sections if section.body > section.start]
    assert headings == [(2, ("Day 2",)), (3, ("Day 3",))]


def test_a_stamp_along_the_margin_is_no_text():
    stamp = b"BT /F1 9 Tf 0 1 -1 0 20 100 Tm (Printed for the parish office) Tj ET\n"
    assert read_text(stamp + column(*LOAF)) == " ".join(LOAF)


def test_a_page_that_lies_on_its_side_is_read():
    drawing = b"0 1 -1 0 400 0 cm\n" + column(*LOAF)
    assert read_text(drawing) == " ".join(LOAF)


def test_text_beyond_the_edge_of_the_page_is_no_text():
    assert read_text(column(*LOAF) + column("Out of sight.", x=900)) == " ".join(LOAF)


def test_lines_that_end_of_themselves_stay_lines():
    poem = "Roses are red,", "Violets are blue,", "Sugar is sweet,", "And so is bread."
    assert read_text(column(*LOAF) + column(*poem, y=300)) == f"{' '.join(LOAF)}\n\n" + "\n".join(poem)


@pytest.mark.parametrize(
    "title", ["untitled", "Microsoft Word - draft.docx", "loaf.dvi", "Document1", "PowerPoint-Präsentation.pptx", "  "]
)
def test_a_title_that_a_program_made_up_is_none(title):
    drawing = column("How a loaf cools", size=18) + column(*LOAF, y=320)
    info = b"<</Title(%s)>>" % title.encode("latin-1")
    (article,), notices = read(pages_of(drawing, more=(info,), trailer=b"/Info 6 0 R"), "a.pdf")
    assert (article.metadata.title, notices) == ("How a loaf cools", [])


def test_a_file_that_shows_no_title_is_called_by_its_name():
    (article,), notices = read(page_of(column(*LOAF)), "breads/loaf.pdf")
    assert article.metadata.title == "loaf"
    assert notices == ["It has no title and is shown as 'loaf': fill in the title in its properties."]


def test_title_authors_and_tags_are_read_from_the_packet_of_metadata():
    packet = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" pdf:Producer="x">'
        b"<dc:title><rdf:Alt><rdf:li>How a loaf cools</rdf:li></rdf:Alt></dc:title>"
        b"<dc:creator><rdf:Seq><rdf:li>Ann Lee</rdf:li><rdf:li>Bo Kim</rdf:li></rdf:Seq></dc:creator>"
        b"<dc:subject><rdf:Bag><rdf:li>bread</rdf:li><rdf:li>patience</rdf:li></rdf:Bag></dc:subject>"
        b"<dc:date><rdf:Seq><rdf:li>2019-02-03T08:00:00Z</rdf:li></rdf:Seq></dc:date>"
        b"<dc:language><rdf:Bag><rdf:li>en-GB</rdf:li></rdf:Bag></dc:language></rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    metadata = read(pages_of(column(*LOAF), more=(stream(packet),)), "a.pdf")[0][0].metadata
    assert metadata == Metadata("How a loaf cools", "Ann Lee, Bo Kim", "2019-02-03", ("bread", "patience"), language="en-GB")


def test_properties_and_bookmarks_with_broken_letters_are_read():
    more = (
        b"<</Title<feff004c006f00610066d800>/Author(Ann Lee)>>",
        b"<</First 8 0 R/Last 8 0 R/Count 1>>",
        b"<</Title<feffd800>/Parent 7 0 R>>",
    )
    content = pages_of(column(*LOAF), more=more, trailer=b"/Info 6 0 R")
    content = content.replace(b"/Pages 2 0 R>>", b"/Pages 2 0 R/Outlines 7 0 R>>")
    metadata = read(content, "a.pdf")[0][0].metadata
    assert (metadata.title, metadata.author) == ("Loaf", "Ann Lee")


def test_a_packet_with_entities_is_not_read():
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><!DOCTYPE a [<!ENTITY b "c">]>http://ns.adobe.com/pdf/1.3/&b;</x:xmpmeta>'
    assert read(pages_of(column(*LOAF), more=(stream(packet),)), "a.pdf")[0][0].metadata == Metadata("a")


def test_pages_that_are_only_pictures_are_named():
    picture = b"<</Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Length 1>>\nstream\n0\nendstream"
    content = written(
        CATALOG,
        b"<</Type/Pages/Kids[3 0 R 7 0 R]/Count 2>>",
        *(PAGE, stream(column(*LOAF)), FONT, picture),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 400]/Contents 8 0 R/Resources<</XObject<</X 6 0 R>>>>>>",
        stream(b"400 0 0 400 0 0 cm /X Do"),
    )
    (article,), notices = read(content, "loaf.pdf")
    assert article.text == " ".join(LOAF)
    assert notices[0] == f"Page 2 is without text: only a picture was found there. {RECOGNISE}"


# --- refused ----------------------------------------------------------------------------------------------------------

RECOGNISE = "Run text recognition (OCR) on it and put the result here."


def test_an_encrypted_file_is_refused_for_its_password():
    content = (FOLDER / "encrypted.pdf").read_bytes()
    assert refusal(content) == ("It is encrypted and opens only with a password.", "Save a copy without the password.")


def test_a_scan_is_refused_with_the_way_to_make_it_text():
    content = (FOLDER / "scanned.pdf").read_bytes()
    assert refusal(content) == ("Its pages are pictures without text, as of a scan.", RECOGNISE)


def test_a_file_without_text_is_refused():
    assert refusal(page_of(b"0 0 m 9 9 l S")) == ("Its pages hold no text.", f"If they show some: {RECOGNISE}")


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_a_file_cut_short_is_refused(share):
    content = (FOLDER / "bread.pdf").read_bytes()
    expected = ("It is cut short: the end of the file is missing.", "Copy or download it again.")
    assert refusal(content[: int(share * len(content))]) == expected


def test_a_file_whose_middle_is_missing_is_refused():
    content = (FOLDER / "bread.pdf").read_bytes()
    expected = ("It is damaged: its parts can't be found.", "Copy or download it again, or print it to PDF.")
    assert refusal(content[:2_000] + content[-200:]) == expected


@pytest.mark.parametrize("content", [b"", b"Bread is flour and water.", random.Random(7).randbytes(50_000)])
def test_what_is_no_pdf_is_refused(content):
    expected = ("It is no PDF, whatever it is called.", "Give it the ending of what it is, or save it as PDF again.")
    assert refusal(content) == expected


def test_a_file_without_pages_is_refused():
    assert refusal(written(CATALOG, b"<</Type/Pages/Kids[]/Count 0>>")) == ("It has no pages.", "Save it as PDF again.")


def test_a_file_whose_pages_are_in_a_circle_is_refused():
    content = written(CATALOG, b"<</Type/Pages/Kids[2 0 R]/Count 1>>")
    assert refusal(content) == (
        "It is damaged: none of its pages can be read.",
        "Copy or download it again, or print it to PDF.",
    )


def test_a_file_of_far_too_many_pages_is_refused():
    content = written(CATALOG, b"<</Type/Pages/Kids[%s]/Count 6000>>" % (b"3 0 R " * 6_000), PAGE, stream(line(b"Bread")), FONT)
    assert refusal(content) == ("It has 6,000 pages, more than 5,000.", "Split it into articles.")


def test_a_page_of_far_too_many_letters_is_refused():
    words = b"".join(b"BT /F1 9 Tf %d %d Td (bread %d) Tj ET\n" % (place % 380, place % 397, place) for place in range(30_000))
    reason, remedy = refusal(page_of(words, 1))
    assert re.fullmatch(r"Page 1 holds \d{3},\d{3} characters\.", reason)
    assert remedy == "Split it, or save it anew in a simpler form."


def test_a_font_that_says_no_letters_is_refused():
    font = (
        b"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[<</Type/Font/Subtype/CIDFontType2/BaseFont/X"
    )
    font += b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 500>>]>>"
    drawing = b"BT /F1 12 Tf 40 300 Td <002400250026002700280029> Tj ET"
    content = written(CATALOG, PAGES, PAGE, stream(drawing), font)
    assert refusal(content) == ("Its fonts do not say which letters they show.", RECOGNISE)


# --- made to do harm --------------------------------------------------------------------------------------------------


# --- damaged at random ------------------------------------------------------------------------------------------------


# Not deflated: what is changed in it is drawn otherwise.
PLAIN = pages_of(
    column("Bread", size=20) + column(*LOAF, y=320) + column("1 Or on a grate.", y=60, size=7), column(*LOAF), column("1")
)


@st.composite
def damaged(draw):
    """A file of a program with some of its bytes changed, taken out or put in; streams stay as they are or go to pieces."""
    name = draw(st.sampled_from([None, *sorted(HELD)]))
    content = bytearray((FOLDER / f"{name}.pdf").read_bytes() if name else PLAIN)
    for _ in range(draw(st.integers(1, 8))):
        place = draw(st.integers(0, len(content) - 1))
        match draw(st.sampled_from(["flip", "cut", "insert", "copy", "number"])):
            case "flip":
                content[place] ^= draw(st.integers(1, 255))
            case "cut":
                del content[place : place + draw(st.integers(1, 200))]
            case "insert":
                content[place:place] = draw(
                    st.sampled_from([b"<<", b">>", b"]", b"(", b"/", b" 0 R", b"-1", b"99999999999", b"endobj"])
                )
            case "copy":
                start = draw(st.integers(0, len(content) - 1))
                content[place:place] = content[start : start + draw(st.integers(1, 500))]
            case "number":
                numbers = list(re.finditer(rb"(?<=[ /\[])\d{1,6}(?=[ /\]>])", content))
                if numbers:
                    start, end = draw(st.sampled_from(numbers)).span()
                    content[start:end] = draw(st.sampled_from([b"0", b"-5", b"7", b"4294967296", b"1.5"]))
    return bytes(content) + b"\n%%EOF\n"


@given(damaged())
@settings(max_examples=int(os.environ.get("FOOTNOTE_FUZZ", "60")), deadline=None, suppress_health_check=list(HealthCheck))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(content):
    try:
        articles, _ = read(content, "a.pdf")
    except Unreadable:
        return
    for article in articles:
        assert article.text.strip() == article.text
        for passage in split(article, count_words, 200, PASSAGES):
            assert article.text[passage.start : passage.end] == passage.text
            assert passage.page is not None
