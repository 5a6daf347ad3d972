"""Markdown to one article: the words that a reader of the rendered page sees, and nothing of the markup."""

import pytest

from footnote.errors import Unreadable
from footnote.readers.markdown import read
from footnote.records import Metadata, Section


def article(text, source="notes/bread.md"):
    """The one article in ``text``, about which there is nothing to remark."""
    (found,), notices = read(text, source)
    assert notices == []
    return found


def body(text):
    """The canonical text of what stands under a title."""
    return article(f"# Bread\n\n{text}").text


def metadata(*lines):
    return article("\n".join(["---", *lines, "---", "", "Words."])).metadata


def refusal(text):
    with pytest.raises(Unreadable) as caught:
        read(text, "bread.md")
    return caught.value.reason, caught.value.remedy


# --- text and sections ---------------------------------------------------------------------------------------------------


def test_a_page_gives_its_text_and_its_sections():
    found = article(
        "# Bread at home\n\nBread needs *time*.\n\n"
        "## Rising\n\nLet it **rise**.\nTwo hours will do.\n\nThen fold it.\n\n"
        "### In winter\n\nLonger.\n\n"
        "## Baking\n\nBake it hot.\n"
    )
    assert found.id == found.source == "notes/bread.md"
    assert found.metadata == Metadata("Bread at home")
    assert found.text == (
        "Bread needs time.\n\nRising\n\nLet it rise. Two hours will do.\n\nThen fold it.\n\nIn winter\n\nLonger.\n\n"
        "Baking\n\nBake it hot."
    )
    assert found.sections == (
        Section((), 0, 0, 17),
        Section(("Rising",), 19, 27, 73),
        Section(("Rising", "In winter"), 75, 86, 93),
        Section(("Baking",), 95, 103, 115),
    )
    assert [found.text[section.body : section.end] for section in found.sections] == [
        "Bread needs time.",
        "Let it rise. Two hours will do.\n\nThen fold it.",
        "Longer.",
        "Bake it hot.",
    ]
    assert [found.text[section.start : section.body] for section in found.sections] == [
        "",
        "Rising\n\n",
        "In winter\n\n",
        "Baking\n\n",
    ]


def test_a_level_left_out_does_not_break_the_path():
    found = article("# Bread\n\n## Flour\n\n#### Rye\n\nDark.\n\n### Wheat\n\nPale.\n\n## Water\n\nWet.\n")
    assert [section.path for section in found.sections] == [
        ("Flour",),
        ("Flour", "Rye"),
        ("Flour", "Wheat"),
        ("Water",),
    ]


def test_a_heading_without_words_under_it_is_a_section_without_a_body():
    found = article("# Bread\n\nWords.\n\n## Flour\n\n### Rye\n\nDark.\n\n## Notes\n")
    assert found.text == "Words.\n\nFlour\n\nRye\n\nDark.\n\nNotes"
    assert found.sections == (
        Section((), 0, 0, 6),
        Section(("Flour",), 8, 13, 13),
        Section(("Flour", "Rye"), 15, 20, 25),
        Section(("Notes",), 27, 32, 32),
    )


def test_underlined_headings_are_headings():
    found = article("Bread\n=====\n\nWords.\n\nRising\n---\n\nSlowly.\n")
    assert (found.metadata.title, found.text) == ("Bread", "Words.\n\nRising\n\nSlowly.")
    assert [section.path for section in found.sections] == [(), ("Rising",)]


def test_markup_in_a_heading_is_not_shown():
    found = article("# The *best* `bread`\n\n## A [link](http://a.b) & **more** ##\n\nWords.\n")
    assert found.metadata.title == "The best bread"
    assert [section.path for section in found.sections] == [("A link & more",)]


def test_a_heading_of_no_words_is_none():
    assert article("# Bread\n\nBefore.\n\n##\n\nAfter.\n").sections == (Section((), 0, 0, 15),)


def test_the_same_heading_twice_is_two_sections():
    found = article("# Bread\n\n## Tip\n\nOne.\n\n## Tip\n\nTwo.\n")
    assert found.sections == (Section(("Tip",), 0, 5, 9), Section(("Tip",), 11, 16, 20))


# --- title -----------------------------------------------------------------------------------------------------------------


