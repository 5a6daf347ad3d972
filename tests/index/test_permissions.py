"""What may not be read or written is told in a sentence. Root may do everything, so it gives that right up for these."""

import os
import shutil
import subprocess
import sys
from types import SimpleNamespace

import pytest

from footnote.snapshot import current_snapshot
from tests.conftest import CARE, ROOT

QUESTION = "how long should dough rise?"
RIGHT = "Whoever runs this needs the right to read it."
WRITABLE = "Name another with --index, or change its permissions."
HUMBLE = ["setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner"] if os.geteuid() == 0 else []


def is_humble():
    try:
        return subprocess.run([*HUMBLE, "true"], capture_output=True).returncode == 0
    except OSError:
        return False


pytestmark = pytest.mark.skipif(not is_humble(), reason="root can't give up its rights here: there is no setpriv")


@pytest.fixture
def place(kb, built, tmp_path):
    """Articles, their index, and a folder for whatever else is written."""
    (tmp_path / "scratch").mkdir()
    yield SimpleNamespace(kb=kb, index=built, scratch=tmp_path / "scratch")
    for path in (kb, built):
        path.chmod(0o755)
        allow(path, 0o755, 0o644)


@pytest.fixture
def run(place):
    """Runs a command without root's rights: exit status, standard output, standard error."""
    keep = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "FOOTNOTE", "LC_"))}
    keep |= {"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(place.scratch), "FOOTNOTE_CARE": str(CARE)}

    def command(*arguments):
        found = subprocess.run(
            [*HUMBLE, sys.executable, *map(str, arguments)], cwd=ROOT, env=keep, capture_output=True, text=True, timeout=300
        )
        return found.returncode, found.stdout, found.stderr

    return command


def allow(folder, folders, files):
    """Gives all that is in a folder these permissions; the encoder's files may be links to those of other tests."""
    for path in (folder, *folder.rglob("*")):
        if path.is_dir():
            path.chmod(folders)
        elif "encoders" not in path.parts:
            path.chmod(files)


def own(path):
    """Makes a file that was a link to another test's a copy."""
    shutil.copyfile(path, path.with_suffix(".copy"))
    os.replace(path.with_suffix(".copy"), path)


def test_an_index_that_may_only_be_read_is_searched_and_checked(place, run):
    allow(place.index, 0o555, 0o444)
    status, output, errors = run("-m", "footnote", "ask", QUESTION, "--index", place.index)
    assert (status, errors) == (0, "")
    assert "Let the dough rise in a warm place for two hours." in output
    assert run("-m", "footnote", "check", "--index", place.index) == (
        0,
        f"The index in {place.index} is whole: checksums, counts and every offset are right.\n",
        "",
    )
    status, output, errors = run("-m", "footnote", "status", "--index", place.index, "--kb", place.kb)
    assert (status, errors, output.endswith(f"Nothing changed in {place.kb} since.\n")) == (0, "", True)
    assert list(place.scratch.iterdir()) == []


def test_an_index_that_may_not_be_written_is_refused_and_goes_on_answering(place, run):
    allow(place.index, 0o555, 0o444)
    (place.kb / "salt.md").write_text("# Salt\n\nSalt draws water.\n")
    assert run("ingest.py", "--kb", place.kb, "--index", place.index) == (
        1,
        "",
        f"ingest.py: The index folder {place.index} can't be written: Permission denied. {WRITABLE}\n",
    )
    assert run("-m", "footnote", "ask", QUESTION, "--index", place.index)[0] == 0


@pytest.mark.parametrize("part", ["snapshots", "encoders"])
def test_an_index_whose_folders_may_not_be_written_is_refused_before_anything_is_embedded(place, run, part):
    (place.index / part).chmod(0o555)
    (place.kb / "salt.md").write_text("# Salt\n\nSalt draws water.\n")
    assert run("ingest.py", "--kb", place.kb, "--index", place.index) == (
        1,
        "",
        f"ingest.py: The index folder {place.index} can't be written: Permission denied. {WRITABLE}\n",
    )


def test_an_index_whose_lock_may_not_be_written_is_refused(place, run):
    (place.index / "LOCK").chmod(0o444)
    assert run("ingest.py", "--kb", place.kb, "--index", place.index) == (
        1,
        "",
        f"ingest.py: The index folder {place.index} can't be written: Permission denied. {WRITABLE}\n",
    )


@pytest.mark.parametrize("command", [["ask", QUESTION], ["status"], ["check"]])
def test_an_index_that_may_not_be_read_is_told(place, run, command):
    place.index.chmod(0o000)
    assert run("-m", "footnote", *command, "--index", place.index) == (
        1,
        "",
        f"footnote: The file {place.index / 'CURRENT'} can't be read: Permission denied. {RIGHT}\n",
    )


@pytest.mark.parametrize("name", ["vectors.faiss", "manifest.json", "keywords/meta.json"])
def test_a_file_of_the_index_that_may_not_be_read_is_told_by_its_name(place, run, name):
    path = current_snapshot(place.index).folder / name
    path.chmod(0o000)
    assert run("-m", "footnote", "ask", QUESTION, "--index", place.index) == (
        1,
        "",
        f"footnote: The file {path} can't be read: Permission denied. {RIGHT}\n",
    )


def test_an_encoder_that_may_not_be_read_is_told(place, run):
    (encoder,) = (place.index / "encoders").iterdir()
    own(encoder / "model.onnx")
    (encoder / "model.onnx").chmod(0o000)
    assert run("-m", "footnote", "ask", QUESTION, "--index", place.index) == (
        1,
        "",
        f"footnote: The encoder in {encoder} can't be read: Permission denied. {RIGHT}\n",
    )
    (encoder / "model.onnx").chmod(0o644)


def test_articles_that_may_only_be_read_are_indexed(place, run):
    (place.kb / "salt.md").write_text("# Salt\n\nSalt draws water out of cucumbers.\n")
    allow(place.kb, 0o555, 0o444)
    status, output, errors = run("ingest.py", "--kb", place.kb, "--index", place.index)
    assert (status, errors) == (0, "")
    assert ": 3 articles, 3 passages (1 embedded, 2 reused, truncated: 0)" in output
    assert "cucumbers" in run("-m", "footnote", "ask", "what does salt draw?", "--index", place.index)[1]


def test_articles_that_may_not_be_read_leave_the_index_as_it_was(place, run):
    before = current_snapshot(place.index)
    place.kb.chmod(0o000)
    assert run("ingest.py", "--kb", place.kb, "--index", place.index) == (
        1,
        "",
        f"ingest.py: No file in {place.kb} could be read; refused: 1. The first, .: It can't be opened: Permission denied. "
        "Check that it may be read.\n",
    )
    assert current_snapshot(place.index) == before


def test_an_article_that_may_not_be_read_is_refused_by_name_and_stops_nothing(place, run):
    (place.kb / "bread.md").chmod(0o000)
    status, output, errors = run("ingest.py", "--kb", place.kb, "--index", place.index)
    assert (status, errors) == (3, "")
    assert "Refused bread.md: It can't be opened: Permission denied. Check that it may be read.\n" in output


@pytest.mark.parametrize("command", [["ask", QUESTION], ["status"], ["check"]])
def test_an_index_that_is_a_file_is_told(place, run, command):
    file = place.scratch / "file"
    file.write_text("mine")
    assert run("-m", "footnote", *command, "--index", file) == (
        1,
        "",
        f"footnote: The index {file} is not a folder. Name another with --index.\n",
    )
    assert file.read_text() == "mine"
