"""Which files are left out: by patterns of one ingest and by the folder's own ignore file."""

import os

import pytest

from footnote.errors import PatternInvalid
from footnote.readers.folder import content_of, find_files, source_name
from footnote.readers.selection import Patterns, chooser, ignore_file

NAMES = ["a.md", "b.txt", "drafts/c.md", "drafts/keep.md", "#1.md", "sub/a.md", "sub/deep/d.md", "sub/drafts/e.md"]


@pytest.fixture
def folder(tmp_path):
    for name in NAMES:
        path = tmp_path / "kb" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("# Words\n\nWords.\n")
    return tmp_path / "kb"


def taken(folder, include=(), exclude=()):
    found = find_files(folder, Patterns(tuple(include), tuple(exclude)))
    names = {source_name(path, folder) for path in found.files}
    assert len(names) + found.excluded == len(NAMES)
    return {name for name in NAMES if name in names}


@pytest.mark.parametrize(
    "include, exclude, left_out",
    [
        ([], [], []),
        ([], ["*.txt"], ["b.txt"]),
        ([], ["drafts/"], ["drafts/c.md", "drafts/keep.md", "sub/drafts/e.md"]),
        ([], ["/drafts"], ["drafts/c.md", "drafts/keep.md"]),
        ([], ["a.md"], ["a.md", "sub/a.md"]),
        ([], ["sub/**/*.md"], ["sub/a.md", "sub/deep/d.md", "sub/drafts/e.md"]),
        ([], ["sub/*.md"], ["sub/a.md"]),
        ([], [r"\#1.md"], ["#1.md"]),
        ([], ["/drafts/*", "!keep.md"], ["drafts/c.md"]),
        (["*.txt"], [], [name for name in NAMES if name != "b.txt"]),
        (["/sub", "b.txt"], ["deep"], ["a.md", "drafts/c.md", "drafts/keep.md", "#1.md", "sub/deep/d.md"]),
        (["nothing"], [], NAMES),
    ],
)
def test_patterns_mean_what_they_mean_to_git(folder, include, exclude, left_out):
    assert taken(folder, include, exclude) == set(NAMES) - set(left_out)


def test_the_ignore_file_is_always_honoured(folder):
    (folder / ".footnoteignore").write_text("\ufeff# not yet\ndrafts/\n\n!sub/drafts/\r\n*.txt\n", encoding="utf-8")
    assert taken(folder) == {"a.md", "#1.md", "sub/a.md", "sub/deep/d.md", "sub/drafts/e.md"}
    assert taken(folder, include=["*.txt", "a.md"]) == {"a.md", "sub/a.md"}
    assert taken(folder, exclude=["sub"]) == {"a.md", "#1.md"}


@pytest.mark.parametrize(
    "include, exclude, is_taken",
    [
        ([], [], True),
        (["*.pdf"], [], True),
        (["*.meta.yaml"], [], True),
        (["*.md"], [], False),
        ([], ["bread.pdf"], False),
        ([], ["*.meta.yaml"], False),
        ([], ["*.yaml", "!bread.pdf.meta.yaml"], True),
    ],
)
def test_a_sidecar_goes_with_its_file(include, exclude, is_taken):
    assert chooser(Patterns(tuple(include), tuple(exclude)))("drafts/bread.pdf.meta.yaml") is is_taken


def test_an_ignore_file_below_the_top_is_a_hidden_file_like_others(folder):
    (folder / "sub" / ".footnoteignore").write_text("*\n")
    assert taken(folder) == set(NAMES)


def test_what_is_hidden_stays_so_whatever_is_included(folder):
    (folder / ".secret.md").write_text("# Secret\n\nWords.\n")
    assert taken(folder, include=["*"]) == set(NAMES)


def test_a_folder_that_can_not_be_opened_can_be_left_out(folder, monkeypatch):
    real = os.scandir

    def scandir(path):
        if str(path).endswith("/drafts"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert {source_name(path, folder) for path in find_files(folder).files} >= {"drafts", "sub/drafts"}
    left = find_files(folder, Patterns(exclude=("drafts/",)))
    assert not {"drafts", "sub/drafts"} & {source_name(path, folder) for path in left.files}


@pytest.mark.parametrize("pattern", ["!", "\\", "a\\"])
def test_a_pattern_that_is_none_is_named(pattern):
    with pytest.raises(PatternInvalid) as caught:
        chooser(Patterns(exclude=(pattern,)))
    assert str(caught.value) == (
        f"A pattern of --exclude can't be used: Invalid git pattern: {pattern!r}. Write it as in a .gitignore file."
    )
    with pytest.raises(PatternInvalid) as caught:
        chooser(Patterns(), f"drafts/\n{pattern}\n")
    assert str(caught.value) == (
        f"A pattern of .footnoteignore can't be used: Invalid git pattern: {pattern!r}. Write it as in a .gitignore file."
    )


def test_an_ignore_file_that_can_not_be_read_stops_everything(folder, tmp_path):
    """What its owner wants left out must not come in because the list can't be read."""
    path = folder / ".footnoteignore"
    path.write_bytes(b"caf\xe9/\n")
    with pytest.raises(PatternInvalid) as caught:
        find_files(folder)
    assert str(caught.value) == f"The file {path} can't be used: it is not UTF-8. Save it again as UTF-8."
    path.unlink()
    path.symlink_to(tmp_path / "nowhere")
    with pytest.raises(PatternInvalid) as caught:
        find_files(folder)
    assert str(caught.value) == (
        f"The file {path} can't be used. It is a link, and links are not followed. Put the file itself there."
    )
    path.unlink()
    path.mkdir()
    with pytest.raises(PatternInvalid) as caught:
        find_files(folder)
    assert str(caught.value) == f"The file {path} can't be used. It is no ordinary file. Remove it."


def test_where_there_is_no_ignore_file_nothing_is_ignored(folder):
    assert ignore_file(folder, content_of) == ""


def test_patterns_as_words_of_the_command_line():
    assert Patterns().as_options() == []
    assert Patterns(("*.md", "b"), ("c d",)).as_options() == ["--include", "*.md", "--include", "b", "--exclude", "c d"]