def test_the_first_heading_is_the_title_and_not_repeated_in_the_text():
    found = article("# Bread\n\nWords.\n")
    assert (found.metadata.title, found.text) == ("Bread", "Words.")


def test_a_title_in_the_front_matter_goes_before_the_heading():
    found = article("---\ntitle: Bread at home\n---\n# Flour\n\nWords.\n")
    assert (found.metadata.title, found.text) == ("Bread at home", "Flour\n\nWords.")
    assert found.sections == (Section(("Flour",), 0, 7, 13),)


@pytest.mark.parametrize("heading", ["# Bread at home", "## Bread at home", "# Bread *at* home", "Bread at home\n==="])
def test_a_heading_that_says_the_title_again_is_left_out(heading):
    found = article(f"---\ntitle: Bread  at home\n---\n{heading}\n\nWords.\n")
    assert (found.metadata.title, found.text) == ("Bread at home", "Words.")


def test_a_second_heading_of_the_first_level_is_a_section():
    found = article("# Bread\n\nWords.\n\n# Water\n\nWet.\n")
    assert (found.metadata.title, [section.path for section in found.sections]) == ("Bread", [(), ("Water",)])


@pytest.mark.parametrize(
    "text", ["Words.\n", "## Rising\n\nWords.\n", "Words first.\n\n# Heading\n", "---\ntags: [a]\n---\nWords.\n"]
)
def test_a_page_without_a_title_is_named_after_its_file_and_its_owner_is_told(text):
    (found,), notices = read(text, "notes/sour dough.md")
    assert found.metadata.title == "sour dough"
    assert notices == ["It has no title and is shown as 'sour dough': give it a 'title:' in its front matter or a '# heading'."]


@pytest.mark.parametrize(
    "text", ["", " \n\n", "---\ntitle: Bread\n---\n", "---\ntitle: Bread\n---", "<!-- only this -->\n", "---\n---\n"]
)
def test_a_page_without_words_gives_no_article(text):
    assert read(text, "bread.md") == ([], [])


def test_only_front_matter_is_refused_as_empty(tmp_path):
    from footnote.readers import read_articles
    from footnote.records import Refusal

    path = tmp_path / "bread.md"
    path.write_text("---\ntitle: Bread\ntags: [a]\n---\n\n", encoding="utf-8")
    (reading,) = read_articles(tmp_path)
    assert reading.refusal == Refusal(
        "bread.md", "It is empty: no words were found in it.", "Write something in it, or remove it."
    )


# --- front matter ------------------------------------------------------------------------------------------------------------


def test_every_field_of_the_front_matter_is_read():
    assert metadata(
        "title: 'Bread: a love story'",
        "author: Ann Lee, PhD",
        "published: 2024-03-05",
        "tags: [baking, home]",
        "url: https://example.org/bread",
        "language: en",
        "summary: >",
        "  How to bake it,",
        "  slowly.",
        "reviewed: 2025-01-01",
        "layout: {theme: dark}",
    ) == Metadata(
        title="Bread: a love story",
        author="Ann Lee, PhD",
        published="2024-03-05",
        tags=("baking", "home"),
        url="https://example.org/bread",
        language="en",
        summary="How to bake it, slowly.",
    )


def test_what_the_front_matter_does_not_say_is_unknown():
    assert metadata("title: Bread", "author:", "published: ~", "tags:", "summary: ''") == Metadata("Bread")


def test_norwegian_is_no_no():
    assert metadata("title: Brød", "language: no") == Metadata("Brød", language="no")


def test_other_names_for_the_same_fields_are_known():
    assert metadata(
        "Title: Bread",
        "AUTHORS: [Ann Lee, Bo Roe]",
        "date: 2024-03-05",
        "keywords: a, b",
        "permalink: /bread",
        "lang: de",
        "description: Short.",
    ) == Metadata("Bread", "Ann Lee, Bo Roe", "2024-03-05", ("a", "b"), "/bread", "de", "Short.")


