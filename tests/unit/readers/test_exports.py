"""Exports of articles as CSV and JSON: each fixture with what must come out of it, and what a reader is told about the rest."""

import pytest

from footnote.errors import Unreadable
from footnote.readers import read_file
from footnote.readers.delimited import read as read_csv
from footnote.readers.exports import normal
from footnote.readers.isolation import Isolation
from footnote.readers.json_exports import read as read_json
from footnote.records import Article, Metadata, Section
from tests.conftest import ROOT

FIXTURES = ROOT / "tests" / "fixtures" / "formats"
CALL_IT = "Call the one that holds the articles' text 'body', 'text', 'content' or 'html'."
ODD_DATE = "With a date that is none or could mean two days, and left out:"
BLOG, TENTS = "https://blog.example", "https://tents.example"

# Each article: number, metadata, text, and its headings. A file without headings has one section.
ARTICLES = {
    "csv/wordpress.csv": [
        (
            1,
            Metadata(
                "Listening & waiting",
                "Mara Quill",
                "2023-11-02",
                ("listening", "pauses", "Talking", "Home"),
                f"{BLOG}/listening",
                "en",
                "Why a pause says “go on”.",
            ),
            "A pause is not a gap in the talk. It is where the other one finishes the thought.\n\nCount to four\n\n"
            "• Breathe in.\n• Look at the face, not at the clock.",
            [(), ("Count to four",)],
        ),
        (
            3,
            Metadata("The second cup", "Mara Quill", "2023-12-24", ("tea", "Home"), f"{BLOG}/cup"),
            'She says: "One more?" and the evening has begun.',
            [()],
        ),
    ],
    "csv/excel-german.csv": [
        (
            1,
            Metadata("Das Gespräch am Küchentisch", "Jörg Müßig", None, language="de"),
            "Wer zuhört, muss nicht sofort antworten. Ein „Ja, und?“ genügt oft schon.\n\n"
            "Später, beim Abwasch, kommt das Wichtige – fast nebenbei.",
            [()],
        ),
        (
            2,
            Metadata("Schöne Grüße", "Änne Öhm", "2024-05-12", language="de"),
            "Eine Karte im Briefkasten wiegt mehr als zwölf Nachrichten auf dem Telefon.",
            [()],
        ),
    ],
    "csv/libreoffice.csv": [
        (
            1,
            Metadata("The left shoe", "Bo Hale", "2024-01-05", language="en"),
            'He said "later", she said nothing, and the shoe stayed where it was. For a week, both stepped over it.',
            [()],
        ),
        (2, Metadata("The right shoe", "Bo Hale", "2024-01-06"), "It was found under the bed; so was the reason.", [()]),
    ],
    "csv/tabs.tsv": [
        (
            1,
            Metadata("Walking side by side", "Ivo Lark", tags=("walks", "talk")),
            "Words come easier when nobody has to look up.",
            [()],
        ),
        (
            2,
            Metadata("Two chairs", "Ivo Lark", tags=("rooms",)),
            "Put them at an angle.\n\nThen put the telephone in another room.",
            [()],
        ),
    ],
    "csv/sep-line.csv": [
        (
            1,
            Metadata("The shelf between us", None, "2022-07-09"),
            "One shelf was hers, one was his, and the third was where the quarrels lay.",
            [()],
        )
    ],
    "csv/bars.csv": [
        (1, Metadata("The bench", "U. Wren"), "It is long enough for three, so they sit at its ends.", [()]),
    ],
    "csv/markdown.csv": [
        (
            1,
            Metadata("Small repairs", "Ada Finch, Ben Moss", "2024-02-29", ("repair", "habits"), language="en"),
            "A door that sticks is oiled within a day. A sentence that stuck should not wait longer.\n\nWhat helps\n\n"
            "1. Say which sentence it was.\n2. Say what you had meant.\n\nWhat does not\n\n"
            "Explaining why the other one heard it wrong.",
            [(), ("What helps",), ("What does not",)],
        ),
        (2, Metadata("Without a row of its own"), "Its title stands in the text alone.", [()]),
    ],
    "csv/plain.csv": [
        (
            1,
            Metadata("Keys", "R. Tal", "2021-03", (), "https://notes.example/keys", "en", "Who has which key."),
            "Give away a key and you give away the surprise of the bell.\n\nThree rules:\n\n"
            "- Ring first.\n- Wait for a voice.\n- Never water plants that nobody asked you to water.",
            [()],
        )
    ],
    "csv/messy.csv": [
        (1, Metadata("One"), "The first row is whole.", [()]),
        (3, Metadata("messy 3", None, "2020-04-06"), "A row that has lost its name.", [()]),
        (4, Metadata("Four", None, "2020-04-07"), "An unquoted comma, here it is quoted.", [()]),
        (5, Metadata("Five"), "An unquoted comma", [()]),
        (6, Metadata("Six", None, "2020-04-09"), "A byte of nothing stands in it.", [()]),
    ],
    "csv/one-column.csv": [
        (1, Metadata("one-column 1"), "A lamp, a table and two people who are late.", [()]),
        (2, Metadata("one-column 2"), "Nobody says sorry, both smile.", [()]),
    ],
    "jsonl/articles.jsonl": [
        (
            1,
            Metadata(
                "Rain on the tent", "L. Okoro", "2024-06-01", ("camping", "weather"), f"{TENTS}/rain", "en", "A night of it."
            ),
            "The zip was broken, so they took turns holding it shut.\n\nBy morning they had stopped counting whose turn it was.",
            [()],
        ),
        (
            2,
            Metadata("Dry socks", "L. Okoro, S. Berg", "2024-06-02", ("camping", "socks")),
            "One pair was left. They tossed for the left one.",
            [()],
        ),
    ],
    "jsonl/broken.jsonl": [
        (1, Metadata("Whole"), "This line can be read.", [()]),
        (5, Metadata("Whole again"), "And so can this one.", [()]),
        (7, Metadata("Paired"), "Half a sign  is left out.", [()]),
    ],
    "jsonl/crawl.ndjson": [
        (
            1,
            Metadata("Mending a cup", "Petra Ohm", "2019-08-30", ("cups", "glue"), "https://shop.example/a"),
            "Glue first.\n\nPatience second.",
            [()],
        )
    ],
    "jsonl/wordpress-rest.json": [
        (
            1,
            Metadata(
                "Two beds, one room – or two",
                None,
                "2021-05-06",
                (),
                "https://wp.example/two-beds",
                None,
                "Sleep is not a verdict. […]",
            ),
            "Sleep is not a verdict.\n\nWhat we asked\n\nWho wakes first, and who minds?",
            [(), ("What we asked",)],
        )
    ],
    "jsonl/ghost.json": [
        (
            1,
            Metadata("The long drive", None, "2023-03-04", (), None, None, "On who chooses the music."),
            "Four hundred kilometres, one playlist.\n\nWhose turn is it to choose?",
            [()],
        )
    ],
    "jsonl/feed.json": [
        (
            1,
            Metadata("Borrowed umbrella", "Kit Bell", "2024-09-10", ("rain",), "https://feed.example/1", "en-GB"),
            "It came back dry.",
            [()],
        ),
        (2, Metadata("feed 2", None, "2024-09-11"), "A note without a title, long enough to be read.", [()]),
    ],
    "jsonl/wrapped.json": [
        (
            1,
            Metadata("Bread for two", "O. Dee", tags=("kitchen",)),
            "Half a loaf each.\n\nThe heel goes to whoever asks first.",
            [()],
        )
    ],
}
NOTICES = {
    "csv/wordpress.csv": ["Nothing is taken from the columns 'Post Type', 'Status'.", "Without text, and left out: row 2."],
    "csv/excel-german.csv": [
        "It is not UTF-8 and was read as cp1250; if letters look wrong, save it again as UTF-8.",
        f"{ODD_DATE} row 1.",
    ],
    "csv/messy.csv": [
        "Nothing is taken from the columns 'rating', 'column (5)', 'rating (6)'.",
        "Without text, and left out: row 2.",
        "Without a title, and shown as 'messy' with a number: row 3.",
        f"{ODD_DATE} rows 1, 5.",
        "With more fields than there are columns, and the last ones left out: row 5. "
        "Put quotes around a field that holds the sign between fields.",
    ],
    "csv/one-column.csv": ["Without a title, and shown as 'one-column' with a number: rows 1, 2."],
    "jsonl/broken.jsonl": [
        "Not a valid JSON object, and left out: lines 2, 4.",
        "Nothing is taken from the column 'Mood'.",
        "Without text, and left out: line 6.",
    ],
    "jsonl/crawl.ndjson": ["Nothing is taken from the columns 'articleBody', 'crawl'."],
    "jsonl/wordpress-rest.json": [
        "Nothing is taken from the columns 'author', 'categories'.",
        "Without text, and left out: item 2.",
    ],
    "jsonl/ghost.json": ["Nothing is taken from the columns 'plaintext', 'status', 'created_at'."],
    "jsonl/feed.json": ["Without a title, and shown as 'feed' with a number: item 2."],
}
REFUSED = {
    "csv/no-text.csv": (
        "It has no column of text, only the columns 'post_id', 'post_date', 'title', 'subtitle', 'audience'.",
        CALL_IT,
    ),
    "csv/open-quote.csv": (
        "The row that begins in line 3 has a quotation mark that is never closed.",
        "Close it; within a field, write a quotation mark twice.",
    ),
    "jsonl/not-json.json": ("It is not valid JSON (line 3, column 19).", "Mend it there, or export it again."),
    "jsonl/settings.json": ("It has no column of text, only the columns 'theme', 'columns'.", CALL_IT),
}


