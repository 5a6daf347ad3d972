"""DOCX, ODT and RTF files that are nearly right: read with every offset in its place, or refused, and never anything else."""

import importlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.readers.mutations import FIXTURES, attempt, mutated
from tests.unit.readers.office import FORMATS

# By suffix; what once broke another format's reader lies in the same folder.
READERS = {".docx": "word", ".odt": "opendocument", ".rtf": "rich_text"}


def reader(name):
    return importlib.import_module(f"footnote.readers.{name}").read


@pytest.mark.parametrize("name", FIXTURES)
@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_file_that_is_nearly_right_is_read_or_refused(name, seed):
    rng = random.Random(seed)
    attempt(reader(name), mutated(rng.choice(FIXTURES[name]).read_bytes(), rng))


@pytest.mark.parametrize(
    "path", sorted(path for path in (FORMATS / "found").iterdir() if path.suffix in READERS), ids=lambda path: path.name
)
def test_what_once_broke_a_reader_breaks_it_no_more(path):
    assert attempt(reader(READERS[path.suffix]), path.read_bytes()) in ("read", "refused")


@pytest.mark.parametrize("name", FIXTURES)
def test_every_fixture_itself_is_read(name):
    assert {path.name: attempt(reader(name), path.read_bytes()) for path in FIXTURES[name]} == {
        path.name: "read" for path in FIXTURES[name]
    }
