"""DOCX to one article: what a reader of the printed page sees, whichever program wrote the file."""

import re

import pytest

from footnote.readers.word import read
from footnote.records import Metadata
from tests.unit.readers.office import Expected, changed, check, fixture, one, refusal, zipped

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
            "Way | Hours | Rest\nRidge | three to four | hut\n| five in snow | left | right\nValley | two\n\nIf fog": (
                "How long",
            ),
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


@pytest.mark.parametrize(
    "name, unseen",
    [
        (
            "bicycle-tracked.docx",
            ["an hour", "nobody", "they say", "gone", "soap", "header", "Page", "Contents", "TOC", "HYPERLINK"],
        ),
        ("walking-boxes.docx", ["Click", "upuphill", "Cliff", "left | right | left"]),
        ("soup-libreoffice.docx", ["in a hurry", "Is that true", "secretly", "paragraph that nobody", "Stock 1"]),
    ],
)
def test_what_a_reader_of_the_page_does_not_see_stays_out(name, unseen):
    text = one(read, fixture(name))[0].text
    assert [words for words in unseen if words in text] == []


# --- small documents, each about one thing -------------------------------------------------------------------------------


def document(body, content=BICYCLE):
    """The tracked fixture, whose styles are at hand, with another body."""
    start = re.escape(b"<w:body>")
    return changed(
        content, DOCUMENT, lambda part: re.sub(start + rb".*</w:body>", f"<w:body>{body}</w:body>".encode(), part, flags=re.S)
    )


def p(*runs, style="", props=""):
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    shown = (run if run.startswith("<") else f"<w:r><w:t>{run}</w:t></w:r>" for run in runs)
    return f"<w:p><w:pPr>{named}{props}</w:pPr>{''.join(shown)}</w:p>"


def text_of(body):
    return one(read, document(p("Bread", style="Title") + body))[0].text


def core(content, title):
    return changed(
        content,
        "docProps/core.xml",
        lambda part: re.sub(rb"<dc:title>.*</dc:title>", f"<dc:title>{title}</dc:title>".encode(), part),
    )


@pytest.mark.parametrize(
    "made_up", ["", "Microsoft Word Document", "Document1", "Microsoft Word - draft.doc", "Untitled", "bread.docx", "---"]
)
def test_a_title_that_a_program_made_up_is_none(made_up):
    content = core(document(p("Flour", style="Heading2") + p("Words.")), made_up)
    article, notices = one(read, content, "notes/sour dough.docx")
    assert article.metadata.title == "sour dough"
    assert notices == [
        "It has no title and is shown as 'sour dough': give its first line the style 'Title', "
        "or fill in the title in its properties."
    ]


@pytest.mark.parametrize(
    "body, title, text",
    [
        (p("Bread", style="Title") + p("Words."), "Bread", "Words."),
        (p("Bread", style="Title") + p("at home", style="Title") + p("Words."), "Bread at home", "Words."),
        (p("Club paper") + p("Bread", style="Title") + p("Words."), "Bread", "Club paper\n\nWords."),
        (p("Flour", style="Heading1") + p("Words."), "Given", "Flour\n\nWords."),
        (p("given", style="Heading2") + p("Words."), "given", "Words."),
        (p("Given") + p("Words."), "Given", "Words."),
        (p("Words.") + p("Given", style="Heading1"), "Given", "Words.\n\nGiven"),
    ],
)
def test_the_title_on_the_page_goes_before_the_one_in_the_properties(body, title, text):
    article = one(read, core(document(body), "Given"))[0]
    assert (article.metadata.title, article.text) == (title, text)


