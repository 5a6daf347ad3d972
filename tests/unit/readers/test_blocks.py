"""Blocks with pages: a section ends with its page, and a passage is cited with the page on which it begins."""

import pytest

from footnote.citations import cite
from footnote.passages import split
from footnote.readers.blocks import Heading, Paragraph, assemble
from footnote.records import Article, Metadata, Section
from footnote.settings import PassageSettings
from tests.fake_encoder import FakeEncoder

count_words = FakeEncoder().count_tokens


def passages_of(*blocks, target=8, least=0):
    text, sections = assemble(blocks)
    article = Article("bread.pdf", "bread.pdf", Metadata("Bread"), text, sections)
    return article, split(article, count_words, 64, PassageSettings(target, least, 8))


def test_a_section_ends_with_its_page():
    text, sections = assemble(
        [
            Heading("1 Dough", "Dough", 1, page=1),
            Paragraph("Mix it.", page=1),
            Paragraph("Fold it.", page=1),
            Paragraph("Bake it.", page=2),
            Heading("2 Crust", "Crust", 1, page=2),
            Paragraph("Let it cool.", page=2),
        ]
    )
    assert text == "1 Dough\n\nMix it.\n\nFold it.\n\nBake it.\n\n2 Crust\n\nLet it cool."
    assert sections == (
        Section(("Dough",), 0, 9, 26, 1),
        Section(("Dough",), 28, 28, 36, 2),
        Section(("Crust",), 38, 47, 59, 2),
    )


def test_a_heading_at_the_foot_of_a_page_stands_there_and_its_text_on_the_next():
    _, sections = assemble([Heading("Dough", "Dough", 1, page=1), Paragraph("Mix it.", page=2)])
    assert sections == (Section(("Dough",), 0, 5, 5, 1), Section(("Dough",), 7, 7, 14, 2))


def test_a_paragraph_over_several_pages_is_one_paragraph_in_several_sections():
    text, sections = assemble([Paragraph("One. Two. Three.", page=4, turns=((5, 5), (10, 6))), Paragraph("Four.", page=6)])
    assert text == "One. Two. Three.\n\nFour."
    assert sections == (Section((), 0, 0, 5, 4), Section((), 5, 5, 10, 5), Section((), 10, 10, 23, 6))


def test_an_inline_label_holds_its_paragraph_on_every_page():
    _, sections = assemble([Paragraph("Salt. Ten grams. No more.", label="Salt", page=1, turns=((17, 2),))])
    assert sections == (Section(("Salt",), 0, 0, 17, 1), Section(("Salt",), 17, 17, 25, 2))


def test_without_pages_sections_are_as_they_were():
    _, sections = assemble([Paragraph("One."), Heading("Dough", "Dough", 1), Paragraph("Two."), Paragraph("Three.")])
    assert sections == (Section((), 0, 0, 4), Section(("Dough",), 6, 13, 25))


def test_each_passage_is_cited_with_the_page_on_which_it_begins():
    article, found = passages_of(
        Heading("Dough", "Dough", 1, page=1),
        Paragraph("Mix the flour with water first. Then wait for an hour or two.", page=1),
        Paragraph("Fold the dough over itself twice. Then shape it into a loaf. Now bake it.", page=1, turns=((34, 2),)),
    )
    assert [(passage.text, passage.page) for passage in found] == [
        ("Mix the flour with water first.", 1),
        ("Then wait for an hour or two.", 1),
        ("Fold the dough over itself twice.", 1),
        ("Then shape it into a loaf.", 2),
        ("Now bake it.", 2),
    ]
    assert cite(article.metadata, ("Dough",), found[3]) == '"Bread". Section: Dough. bread.pdf, page 2, characters 104-130.'


@pytest.mark.parametrize("headings", [[], [Heading("Dough", "Dough", 1, page=1)]])
def test_what_fits_into_one_passage_is_joined_over_the_end_of_a_page(headings):
    blocks = [Paragraph("Mix it well.", page=1), Paragraph("Fold it twice.", page=2)]
    _, found = passages_of(*headings, *blocks, target=6)
    assert [(passage.text, passage.page) for passage in found] == [("Mix it well.\n\nFold it twice.", 1)]
