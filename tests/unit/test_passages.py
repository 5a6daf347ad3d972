"""From an article to passages: slices of its text, whole sentences, nothing lost, nothing too long for the model."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footnote.passages import embedded_text, passage_id, sentences, split
from footnote.readers import dump, markdown
from footnote.readers.blocks import Heading, Paragraph, assemble
from footnote.readers.decoding import clean, decode
from footnote.records import Article, Metadata, Passage, Section
from footnote.settings import PASSAGES, PassageSettings
from tests.conftest import ROOT
from tests.fake_encoder import FakeEncoder

FILES = sorted([*(ROOT / "tests" / "fixtures" / "dumps").glob("*.txt"), *(ROOT / "kb").rglob("*.md")])

count_words = FakeEncoder().count_tokens

READERS = {".md": markdown.read, ".txt": dump.read}


def count_letters(texts):
    """A counter to which a long word is many tokens: one for every four letters begun."""
    return [sum(-(-len(word) // 4) for word in text.split()) for text in texts]


def article_of(*blocks, article_id="bread.md"):
    text, sections = assemble(blocks)
    return Article(article_id, article_id, Metadata("Bread"), text, sections)


def spans(article, target, least=0, context=8, most=64, count=count_words):
    """Start, end and context of each passage, after what holds for every article was held against it."""
    passages = hold(article, count, most, PassageSettings(target, least, context))
    return [(passage.start, passage.end, passage.context) for passage in passages]


def hold(article, count, max_tokens, knobs):
    """The passages of ``article``, once everything that is promised of any passage was found true."""
    passages = split(article, count, max_tokens, knobs)
    text = article.text
    assert [passage.text for passage in passages] == [text[passage.start : passage.end] for passage in passages]
    assert [passage.text for passage in passages if passage.text.strip() != passage.text or not passage.text] == []
    assert {passage.article_id for passage in passages} <= {article.id}
    assert [(one.end, other.start) for one, other in pairwise(passages) if one.end > other.start] == []
    assert [passage.id for passage in passages if not re.fullmatch("[0-9a-f]{16}", passage.id)] == []
    assert len({passage.id for passage in passages}) == len(passages)
    assert split(article, count, max_tokens, knobs) == passages
    embedded = [embedded_text(passage) for passage in passages]
    assert [one for one, size in zip(embedded, count(embedded), strict=True) if size > max_tokens] == []
    for passage in passages:
        path = article.section_at(passage.start).path
        within = {path[first:last] for first in range(len(path) + 1) for last in range(first, len(path) + 1)}
        assert passage.context in within
    nothing_lost(article, passages, count, min(knobs.target_tokens, max_tokens - min(knobs.context_tokens, max_tokens // 4)))
    return passages


def nothing_lost(article, passages, count, target):
    """Every letter under a heading stands in a passage, and every sentence that fits one stands in it whole."""
    text = article.text
    covered = {at for passage in passages for at in range(passage.start, passage.end)}
    under = [at for section in article.sections for at in range(section.body, section.end) if not text[at].isspace()]
    assert [at for at in under if at not in covered] == []
    found = [span for section in article.sections for span in sentences(text, section.body, section.end)]
    sizes = count([text[start:end] for start, end in found])
    whole = [span for span, size in zip(found, sizes, strict=True) if size <= target]
    assert [text[start:end] for start, end in whole if sum(one.start <= start and end <= one.end for one in passages) != 1] == []


# --- any article at all -------------------------------------------------------------------------------------------------------

WORDS = (
    "Bread bread needs time and salt, flour; Dr. Ann didn't e.g. naïve cafe\u0301 A\u030angstro\u0308m 👩\u200d👩\u200d👧 👍🏽 "
    "日本語 “yes,” (so) half—way 3.14 U.S. a.m. http://a.b/c?d ... men\u00adthe zero\u200bwidth non\u00a0stop Ωmega"
).split(" ")
HEADINGS = ["Rising", "When is it done?", "A cafe\u0301’s way", "Tips 👍", "In winter", "TLDR", "Rising"]

words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=24).map(" ".join)
sentence = st.builds("{}{}".format, words, st.sampled_from([".", ".", "?", "!", "…", "。", ".”", ""]))


@st.composite
def outlines(draw):
    """Sections of level, heading and paragraphs; a few sentences come again and again."""
    pool = draw(st.lists(sentence, min_size=1, max_size=6))
    paragraph = st.lists(st.sampled_from(pool), min_size=1, max_size=8).map(" ".join)
    lead = draw(st.lists(paragraph, min_size=1, max_size=3))
    section = st.tuples(st.integers(2, 5), st.sampled_from(HEADINGS), st.lists(paragraph, max_size=3))
    return [(1, "A made article", lead), *draw(st.lists(section, max_size=6))]


knobs = st.builds(PassageSettings, st.integers(1, 80), st.integers(0, 30), st.integers(0, 20))


@settings(max_examples=100, deadline=None)
@given(outlines(), st.booleans(), knobs, st.integers(1, 120), st.sampled_from([count_words, count_letters]))
def test_passages_of_any_blocks_are_slices_in_order_and_lose_nothing(outline, labelled, chosen, max_tokens, count):
    blocks = []
    for level, heading, paragraphs in outline[0 if labelled else 1 :] or outline:
        blocks.append(Heading(clean(heading), clean(heading), level))
        blocks += [Paragraph(clean(f"Tip {number}. {words}"), f"Tip {number}") for number, words in enumerate(paragraphs[:2])]
        blocks += [Paragraph("\n".join(f"• {clean(words)}" for words in paragraphs))] if paragraphs else []
    hold(article_of(*blocks), count, max_tokens, chosen)


@settings(max_examples=100, deadline=None)
@given(
    outlines(),
    st.sampled_from([".md", ".txt"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    knobs,
    st.integers(1, 120),
)
def test_passages_of_any_file_are_slices_in_order_and_lose_nothing(outline, suffix, line_end, encoding, chosen, max_tokens):
    lines = []
    for level, heading, paragraphs in outline:
        lines += ["#" * level * (suffix == ".md") + f" {heading}", *paragraphs]
    text, _ = decode(f"{line_end}{line_end}".join(lines).encode(encoding))
    articles, _ = READERS[suffix](text, f"made{suffix}")
    told = "\n".join(f"{article.metadata.title}\n{article.text}" for article in articles)
    written = [clean(paragraph) for _, _, paragraphs in outline for paragraph in paragraphs]
    assert [paragraph for paragraph in written if paragraph not in told] == []
    for article in articles:
        hold(article, count_words, max_tokens, chosen)


def test_the_files_that_are_split_with_the_real_tokenizer_are_there():
    assert {path.suffix for path in FILES} == {".md", ".txt"}
    assert sum(path.suffix == ".txt" for path in FILES) == 18


# --- what no model can read at once ------------------------------------------------------------------------------------------


def test_a_sentence_of_3000_words_is_cut_between_words_and_none_is_lost():
    article = article_of(Paragraph(" ".join(f"word{number:04}" for number in range(3_000)) + "."))
    passages = hold(article, count_words, 254, PASSAGES)
    assert " ".join(passage.text for passage in passages) == article.text
    assert [len(passage.text.split()) for passage in passages] == [188, 187, 188, 187, 188, 187, 188, 187] * 2


def test_a_word_of_20000_letters_is_cut_and_no_letter_is_lost():
    article = article_of(Paragraph("One. " + "abcdefghij" * 2_000 + " Two."))
    passages = hold(article, count_letters, 254, PASSAGES)
    assert "".join(passage.text for passage in passages).replace(" ", "") == article.text.replace(" ", "")
    assert max(count_letters([passage.text for passage in passages])) <= 200
    assert [len(passage.text) for passage in passages] == [630, *[625] * 30, 630]


# --- small articles with the spans written out -------------------------------------------------------------------------------

# One passage holds 10 words here unless a test says otherwise.
FIVE = "Bread needs time and salt."
SIX = "Let it rise for two hours."
THREE = "Bake it hot."


def test_a_small_article_is_one_passage():
    article = article_of(Paragraph("Bread needs time. Bake it hot."))
    assert split(article, count_words, 64, PassageSettings(10, 0, 8)) == [
        Passage(passage_id("bread.md", article.text, 1), "bread.md", 0, 30, "Bread needs time. Bake it hot.")
    ]


def test_an_article_without_words_under_its_headings_has_no_passage():
    assert spans(article_of(Heading("Rising", "Rising", 1), Heading("Baking", "Baking", 1)), target=10) == []


def test_a_section_is_cut_into_parts_of_even_size_between_sentences():
    article = article_of(Paragraph(f"{FIVE} {FIVE} {FIVE} {FIVE}"))
    assert spans(article, target=10) == [(0, 53, ()), (54, 107, ())]
    assert spans(article, target=15) == [(0, 53, ()), (54, 107, ())]
    assert spans(article, target=9) == [(0, 26, ()), (27, 53, ()), (54, 80, ()), (81, 107, ())]
    assert spans(article, target=20) == [(0, 107, ())]


def test_a_passage_may_reach_over_paragraphs_and_the_lines_of_a_list():
    article = article_of(Paragraph(THREE), Paragraph("• flour\n• water\n• salt"), Paragraph(THREE))
    assert article.text == "Bake it hot.\n\n• flour\n• water\n• salt\n\nBake it hot."
    assert spans(article, target=12) == [(0, 50, ())]
    assert spans(article, target=7) == [(0, 29, ()), (30, 50, ())]


def test_the_heading_stands_beside_a_passage_and_not_in_it():
    article = article_of(Heading("2. Rising", "Rising", 1), Paragraph(SIX), Heading("In winter", "In winter", 2), Paragraph(FIVE))
    first, second = split(article, count_words, 64, PassageSettings(6, 0, 8))
    assert (first.text, first.context, first.start, first.end) == (SIX, ("Rising",), 11, 37)
    assert (second.text, second.context, second.start, second.end) == (FIVE, ("Rising", "In winter"), 50, 76)
    assert embedded_text(first) == "Rising\nLet it rise for two hours."
    assert embedded_text(second) == "Rising: In winter\nBread needs time and salt."


def test_a_passage_without_a_heading_is_given_to_the_encoder_as_it_is():
    (passage,) = split(article_of(Paragraph(SIX)), count_words, 64, PassageSettings(10, 0, 8))
    assert embedded_text(passage) == SIX


@pytest.mark.parametrize(
    "most, context",
    [
        (12, ("How it rises", "In winter", "Slowly")),
        (11, ("In winter", "Slowly")),
        (9, ("In winter", "Slowly")),
        (8, ("Slowly",)),
        (7, ("Slowly",)),
        (6, ()),
    ],
)
def test_outer_headings_are_left_out_where_the_model_can_not_read_them_all(most, context):
    article = article_of(
        Heading("How it rises", "How it rises", 1),
        Heading("In winter", "In winter", 2),
        Heading("Slowly", "Slowly", 3),
        Paragraph(SIX),
    )
    assert spans(article, target=6, context=0, most=most) == [(33, 59, context)]


def test_the_room_kept_for_headings_is_at_most_a_quarter_of_what_the_model_reads():
    article = article_of(Paragraph(f"{FIVE} {FIVE} {FIVE} {FIVE}"))
    assert spans(article, target=20, context=48, most=20) == [(0, 53, ()), (54, 107, ())]
    assert spans(article, target=20, context=0, most=20) == [(0, 107, ())]


def test_a_passage_knows_its_page():
    text = f"{FIVE}\n\n{SIX}"
    article = Article("a.pdf", "a.pdf", Metadata("A"), text, (Section((), 0, 0, 26, 1), Section((), 28, 28, 54, 2)))
    assert [(one.start, one.end, one.page) for one in split(article, count_words, 64, PassageSettings(6, 0, 8))] == [
        (0, 26, 1),
        (28, 54, 2),
    ]


# --- neighbours --------------------------------------------------------------------------------------------------------------


def test_siblings_under_one_heading_join_as_long_as_they_fit_with_their_headings():
    article = article_of(
        Heading("Care", "Care", 1),
        Heading("Water", "Water", 2),
        Paragraph(SIX),
        Heading("Light", "Light", 2),
        Paragraph(FIVE),
        Heading("Soil", "Soil", 2),
        Paragraph(THREE),
    )
    assert article.text == f"Care\n\nWater\n\n{SIX}\n\nLight\n\n{FIVE}\n\nSoil\n\n{THREE}"
    assert spans(article, target=16) == [(13, 94, ("Care",))]
    assert spans(article, target=15) == [(13, 74, ("Care",)), (82, 94, ("Care", "Soil"))]
    assert spans(article, target=11) == [(13, 39, ("Care", "Water")), (48, 94, ("Care",))]
    assert spans(article, target=8) == [(13, 39, ("Care", "Water")), (48, 74, ("Care", "Light")), (82, 94, ("Care", "Soil"))]


def test_the_words_under_a_heading_join_those_of_its_first_subheading():
    article = article_of(Heading("A", "A", 1), Paragraph(SIX), Heading("x", "x", 2), Paragraph(FIVE))
    assert spans(article, target=12) == [(3, 60, ("A",))]
    assert spans(article, target=11) == [(3, 29, ("A",)), (34, 60, ("A", "x"))]


def test_sections_without_a_common_heading_stay_apart_unless_one_says_too_little():
    article = article_of(Heading("A", "A", 1), Paragraph(SIX), Heading("B", "B", 1), Paragraph(FIVE))
    assert spans(article, target=20, least=5) == [(3, 29, ("A",)), (34, 60, ("B",))]
    assert spans(article, target=20, least=6) == [(3, 60, ())]
    assert spans(article, target=11, least=6) == [(3, 29, ("A",)), (34, 60, ("B",))]


def test_a_stub_joins_what_stands_before_it_where_both_neighbours_are_equal_kin():
    article = article_of(
        *(Heading("A", "A", 1), Paragraph(SIX)),
        *(Heading("B", "B", 1), Paragraph(THREE)),
        *(Heading("C", "C", 1), Paragraph(FIVE)),
    )
    assert spans(article, target=20, least=5) == [(3, 46, ()), (51, 77, ("C",))]


def test_a_stub_waits_for_its_nearer_kin():
    article = article_of(
        *(Heading("A", "A", 1), Paragraph(SIX)),
        Heading("B", "B", 1),
        *(Heading("x", "x", 2), Paragraph(THREE)),
        *(Heading("y", "y", 2), Paragraph(FIVE)),
    )
    assert spans(article, target=20, least=5) == [(3, 29, ("A",)), (37, 80, ("B",))]


def test_a_stub_whose_nearer_kin_has_no_room_joins_what_stands_before_it():
    article = article_of(
        *(Heading("A", "A", 1), Paragraph(THREE)),
        Heading("B", "B", 1),
        *(Heading("x", "x", 2), Paragraph(THREE)),
        *(Heading("y", "y", 2), Paragraph(SIX)),
    )
    assert spans(article, target=8, least=5) == [(3, 35, ()), (40, 66, ("B", "y"))]


def test_a_stub_at_the_beginning_joins_what_follows():
    article = article_of(
        *(Heading("A", "A", 1), Paragraph(THREE)),
        *(Heading("B", "B", 1), Paragraph(FIVE)),
        *(Heading("C", "C", 1), Paragraph(SIX)),
    )
    assert spans(article, target=20, least=5) == [(3, 46, ()), (51, 77, ("C",))]


def test_a_stub_that_fits_nowhere_is_a_passage():
    article = article_of(
        *(Heading("A", "A", 1), Paragraph(SIX)),
        *(Heading("B", "B", 1), Paragraph(THREE)),
        *(Heading("C", "C", 1), Paragraph(SIX)),
    )
    assert spans(article, target=6, least=5) == [(3, 29, ("A",)), (34, 46, ("B",)), (51, 77, ("C",))]


def test_an_inline_label_stands_in_its_passage_and_beside_it():
    article = article_of(
        Heading("Care", "Care", 1), Paragraph("Sun. It needs much.", "Sun"), Paragraph("Water. Twice a day will do.", "Water")
    )
    assert spans(article, target=6) == [(6, 25, ("Care", "Sun")), (27, 54, ("Care", "Water"))]
    assert spans(article, target=10) == [(6, 54, ("Care",))]


# --- identity ----------------------------------------------------------------------------------------------------------------


def ids(article):
    return [passage.id for passage in split(article, count_words, 64, PassageSettings(6, 0, 8))]


def test_passages_of_the_same_words_have_ids_of_their_own():
    article = article_of(Heading("A", "A", 1), Paragraph(f"{FIVE} {FIVE}"), Heading("B", "B", 1), Paragraph(FIVE))
    assert spans(article, target=6) == [(3, 29, ("A",)), (30, 56, ("A",)), (61, 87, ("B",))]
    assert ids(article) == [passage_id("bread.md", FIVE, number) for number in (1, 2, 3)]
    assert len(set(ids(article))) == 3


def test_an_id_is_the_same_in_every_version_so_that_a_link_survives():
    assert passage_id("bread.md", "Bread needs time and salt.", 1) == "b39aba604c544838"
    assert passage_id("bread.md", "Bread needs time and salt.", 2) == "bee38c5ed02fa920"
    assert passage_id("other.md", "Bread needs time and salt.", 1) == "37e2672a422454c3"


def test_an_id_depends_on_the_article_and_the_words_alone():
    before = article_of(Heading("A", "A", 1), Paragraph(SIX), Heading("B", "B", 1), Paragraph(THREE))
    after = article_of(Paragraph(FIVE), Heading("New", "New", 1), Paragraph(SIX), Heading("B", "B", 2), Paragraph(THREE))
    assert ids(before) == ["8606610f45b668f0", "15c1abb2260e88c6"]
    assert ids(after) == ["b39aba604c544838", "8606610f45b668f0", "15c1abb2260e88c6"]
    assert ids(replace(before, metadata=Metadata("Another title", "Ann Lee"))) == ids(before)
    assert set(ids(replace(before, id="other.md"))) & set(ids(before)) == set()


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".txt"], ids=lambda path: path.name)
def test_the_line_ends_of_a_file_change_no_id(path):
    unix = path.read_bytes().replace(b"\r\n", b"\n")
    one, _ = dump.read(decode(unix)[0], path.name)
    other, _ = dump.read(decode(unix.replace(b"\n", b"\r\n"))[0], path.name)
    assert [split(article, count_words, 64, PASSAGES) for article in one] == [
        split(article, count_words, 64, PASSAGES) for article in other
    ]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("I 👍🏽 it. She did too! Did e\u0301 he? Yes.", ["I 👍🏽 it.", "She did too!", "Did e\u0301 he?", "Yes."]),
        ("Dr. Ann came at 3.14 p.m. today. Good.", ["Dr. Ann came at 3.14 p.m. today.", "Good."]),
        ("One line\nand another.\n\n  Third. ", ["One line", "and another.", "Third."]),
        ("日本語です。次の文。", ["日本語です。", "次の文。"]),
        ("no full stop", ["no full stop"]),
        (" \n\n ", []),
    ],
)
def test_sentences_are_spans_without_the_white_space_between_them(text, expected):
    around = f"Before. {text} After."
    found = sentences(around, 8, 8 + len(text))
    assert [around[start:end] for start, end in found] == expected
