import fcntl
import os
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import ingest
from footnote.readers.formats import FORMATS, suffixes
from footnote.search import Searcher
from footnote.snapshot import current_snapshot

ROOT = Path(__file__).parents[1]
# As a user's terminal has it, whatever the machine that runs the tests has set.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "FOOTNOTE", "LC_"))}
ENVIRONMENT |= {"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
OTHER_TYPE = f"Save it as one of {', '.join(suffixes(FORMATS))}."


def run(*arguments, **options):
    """Exit status, standard output and standard error of one ingest; names of snapshots, seconds and rates are made alike."""
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
    return found.returncode, re.sub(r"\(\d+ a second\)", "(N a second)", output), errors


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
        "Built NAME: 2 articles, 2 passages (2 embedded, 0 reused, truncated: 0) in N s.\n",
        "",
    )
    assert run("--kb", kb, "--index", index) == (
        0,
        "The index is current: 2 articles, 2 passages; nothing to embed. truncated: 0\n",
        "",
    )
    (kb / "salt.md").write_text("# Salt\n\nSalt draws water out of cucumbers.\n")
    assert run("--kb", kb, "--index", index) == (
        0,
        "Embedding 1 of 1 passages (N a second)\n"
        "Writing the index ...\n"
        "Built NAME: 3 articles, 3 passages (1 embedded, 2 reused, truncated: 0) in N s.\n",
        "",
    )
    assert run("--kb", kb, "--index", index, "--rebuild") == (
        0,
        "Embedding 3 of 3 passages (N a second)\n"
        "Writing the index ...\n"
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
        f"ingest.py: There is no article in {kb}. Put Markdown (.md) or text (.txt) files there and run this again.\n",
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
    assert (status, output) == (1, "Writing the index ...\n")
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
    assert run("--kb", kb, "--index", built, "--model", folder) == (
        0,
        "The index is current: 2 articles, 2 passages; nothing to embed. truncated: 0\n",
        "",
    )


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
    shutil.copytree(encoders, tmp_path / "index" / "encoders", copy_function=os.link)
    kb.rename(folder / "kb")
    assert run("--kb", folder / "kb", "--index", folder / "index") == (
        1,
        "",
        "ingest.py: The index folder's path is not UTF-8, which the keyword index needs. Name another with --index.\n",
    )
    assert run("--kb", folder / "kb", "--index", tmp_path / "index")[0] == 0
