"""Every fixture through the road that an ingest takes: in its format, in its language, refused where it should be."""

from collections import Counter

import pytest

from footnote.readers import read_articles
from tests.conftest import ROOT

FIXTURES = ROOT / "tests" / "fixtures" / "formats"
FORMATS = {
    "csv": "CSV",
    "docx": "Word",
    "epub": "EPUB",
    "html": "HTML",
    "jsonl": "JSON",
    "markdown": "Markdown",
    "odt": "OpenDocument",
    "pdf": "PDF",
    "rtf": "RTF",
}
REFUSED = {
    "csv/no-text.csv",
    "csv/open-quote.csv",
    "epub/protected.epub",
    "jsonl/not-json.json",
    "jsonl/settings.json",
    "pdf/encrypted.pdf",
    "pdf/scanned.pdf",
}
OTHER_LANGUAGES = {
    "csv/excel-german.csv": "de",
    "docx/kneading-german.docx": "de-DE",
    "html/german.html": "de",
    "html/latin1-called-utf8.html": "fr",
    "pdf/allotment.pdf": "de",
}


@pytest.fixture(scope="module")
def found():
    """Every reading of a fixture, by its folder and name; the sources that some are made from lie deeper."""
    return {
        f"{folder}/{reading.source}": reading
        for folder in FORMATS
        for reading in read_articles(FIXTURES / folder)
        if "/" not in reading.source
    }


def test_every_fixture_is_read_in_its_format_or_refused(found):
    assert {name for name, reading in found.items() if reading.refusal} == REFUSED
    read = {name: reading.format for name, reading in found.items() if not reading.refusal}
    assert [name for name, form in read.items() if form != FORMATS[name.split("/")[0]]] == []
    assert sum(Counter(read.values()).values()) >= 60
    assert min(Counter(read.values()).values()) >= 6


def test_the_language_of_every_fixture_is_told_or_unknown(found):
    languages = {name: {article.metadata.language for article in reading.articles} for name, reading in found.items()}
    others = {name: told - {None, "en", "en-GB", "en-US"} for name, told in languages.items()}
    assert {name: ", ".join(told) for name, told in others.items() if told} == OTHER_LANGUAGES


def test_an_articles_id_is_its_path_and_its_number_where_there_are_several(found):
    for name, reading in found.items():
        source = name.split("/")[1]
        ids = [article.id for article in reading.articles]
        assert len(set(ids)) == len(ids)
        assert all(one == source or one.startswith(f"{source}#") for one in ids)