@pytest.mark.parametrize(
    "line, tags",
    [
        ("tags: [baking, home]", ("baking", "home")),
        ("tags:\n  - baking\n  - slow food", ("baking", "slow food")),
        ("tags: baking, slow food", ("baking", "slow food")),
        ("tags: '#baking, #home'", ("baking", "home")),
        ("tags: [baking, baking, ' ', home]", ("baking", "home")),
        ("tags: baking", ("baking",)),
        ("tags: [2024, cafe\u0301]", ("2024", "caf\u00e9")),
        ("categories: [baking]", ("baking",)),
        ("tags: []", ()),
    ],
)
def test_tags_are_a_list_or_parted_by_commas(line, tags):
    assert metadata("title: Bread", line).tags == tags


@pytest.mark.parametrize(
    "line, author",
    [
        ("author: Ann Lee", "Ann Lee"),
        ("author: Lee, Ann", "Lee, Ann"),
        ("authors: [Ann Lee, Bo Roe]", "Ann Lee, Bo Roe"),
        ("authors:\n  - Ann Lee\n  - Bo Roe", "Ann Lee, Bo Roe"),
        ("by: 'Ann  Lee '", "Ann Lee"),
    ],
)
def test_an_author_is_one_name_or_several(line, author):
    assert metadata("title: Bread", line).author == author


@pytest.mark.parametrize(
    "value, published",
    [
        ("2024-03-05", "2024-03-05"),
        ("'2024-03-05'", "2024-03-05"),
        ("2024-03-05 10:30:00", "2024-03-05"),
        ("2024-03-05T23:30:00-05:00", "2024-03-05"),
        ("March 5, 2024", "2024-03-05"),
        ("5th of March 2024", "2024-03-05"),
        ("Mar. 5, 2024", "2024-03-05"),
        ("2024/3/5", "2024-03-05"),
        ("March 2024", "2024-03"),
        ("2024-03", "2024-03"),
        ("03/04/2024", None),
        ("3.4.2024", None),
        ("2024", None),
        ("soon", None),
        ("February 30, 2024", None),
        ("2024-02-30", None),
    ],
)
def test_a_date_is_an_iso_date_and_never_guessed(value, published):
    assert metadata("title: Bread", f"published: {value}").published == published


def test_front_matter_may_end_in_dots_and_hold_nothing():
    assert article("---\ntitle: Bread\n...\nWords.\n").metadata == Metadata("Bread")
    assert article("---\n# nothing\n---\n# Bread\n\nWords.\n").metadata == Metadata("Bread")


def test_the_article_knows_where_it_begins_in_the_file():
    text = "---\ntitle: Bread\n---\nWords.\n"
    assert text[article(text).source_start :] == "Words.\n"
    assert article("# Bread\n\nWords.\n").source_start == 0


@pytest.mark.parametrize(
    "text, where",
    [
        ("---\ntitle: Bread: a love story\n---\nWords.\n", " (line 2)"),
        ("---\ntitle: Bread\nauthor: 'Ann\n---\nWords.\n", " (line 3)"),
        ("---\ntitle: Bread\ntags: [a, b\n---\nWords.\n", " (line 3)"),
        ("---\ntitle: Bread\n\tauthor: Ann\n---\nWords.\n", " (line 3)"),
    ],
)
def test_broken_front_matter_is_refused_with_its_line(text, where):
    assert refusal(text) == (
        f"The front matter between the '---' lines is not valid YAML{where}.",
        "Put quotes around a value that holds a colon, or remove the front matter.",
    )


@pytest.mark.parametrize("matter", ["- a\n- b", "42"])
def test_front_matter_that_is_no_list_of_fields_is_refused(matter):
    assert refusal(f"---\n{matter}\n---\nWords.\n") == (
        "The front matter is not a list of 'key: value' lines.",
        "Write it so, or remove it.",
    )


def test_words_between_two_rules_are_no_front_matter():
    reading, notices = read("---\n\nFirst words.\n\n---\n\nMore words.\n", "rules.md")
    assert [found.text for found in reading] == ["First words.\n\nMore words."]
    assert len(notices) == 1  # that it has no title


def test_yaml_can_not_make_objects():
    assert refusal("---\ntitle: !!python/object/apply:os.getcwd []\n---\nWords.\n") == (
        "The front matter between the '---' lines is not valid YAML (line 2).",
        "Put quotes around a value that holds a colon, or remove the front matter.",
    )