@pytest.mark.parametrize(
    "body, title, text",
    [
        (p("Bread", style="Heading1") + p("Words."), "Bread", "Words."),
        (p("Words.") + p("Bread", style="Heading1") + p("More."), "Bread", "Words.\n\nBread\n\nMore."),
        (
            p("Words.") + p("Rye", style="Heading1") + p("Dark.") + p("Wheat", style="Heading1"),
            "file",
            "Words.\n\nRye\n\nDark.\n\nWheat",
        ),
        (p("<w:r><w:rPr><w:b/></w:rPr><w:t>Bread</w:t></w:r>") + p("Rye", style="Heading1"), "Bread", "Rye"),
    ],
)
def test_without_one_the_title_is_the_first_line_that_looks_like_it(body, title, text):
    article = one(read, core(document(body), ""), "file.docx")[0]
    assert (article.metadata.title, article.text) == (title, text)


def test_a_later_title_is_a_heading():
    article = one(read, document(p("Bread", style="Title") + p("Words.") + p("Water", style="Title") + p("Wet.")))[0]
    assert [section.path for section in article.sections] == [(), ("Water",)]


UP = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
BOLD = "<w:r><w:rPr><w:b/></w:rPr><w:t>{}</w:t></w:r>"


@pytest.mark.parametrize(
    "lines, paths",
    [
        (["<Bread>", "Words.", "<Rye>", "Dark."], [(), ("Rye",)]),
        (["<Bread>", "Words.", "<A sentence in bold is none.>", "Dark."], [()]),
        (["<Bread>", "Words.", "<small letters begin none>", "Dark."], [()]),
        (["<Bread>", "Words.", "<Street>", "<Town>", "<Country>", "Dark."], [()]),
        (["<Bread>", "Words.", "<The End>"], [()]),
        (["<ご飯>", "水。", "<表>", "水。"], [(), ("表",)]),
    ],
)
def test_short_lines_in_bold_are_headings_where_nothing_else_is(lines, paths):
    body = "".join(p(BOLD.format(line[1:-1]) if line.startswith("<") else line) for line in lines)
    article = one(read, core(document(body), ""))[0]
    assert article.metadata.title == lines[0][1:-1]
    assert [section.path for section in article.sections] == paths


def test_bold_lines_are_no_headings_where_there_are_real_ones():
    article = one(read, document(p("Bread", style="Title") + p("Rye", style="Heading1") + p(BOLD.format("Dark")) + p("Words.")))[
        0
    ]
    assert [section.path for section in article.sections] == [("Rye",)]


@pytest.mark.parametrize(
    "lines, author, published, tags, text",
    [
        (["By Ann Lee", "3 March 2024", "Words."], "Ann Lee", "2024-03-03", (), "Words."),
        (["By Ann Lee, PhD | March 3, 2024 | 5 min read", "Words."], "Ann Lee, PhD", "2024-03-03", (), "Words."),
        (["Tags: rye, wheat", "Words."], None, "2024-02-01", ("rye", "wheat"), "Words."),
        (
            ["By listening closely, you learn much.", "Words."],
            None,
            "2024-02-01",
            (),
            "By listening closely, you learn much.\n\nWords.",
        ),
    ],
)
def test_lines_under_the_title_tell_of_author_date_and_tags(lines, author, published, tags, text):
    article = one(read, document(p("Bread", style="Title") + "".join(map(p, lines))))[0]
    found = article.metadata
    assert (found.author, found.published, found.tags or (), article.text) == (
        author,
        published,
        tags or ("bicycle", "repair"),
        text,
    )


