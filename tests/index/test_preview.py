"""``ingest.py --preview``: one file as Footnote sees it, and nothing built."""

import os
import shutil
import subprocess
import sys

import pytest

import ingest
from footnote.build import build
from footnote.engines.local import LocalEngine
from footnote.errors import ModelMissing
from footnote.preview import preview
from footnote.settings import DEFAULT_MODEL, SEARCH
from footnote.snapshot import current_snapshot
from tests.conftest import ROOT

BREAD = """\
bread.md: Markdown, 1 article, 1 passage

Bread at home
    id        bread.md
    author    A. Baker
    date      2024-03-05
    tags      baking, home
    language  en
    url       not known
    summary   not known

  Before the first heading (characters 0-40)

    [1] characters 0-180, 43 tokens

    Bread needs flour, water, salt and time.

    Rising

    Let the dough rise in a warm place for two hours. Cold dough rises slowly.

    Baking

    Bake it hot, at 240 degrees, for half an hour.

  Rising (characters 42-124), in passage [1]

  Baking (characters 126-180), in passage [1]

Tokens are counted with the headings that the model is given beside a passage; it reads 254 at once.
"""


def shown(capsys, *arguments):
    status = ingest.main([str(argument) for argument in arguments])
    return (status, *capsys.readouterr())


def test_a_file_is_shown_with_its_sections_and_passages(kb, tmp_path, capsys):
    arguments = ("--preview", kb / "bread.md", "--kb", kb, "--index", tmp_path / "none")
    assert shown(capsys, *arguments) == (0, BREAD, "")
    assert os.listdir(tmp_path) == ["kb"]
    shutil.move(kb / "bread.md", tmp_path / "bread.md")
    assert shown(capsys, "--preview", tmp_path / "bread.md", *arguments[2:]) == (0, BREAD, "")


def test_a_file_that_is_refused_is_told_so(kb, tmp_path, capsys):
    (kb / "empty.md").write_text("")
    for name, why in (
        ("empty.md", "It is empty: no words were found in it. Write something in it, or remove it."),
        ("none.md", "It can't be opened: No such file or directory. Check that it may be read."),
        (".", "It is no ordinary file. Remove it."),
    ):
        status, output, errors = shown(capsys, "--preview", kb / name, "--kb", kb, "--index", tmp_path / "none")
        assert (status, output, errors) == (1, "", f"ingest.py: {kb / name} is refused. {why}\n")


def test_notices_and_what_patterns_leave_out_are_told(kb, tmp_path, capsys):
    (kb / "salt.md").write_text("Salt draws water out of cucumbers.\n")
    (kb / ".footnoteignore").write_text("salt*\n")
    status, output, _ = shown(capsys, "--preview", kb / "salt.md", "--kb", kb, "--index", tmp_path / "none")
    assert (status, output.split("\n")[:4]) == (
        0,
        [
            "salt.md: Markdown, 1 article, 1 passage",
            "It is left out by --include, --exclude or .footnoteignore.",
            "Notice: It has no title and is shown as 'salt': give it a 'title:' in its front matter or a '# heading'.",
            "",
        ],
    )
    (kb / ".footnoteignore").unlink()
    assert not preview(kb / "salt.md", kb, tmp_path / "none").is_left_out


def test_what_a_sidecar_says_is_shown_as_an_ingest_takes_it(kb, index, watcher, tmp_path, capsys):
    (kb / "bread.md.meta.yaml").write_text("author: Ann Lee\nsummary: It waits.\ncolour: brown\n")
    arguments = ("--preview", kb / "bread.md", "--kb", kb, "--index", tmp_path / "none")
    first, rest = BREAD.split("\n", 1)
    said = (
        "What bread.md.meta.yaml says of it counts first.\n"
        "Notice of bread.md.meta.yaml: Nothing is taken from 'colour'; the fields are title, author, published, tags, url, "
        "language, summary."
    )
    shown_so = f"{first}\n{said}\n{rest}".replace("A. Baker", "Ann Lee").replace("summary   not known", "summary   It waits.")
    assert shown(capsys, *arguments) == (0, shown_so, "")
    build(kb, index, watcher)
    engine = LocalEngine(current_snapshot(index).folder, SEARCH)
    assert preview(kb / "bread.md", kb, index).reading.articles == (engine.article("bread.md"),)
    engine.close()
    (kb / ".footnoteignore").write_text("*.meta.yaml\n")
    assert shown(capsys, *arguments) == (0, BREAD, "")
    shutil.move(kb, tmp_path / "elsewhere")
    assert shown(capsys, "--preview", tmp_path / "elsewhere" / "bread.md", *arguments[2:]) == (0, shown_so, "")