@pytest.mark.parametrize(
    "line_end",
    [
        "\r\n",
        "\r",
    ],
)
def test_other_line_ends_change_nothing_but_where_the_article_begins(line_end):
    text = "---\ntitle: Bread\ntags: [a, b]\n---\n\nFirst\nline.\n\n## Rising\n\n- one\n- two\n\nEnd.\n"
    expected = article(text)
    found = article(text.replace("\n", line_end))
    assert (found.metadata, found.text, found.sections) == (expected.metadata, expected.text, expected.sections)
    assert found.text == "First line.\n\nRising\n\n• one\n• two\n\nEnd."


# --- blocks ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "markdown, text",
    [
        ("- one\n- two\n- three\n", "• one\n• two\n• three"),
        ("* one\n\n* two\n", "• one\n• two"),
        ("1. one\n2. two\n", "1. one\n2. two"),
        ("1. one\n1. two\n1. three\n", "1. one\n2. two\n3. three"),
        ("7) one\n8) two\n", "7. one\n8. two"),
        ("0. one\n1. two\n", "0. one\n1. two"),
        ("- one\n  - inner\n    - innermost\n- two\n", "• one\n  • inner\n    • innermost\n• two"),
        ("- one\n  1. first\n  2. second\n- two\n", "• one\n  1. first\n  2. second\n• two"),
        ("1. one\n   - inner\n2. two\n", "1. one\n  • inner\n2. two"),
        ("- one\n  goes on\n- two\n", "• one goes on\n• two"),
        ("- one\n\n  more\n- two\n", "• one\nmore\n• two"),
        ("- *one* [two](http://a.b)\n", "• one two"),
    ],
)
def test_a_list_keeps_its_marks_and_its_depth(markdown, text):
    assert body(markdown) == text


def test_a_table_is_its_rows_and_its_cells():
    assert body("| Flour | Water |\n|---|:-:|\n| **500** g | 350 g |\n| 1 kg | 0.7 l |\n") == (
        "Flour | Water\n500 g | 350 g\n1 kg | 0.7 l"
    )


@pytest.mark.parametrize(
    "markdown, text",
    [
        ("```python\ndef bake():\n    return *hot*\n```\n", "def bake():\n    return *hot*"),
        ("Before:\n\n    # indented\n    code\n\nAfter.\n", "Before:\n\n# indented\ncode\n\nAfter."),
        ("~~~\n<b>not bold</b> &amp;\n~~~\n", "<b>not bold</b> &amp;"),
        ("Use `<br>` and `a  *b*`.\n", "Use <br> and a *b*."),
        ("```\none\n\ntwo\n```\n", "one\ntwo"),
        ("- Item\n\n  ```\n  code\n  ```\n", "• Item\ncode"),
    ],
)
def test_code_is_shown_as_it_stands(markdown, text):
    assert body(markdown) == text


@pytest.mark.parametrize(
    "markdown, text",
    [
        ("> Quoted *words*.\n> Going on.\n>\n> Second.\n\nAfter.\n", "Quoted words. Going on.\n\nSecond.\n\nAfter."),
        ("> One.\n>\n> > Two.\n", "One.\n\nTwo."),
        ("> - a\n> - b\n", "• a\n• b"),
    ],
)
def test_a_quotation_is_its_paragraphs(markdown, text):
    assert body(markdown) == text


@pytest.mark.parametrize(
    "markdown, text",
    [
        ("A [link](http://a.b 'title') here.", "A link here."),
        ("See [the *book*][1].\n\n[1]: http://a.b\n", "See the book."),
        ("Go to <https://a.b/c>.", "Go to https://a.b/c."),
        ("An image: ![a *warm* loaf](loaf.png).", "An image: a warm loaf."),
        ("[![badge](b.svg)](http://a.b) next", "badge next"),
        ("Not [a link] here.", "Not [a link] here."),
    ],
)
def test_links_and_images_leave_their_words(markdown, text):
    assert body(markdown) == text


