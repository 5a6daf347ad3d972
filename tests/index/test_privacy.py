"""Nothing that is asked leaves the machine or stays on it."""

import os
import subprocess
import sys

from tests.conftest import ROOT

CANARY = "zanzibarquartz"


def test_asking_leaves_nothing_behind_in_the_home_folder_or_the_index(built, tmp_path):
    home, scratch = tmp_path / "home", tmp_path / "scratch"
    home.mkdir()
    scratch.mkdir()
    before = {path for path in built.rglob("*")}
    done = subprocess.run(
        [sys.executable, "-m", "footnote", "ask", f"does {CANARY} make dough rise?", "--index", str(built)],
        cwd=ROOT,
        env={**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "TMPDIR": str(scratch)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, CANARY in done.stderr) == (0, False)
    assert (list(home.rglob("*")), list(scratch.rglob("*"))) == ([], [])
    left = {path for path in built.rglob("*")} - before
    assert [path.name for path in left if path.suffix != ".lock"] == []
    assert [path for path in built.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()] == []