@pytest.fixture(scope="module")
def isolation():
    with Isolation() as isolation:
        yield isolation


def test_every_fixture_is_expected_to_give_something():
    found = {path.relative_to(FIXTURES).as_posix() for folder in ("csv", "jsonl") for path in (FIXTURES / folder).iterdir()}
    assert found == ARTICLES.keys() | REFUSED.keys()


@pytest.mark.parametrize("source", ARTICLES)
def test_an_export_gives_its_articles_and_says_what_it_left_out(source, isolation):
    reading = read_file(FIXTURES / source, source, isolation, {})
    assert [
        (int(article.id.removeprefix(f"{source}#")), article.metadata, article.text, [one.path for one in article.sections])
        for article in reading.articles
    ] == ARTICLES[source]
    assert [notice.text for notice in reading.notices] == NOTICES.get(source, [])
    assert reading.format == ("CSV" if source.startswith("csv") else "JSON")


@pytest.mark.parametrize("source", REFUSED)
def test_an_export_that_can_not_be_read_is_refused(source, isolation):
    refusal = read_file(FIXTURES / source, source, isolation, {}).refusal
    assert (refusal.source, refusal.reason, refusal.remedy) == (source, *REFUSED[source])


def texts(found):
    articles, notices = found
    return [(article.id, article.text) for article in articles], notices