@pytest.mark.parametrize(
    "markdown, text",
    [
        ("*a* _b_ **c** __d__ ***e*** ~~f~~ `g`", "a b c d e f g"),
        (r"\*not\* 2 \< 3", "*not* 2 < 3"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        ("&amp; &lt;b&gt; &eacute; &#8211; &nope;", "& <b> é – &nope;"),
        ("one\ntwo", "one two"),
        ("one  \ntwo\\\nthree", "one\ntwo\nthree"),
        ("one\n\n\n\ntwo", "one\n\ntwo"),
        ("one\n\n---\n\ntwo\n\n***\n", "one\n\ntwo"),
        ("👩\u200d👩\u200d👧 bake 🍞, e\u0301 too", "👩\u200d👩\u200d👧 bake 🍞, é too"),
        ("no\u00a0break, hy\u00adphen, zero\u200bwidth, nul\x00", "no break, hyphen, zerowidth, nul"),
    ],
)
def test_inline_markup_leaves_the_words(markdown, text):
    assert body(markdown) == text


@pytest.mark.parametrize(
    "markdown, text",
    [
        ("A <b>bold</b> <span class='x'>word</span>.", "A bold word."),
        ("one<br>two<br/>three<BR />four", "one\ntwo\nthree\nfour"),
        ("note<!-- hidden --> here", "note here"),
        ("<div>\n<p>Hello <b>you</b><br/>and &amp; you</p>\n</div>\n", "Hello you\nand & you"),
        ("<details><summary>More</summary>\n\nHidden *words*.\n\n</details>\n", "More\n\nHidden words."),
        ("Before.\n\n<script>\nvar a = 1;\n\nvar b = 2;\n</script>\n\nAfter.\n", "Before.\n\nAfter."),
        ("Before.\n\n<style>\np { color: red }\n</style>\n\nAfter.\n", "Before.\n\nAfter."),
        ("Before.\n\n<!-- a\n\ncomment -->\n\nAfter.\n", "Before.\n\nAfter."),
        ("<p>2 < 3 and 4 > 1</p>\n", "2 < 3 and 4 > 1"),
        ("one <script>evil()</script> two", "one  two"),
    ],
)
def test_html_leaves_the_words_that_a_browser_shows(markdown, text):
    assert body(markdown).split() == text.split()
    assert body(markdown).count("\n") == text.count("\n")


@pytest.mark.parametrize(
    "markdown, text",
    [
        ("> " * 40 + "deep\n", "deep"),
        ("*" * 5_000 + "deep\n", "*" * 5_000 + "deep"),
        ("[" * 5_000 + "deep\n", "[" * 5_000 + "deep"),
        ("".join("  " * depth + "- x\n" for depth in range(20)), "\n".join("  " * depth + "• x" for depth in range(20))),
    ],
    ids=["quotations", "stars", "brackets", "lists"],
)
def test_deep_nesting_is_read(markdown, text):
    assert body(markdown) == text


# --- dialects ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "markdown, text",
    [
        ("One.[^a] Two.[^b]\n\n[^b]: Beta.\n[^a]: Alpha.\n", "One.[1] Two.[2]\n\n1. Alpha.\n2. Beta."),
        ("One.^[Alpha.]\n", "One.[1]\n\n1. Alpha."),
        ("One.[^a]\n\n[^a]: Alpha.\n[^b]: Never asked for.\n", "One.[1]\n\n1. Alpha.\n2. Never asked for."),
        ("Nothing [^x] stands for this.", "Nothing [^x] stands for this."),
    ],
)
def test_a_note_is_read_where_it_is_shown_and_never_lost(markdown, text):
    assert body(markdown) == text


@pytest.mark.parametrize(
    "markdown, text",
    [
        ("See [[Rye bread]].", "See Rye bread."),
        ("See [[Rye bread|the dark one]].", "See the dark one."),
        ("See [[Rye bread#Rising|]] and [[#Rising]].", "See Rye bread > Rising and Rising."),
        ("![[loaf.png]] ![[loaf.png|300]] ![[loaf.jpg|A loaf]] ![[Rye bread]]", "A loaf Rye bread"),
        ("Code: `[[x]]`, list: [[1, 2], [3]]", "Code: [[x]], list: [[1, 2], [3]]"),
    ],
)
def test_a_wiki_link_is_the_words_it_shows(markdown, text):
    assert body(markdown) == text


