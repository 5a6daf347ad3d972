"""A folder of files, good and bad: each gives one reading, in order, and none stops the others."""

import hashlib
import os
import stat

import pytest

from footnote.errors import FolderMissing
from footnote.readers import folder as folders
from footnote.readers import read_articles
from footnote.readers.formats import formats, suffixes
from footnote.records import Notice, Refusal

LINK = ("It is a link, and links are not followed.", "Put the file itself there.")
PIPE = ("It is no ordinary file.", "Remove it.")
EMPTY = ("It is empty: no words were found in it.", "Write something in it, or remove it.")
# Formats are added; the sentence is what is promised.
OTHER_TYPE = f"Save it as one of {', '.join(suffixes(formats()))}, or name it in .footnoteignore."


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "kb"
    folder.mkdir()
    return folder


def write(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# The article {path.stem}\n\nWords of {path.stem}.\n", encoding="utf-8")


def sources(folder):
    return [reading.source for reading in read_articles(folder)]


def refused(folder):
    """Every refusal in the folder; what was refused gives no article and no notice."""
    readings = [reading for reading in read_articles(folder) if reading.refusal]
    assert all(reading.articles == reading.notices == () for reading in readings)
    assert all(reading.refusal.source == reading.source for reading in readings)
    return [(reading.source, reading.refusal.reason, reading.refusal.remedy) for reading in readings]


def test_every_file_is_read_in_the_order_of_its_path(folder):
    write(folder, "b.md", "a/z.md", "a/b/c.md", "a.md", "B.md", "10.txt", "9.txt")
    assert sources(folder) == ["10.txt", "9.txt", "B.md", "a/b/c.md", "a/z.md", "a.md", "b.md"]


def test_an_empty_folder_gives_nothing(folder):
    assert sources(folder) == []


def test_an_article_is_known_by_its_path_within_the_folder(folder):
    write(folder, "sub/bread.md")
    ((article,),) = [reading.articles for reading in read_articles(folder)]
    assert (article.id, article.source, article.metadata.title) == ("sub/bread.md", "sub/bread.md", "The article bread")
    assert article.text == "Words of bread."


def test_a_reading_has_the_hash_of_the_files_bytes(folder):
    write(folder, "bread.md")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    assert [(reading.source, reading.sha256) for reading in read_articles(folder)] == [
        ("bread.md", hashlib.sha256(b"# The article bread\n\nWords of bread.\n").hexdigest()),
        ("picture.png", hashlib.sha256(b"\x89PNG").hexdigest()),
    ]


def test_hidden_files_and_folders_are_left_alone(folder):
    write(folder, "seen.md", ".hidden.md", ".git/in.md", "sub/.also.md", "sub/.deep/in.md", "sub/seen.md")
    (folder / ".link").symlink_to(folder / "sub")
    assert sources(folder) == ["seen.md", "sub/seen.md"]


@pytest.mark.parametrize("name", ["a.md", "a.MD", "a.Markdown", "a.txt", "a.TEXT"])
def test_the_type_of_a_file_is_its_suffix_large_or_small(folder, name):
    (folder / name).write_text("# Bread\n\nIt needs time.\n", encoding="utf-8")
    assert [(article.id, article.text) for reading in read_articles(folder) for article in reading.articles] == [
        (name, "It needs time.")
    ]


def test_files_of_other_types_are_refused_by_name(folder):
    for name in ("picture.jpeg", "README", "page.md.bak", "trailing."):
        (folder / name).write_bytes(b"words")
    assert refused(folder) == [
        ("README", "Files of the type 'none' are not read.", OTHER_TYPE),
        ("page.md.bak", "Files of the type '.bak' are not read.", OTHER_TYPE),
        ("picture.jpeg", "Files of the type '.jpeg' are not read.", OTHER_TYPE),
        ("trailing.", "Files of the type 'none' are not read.", OTHER_TYPE),
    ]


def test_files_without_a_word_are_refused(folder):
    (folder / "empty.md").write_bytes(b"")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "mark.txt").write_bytes(b"\xef\xbb\xbf")
    (folder / "matter.md").write_text("---\ntitle: Bread\n---\n", encoding="utf-8")
    (folder / "spaces.txt").write_text(" \n\t\n\u00a0\n", encoding="utf-8")
    (folder / "tags.txt").write_text("#bread #home\n", encoding="utf-8")
    names = ["empty.md", "empty.txt", "mark.txt", "matter.md", "spaces.txt", "tags.txt"]
    assert refused(folder) == [(name, *EMPTY) for name in names]


def test_links_are_not_followed_wherever_they_lead(folder, tmp_path):
    write(folder, "a.md", "sub/b.md")
    write(tmp_path, "outside/secret.md")
    (folder / "dangling.md").symlink_to(folder / "nowhere.md")
    (folder / "file.md").symlink_to(folder / "a.md")
    (folder / "folder").symlink_to(folder / "sub", target_is_directory=True)
    (folder / "folder.md").symlink_to(folder / "sub", target_is_directory=True)
    (folder / "loop.md").symlink_to(folder / "loop.md")
    (folder / "outside").symlink_to(tmp_path / "outside", target_is_directory=True)
    (folder / "sub" / "up").symlink_to(folder, target_is_directory=True)
    names = ["dangling.md", "file.md", "folder", "folder.md", "loop.md", "outside", "sub/up"]
    assert refused(folder) == [(name, *LINK) for name in names]
    assert [reading.source for reading in read_articles(folder) if reading.articles] == ["a.md", "sub/b.md"]