def refusal(read, text):
    with pytest.raises(Unreadable) as caught:
        read(text, "e")
    return caught.value.reason, caught.value.remedy


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_sign_between_fields_is_told_by_the_names_of_the_columns(delimiter, end):
    other = "," if delimiter != "," else ";"
    table = (
        end.join((delimiter.join(("title", "note", "text")), delimiter.join(("A", "b", f'"1{other}2{end}{end}3 ""4"""')))) + end
    )
    assert texts(read_csv(table, "e"))[0] == [("e#1", f'1{other}2\n\n3 "4"')]


@pytest.mark.parametrize(
    "name",
    ["Published At", "published-at", "publishedAt", " PUBLISHED_AT ", "Published\u00a0at", "published:at"],
)
def test_a_columns_name_is_known_however_it_is_written(name):
    assert normal(name) == "published_at"


def test_an_article_keeps_its_number_when_a_row_before_it_gets_a_text():
    assert texts(read_csv("title,text\nA,\nB,Words.\n", "e"))[0] == [("e#2", "Words.")]
    assert texts(read_csv("title,text\nA,First.\nB,Words.\n", "e"))[0] == [("e#1", "First."), ("e#2", "Words.")]
    assert texts(read_json('\n{"text": "Words."}\n{"text": "More."}\n', "e"))[0] == [("e#2", "Words."), ("e#3", "More.")]