@pytest.mark.parametrize(
    "markdown, text",
    [
        ("- [x] done\n- [ ] open\n- [y] neither\n", "• ☑ done\n• ☐ open\n• [y] neither"),
        ("Flour\n: Ground grain.\n: Also a brand.\n\nWater\n: Wet.\n", "Flour\nGround grain.\nAlso a brand.\n\nWater\nWet."),
        ("> [!WARNING]\n> Hot.\n", "Warning\nHot."),
        ("> [!tip]- Open me\n> Warm.\n", "Open me\nWarm."),
        ("::: warning Hot stones\nMind them.\n:::\n", "Hot stones\n\nMind them."),
        ("::: {.note}\nMind them.\n:::\n", "Mind them."),
        ("[TOC]\n\nWords.\n", "Words."),
    ],
)
def test_lists_to_tick_definitions_and_boxes_are_shown_as_they_are_rendered(markdown, text):
    assert body(markdown) == text


def test_marks_behind_a_heading_are_not_its_words():
    found = article("# Bread\n\n## Rye {#rye .dark}\n\nDark.\n\n## Sets {1, 2}\n\nTwo.\n")
    assert [section.path for section in found.sections] == [("Rye",), ("Sets {1, 2}",)]


def test_headings_and_lists_inside_html_are_headings_and_lists():
    found = article("# Bread\n\n<section>\n<h2>Rye</h2>\n<ul><li>dark</li><li>sour</li></ul>\n\n*Slow* too.\n\n</section>\n")
    assert found.text == "Rye\n\n• dark\n• sour\n\nSlow too."
    assert [section.path for section in found.sections] == [("Rye",)]


@pytest.mark.parametrize("tag", ["script", "style", "title", "textarea", "iframe", "template", "select", "noscript"])
def test_a_tag_that_is_spoken_of_hides_nothing(tag):
    assert body(f"Use the <{tag}> tag, then.\n\nMore words.\n") == f"Use the <{tag}> tag, then.\n\nMore words."


def test_a_byline_under_the_title_is_read_where_the_front_matter_is_silent():
    found = article("# Bread\n\nBy Ann Lee | March 5, 2024\n\nWords.\n")
    assert (found.metadata.author, found.metadata.published, found.text) == ("Ann Lee", "2024-03-05", "Words.")
    told = article("---\nauthor: Bo Roe\n---\n# Bread\n\nBy Ann Lee | March 5, 2024\n\nWords.\n")
    assert (told.metadata.author, told.metadata.published) == ("Bo Roe", "2024-03-05")


def test_a_file_of_nothing_but_a_byline_keeps_it_as_its_text():
    (found,), _ = read("BY Bread.", "a.md")
    assert (found.text, found.sections) == ("BY Bread.", (Section((), 0, 0, 9),))


# --- front matter in TOML ----------------------------------------------------------------------------------------------------


def test_front_matter_in_toml_is_read():
    text = "+++\ntitle = 'Bread'\ndate = 2024-03-05\n[taxonomies]\ntags = ['a', 'b']\n[extra]\nauthor = 'Ann Lee'\n+++\nWords.\n"
    found = article(text)
    assert found.metadata == Metadata("Bread", "Ann Lee", "2024-03-05", ("a", "b"))
    assert text[found.source_start :] == "Words.\n"
    assert article(text.replace("\n", "\r\n")).metadata == found.metadata


def test_broken_toml_is_refused_with_its_line():
    assert refusal("+++\ntitle = 'Bread'\nauthor = Ann\n+++\nWords.\n") == (
        "The front matter between the '+++' lines is not valid TOML (line 3).",
        "Put quotes around every text, or remove the front matter.",
    )


@pytest.mark.parametrize("mark, deep", [("> ", 96), ("- ", 48)])
def test_what_is_nested_deeply_is_read_and_what_is_nested_too_deeply_is_refused(mark, deep):
    (reading,), _ = read(f"# Nest\n\n{mark * deep}Words at the bottom.\n\nAnd behind it.\n", "nest.md")
    assert "Words at the bottom." in reading.text
    assert reading.text.endswith("And behind it.")
    assert refusal(f"# Nest\n\n{mark * (deep + 5)}Words at the bottom.\n\nAnd behind it.\n") == (
        "Its parts are nested too deeply.",
        "Save it anew in a simpler form.",
    )
