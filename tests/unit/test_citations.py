import pytest

from footnote.citations import cite, section_name
from footnote.records import Metadata, Passage


def passage(article_id="home/bread.md", start=10, end=250, page=None):
    return Passage("0123456789abcdef", article_id, start, end, "x" * (end - start), (), page)


@pytest.mark.parametrize(
    ("metadata", "section", "passage", "expected"),
    [
        (
            Metadata("Bread at home", author="A. Baker", published="2024-03-05"),
            ("Rising",),
            passage(),
            'A. Baker. "Bread at home" (2024-03-05). Section: Rising. home/bread.md, characters 10-250.',
        ),
        (
            Metadata("Bread at home"),
            (),
            passage(),
            '"Bread at home". home/bread.md, characters 10-250.',
        ),
        (
            Metadata("Bread at home", author="A. Baker"),
            (),
            passage(),
            'A. Baker. "Bread at home". home/bread.md, characters 10-250.',
        ),
        (
            Metadata("Bread at home", published="2024-03"),
            (),
            passage(),
            '"Bread at home" (2024-03). home/bread.md, characters 10-250.',
        ),
        (
            Metadata("Bread at home"),
            ("The dough", "Rising", "In winter"),
            passage(),
            '"Bread at home". Section: The dough > Rising > In winter. home/bread.md, characters 10-250.',
        ),
        (
            Metadata("Bread at home"),
            ("How long?",),
            passage(),
            '"Bread at home". Section: How long? home/bread.md, characters 10-250.',
        ),
        (
            Metadata("Bread at home"),
            ("Wait!",),
            passage(),
            '"Bread at home". Section: Wait! home/bread.md, characters 10-250.',
        ),
        (
            Metadata("Bread at home", author="A. Baker Jr."),
            ("Flour, water, etc.",),
            passage(),
            'A. Baker Jr. "Bread at home". Section: Flour, water, etc. home/bread.md, characters 10-250.',
        ),
        (
            Metadata("How long?", author="A. Baker, PhD"),
            (),
            passage(),
            'A. Baker, PhD. "How long?". home/bread.md, characters 10-250.',
        ),
        (
            Metadata('The "good" loaf'),
            (),
            passage(),
            '"The "good" loaf". home/bread.md, characters 10-250.',
        ),
        (
            Metadata("Bread at home"),
            (),
            passage(article_id="export.txt#3", start=0, end=1),
            '"Bread at home". export.txt#3, characters 0-1.',
        ),
        (
            Metadata("Bread at home"),
            ("Rising",),
            passage(article_id="book.pdf", start=1000, end=12345, page=7),
            '"Bread at home". Section: Rising. book.pdf, page 7, characters 1000-12345.',
        ),
        (
            Metadata("Pain à la maison", author="Zoë Müller", published="2024-03-05"),
            ("Лев",),
            passage(article_id="ordner/brot \U0001f35e.md"),
            'Zoë Müller. "Pain à la maison" (2024-03-05). Section: Лев. ordner/brot \U0001f35e.md, characters 10-250.',
        ),
        (
            Metadata("Bread", "A. Baker", "2024-03-05", ("home",), "https://example.org/bread", "en", "How to bake."),
            (),
            passage(),
            'A. Baker. "Bread" (2024-03-05). home/bread.md, characters 10-250.',
        ),
    ],
)
def test_a_citation_names_what_is_known_and_where_it_stands(metadata, section, passage, expected):
    assert cite(metadata, section, passage) == expected


def test_a_heading_path_is_named_outermost_first():
    assert section_name(("The dough", "Rising")) == "The dough > Rising"
    assert section_name(["Rising"]) == "Rising"


def test_before_the_first_heading_there_is_no_section():
    assert section_name(()) is None
