"""Which format a file is in, and formats that other packages add."""

import sys
from importlib.metadata import entry_points

import pytest

from footnote.errors import ReaderBroken
from footnote.readers import read_articles
from footnote.readers.formats import FORMATS, Format, added_readers, format_of, formats, suffixes

PAPER = Format("paper", (".paper",), "paper", marks=(b"%PAPER",))
NOTE = Format("note", (".note", ".txt"), "note", is_text=True)


@pytest.mark.parametrize(
    "name, content, expected",
    [
        ("a.paper", b"words", PAPER),
        ("a.PAPER", b"words", PAPER),
        ("a.note", b"words", NOTE),
        ("a.note", b"%PAPER words", PAPER),
        ("a", b"%PAPER words", PAPER),
        ("a", b"words", None),
        ("a.paper.bak", b"words", None),
        ("folder.paper/a", b"words", None),
    ],
)
def test_what_a_file_begins_with_says_more_than_its_name(name, content, expected):
    assert format_of(name, content, (PAPER, NOTE)) == expected


@pytest.mark.parametrize(
    "name, content, expected",
    [
        ("a", b"%PDF-1.4", "PDF"),
        ("a.txt", b"%PDF-1.4", "PDF"),
        ("a.doc", b"{\\rtf1 ", "RTF"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Word"),
        ("a.doc", b"words", None),
        ("a.zip", b"PK\x03\x04 word/document.xml", "Word"),
        ("a.zip", b"PK\x03\x04 mimetypeapplication/epub+zip", "EPUB"),
        ("a.docx", b"PK\x03\x04 mimetypeapplication/vnd.oasis.opendocument.text", "OpenDocument"),
        ("a.odt", b"PK\x03\x04 mimetypeapplication/vnd.oasis.opendocument.text word/document.xml", "OpenDocument"),
        ("a.zip", b"PK\x03\x04", None),
        ("a.docx", b"PK\x03\x04", "Word"),
        ("a.md", b"PK, it says, holds word/document.xml", "Markdown"),
        ("a.md", b"A zip holds word/document.xml", "Markdown"),
        ("a.php", b"<!DOCTYPE html><title>A</title>", "HTML"),
        ("a.HTM", b"<p>A", "HTML"),
        ("a.mht", b"From: <Saved by Blink>", "HTML"),
        ("a.ndjson", b"{}", "JSON"),
        ("a.TSV", b"a\tb", "CSV"),
    ],
)
def test_our_own_formats_are_told_apart(name, content, expected):
    form = format_of(name, content, FORMATS)
    assert (form.name if form else None) == expected


def test_the_first_of_two_that_claim_a_suffix_is_taken():
    other = Format("other", (".note",), "other")
    assert format_of("a.note", b"", (other, NOTE)) == other
    assert suffixes((other, NOTE, PAPER)) == (".note", ".txt", ".paper")


def test_no_two_of_our_own_claim_the_same():
    claimed = [claim for one in FORMATS for claim in (*one.suffixes, *one.marks, *one.zip_marks)]
    assert sorted(map(str, claimed)) == sorted(map(str, set(claimed)))
    assert all(suffix == suffix.lower() and suffix.startswith(".") for one in FORMATS for suffix in one.suffixes)


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Installs a package that adds a reader: its files as pip leaves them, in a folder on the path."""

    def install(entry_point, code):
        folder = tmp_path / "site"
        metadata = folder / "shouting-1.0.dist-info"
        metadata.mkdir(parents=True)
        (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: shouting\nVersion: 1.0\n")
        (metadata / "entry_points.txt").write_text(f"[footnote.readers]\nshouting = {entry_point}\n")
        (folder / "shouting.py").write_text(code)
        monkeypatch.syspath_prepend(str(folder))
        monkeypatch.setenv("PYTHONPATH", str(folder))
        formats.cache_clear()
        assert [point.name for point in entry_points(group="footnote.readers")] == ["shouting"]

    yield install
    formats.cache_clear()
    sys.modules.pop("shouting", None)


SHOUTING = """
from footnote.readers.blocks import Paragraph, assemble
from footnote.readers.formats import Format
from footnote.records import Article, Metadata

FORMAT = Format("shouting", (".shout",), "shouting", is_text=True)

def read(text, source):
    body, sections = assemble([Paragraph(text.strip().upper())])
    return [Article(source, source, Metadata("Shouting"), body, sections)], []
"""


def test_an_installed_package_adds_a_format(package, tmp_path):
    package("shouting:FORMAT", SHOUTING)
    kb = tmp_path / "kb"
    kb.mkdir()
    (kb / "a.shout").write_text("Bread needs time.\n")
    (reading,) = read_articles(kb)
    assert [(article.metadata.title, article.text) for article in reading.articles] == [("Shouting", "BREAD NEEDS TIME.")]
    assert reading.format == "shouting"


@pytest.mark.parametrize(
    "entry_point, code, message",
    [
        ("shouting:FORMAT", "", "can't be loaded from shouting:FORMAT: module 'shouting' has no attribute 'FORMAT'"),
        ("shouting:FORMAT", "1 / 0", "can't be loaded from shouting:FORMAT: division by zero"),
        ("shouting:FORMAT", "FORMAT = 'shout'", "is no Format but shouting:FORMAT, a str"),
    ],
)
def test_a_reader_that_can_not_be_used_is_named(package, entry_point, code, message):
    package(entry_point, code)
    with pytest.raises(ReaderBroken) as caught:
        formats()
    assert str(caught.value) == f"The reader 'shouting' {message}. Mend or uninstall the package that brings it."


def test_packages_that_add_readers_are_named_with_their_versions(package):
    assert added_readers() == []
    package("shouting:FORMAT", SHOUTING)
    assert added_readers() == ["shouting 1.0"]
