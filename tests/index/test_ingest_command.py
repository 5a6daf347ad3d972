import contextlib
import fcntl
import io
import os
import re
import resource
import subprocess
import sys

import pytest

import footnote.__main__ as footnote
import ingest
from footnote.readers.formats import FORMATS, suffixes
from footnote.search import Searcher
from footnote.snapshot import current_snapshot
from tests.conftest import CARE, ROOT, link_encoders

# As a user's terminal has it, whatever the machine that runs the tests has set.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "FOOTNOTE", "LC_"))}
ENVIRONMENT |= {"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "FOOTNOTE_CARE": str(CARE)}
OTHER_TYPE = f"Save it as one of {', '.join(suffixes(FORMATS))}, or name it in .footnoteignore."
CURRENT = "The index is current: 2 articles, 2 passages; nothing to embed. truncated: 0\n"


def run(*arguments, **options):
    """Exit status, standard output and standard error of one ingest.

    Names of snapshots, seconds and rates are made alike; what is told only where it takes over a second is left out.
    """
    found = subprocess.run(
        [sys.executable, "ingest.py", *map(str, arguments)],
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        timeout=100,
        **options,
    )
    output, errors = found.stdout.decode(), found.stderr.decode()
    assert "Traceback" not in errors
    output = re.sub(r"Built \d{8}T\d{12}Z-[0-9a-f]{12}:", "Built NAME:", output)
    output = re.sub(r"in \d+\.\d s\.", "in N s.", output)
    output = re.sub(r"^(?!Embedding ([\d,]+) of \1 )\w+ing [\d,]+ of .*\n", "", output, flags=re.MULTILINE)
    return found.returncode, re.sub(r"\([\d,]+ a second\)", "(N a second)", output), errors


def table(*rows):
    """What each format gave, as an ingest prints it."""
    wide = max(len(name) for name, *_ in rows)
    lines = [f"{'':{wide}}     files  articles  passages   refused"]
    lines += [f"{name:{wide}}" + "".join(f"{count:10}" for count in counts) for name, *counts in rows]
    return "".join(f"{line}\n" for line in lines)


def tree(folder):
    """Every file and its bytes, but for the empty lock files that Tantivy leaves where it reads."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def first_article(index, question):
    searcher = Searcher.open(index)
    hits = searcher.ask(question).hits
    searcher.close()
    return hits[0].passage.article_id


def test_an_index_is_built_then_found_current_then_brought_up_to_date_then_rebuilt(kb, index):
    assert run("--kb", kb, "--index", index) == (
        0,
        "Embedding 2 of 2 passages (N a second)\n"
        "Writing the index ...\n"
        f"{table(('Markdown', 2, 2, 2, 0))}"
        "Built NAME: 2 articles, 2 passages (2 embedded, 0 reused, truncated: 0) in N s.\n",
        "",
    )
    assert run("--kb", kb, "--index", index) == (0, f"{table(('Markdown', 2, 2, 2, 0))}{CURRENT}", "")
    (kb / "salt.md").write_text("# Salt\n\nSalt draws water out of cucumbers.\n")
    assert run("--kb", kb, "--index", index) == (
        0,
        "Embedding 1 of 1 passages (N a second)\n"
        "Writing the index ...\n"
        "New: salt.md\n"
        f"{table(('Markdown', 3, 3, 3, 0))}"
        "Built NAME: 3 articles, 3 passages (1 embedded, 2 reused, truncated: 0) in N s.\n",
        "",
    )
    assert run("--kb", kb, "--index", index, "--rebuild") == (
        0,
        "Embedding 3 of 3 passages (N a second)\n"
        "Writing the index ...\n"
        f"{table(('Markdown', 3, 3, 3, 0))}"
        "Built NAME: 3 articles, 3 passages (3 embedded, 0 reused, truncated: 0) in N s.\n",
        "",
    )
    assert first_article(index, "what does salt do to cucumbers?") == "salt.md"


def test_refused_files_are_listed_and_the_exit_status_says_so(kb, index):
    (kb / "slides.pptx").write_bytes(b"PK")
    (kb / "empty.md").write_text("")
    (kb / "salt.md").write_text("Salt draws water out of cucumbers.\n")
    about = (
        "salt.md: It has no title and is shown as 'salt': give it a 'title:' in its front matter or a '# heading'.\n"
        "Refused empty.md: It is empty: no words were found in it. Write something in it, or remove it.\n"
        f"Refused slides.pptx: Files of the type '.pptx' are not read. {OTHER_TYPE}\n"
        f"{table(('Markdown', 4, 3, 3, 1), ('not read', 1, 0, 0, 1))}"
    )
    assert run("--kb", kb, "--index", index) == (
        3,
        "Embedding 3 of 3 passages (N a second)\n"
        "Writing the index ...\n"
        f"{about}Built NAME: 3 articles, 3 passages (3 embedded, 0 reused, truncated: 0) in N s.\n",
        "",
    )
    assert run("--kb", kb, "--index", index) == (
        3,
        f"{about}The index is current: 3 articles, 3 passages; nothing to embed. truncated: 0\n",
        "",
    )


def test_strict_fails_and_leaves_the_index_as_it_was(kb, built):
    (kb / "slides.pptx").write_bytes(b"PK")
    (kb / "empty.md").write_text("")
    before = tree(built)
    assert run("--kb", kb, "--index", built, "--strict") == (
        1,
        "",
        "ingest.py: Refused: 2, and --strict wants none. The index is as it was before. "
        "empty.md: It is empty: no words were found in it. Write something in it, or remove it.; "
        f"slides.pptx: Files of the type '.pptx' are not read. {OTHER_TYPE}\n",
    )
    assert tree(built) == before


def test_an_ingest_beside_another_one_is_told_so(kb, built):
    before = tree(built)
    with open(built / "LOCK", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert run("--kb", kb, "--index", built) == (
            4,
            "",
            f"ingest.py: Another ingest is writing {built}. Wait until it is done, then run this one again.\n",
        )
    assert tree(built) == before


def test_a_missing_folder_of_articles_fails(tmp_path):
    assert run("--kb", tmp_path / "kb", "--index", tmp_path / "index") == (
        1,
        "",
        f"ingest.py: The knowledge base {tmp_path / 'kb'} does not exist. "
        "Create it and put articles in it, or name another with --kb.\n",
    )
    assert os.listdir(tmp_path) == []


def test_an_empty_folder_of_articles_fails_and_leaves_the_index_as_it_was(kb, built):
    before = tree(built)
    for path in kb.iterdir():
        path.unlink()
    assert run("--kb", kb, "--index", built) == (
        1,
        "",
        f"ingest.py: There is no article in {kb}. "
        "Put some there (Markdown, text, HTML, PDF, Word, OpenDocument, RTF, EPUB, CSV, JSON) and run this again.\n",
    )
    assert tree(built) == before


def test_an_index_that_cannot_be_written_fails(kb, tmp_path):
    (tmp_path / "file").write_text("mine")
    assert run("--kb", kb, "--index", tmp_path / "file" / "index") == (
        1,
        "",
        f"ingest.py: The index folder {tmp_path / 'file' / 'index'} can't be written: Not a directory. "
        "Name another with --index, or change its permissions.\n",
    )


def test_a_model_that_is_not_there_fails_and_leaves_the_index_as_it_was(kb, built):
    before = tree(built)
    assert run("--kb", kb, "--index", built, "--model", "nobody/no-such-model") == (
        1,
        "",
        "ingest.py: The model 'nobody/no-such-model' is neither a folder nor on this machine, and Footnote downloads nothing. "
        "Save the model into a folder on a machine that has it and give that folder to --model, or leave --model out.\n",
    )
    assert tree(built) == before


def test_a_disk_that_fills_up_is_told_in_one_sentence_and_leaves_the_index_as_it_was(kb, built):
    (kb / "tides.md").unlink()
    before = tree(built)

    def limit():
        # No file may grow beyond 8,000 bytes: a full disk for whatever library writes it.
        resource.setrlimit(resource.RLIMIT_FSIZE, (8_000, 8_000))

    status, output, errors = run("--kb", kb, "--index", built, preexec_fn=limit)
    assert (status, output) == (1, "")
    start = re.escape(f"ingest.py: The index folder {built} could not be written: ")
    assert re.fullmatch(rf"{start}[^\n]+\. The index is as it was before\.\n", errors)
    assert tree(built) == before
    assert os.listdir(built / "snapshots") == [current_snapshot(built).name]


def test_control_c_stops_an_ingest_and_leaves_the_index_as_it_was(kb, built, monkeypatch, capsys):
    before = tree(built)
    (kb / "salt.md").write_text("# Salt\n\nSalt keeps.\n")

    def interrupted(self, activity, done, total):
        if activity == "Embedding":
            raise KeyboardInterrupt

    monkeypatch.setattr(ingest.Terminal, "progress", interrupted)
    assert ingest.main(["--kb", str(kb), "--index", str(built)]) == 1
    assert capsys.readouterr() == ("", "\ningest.py: Stopped. The index is as it was before.\n")
    assert tree(built) == before
    assert first_article(built, "what makes the tide highest?") == "tides.md"


def is_free(lock):
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    fcntl.flock(lock, fcntl.LOCK_UN)
    return True


def test_a_model_in_a_folder_may_be_named(kb, built, encoders):
    # The same files under another name are the same model, so nothing is compiled or embedded anew.
    from footnote.encoder.models import find_model

    folder = find_model("all-MiniLM-L6-v2").folder
    assert run("--kb", kb, "--index", built, "--model", folder) == (0, f"{table(('Markdown', 2, 2, 2, 0))}{CURRENT}", "")


def test_help_says_what_the_exit_statuses_mean():
    status, output, errors = run("--help")
    assert (status, errors) == (0, "")
    assert (
        "Builds the index over a folder of articles.\n\n"
        "exit status: 0 built, or already current; 1 failed, the index is as before; 3 built, some files refused (listed);\n"
        "4 another ingest is running\n"
    ) in output


def test_an_option_that_does_not_exist_is_a_usage_error():
    status, output, errors = run("--nonsense")
    assert (status, output) == (2, "")
    assert errors.endswith("ingest.py: error: unrecognized arguments: --nonsense\n")


@pytest.mark.parametrize("option", ["--kb", "--index", "--model"])
def test_a_name_that_is_too_long_is_told_in_a_sentence(kb, built, option, capsys):
    arguments = {"--kb": str(kb), "--index": str(built)} | {option: "x" * 300}
    assert ingest.main([word for pair in arguments.items() for word in pair]) == 1
    output, errors = capsys.readouterr()
    assert output == ""
    assert re.fullmatch(r"ingest\.py: .*x{300}.*\.\n", errors)


def test_an_index_in_a_folder_whose_name_is_no_utf8_is_refused_in_a_sentence(kb, encoders, tmp_path):
    folder = tmp_path / os.fsdecode(b"odd\xff")
    folder.mkdir()
    link_encoders(encoders, tmp_path / "index")
    kb.rename(folder / "kb")
    assert run("--kb", folder / "kb", "--index", folder / "index") == (
        1,
        "",
        "ingest.py: The index folder's path is not UTF-8, which the keyword index needs. Name another with --index.\n",
    )
    assert run("--kb", folder / "kb", "--index", tmp_path / "index")[0] == 0


# --- which files count -------------------------------------------------------------------------------------------------


def test_what_flags_leave_out_is_counted_and_remembered_for_status_but_not_for_the_next_ingest(kb, index):
    (kb / "drafts").mkdir()
    (kb / "drafts" / "salt.md").write_text("# Salt\n\nSalt draws water out of cucumbers.\n")
    places = ("--kb", kb, "--index", index)
    code, output, errors = run(*places, "--exclude", "drafts/", "--include", "*.md", "--include", "*.txt")
    assert (code, errors) == (0, "")
    assert output.endswith(
        f"{table(('Markdown', 2, 2, 2, 0))}Files left out by patterns: 1\n"
        "Built NAME: 2 articles, 2 passages (2 embedded, 0 reused, truncated: 0) in N s.\n"
    )
    assert status_lines(kb, index) == [f"Nothing changed in {kb} since."]
    (kb / "drafts" / "rye.md").write_text("# Rye\n\nRye keeps.\n")
    (kb / "tides.md").unlink()
    assert status_lines(kb, index) == [
        "Gone: tides.md",
        "Bring the index up to date: python ingest.py --include '*.md' --include '*.txt' --exclude drafts/",
    ]
    code, output, errors = run(*places)
    assert (code, errors) == (0, "")
    assert "New: drafts/rye.md\nNew: drafts/salt.md\nGone: tides.md\n" in output
    assert "left out" not in output


def test_the_ignore_file_is_honoured_without_a_flag(kb, built):
    (kb / ".footnoteignore").write_text("tides.md\n")
    assert status_lines(kb, built) == ["Gone: tides.md", "Bring the index up to date: python ingest.py"]
    code, output, errors = run("--kb", kb, "--index", built)
    assert (code, errors) == (0, "")
    assert output.endswith(
        f"Gone: tides.md\n{table(('Markdown', 1, 1, 1, 0))}Files left out by patterns: 1\n"
        "Built NAME: 1 articles, 1 passages (0 embedded, 1 reused, truncated: 0) in N s.\n"
    )
    code, output, errors = run("--kb", kb, "--index", built)
    assert (code, output.splitlines()[-2:], errors) == (
        0,
        ["Files left out by patterns: 1", "The index is current: 1 articles, 1 passages; nothing to embed. truncated: 0"],
        "",
    )


def test_patterns_that_leave_nothing_fail_and_leave_the_index_as_it_was(kb, built):
    before = tree(built)
    assert run("--kb", kb, "--index", built, "--exclude", "*") == (
        1,
        "",
        f"ingest.py: Nothing is left of {kb}: --include, --exclude or .footnoteignore leave all of it out (2).\n",
    )
    assert tree(built) == before


def test_a_pattern_that_is_none_fails_in_a_sentence(kb, built):
    before = tree(built)
    sentence = "Invalid git pattern: '!'. Write it as in a .gitignore file.\n"
    assert run("--kb", kb, "--index", built, "--include", "!") == (
        1,
        "",
        f"ingest.py: A pattern of --include can't be used: {sentence}",
    )
    (kb / ".footnoteignore").write_text("!\n")
    assert run("--kb", kb, "--index", built) == (1, "", f"ingest.py: A pattern of .footnoteignore can't be used: {sentence}")
    assert footnote.main(["status", "--kb", str(kb), "--index", str(built)]) == 1
    assert tree(built) == before


def status_lines(kb, index):
    """What ``status`` says after its first line."""
    with contextlib.redirect_stdout(io.StringIO()) as output:
        assert footnote.main(["status", "--kb", str(kb), "--index", str(index)]) == 0
    return output.getvalue().splitlines()[1:]


# --- what a build tells while it goes on -------------------------------------------------------------------------------


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self, monkeypatch):
        self.now = 0.0
        monkeypatch.setattr(ingest.time, "monotonic", lambda: self.now)


def told(terminal, clock, capsys, *steps):
    """What a terminal prints at each of the times, activities and counts."""
    found = []
    for now, activity, done, total in steps:
        clock.now = now
        terminal.progress(activity, done, total)
        found.append(capsys.readouterr().out)
    return found


def test_in_a_pipe_every_stretch_of_over_a_second_is_told_with_count_rate_and_time_left(monkeypatch, capsys):
    clock = Clock(monkeypatch)
    assert told(
        ingest.Terminal(),
        clock,
        capsys,
        (0.0, "Reading", 1, 1000),
        (0.9, "Reading", 900, 1000),
        (1.5, "Reading", 950, 1000),
        (2.0, "Reading", 990, 1000),
        (2.2, "Reading", 1000, 1000),
        (2.3, "Splitting", 1, 2),
        (3.2, "Splitting", 2, 2),
        (4.0, "Embedding", 0, 4000),
        (14.0, "Embedding", 100, 4000),
        (14.5, "Embedding", 4000, 4000),
        (15.0, "Writing", 1, 90_000),
        (17.0, "Writing", 12_000, 90_000),
    ) == [
        "",
        "",
        "Reading 950 of 1,000 files (633 a second, 0 s left)\n",
        "",
        "Reading 1,000 of 1,000 files (455 a second)\n",
        "",
        "",
        "",
        "Embedding 100 of 4,000 passages (10 a second, 6 min left)\n",
        "Embedding 4,000 of 4,000 passages (381 a second)\n",
        "",
        "Writing 12,000 of 90,000 passages (6,000 a second, 13 s left)\n",
    ]


def test_on_a_terminal_one_line_is_rewritten_within_its_width(monkeypatch, capsys):
    clock = Clock(monkeypatch)
    monkeypatch.setattr(ingest.sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "40")
    assert told(
        ingest.Terminal(),
        clock,
        capsys,
        (0.0, "Embedding", 0, 400),
        (1.0, "Embedding", 100, 400),
        (1.1, "Embedding", 110, 400),
        (1.3, "Embedding", 130, 400),
        (4.0, "Embedding", 400, 400),
    ) == [
        "",
        "\rEmbedding 100 of 400 passages (100 a se\x1b[K",
        "",
        "\rEmbedding 130 of 400 passages (100 a se\x1b[K",
        "\rEmbedding 400 of 400 passages (100 a se\x1b[K\n",
    ]


def test_a_watch_tells_only_what_takes_long(monkeypatch, capsys):
    clock = Clock(monkeypatch)
    terminal = ingest.Terminal(is_brief=True)
    terminal.say("Writing the index ...")
    assert told(terminal, clock, capsys, (0.0, "Embedding", 0, 5), (5.0, "Embedding", 5, 5), (6.0, "Writing", 0, 9)) == [""] * 3
    assert told(terminal, clock, capsys, (17.0, "Writing", 3, 9)) == ["Writing 3 of 9 passages (0 a second, 22 s left)\n"]


@pytest.mark.parametrize(
    "seconds, expected",
    [(0.4, "0 s"), (99.4, "99 s"), (100, "2 min"), (5939, "99 min"), (6000, "1 h 40 min"), (86_400, "24 h 0 min")],
)
def test_how_long_it_takes_is_told_as_exactly_as_one_wants_to_know(seconds, expected):
    assert ingest.duration(seconds) == expected


def test_a_reader_of_the_output_that_goes_away_does_not_stop_the_build(kb, index):
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "ingest.py", "--kb", str(kb), "--index", str(index)]
    done = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, stdout=write, stderr=subprocess.PIPE, timeout=100)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")
    assert first_article(index, "what makes the tide highest?") == "tides.md"


def test_names_that_would_move_the_cursor_are_shown_by_number(kb, index):
    (kb / "a\x1b[2Jb\nc.md").write_text("")
    code, output, errors = run("--kb", kb, "--index", index)
    assert (code, errors) == (3, "")
    assert "Refused a\\x1b[2Jb\\nc.md: It is empty: no words were found in it." in output


def test_of_many_changes_twenty_are_named(kb, built):
    for number in range(22):
        (kb / f"{number:02}.md").write_text(f"# Number {number}\n\nThis is about {number}.\n")
    code, output, errors = run("--kb", kb, "--index", built)
    assert (code, errors) == (0, "")
    named = [line for line in output.splitlines() if line.startswith(("New:", "..."))]
    assert named == [*(f"New: {number:02}.md" for number in range(20)), "... and 2 more changes."]
