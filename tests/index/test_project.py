"""What the project promises about itself: README commands that work, no text of others, no stray hosts or paths."""

import re
import shlex
import shutil
import subprocess
import sys

import pytest

from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"^```sh\n(.*?)^```", README, re.DOTALL | re.MULTILINE) for line in block.splitlines()]
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
RUN = 8  # words; a shorter run can be chance


def tracked():
    """Every text file that belongs to the project."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        try:
            yield name, (ROOT / name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue


def runs(text):
    words = [match.group().lower().replace("’", "'") for match in WORD.finditer(text)]
    return {tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1)}


@pytest.fixture(scope="module")
def workplace(tmp_path_factory, encoders):
    """A copy of the project as a user has it, the model compiled."""
    folder = tmp_path_factory.mktemp("workplace")
    for name in ("kb", "footnote", "bench", "ingest.py", "app.py", ".streamlit"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, folder / name)
    shutil.copytree(encoders, folder / "index" / "encoders")
    (folder / "questions.csv").write_text("question\nHow do I listen well?\nWhat is the capital of Mongolia?\n", encoding="utf-8")
    return folder


def test_the_readme_names_the_commands_that_there_are():
    assert [command for command in COMMANDS if command.startswith("make ")] == ["make run", "make unit", "make test", "make lint"]
    assert [command.split()[0] for command in COMMANDS if not command.startswith(("make ", "python "))] == [".", "streamlit"]


@pytest.mark.parametrize("command", [command for command in COMMANDS if command.startswith("make ")])
def test_make_knows_the_targets_of_the_readme(command):
    done = subprocess.run([*command.split(), "--dry-run"], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, "scripts/environment" in done.stdout) == (0, True)


def test_the_python_commands_of_the_readme_work_in_the_order_they_stand(workplace):
    for command in (command for command in COMMANDS if command.startswith("python ")):
        done = subprocess.run([sys.executable, *shlex.split(command)[1:]], cwd=workplace, capture_output=True, text=True)
        assert (command, done.returncode, done.stderr) == (command, 0, "")
        assert done.stdout.strip()
    answers = (workplace / "results.csv").read_text(encoding="utf-8-sig")
    assert answers.count("What is the capital of Mongolia?") == 1


def test_the_readme_lists_the_csv_columns_in_their_order():
    from footnote.export import COLUMNS

    listed = re.search(r"\*\*CSV columns:\*\*(.*?)\.", README, re.DOTALL).group(1)
    assert [name.strip() for name in listed.split(",")] == COLUMNS


def test_no_sentence_of_the_users_export_is_in_the_project(export):
    theirs = runs(export.read_text(encoding="utf-8"))
    assert [name for name, text in tracked() if theirs & runs(text)] == []


def test_no_file_names_a_package_registry_or_a_folder_of_one_machine():
    stray = re.compile("py" + r"pi\.o|python" + r"hosted|npm" + r"js|deb\.d|/(?:wo" + r"rk|fa" + r"rm|ro" + r"ot)/")
    assert [name for name, text in tracked() if stray.search(text)] == []


def test_every_article_that_ships_has_its_front_matter():
    from footnote.readers import read_articles

    readings = list(read_articles(ROOT / "kb"))
    assert [reading.refusal or reading.notices for reading in readings if reading.refusal or reading.notices] == []
    for article in (article for reading in readings for article in reading.articles):
        known = article.metadata
        assert (bool(known.title), bool(known.summary), known.language, bool(known.published)) == (True, True, "en", True)
        assert 2 <= len(known.tags) <= 4
        assert 700 <= len(article.text.split()) <= 1250
