"""Every reader against changed files: only refusals, and offsets that agree. ``python -m tests.fuzz`` runs longer."""

import pytest

from footnote.readers.formats import FORMATS
from tests.fuzz.targets import FIXTURES, Tally, attempt, named, run, seeds

FOUND = sorted(path for path in (FIXTURES.parent / "fuzz").rglob("*") if path.is_file())


@pytest.mark.parametrize("name", [form.name for form in FORMATS])
def test_a_changed_file_is_read_or_refused(name):
    assert len(seeds()[name]) > 2
    tally = run(name, 100)
    assert [trace for _, trace in tally.faults.values()] == []
    assert tally.outcomes["read"] > 0


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)
def test_what_fuzzing_found_stays_mended(path):
    tally = Tally()
    attempt(named(path.parent.name), path.read_bytes(), tally)
    assert [trace for _, trace in tally.faults.values()] == []