@pytest.mark.parametrize(
    "body, text",
    [
        (p("One", "<w:r><w:tab/></w:r>", "two"), "One two"),
        (p("One", "<w:r><w:cr/></w:r>", " two "), "One\ntwo"),
        (p("  One \u00a0 two\u200b  "), "One two"),
        (p("Cafe\u0301"), "Café"),
        (p("10 m", f"<w:r>{UP}<w:t>2</w:t></w:r>", " on the 4", f"<w:r>{UP}<w:t>th</w:t></w:r>"), "10 m² on the 4th"),
        (p("Cafe", "\u0301"), "Café"),
        (p("One", '<w:r><w:sym w:font="Wingdings" w:char="F0E0"/><w:sym w:font="Webdings" w:char="F041"/></w:r>'), "One→"),
        (p('<w:r><w:sym w:font="Arial" w:char="2192"/><w:sym w:font="Arial" w:char="nonsense"/></w:r>', "One"), "→One"),
        (p("One", '<w:bdo w:val="rtl"><w:r><w:t> two</w:t></w:r></w:bdo>'), "One two"),
        (p('<w:fldSimple w:instr="DATE"><w:r><w:t>today</w:t></w:r></w:fldSimple>'), "today"),
        (p('<w:r><w:fldChar w:fldCharType="begin"/></w:r>', "code") + p("Words."), "Words."),
        (p('<w:r><w:fldChar w:fldCharType="end"/></w:r>', "Words."), "Words."),
        (p("Wo", props='<w:rPr><w:del w:id="1"/></w:rPr>'), "Wo"),
        (p("Wo", props='<w:rPr><w:del w:id="1"/></w:rPr>') + f"<w:tbl><w:tr><w:tc>{p('a')}</w:tc></w:tr></w:tbl>", "Wo\n\na"),
        (p('<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>Seen</w:t></w:r>'), "Seen"),
        ("<w:p/><w:p><w:r/></w:p>" + p(" ") + p("Words."), "Words."),
    ],
)  # fmt: skip
def test_what_a_paragraph_says(body, text):
    assert text_of(body) == text


def cell(*blocks, props=""):
    return f"<w:tc><w:tcPr>{props}</w:tcPr>{''.join(blocks)}</w:tc>"


def rows(*found):
    return "<w:tbl>" + "".join(f"<w:tr>{''.join(row)}</w:tr>" for row in found) + "</w:tbl>"


@pytest.mark.parametrize(
    "body, text",
    [
        (rows([cell(p("a")), cell(p("b"))], [cell(p()), cell(p("d"))], [cell(p()), cell(p())]), "a | b\n| d"),
        (rows([cell(p("a"), p("b")), cell(p("c"))], [cell(p("d")), cell(p())]), "a b | c\nd"),
        (rows([cell(p("a"))], [cell(p("b"), p("c"))]), "a\n\nb\n\nc"),
        (rows([cell(p("word " * 250)), cell(p("b"))]), ("word " * 250).strip() + "\n\nb"),
        (rows(), None),
        (rows([]), None),
    ],
)
def test_a_table_is_lines_and_a_box_is_its_paragraphs(body, text):
    shown = one(read, document(p("Bread", style="Title") + body + p("End.")))[0].text
    assert shown == ("End." if text is None else f"{text}\n\nEnd.")


def test_an_imported_part_is_told_of():
    article, notices = one(read, document(p("Bread", style="Title") + p("Words.") + '<w:altChunk r:id="rId9"/>'))
    assert article.text == "Words."
    assert notices == ["It takes in other files, and their text was not read: open it in Word and save it again."]


@pytest.mark.parametrize(
    "drawn", ["<w:drawing><c:chart/></w:drawing>", "<w:drawing><c:relIds/></w:drawing>", "<w:object><c:OLEObject/></w:object>"]
)
def test_what_another_program_drew_is_told_of(drawn):
    article, notices = one(read, document(p("Bread", style="Title") + p("Words.", f'<w:r xmlns:c="x">{drawn}</w:r>')))
    assert article.text == "Words."
    assert notices == ["It holds diagrams, charts or other objects, and the words in them were not read."]


def test_a_document_without_words_gives_no_article():
    assert read(document(p() + p(" ")), "bread.docx") == ([], [])
    assert read(document(p("Bread", style="Title")), "bread.docx") == ([], [])


def test_a_document_of_pictures_is_refused():
    content = changed(document(p()), "word/comments.xml", lambda part: part)
    renamed = content.replace(b"word/comments.xml", b"word/media/ab.png")
    assert refusal(read, renamed) == (
        "It holds pictures and no words; it may be a scan.",
        "Have its text recognised, and save that.",
    )