def test_blank_lines_are_no_rows():
    assert texts(read_csv("\n\ntitle,text\n\n,\nA,Words.\n\n", "e"))[0] == [("e#1", "Words.")]


@pytest.mark.parametrize("text", ["", "\n", "title,text\n", "title,text\nA,\n"])
def test_a_table_without_a_text_gives_no_article(text):
    assert refusal(read_csv, text) if not text.strip() else read_csv(text, "e")[0] == []


@pytest.mark.parametrize("text", ["[]", "{}", '{"text": ""}', '[{"text": null}]'])
def test_json_without_a_text_gives_no_article(text):
    assert read_json(text, "e")[0] == []


@pytest.mark.parametrize("text", ["1", '"words"', "null", "[1, 2]", "[[], []]"])
def test_json_without_an_object_is_refused(text):
    assert refusal(read_json, text) == (
        "It holds no list of articles.",
        "Write one object an article, in a list or one a line.",
    )


def test_a_number_too_long_to_be_one_costs_its_line_alone():
    text = '{"text": "Words."}\n{"text": "More.", "views": ' + "9" * 5_000 + '}\n{"text": "Last."}\n'
    assert texts(read_json(text, "e")) == (
        [("e#1", "Words."), ("e#3", "Last.")],
        [
            "Not a valid JSON object, and left out: line 2.",
            "Without a title, and shown as 'e' with a number: lines 1, 3.",
        ],
    )


def test_a_field_of_a_million_characters_is_read_whole():
    word = "word " * 200_000
    assert texts(read_csv(f'title,text\nA,"{word}"\n', "e"))[0] == [("e#1", word.strip())]


def test_many_rows_are_named_by_the_first_ten_of_them():
    rows = "".join(f"T{number},\n" for number in range(12))
    assert read_csv(f"title,text\nA,Words.\n{rows}", "e")[1] == [
        "Without text, and left out: rows 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 2 more."
    ]


def test_many_and_long_names_of_columns_are_shortened():
    names = ",".join(["n" * 50, *(f"c{number}" for number in range(12))])
    assert refusal(read_csv, f"{names}\n1\n")[0] == (
        f"It has no column of text, only the columns '{'n' * 40}...', "
        "'c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8' and 3 more."
    )


@pytest.mark.parametrize(
    "body, text",
    [
        ("<p>One.</p><p>Two &amp; three.</p>", "One.\n\nTwo & three."),
        ("One.<br>Two.", "One.\nTwo."),
        ("**One.**\n\n[Two](https://a.example).", "One.\n\nTwo."),
        ("One < two, two > one & so on.", "One < two, two > one & so on."),
        ("# One\n\n## Two\n\nThree.", "One\n\nTwo\n\nThree."),
        ("One *star*, two * stars.", "One *star*, two * stars."),
    ],
)
def test_a_body_is_html_markdown_or_plain_text_as_it_looks(body, text):
    import json

    assert texts(read_json(json.dumps({"title": "A", "body": body}), "e"))[0] == [("e#1", text)]


def test_the_heading_that_repeats_the_title_is_not_read_twice():
    (article,), _ = read_json('{"title": "Bread", "body": "<h2>Bread</h2><h3>Rise</h3><p>Wait.</p>"}', "e")
    assert article == Article("e#1", "e", Metadata("Bread"), "Rise\n\nWait.", (Section(("Rise",), 0, 6, 11),))
