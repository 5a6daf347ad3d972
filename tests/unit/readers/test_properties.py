"""The properties of office files, less what programs and templates put there."""

import pytest

from footnote.readers.properties import real_author, real_date, real_language, real_tags, real_title


@pytest.mark.parametrize(
    "text, title",
    [
        ("Bread at home", "Bread at home"),
        ("  Bread\u00a0 at\nhome ", "Bread at home"),
        ("Microsoft Word - Bread at home", "Bread at home"),
        ("Documents we keep", "Documents we keep"),
        ("Word by word", "Word by word"),
        ("Draft horses", "Draft horses"),
        ("", None),
        ("Microsoft Word Document", None),
        ("Microsoft Word - bread.doc", None),
        ("bread_final2.docx", None),
        ("Document1", None),
        ("Dokument 12", None),
        ("Documento", None),
        ("Untitled document", None),
        ("[Document title]", None),
        ("Sans titre 1", None),
        ("2024", None),
    ],
)
def test_a_title_that_a_program_made_up_is_none(text, title):
    assert real_title(text) == title


@pytest.mark.parametrize(
    "text, author",
    [
        ("Ann Lee", "Ann Lee"),
        ("Ann Lee; Bo Roe", "Ann Lee, Bo Roe"),
        ("Ann Lee; User", "Ann Lee"),
        ("Userina Adminton", "Userina Adminton"),
        ("", None),
        ("Microsoft Office User", None),
        ("Windows User", None),
        ("Administrator", None),
        ("python-docx", None),
        ("HP", None),
        ("-", None),
    ],
)
def test_an_account_is_no_author(text, author):
    assert real_author(text) == author


@pytest.mark.parametrize(
    "text, date",
    [
        ("2024-03-05T10:00:00Z", "2024-03-05"),
        ("2024-03-05", "2024-03-05"),
        ("", None),
        ("1601-01-01T00:00:00Z", None),
        ("1970-01-01T00:00:00Z", None),
        ("2013-12-23T23:15:00Z", None),
        ("0000-00-00", None),
        ("2024-99-99", None),
    ],
)
def test_where_a_clock_began_is_no_date(text, date):
    assert real_date(text) == date


@pytest.mark.parametrize(
    "text, tags",
    [
        ("bread, rye", ("bread", "rye")),
        ("bread; slow food;", ("bread", "slow food")),
        ("#bread #rye", ("bread", "rye")),
        ("bread\nrye, bread", ("bread", "rye")),
        ("", ()),
    ],
)
def test_keywords_are_parted_by_commas_semicolons_or_hash_signs(text, tags):
    assert real_tags(text) == tags


@pytest.mark.parametrize(
    "text, language",
    [("en-GB", "en-GB"), ("de_DE", "de-DE"), ("", None), ("English", None), ("x!", None), ("C", None), ("und", None)],
)
def test_a_language_is_a_tag(text, language):
    assert real_language(text) == language