# --- what is refused -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content, reason, remedy",
    [
        (b"", "It is empty: no words were found in it.", "Write something in it, or remove it."),
        (b"words", "It is not a Word file.", "Open it in its own program and save it as .docx."),
        (b"{\\rtf1 words}", "It is a rich text file, not a Word file.", "Name it .rtf."),
        (b"%PDF-1.7", "It is a PDF, not a Word file.", "Name it .pdf."),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE HTML><p>", "It is a web page, not a Word file.", "Name it .html."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "It is a file of an old Office (.doc).",
         "Open it in a word processor and save it as .docx."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
         "It is protected with a password.", "Save it without the password."),
        (fixture("herbs-by-hand.odt"), "It is an OpenDocument text, not a Word file.", "Name it .odt."),
        (changed(BICYCLE, DOCUMENT, lambda part: None), "It is a zip file, not a Word file.",
         "Open it in its own program and save its text as .docx."),
        (zipped([("_rels/.rels", b"<Relationships/>"), ("xl/workbook.xml", b"<workbook/>")]),
         "It is a spreadsheet, not a Word file.", "Open it in its own program and save its text as .docx."),
        (zipped([("word/document.xml", b"<presentation/>"), ("ppt/presentation.xml", b"<presentation/>")]),
         "It is a presentation, not a Word file.", "Open it in its own program and save its text as .docx."),
        (changed(BICYCLE, DOCUMENT, lambda part: part[:-9]), f"It is damaged: its part '{DOCUMENT}' is not valid XML.", AGAIN),
        (changed(BICYCLE, "word/styles.xml", lambda part: b"\0"),
         "It is damaged: its part 'word/styles.xml' is not valid XML.", AGAIN),
        (changed(BICYCLE, DOCUMENT, lambda part: part.replace(b'"UTF-8"', b'"klingon"')),
         f"It is damaged: its part '{DOCUMENT}' is not valid XML.", AGAIN),
        (document("<w:sdt>" * 3000 + "</w:sdt>" * 3000), "Its parts are nested too deeply to be a text.", AGAIN),
    ],
)  # fmt: skip
def test_what_is_no_word_file_is_refused_by_its_reason(content, reason, remedy):
    assert refusal(read, content) == (reason, remedy)


@pytest.mark.parametrize("part", [DOCUMENT, "word/styles.xml", "docProps/core.xml", "word/footnotes.xml", "_rels/.rels"])
@pytest.mark.parametrize(
    "dtd",
    [
        '<!DOCTYPE d [<!ENTITY e "lost">]>',
        '<!DOCTYPE d SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>',
    ],
)
def test_a_document_type_is_refused(part, dtd):
    content = changed(BICYCLE, part, lambda xml: re.sub(rb"\?>", b"?>" + dtd.encode(), xml, count=1))
    assert refusal(read, content) == (
        "It holds a document type definition (DTD), which can make a parser lose text or read other files.",
        AGAIN,
    )


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.99])
def test_a_file_that_was_cut_off_is_refused(kept):
    assert (
        refusal(read, BICYCLE[: int(len(BICYCLE) * kept)])[0]
        == "It is damaged or was cut off: the list of its parts can't be read."
    )


def test_a_bomb_is_refused_before_it_goes_off():
    bomb = changed(BICYCLE, DOCUMENT, lambda part: part.replace(b"</w:body>", b" " * 9_000_000 + b"</w:body>"))
    assert re.fullmatch(r"It would expand to [\d,]+ times its size, more than 200\.", refusal(read, bomb)[0])


def test_many_paragraphs_are_read_in_their_order():
    body = "".join(f"<w:p><w:r><w:t>Line {number}.</w:t></w:r></w:p>" for number in range(20_000))
    (article,), _ = read(document(p("Bread", style="Title") + body), "many.docx")
    assert article.text == "\n\n".join(f"Line {number}." for number in range(20_000))
