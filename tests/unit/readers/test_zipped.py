"""Zips from anywhere: what can't be trusted is refused before it is expanded."""

import struct
import tracemalloc
import zipfile

import pytest

from footnote.errors import Unreadable
from footnote.readers.zipped import open_zip
from tests.unit.readers.office import zipped

AGAIN = "Copy it again from where it came, or open it in its own program and save it again."
HARM = "It may be made to do harm; remove it."


def refusal(content, part=None):
    with pytest.raises(Unreadable) as caught:
        archive = open_zip(content)
        archive.read(part)
    return caught.value.reason, caught.value.remedy


def test_the_parts_of_a_zip_are_read_by_name():
    archive = open_zip(zipped([("word/", b""), ("word/document.xml", b"<a/>"), ("word\\styles.xml", b"<b/>")]))
    assert archive.names == ("word/document.xml", "word/styles.xml")
    assert (archive.read("word/document.xml"), archive.read("word/styles.xml")) == (b"<a/>", b"<b/>")
    assert archive.read("Word/Document.XML") == b"<a/>"
    assert ("WORD/styles.xml" in archive, "word/numbering.xml" in archive) == (True, False)


def test_a_part_without_a_name_is_passed_over():
    content = zipped([("a", b"x"), ("b", b"y")]).replace(b"b", b"\0")
    assert open_zip(content).names == ("a",)


def test_a_part_that_is_missing_is_named():
    assert refusal(zipped([("a", b"x")]), "b") == ("It is incomplete: its part 'b' is missing.", AGAIN)


@pytest.mark.parametrize("cut", [0, 1, 30, 60, -1])
def test_a_zip_that_was_cut_off_is_refused(cut):
    content = zipped([("a", b"words " * 10)])
    assert refusal(content[:cut]) == ("It is damaged or was cut off: the list of its parts can't be read.", AGAIN)


def test_a_part_with_a_wrong_byte_is_refused_by_name():
    content = bytearray(zipped([("a", b"words")], zipfile.ZIP_STORED))
    content[content.index(b"words")] = ord("W")
    assert refusal(bytes(content), "a") == ("It is damaged: its part 'a' can't be expanded.", AGAIN)


def test_a_zip_of_too_many_parts_is_refused():
    parts = [(str(number), b"") for number in range(10_001)]
    assert refusal(zipped(parts, zipfile.ZIP_STORED)) == ("It holds 10,001 parts, more than 10,000.", HARM)
    assert len(open_zip(zipped(parts[:10_000], zipfile.ZIP_STORED)).names) == 10_000


def test_a_zip_that_would_fill_the_memory_is_refused():
    content = zipped([("a", bytes(9_000_000))])
    assert refusal(content)[0].endswith("times its size, more than 200.")
    many = bytearray(zipped([("a", b"x")]))
    directory = many.index(b"PK\x01\x02")
    many[directory + 24 : directory + 28] = struct.pack("<I", 200_000_001)
    assert refusal(bytes(many)) == ("It would expand to 200,000,001 bytes, more than 200,000,000.", HARM)


def test_a_small_part_may_be_packed_as_well_as_it_can():
    assert open_zip(zipped([("a", bytes(900_000))])).read("a") == bytes(900_000)


def test_a_zip_that_lies_about_a_size_is_refused_and_never_expanded_further():
    content = bytearray(zipped([("a", bytes(50_000_000))]))
    directory = content.index(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = struct.pack("<I", 1_000)
    tracemalloc.start()
    assert refusal(bytes(content), "a") == ("It is damaged: its part 'a' can't be expanded.", AGAIN)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


@pytest.mark.parametrize("name", ["/etc/passwd", "../a", "a/../../b", "..\\a", "C:\\a", "\\\\host\\a"])
def test_a_name_that_leads_out_of_the_zip_is_refused(name):
    assert refusal(zipped([(name, b"x")])) == ("A name in it leads out of it.", HARM)


def test_a_zip_with_a_password_is_refused():
    content = bytearray(zipped([("a", b"x")]))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(content)) == ("It is protected with a password.", "Save it without the password.")


def test_an_unusual_packing_is_refused():
    assert refusal(zipped([("a", b"x")], zipfile.ZIP_LZMA)) == (
        "It is packed in a way that its own programs don't use.",
        AGAIN,
    )
