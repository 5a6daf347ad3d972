"""Plain text to articles: what people paste into one file comes out as the articles that they see in it."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from footnote.readers.bylines import Byline, parse_byline
from footnote.readers.decoding import decode
from footnote.readers.dump import read
from footnote.records import Section

DUMPS = Path(__file__).parents[2] / "fixtures" / "dumps"
NAMES = ["crlf", "hashtag_each", "no_blank", "numbered", "plain", "single", "two_hashtags", "wrapped"]
# Written later, by somebody who had not seen the reader.
MORE = ["byline", "caps", "contents", "gaps", "lists", "posted", "reviewed", "roman", "short", "steps"]
EVERY = sorted([*NAMES, *MORE])
HABIT = "We tried this for a whole summer on the balcony, and it worked well enough to keep."
DOUBT = "My neighbour does it differently, and her pots look better than mine in most years."


def read_bytes(content, source):
    """The articles and the decoded text of ``content``; nothing may be remarked upon."""
    text, _ = decode(content)
    articles, notices = read(text, source)
    assert notices == []
    return articles, text


def headings(article):
    return [section.path[-1] for section in article.sections if section.path]


def words_under_headings(article):
    return " ".join(article.text[section.body : section.end] for section in article.sections).split()


def paths(article):
    return [section.path for section in article.sections]


# --- kinds of export ------------------------------------------------------------------------------------------


def test_every_fixture_is_tested():
    assert sorted(path.stem for path in DUMPS.glob("*.txt")) == EVERY
    assert sorted(path.stem for path in DUMPS.glob("*.json")) == EVERY


@pytest.mark.parametrize("name", EVERY)
def test_a_dump_gives_the_articles_that_a_reader_sees_in_it(name):
    expected = json.loads((DUMPS / f"{name}.json").read_text(encoding="utf-8"))["articles"]
    articles, _ = read_bytes((DUMPS / f"{name}.txt").read_bytes(), f"{name}.txt")
    assert [
        {
            "title": article.metadata.title,
            "author": article.metadata.author,
            "published": article.metadata.published,
            "tags": list(article.metadata.tags),
            "headings": headings(article),
            "first_words": " ".join(words_under_headings(article)[:6]),
            "last_words": " ".join(words_under_headings(article)[-6:]),
        }
        for article in articles
    ] == expected


@pytest.mark.parametrize(
    "name, ids",
    [
        ("crlf", ["crlf.txt#1", "crlf.txt#2", "crlf.txt#3"]),
        ("hashtag_each", ["hashtag_each.txt#1", "hashtag_each.txt#2", "hashtag_each.txt#3", "hashtag_each.txt#4"]),
        ("no_blank", ["no_blank.txt#1", "no_blank.txt#2", "no_blank.txt#3"]),
        ("numbered", ["numbered.txt#1", "numbered.txt#2", "numbered.txt#3"]),
        ("plain", ["plain.txt#1", "plain.txt#2", "plain.txt#3"]),
        ("single", ["single.txt"]),
        ("two_hashtags", ["two_hashtags.txt#1", "two_hashtags.txt#2", "two_hashtags.txt#3"]),
        ("wrapped", ["wrapped.txt#1", "wrapped.txt#2", "wrapped.txt#3"]),
    ],
)
def test_articles_are_numbered_where_a_file_holds_several(name, ids):
    articles, _ = read_bytes((DUMPS / f"{name}.txt").read_bytes(), f"{name}.txt")
    assert [article.id for article in articles] == ids
    assert {article.source for article in articles} == {f"{name}.txt"}


@pytest.mark.parametrize("name", EVERY)
def test_an_article_knows_where_its_title_stands_in_the_file(name):
    articles, text = read_bytes((DUMPS / f"{name}.txt").read_bytes(), f"{name}.txt")
    titles = [article.metadata.title for article in articles]
    assert [text[article.source_start :][: len(title)] for article, title in zip(articles, titles, strict=True)] == titles


@pytest.mark.parametrize("name", NAMES)
def test_no_word_of_a_dump_is_lost_but_its_tags_bylines_and_rules(name):
    articles, text = read_bytes((DUMPS / f"{name}.txt").read_bytes(), f"{name}.txt")
    kept = [
        line
        for line in text.splitlines()
        if not re.match(r"#|-{3}|(Written by|By) [A-Z][\w.]+ |(June|September) \d+, \d{4}$", line) and line.strip()
    ]
    told = [re.sub(r"^\d\. ", "", line) for line in kept]
    read_back = "\n".join(f"{article.metadata.title}\n{article.text}" for article in articles)
    assert re.sub(r"^\d\. ", "", read_back, flags=re.MULTILINE).split() == "\n".join(told).split()


@pytest.mark.parametrize("name", EVERY)
def test_sections_cover_the_text_but_for_the_blank_lines_between_them(name):
    articles, _ = read_bytes((DUMPS / f"{name}.txt").read_bytes(), f"{name}.txt")
    for article in articles:
        edges = [0, *(edge for section in article.sections for edge in (section.start, section.end)), len(article.text)]
        between = [article.text[edges[at] : edges[at + 1]] for at in range(0, len(edges), 2)]
        assert between == ["", *["\n\n"] * (len(article.sections) - 1), ""]
        assert all(section.start <= section.body <= section.end for section in article.sections)


@pytest.mark.parametrize("line_end", ["\r\n", "\r", "\u2028", "\n"])
@pytest.mark.parametrize("name", NAMES)
def test_other_line_ends_change_nothing_but_where_an_article_begins(name, line_end):
    content = (DUMPS / f"{name}.txt").read_bytes().replace(b"\r\n", b"\n")
    expected, _ = read_bytes(content, "f.txt")
    articles, text = read_bytes(content.replace(b"\n", line_end.encode()), "f.txt")
    assert [replace(article, source_start=None) for article in articles] == [
        replace(article, source_start=None) for article in expected
    ]
    assert all(text[article.source_start :].startswith(article.metadata.title) for article in articles)


# --- a real user's export, told by its line numbers so that none of its sentences stands here ----------------------------

EXPORT_ARTICLES = [
    # title, first line, last line, headings; an inline label is the line's words before the first full stop
    (
        3,
        (5, 49),
        [
            (),
            (9,),
            (15,),
            (15, "17."),
            (15, "19."),
            (15, "21."),
            (15, "23."),
            (25,),
            (31,),
            (37,),
            (37, "41."),
            (37, "43."),
            (37, "45."),
            (47,),
        ],
    ),
    (
        51,
        (55, 147),
        [
            (),
            (57,),
            (61,),
            (61, 63),
            (61, 67),
            (61, 71),
            (61, 75),
            (61, 79),
            (83,),
            (83, 85),
            (83, 89),
            (83, 93),
            (83, 97),
            (83, 101),
            (105,),
            (105, 107),
            (105, 111),
            (105, 115),
            (105, 119),
            (105, 123),
            (127,),
            (135,),
            (145,),
        ],
    ),
    (149, (151, 171), [(), (153,), (153, 155), (153, 159), (153, 163), (167,), (171,)]),
]


@pytest.fixture
def file_lines(export):
    """The lines of the export; the first is number 1."""
    return ["", *export.read_text(encoding="utf-8").replace("\u00a0", " ").split("\n")]


def heading(file_lines, number):
    return file_lines[int(number[:-1])].split(".")[0] if isinstance(number, str) else file_lines[number]


def test_the_export_is_three_articles_with_the_titles_of_their_lines(export, file_lines):
    articles, text = read_bytes(export.read_bytes(), "export.txt")
    assert [article.id for article in articles] == ["export.txt#1", "export.txt#2", "export.txt#3"]
    assert [article.metadata.title for article in articles] == [file_lines[3], file_lines[51], file_lines[149]]
    assert [text.count("\n", 0, article.source_start) + 1 for article in articles] == [3, 51, 149]
    assert all(text[article.source_start :].startswith(article.metadata.title) for article in articles)


def test_the_export_has_the_headings_and_inline_labels_of_its_lines(export, file_lines):
    articles, _ = read_bytes(export.read_bytes(), "export.txt")
    assert [paths(article) for article in articles] == [
        [tuple(heading(file_lines, number) for number in path) for path in expected] for _, _, expected in EXPORT_ARTICLES
    ]


def test_the_text_of_the_export_is_its_lines_and_nothing_is_lost(export, file_lines):
    articles, _ = read_bytes(export.read_bytes(), "export.txt")
    assert [article.text for article in articles] == [
        "\n\n".join(line.strip() for line in file_lines[first : last + 1] if line.strip())
        for _, (first, last), _ in EXPORT_ARTICLES
    ]


def test_a_label_opens_a_section_that_holds_it(export, file_lines):
    articles, _ = read_bytes(export.read_bytes(), "export.txt")
    labelled = [section for section in articles[0].sections if section.path and section.body == section.start]
    assert [articles[0].text[section.start : section.end] for section in labelled] == [
        file_lines[number].strip() for number in (17, 19, 21, 23, 41, 43, 45)
    ]
    others = [section for article in articles[1:] for section in article.sections]
    assert [section for section in others if section.path and section.body == section.start] == []


def test_only_the_second_article_of_the_export_names_its_author(export, file_lines):
    articles, _ = read_bytes(export.read_bytes(), "export.txt")
    author = file_lines[53].strip().removeprefix("Written by ")
    assert [article.metadata.author for article in articles] == [None, author, None]
    assert [article.metadata.published for article in articles] == [None, None, None]
    assert [line for article in articles for line in article.text.split("\n") if line.endswith(author)] == []


def test_the_tag_of_the_export_is_every_articles(export, file_lines):
    articles, _ = read_bytes(export.read_bytes(), "export.txt")
    assert [article.metadata.tags for article in articles] == [(file_lines[1].strip("# "),)] * 3


def test_the_export_trails_off_in_a_heading_without_words(export, file_lines):
    articles, _ = read_bytes(export.read_bytes(), "export.txt")
    end = len(articles[2].text)
    assert articles[2].sections[-1] == Section((file_lines[171],), end - len(file_lines[171]), end, end)


def test_the_export_with_crlf_gives_the_same_articles_but_for_where_they_begin(export):
    content = export.read_bytes()
    expected, _ = read_bytes(content, "export.txt")
    articles, text = read_bytes(content.replace(b"\n", b"\r\n"), "export.txt")
    assert [replace(article, source_start=None) for article in articles] == [
        replace(article, source_start=None) for article in expected
    ]
    assert [article.source_start for article in articles] == [
        article.source_start + line - 1 for article, line in zip(expected, (3, 51, 149), strict=True)
    ]
    assert all(text[article.source_start :].startswith(article.metadata.title) for article in articles)


# --- who wrote it, and when -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line, author, published",
    [
        ("Written by Odalys Fennwick, MGdn", "Odalys Fennwick, MGdn", None),
        ("By Dr. A. B., PhD | March 3, 2024", "Dr. A. B., PhD", "2024-03-03"),
        ("by Ann Lee", "Ann Lee", None),
        ("BY ANN LEE", "ANN LEE", None),
        ("By: Ann Lee", "Ann Lee", None),
        ("*By Ann Lee*", "Ann Lee", None),
        ("By Ann Lee, Ph.D.", "Ann Lee, Ph.D.", None),
        ("Author: Ann Lee", "Ann Lee", None),
        ("Authors: Ann Lee and José Ortiz", "Ann Lee and José Ortiz", None),
        ("Text by Ann O'Neil", "Ann O'Neil", None),
        ("Story by Ludwig van der Meer", "Ludwig van der Meer", None),
        ("By Jean-Luc Roy & Ann Lee — Published on June 9th, 2022", "Jean-Luc Roy & Ann Lee", "2022-06-09"),
        ("Posted by Ann Lee on March 3, 2024", "Ann Lee", "2024-03-03"),
        ("By Ann Lee - 9 June 2022", "Ann Lee", "2022-06-09"),
        ("Posted on March 3, 2024 by Ann Lee", "Ann Lee", "2024-03-03"),
        ("Published on March 3, 2024, by Ann Lee", "Ann Lee", "2024-03-03"),
        ("By Ann Lee | Reviewed by Bo Kim, MD | 5 min read", "Ann Lee", None),
        ("By Ann Lee 2024-03-05", "Ann Lee", "2024-03-05"),
        ("By Ann Lee · 5 min read", "Ann Lee", None),
        ("March 2024 | 7 minute read", None, "2024-03"),
        ("June 9, 2022", None, "2022-06-09"),
        ("9 June 2022", None, "2022-06-09"),
        ("Published: 2024-03-05", None, "2024-03-05"),
        ("Last updated on: 2024-03-05T10:00:00Z", None, "2024-03-05"),
        ("Date: 2024/3/5", None, "2024-03-05"),
        ("On March 5th, 2024", None, "2024-03-05"),
    ],
)
def test_a_byline_says_who_and_when(line, author, published):
    assert parse_byline(line) == Byline(author, published)


@pytest.mark.parametrize(
    "line",
    [
        "By listening closely, you learn what a plant wants.",
        "By the time you read this, the basil is gone.",
        "By the Sea",
        "By 2024",
        "By then",
        "By Ann Lee, who grew up on a farm and never looked back.",
        "By March 3, 2024 we were done",
        "On March 3, 2024 we left",
        "Ann Lee",
        "Ann Lee, LMFT",
        "Reviewed by Ann Lee, MD",
        "Written by hand",
        "5 min read",
        "03/04/2024",
        "Date: 31 February 2023",
        "Published",
        "Why by Ann Lee?",
        "By " + "Ann " * 40,
        "",
    ],
)
def test_a_line_that_only_looks_like_a_byline_is_none(line):
    assert parse_byline(line) is None


def test_a_paragraph_that_begins_with_by_stays_in_the_text():
    (article,), _ = read_bytes(f"Growing Basil\n\nBy listening closely, you learn what it wants.\n\n{HABIT}\n".encode(), "b.txt")
    assert (article.metadata.title, article.metadata.author) == ("Growing Basil", None)
    assert article.text == f"By listening closely, you learn what it wants.\n\n{HABIT}"


@pytest.mark.parametrize(
    "under, author, published",
    [
        ("By Ann Lee | May 2, 2023\nUpdated June 3, 2024\n", "Ann Lee", "2023-05-02"),
        ("May 2, 2023\n\nWritten by Ann Lee\n", "Ann Lee", "2023-05-02"),
        ("By Ann Lee\n", "Ann Lee", None),
        ("2023-05-02\n", None, "2023-05-02"),
        ("05/02/2023\n", None, None),
    ],
)
def test_the_lines_under_a_title_say_who_and_when_in_either_order(under, author, published):
    (article,), _ = read_bytes(f"Growing Basil\n{under}\n{HABIT}\n".encode(), "b.txt")
    assert (article.metadata.author, article.metadata.published) == (author, published)
    assert article.text.endswith(HABIT)
    assert (article.text == HABIT) == (author is not None or published is not None)


@pytest.mark.parametrize("line", ["5 min read", "Reading time: 5 minutes", "Medically reviewed by Ann Lee, MD on March 3, 2024"])
def test_a_line_of_fact_under_a_title_is_no_word_of_the_article(line):
    (article,), _ = read_bytes(f"Growing Basil\n\n{line}\nBy Bo Kim\n\n{HABIT}\n".encode(), "b.txt")
    assert (article.metadata.author, article.metadata.published, article.text) == ("Bo Kim", None, HABIT)


@pytest.mark.parametrize("line", ["15 minutes", "Edited by Hand", "Reviewed by the whole street"])
def test_a_line_that_only_looks_like_a_fact_stays(line):
    (article,), _ = read_bytes(f"Growing Basil\n\n{line}\n\n{HABIT}\n".encode(), "b.txt")
    assert article.text == f"{line}\n\n{HABIT}"


@pytest.mark.parametrize("name", ["Dr. Jane Q. Public, LMFT", "Ann van der Lee, PhD, CPDT-KA"])
def test_a_name_with_credentials_under_a_title_is_its_author(name):
    text = f"Growing Basil\n\n{name}\n\n{HABIT}\n\nWhat Others Do\n\n{name}\n\n{DOUBT}\n"
    (article,), _ = read_bytes(text.encode(), "b.txt")
    assert (article.metadata.author, paths(article)) == (name, [(), ("What Others Do",), ("What Others Do", name)])


# --- small files made by hand --------------------------------------------------------------------------------------------


def test_a_file_without_a_title_is_named_after_itself_and_its_owner_is_told():
    articles, notices = read(f"{HABIT}\n\n{DOUBT}\n", "herbs/basil.txt")
    assert [(article.id, article.metadata.title, article.text) for article in articles] == [
        ("herbs/basil.txt", "basil", f"{HABIT}\n\n{DOUBT}")
    ]
    assert notices == ["It has no title and is shown as 'basil': put a title on a line of its own at its top."]


@pytest.mark.parametrize("text", ["", "\n\n \t\n", "#herbs\n", "---\n\n***\n", "\u200b\ufeff\n"])
def test_a_file_without_words_gives_no_article(text):
    assert read(text, "b.txt") == ([], [])


def test_two_articles_are_parted_by_a_closing_section():
    text = f"Growing Basil\n\n{HABIT}\n\nTLDR\n\n{DOUBT}\n\nGrowing Mint\n\n{DOUBT}\n\nTLDR\n\n{HABIT}\n"
    articles, _ = read_bytes(text.encode(), "b.txt")
    assert [(article.metadata.title, article.text, article.source_start) for article in articles] == [
        ("Growing Basil", f"{HABIT}\n\nTLDR\n\n{DOUBT}", 0),
        ("Growing Mint", f"{DOUBT}\n\nTLDR\n\n{HABIT}", text.index("Growing Mint")),
    ]


@pytest.mark.parametrize(
    "between",
    [
        "\n---\n\n",
        "\n* * *\n\n",
        "\n\n\n\n",
        "\n#mints\n\n",
        "\x0c",
    ],
    ids=["dashes", "stars", "wide gap", "tag line", "form feed"],
)
def test_two_articles_are_parted_by_what_stands_between_them(between):
    first = f"Growing Basil\n\n{HABIT}\n\nIn the Pot\n\n{DOUBT}\n\nIn the Bed\n\n{HABIT}\n"
    articles, _ = read_bytes(f"{first}{between}Growing Mint\n\n{DOUBT}\n\nIn the Shade\n\n{HABIT}\n".encode(), "b.txt")
    assert [(article.metadata.title, paths(article), article.source_start) for article in articles] == [
        ("Growing Basil", [(), ("In the Pot",), ("In the Bed",)], 0),
        ("Growing Mint", [(), ("In the Shade",)], len(first) + len(between)),
    ]


def test_articles_are_parted_by_the_bylines_under_their_titles():
    text = f"Growing Basil\n\nBy Ann Lee\n\n{HABIT}\n\nGrowing Mint\n\nBy Bo Lee | May 2, 2023\n\n{DOUBT}\n"
    articles, _ = read_bytes(text.encode(), "b.txt")
    assert [(article.metadata.title, article.metadata.author, article.text) for article in articles] == [
        ("Growing Basil", "Ann Lee", HABIT),
        ("Growing Mint", "Bo Lee", DOUBT),
    ]


def test_articles_are_parted_where_the_numbers_of_the_headings_begin_anew():
    text = (
        f"Growing Basil\n\n{HABIT}\n\n1. Sow It\n\n{DOUBT}\n\n2. Cut It\n\n{HABIT}\n\n"
        f"Growing Mint\n\n{DOUBT}\n\n1. Plant It\n\n{HABIT}\n\n2. Fence It In\n\n{DOUBT}\n"
    )
    articles, _ = read_bytes(text.encode(), "b.txt")
    assert [(article.metadata.title, paths(article)) for article in articles] == [
        ("Growing Basil", [(), ("Sow It",), ("Cut It",)]),
        ("Growing Mint", [(), ("Plant It",), ("Fence It In",)]),
    ]


def test_tags_at_the_end_of_each_article_are_that_articles():
    text = f"Growing Basil\n\n{HABIT}\n\n#herbs #pots\n\nGrowing Mint\n\n{DOUBT}\n\n#mints\n"
    articles, _ = read_bytes(text.encode(), "b.txt")
    assert [(article.metadata.title, article.metadata.tags) for article in articles] == [
        ("Growing Basil", ("herbs", "pots")),
        ("Growing Mint", ("mints",)),
    ]


def test_a_tag_line_may_part_its_tags_as_it_likes():
    (article,), _ = read_bytes(f"#herbs, #pots; #frühling #no-dig\n\nGrowing Basil\n\n{HABIT}\n".encode(), "b.txt")
    assert article.metadata.tags == ("herbs", "pots", "frühling", "no-dig")


def test_tags_may_be_a_labelled_line():
    text = f"Growing Basil\n\n{HABIT}\n\nTags: herbs, window sills\n\nGrowing Mint\n\n{DOUBT}\n\nTags: mints\n"
    articles, _ = read_bytes(text.encode(), "b.txt")
    assert [(article.metadata.title, article.metadata.tags, article.text) for article in articles] == [
        ("Growing Basil", ("herbs", "window sills"), HABIT),
        ("Growing Mint", ("mints",), DOUBT),
    ]


@pytest.mark.parametrize("line", ["Tags: see that they are legible.", "Tags: these are what I tie around each of my pots"])
def test_a_sentence_is_no_tag_line(line):
    (article,), _ = read_bytes(f"Growing Basil\n\n{HABIT}\n\n{line}\n\n{DOUBT}\n".encode(), "b.txt")
    assert article.metadata.tags == ()
    assert line in article.text


@pytest.mark.parametrize("heading", ["Contents", "Table of Contents", ""])
def test_a_table_of_contents_at_the_top_is_no_article(heading):
    text = (
        f"{heading}\n\n1. Growing Basil ..... 2\n2. Growing Mint ..... 5\n\n"
        f"Growing Basil\n\n{HABIT}\n\nTLDR\n\n{DOUBT}\n\nGrowing Mint\n\n{DOUBT}\n"
    )
    articles, _ = read_bytes(text.encode(), "b.txt")
    assert [(article.metadata.title, paths(article)) for article in articles] == [
        ("Growing Basil", [(), ("TLDR",)]),
        ("Growing Mint", [()]),
    ]


def test_a_table_of_contents_in_an_article_is_no_section():
    text = f"Growing Basil\n\n{HABIT}\n\nIn this article:\n\nSow it\nCut it\n\nSow it\n\n{DOUBT}\n\nCut it\n\n{HABIT}\n"
    (article,), _ = read_bytes(text.encode(), "b.txt")
    assert article.text == f"{HABIT}\n\nSow it\n\n{DOUBT}\n\nCut it\n\n{HABIT}"


def test_contents_that_stand_nowhere_below_stay_in_the_text():
    (article,), _ = read_bytes(f"Growing Basil\n\nContents\n\nTwo pots\nOne bag\n\n{HABIT}\n".encode(), "b.txt")
    assert article.text == f"Contents\n\nTwo pots\n\nOne bag\n\n{HABIT}"


def test_a_list_stays_one_paragraph_and_its_items_their_own_lines():
    text = f"Growing Basil\n\nIt needs these:\n\n- sun from noon\n- water twice a day\n\n{HABIT}\n"
    (article,), _ = read_bytes(text.encode(), "b.txt")
    assert article.text == f"It needs these:\n\n- sun from noon\n- water twice a day\n\n{HABIT}"
    assert paths(article) == [()]


def test_two_inline_labels_are_sections_and_one_alone_is_a_sentence():
    (two,), _ = read_bytes(f"Growing Basil\n\nSun. {HABIT}\n\nWater. {DOUBT}\n".encode(), "b.txt")
    assert two.sections == (Section(("Sun",), 0, 0, 88), Section(("Water",), 90, 90, 180))
    (one,), _ = read_bytes(f"Growing Basil\n\nSun. {HABIT}\n\n{DOUBT}\n".encode(), "b.txt")
    assert one.sections == (Section((), 0, 0, 173),)


def test_a_label_in_small_letters_needs_a_colon_and_a_sentence():
    (told,), _ = read_bytes(f"Growing Basil\n\nMake room: {HABIT}\n\nHold back: {DOUBT}\n".encode(), "b.txt")
    assert paths(told) == [("Make room",), ("Hold back",)]
    (small,), _ = read_bytes(f"Growing Basil\n\nMake room: {HABIT.lower()}\n\nHold back: {DOUBT.lower()}\n".encode(), "b.txt")
    assert paths(small) == [()]


def test_the_names_in_a_list_of_sources_are_no_labels():
    sources = "Lee, A. (2016). On Basil and Other Herbs. Pot Press.\n\nKim, B. and Roe, C. (2019). On Mint. Pot Press."
    (article,), _ = read_bytes(f"Growing Basil\n\n{HABIT}\n\nReferences\n\n{sources}\n".encode(), "b.txt")
    assert paths(article) == [(), ("References",)]


def test_a_few_words_and_a_colon_are_headings_where_most_are_written_so():
    text = f"Growing Basil\n\nBefore you sow:\n\n{HABIT}\n\nAfter the frost:\n\n{DOUBT}\n\nWhat you need:\n\n- a pot\n- sun\n"
    (article,), _ = read_bytes(text.encode(), "b.txt")
    assert paths(article) == [("Before you sow",), ("After the frost",)]
    text = f'Growing Basil\n\nMy aunt told me this:\n\n{HABIT}\n\nThen she said:\n\n"{DOUBT}"\n'
    (article,), _ = read_bytes(text.encode(), "b.txt")
    assert paths(article) == [()]


def test_numbers_are_part_of_the_text_and_no_part_of_a_headings_name():
    (article,), _ = read_bytes(f"Growing Basil\n\n{HABIT}\n\n1. Sow It\n\n{DOUBT}\n\n2. Cut It\n\n{HABIT}\n".encode(), "b.txt")
    assert article.text == f"{HABIT}\n\n1. Sow It\n\n{DOUBT}\n\n2. Cut It\n\n{HABIT}"
    assert paths(article) == [(), ("Sow It",), ("Cut It",)]


def test_headings_may_be_numbered_in_roman_and_lettered_under_that():
    text = f"Growing Basil\n\nI. Light\n\nA. Windows\n\n{HABIT}\n\nB. Lamps\n\n{DOUBT}\n\nII. Water\n\nA. How Much\n\n{HABIT}\n"
    (article,), _ = read_bytes(text.encode(), "b.txt")
    assert paths(article) == [
        ("Light",),
        ("Light", "Windows"),
        ("Light", "Lamps"),
        ("Water",),
        ("Water", "How Much"),
    ]


@pytest.mark.parametrize("title", ["C. S. Lewis Grew Basil", "E. coli on Your Herbs", "X-Rays and Basil"])
def test_initials_are_no_numbers(title):
    (article,), _ = read_bytes(f"{title}\n\n{HABIT}\n".encode(), "b.txt")
    assert article.metadata.title == title


def test_markdown_headings_in_a_text_file_lose_their_signs_in_the_names():
    (article,), _ = read_bytes(f"# Growing Basil\n\n{HABIT}\n\n## Cutting\n\n{DOUBT}\n".encode(), "b.txt")
    assert (article.metadata.title, paths(article)) == ("Growing Basil", [(), ("Cutting",)])


def test_a_long_byline_is_not_joined_to_the_next():
    text = f"Growing Basil\n\nMedically reviewed by Ann van der Lee, MD, PhD, FRCP\nWritten by Bo Kim\n\n{HABIT}\n"
    (article,), _ = read_bytes(text.encode(), "b.txt")
    assert (article.metadata.author, article.text) == ("Bo Kim", HABIT)


@pytest.mark.parametrize("width", [60, 72, 100])
def test_hard_wrapped_paragraphs_are_joined(width):
    import textwrap

    paragraph = f"{HABIT} {DOUBT} {HABIT}"
    wrapped = "\n".join(textwrap.wrap(paragraph, width))
    (article,), _ = read_bytes(f"Growing Basil\n\n{wrapped}\n\nCutting\n\n{wrapped}\n".encode(), "b.txt")
    assert article.text == f"{paragraph}\n\nCutting\n\n{paragraph}"


def test_a_title_without_words_is_named_and_left_out():
    found, notices = read(
        "First Title\n\nBy Ann Lee\n\nWords of the first article stand here, in a sentence.\n\n---\n\n"
        "Second Title\nBy Bo Roe\n\n---\n\n"
        "Third Title\nBy Cy Poe\n\nWords of the third article stand here, in a sentence.\n",
        "export.txt",
    )
    assert [(article.id, article.metadata.title) for article in found] == [
        ("export.txt#1", "First Title"),
        ("export.txt#3", "Third Title"),
    ]
    assert notices == ["Without words under them, and left out: 'Second Title'."]
