"""What the tests of DOCX, ODT and RTF share: reading a fixture, what is expected of it, and that every offset holds."""

import io
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

from footnote.errors import Unreadable
from footnote.passages import split
from footnote.records import Metadata
from footnote.settings import PASSAGES

FORMATS = Path(__file__).parents[2] / "fixtures" / "formats"


class Expected(NamedTuple):
    """What a file must come out as: its metadata, its heading paths in order, and sentences with the section they stand in."""

    name: str
    metadata: Metadata
    paths: list
    sentences: dict


def fixture(name):
    return (FORMATS / name.rpartition(".")[2].replace("fodt", "odt") / name).read_bytes()


def one(read, content, source="note"):
    """The one article in ``content`` with what there is to remark."""
    (article,), notices = read(content, source)
    check_offsets(article)
    return article, notices


def check(read, expected):
    """The fixture comes out as expected."""
    article, notices = one(read, fixture(expected.name), expected.name)
    assert notices == []
    assert article.id == article.source == expected.name
    assert article.metadata == expected.metadata
    assert list(dict.fromkeys(section.path for section in article.sections if section.path)) == expected.paths
    for sentence, path in expected.sentences.items():
        assert article.text.count(sentence) == 1, sentence
        assert article.section_at(article.text.index(sentence)).path == path


def check_offsets(article):
    """Sections cover the text in order, and every passage is a slice of it."""
    ends = [0]
    for section in article.sections:
        assert ends[-1] <= section.start <= section.body <= section.end <= len(article.text)
        ends.append(section.end)
    passages = split(article, lambda texts: [len(text.split()) for text in texts], 64, PASSAGES)
    assert all(passage.text == article.text[passage.start : passage.end] for passage in passages)
    words = "".join(passage.text for passage in passages)
    assert not any("\ud800" <= letter <= "\udfff" or (letter < " " and letter != "\n") for letter in words)


def refusal(read, content, source="note"):
    with pytest.raises(Unreadable) as caught:
        read(content, source)
    return caught.value.reason, caught.value.remedy


def zipped(parts, compression=zipfile.ZIP_DEFLATED):
    """The bytes of a zip that holds ``parts``: names and contents."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", compression) as file:
        for name, content in parts:
            file.writestr(name, content)
    return held.getvalue()


def changed(content, name, change):
    """The zip ``content`` with the part ``name`` changed by a function of its bytes; None leaves it out."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            part = old.read(entry)
            part = change(part) if entry.filename == name else part
            if part is not None:
                new.writestr(entry, part)
    return held.getvalue()