def test_a_knowledge_base_that_is_itself_a_link_is_read(folder, tmp_path):
    write(folder, "a.md")
    (tmp_path / "kb-link").symlink_to(folder, target_is_directory=True)
    assert sources(tmp_path / "kb-link") == ["a.md"]


def test_a_pipe_is_refused_at_once(folder):
    os.mkfifo(folder / "pipe.md")
    os.mkfifo(folder / "pipe")
    assert refused(folder) == [("pipe", *PIPE), ("pipe.md", *PIPE)]


def test_what_can_not_be_opened_is_refused_with_what_the_system_says(folder):
    os.mknod(folder / "socket.md", stat.S_IFSOCK | 0o600)
    assert refused(folder) == [("socket.md", "It can't be opened: No such device or address.", "Check that it may be read.")]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(folder):
    write(folder, "a.md")
    (folder / "a.md").chmod(0)
    assert refused(folder) == [("a.md", "It can't be opened: Permission denied.", "Check that it may be read.")]


def test_a_folder_called_like_a_page_is_a_folder(folder):
    write(folder, "a.md/inside.md")
    assert sources(folder) == ["a.md/inside.md"]
    assert refused(folder) == []


def test_an_empty_folder_called_like_a_page_is_no_file(folder):
    (folder / "a.md").mkdir()
    assert sources(folder) == []


def test_a_name_that_is_not_utf_8_is_shown_by_its_bytes(folder):
    with open(os.path.join(os.fsencode(folder), b"caf\xe9.md"), "wb") as file:
        file.write(b"Words.\n")
    (reading,) = read_articles(folder)
    assert reading.source == reading.articles[0].id == "caf\\xe9.md"
    assert reading.articles[0].metadata.title == "caf\\xe9"
    reading.articles[0].id.encode("utf-8")


def test_names_of_any_script_and_with_any_sign_are_kept(folder):
    names = ["#1 of 2.md", "a b.md", "line\nend.md", "naïve.md", "хлеб.md", "犬.md", "🍞.md"]
    write(folder, *names)
    assert sources(folder) == names
    assert refused(folder) == []


def test_a_file_of_exactly_the_limit_is_read_and_one_byte_more_is_refused(folder, monkeypatch):
    monkeypatch.setattr(folders, "MAX_FILE_BYTES", 1_000)
    (folder / "just.md").write_bytes(b"# Bread\n\n" + b"word " * 198 + b"\n")
    (folder / "more.md").write_bytes(b"# Bread\n\n" + b"word " * 198 + b"\n\n")
    (folder / "most.md").write_bytes(b"x" * 12_345)
    assert refused(folder) == [
        ("more.md", "It has 1,001 bytes, more than 1,000.", "Split it into articles."),
        ("most.md", "It has 12,345 bytes, more than 1,000.", "Split it into articles."),
    ]
    assert [reading.source for reading in read_articles(folder) if reading.articles] == ["just.md"]
    assert [len(reading.sha256) for reading in read_articles(folder)] == [64, 0, 0]


def test_a_bad_file_never_stops_the_rest(folder):
    write(folder, "a.md", "c.md", "z/z.txt")
    (folder / "b.md").write_text("---\ntitle: a: b\n---\nWords.\n", encoding="utf-8")
    (folder / "d.txt").write_bytes(bytes(range(256)))
    (folder / "e.md").write_text("Words without a title.\n", encoding="utf-8")
    readings = list(read_articles(folder))
    assert [(reading.source, len(reading.articles)) for reading in readings] == [
        ("a.md", 1),
        ("b.md", 0),
        ("c.md", 1),
        ("d.txt", 0),
        ("e.md", 1),
        ("z/z.txt", 1),
    ]
    assert [reading.refusal for reading in readings if reading.refusal] == [
        Refusal(
            "b.md",
            "The front matter between the '---' lines is not valid YAML (line 2).",
            "Put quotes around a value that holds a colon, or remove the front matter.",
        ),
        Refusal("d.txt", "It holds binary data, not text.", "Remove it, or save its text as UTF-8."),
    ]
    assert [notice for reading in readings for notice in reading.notices] == [
        Notice("e.md", "It has no title and is shown as 'e': give it a 'title:' in its front matter or a '# heading'.")
    ]


def test_a_missing_folder_says_so_and_the_way_out(tmp_path):
    with pytest.raises(FolderMissing) as caught:
        list(read_articles(tmp_path / "nowhere"))
    assert str(caught.value) == (
        f"The knowledge base {tmp_path / 'nowhere'} does not exist. Create it and put articles in it, or name another with --kb."
    )


def test_a_file_in_the_place_of_the_folder_says_so(tmp_path):
    (tmp_path / "kb").write_bytes(b"")
    with pytest.raises(FolderMissing) as caught:
        list(read_articles(tmp_path / "kb"))
    assert str(caught.value) == (
        f"The knowledge base {tmp_path / 'kb'} is not a folder. Create it and put articles in it, or name another with --kb."
    )