def test_a_sidecar_that_cannot_be_used_is_told_of(kb, tmp_path, capsys):
    (kb / "bread.md.meta.yaml").write_text("- a list\n")
    arguments = ("--kb", kb, "--index", tmp_path / "none")
    why = "It is not a list of 'key: value' lines. Write it so, or remove it."
    first, rest = BREAD.split("\n", 1)
    said = f"{first}\nNothing is taken from bread.md.meta.yaml: {why}\n{rest}"
    assert shown(capsys, "--preview", kb / "bread.md", *arguments) == (0, said, "")
    sidecar = kb / "bread.md.meta.yaml"
    assert shown(capsys, "--preview", sidecar, *arguments) == (1, "", f"ingest.py: {sidecar} is refused. {why}\n")
    sidecar.write_text("author: Ann Lee\n")
    status, output, _ = shown(capsys, "--preview", sidecar, *arguments)
    assert (status, output.split("\n")[0]) == (0, "bread.md.meta.yaml: metadata, 0 articles, 0 passages")


@pytest.mark.parametrize("name", ["jealousy.md", "consent.md"])
def test_what_is_shown_is_what_an_ingest_makes(name, index, tmp_path, watcher):
    kb = tmp_path / "some"
    kb.mkdir()
    shutil.copy(ROOT / "kb" / name, kb)
    before = preview(kb / name, kb, tmp_path / "none")
    build(kb, index, watcher)
    assert preview(kb / name, kb, index) == before
    engine = LocalEngine(current_snapshot(index).folder, SEARCH)
    assert [passage for passages in before.passages for passage, _ in passages] == engine.passages(range(engine.count()))
    assert all(0 < count <= before.max_tokens == 254 for passages in before.passages for _, count in passages)
    engine.close()


def test_an_export_is_shown_article_by_article(export, tmp_path):
    found = preview(export, tmp_path / "kb", tmp_path / "none")
    assert [len(passages) > 1 for passages in found.passages] == [True] * 3
    assert [article.id for article in found.reading.articles] == [f"{export.name}#{number}" for number in (1, 2, 3)]


def test_a_preview_needs_no_torch(kb, tmp_path):
    code = (
        "import sys, ingest; status = ingest.main(sys.argv[1:]); "
        "heavy = ('torch', 'sentence_transformers', 'onnxruntime', 'faiss'); "
        "print([name for name in heavy if name in sys.modules]); sys.exit(status)"
    )
    arguments = ["--preview", str(kb / "bread.md"), "--kb", str(kb), "--index", str(tmp_path / "none")]
    done = subprocess.run([sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout.splitlines()[-1], done.stderr) == (0, "[]", "")


def test_a_model_that_only_itself_knows_its_length_has_to_be_compiled_first(kb, tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    with pytest.raises(ModelMissing) as caught:
        preview(kb / "bread.md", kb, tmp_path / "none", str(folder))
    assert str(caught.value) == (
        f"How long a text is to {folder} can't be told before it is compiled. "
        f"Build an index with it first: python ingest.py --model {folder}"
    )


def test_the_default_model_is_what_is_counted_with_where_there_is_no_index(kb, tmp_path):
    assert preview(kb / "bread.md", kb, tmp_path / "none") == preview(kb / "bread.md", kb, tmp_path / "none", DEFAULT_MODEL)
