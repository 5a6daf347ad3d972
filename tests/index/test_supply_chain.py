"""What Footnote is made of beside its own code: pinned, above the versions with known holes, and listed by make sbom."""

import ast
import json
import re
import shutil
import subprocess
import sys
from importlib.metadata import distributions

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.conftest import ROOT

# The first version of each without a hole that matters here, where it is used.
FLOORS = {
    "streamlit": "1.54",  # CVE-2026-33682
    "starlette": "1.1",
    "torch": "2.6",  # CVE-2025-32434: code in weights that were to be loaded as data
    "transformers": "5.3.0",  # CVE-2026-4372: code of a model in spite of trust_remote_code=False
    "sentence-transformers": "6.0",  # the same, from a folder
    "pdfminer-six": "20251230",  # CVE-2025-64512, CVE-2025-70559: pickled character maps
    "pypdf": "6.12",
    "python-docx": "0.8.6",  # GHSA-34wj-p5jm-2p96: external entities
    "pillow": "12.1.1",
    "authlib": "1.6.6",  # CVE-2025-68158: a login begun by somebody else
    "faiss-cpu": "1.15.1",  # limits while an index is read
}
FILES = sorted(ROOT.glob("requirements*.txt"))


def lines(path):
    """The requirements that a file names itself."""
    found = [line.partition("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines()]
    return [line for line in found if line and not line.startswith("-r ")]


def canonical(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def pins():
    return {canonical(Requirement(line).name): line.partition("==")[2] for path in FILES for line in lines(path)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_requirement_names_one_version(path):
    exact = re.compile(r"[A-Za-z0-9._-]+(?:\[[a-z,]+\])?==[0-9][0-9A-Za-z.]*")
    assert [line for line in lines(path) if not exact.fullmatch(line)] == []


def test_no_package_is_pinned_to_two_versions():
    named = [canonical(Requirement(line).name) for path in FILES for line in lines(path)]
    assert sorted(named) == sorted(set(named))


def test_every_pin_is_above_the_versions_with_known_holes():
    assert [name for name, floor in FLOORS.items() if name in pins() and Version(pins()[name]) < Version(floor)] == []


def test_what_is_installed_is_above_them_too():
    installed = {canonical(one.metadata["Name"]): one.version for one in distributions()}
    low = {name: installed[name] for name in FLOORS if name in installed and Version(installed[name]) < Version(FLOORS[name])}
    assert low == {}


def test_nothing_is_taken_from_another_place_than_the_registry():
    said = [line for path in FILES for line in path.read_text(encoding="utf-8").splitlines()]
    assert [line for line in said if re.search(r"://|@\s|--index|--extra|--find|^\s*-e|^\s*\.", line)] == []


def calls(name):
    """Every call of that name in the package, with its keywords."""
    found = []
    for path in sorted((ROOT / "footnote").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == name:
                found.append({key.arg: ast.unparse(key.value) for key in node.keywords})
    return found


@pytest.mark.parametrize("name", ["SentenceTransformer", "CrossEncoder"])
def test_a_model_is_loaded_without_code_of_its_own_and_without_the_network(name):
    assert calls(name)
    assert [given for given in calls(name) if (given["trust_remote_code"], given["local_files_only"]) != ("False", "True")] == []


def test_a_model_on_the_machine_is_looked_up_without_the_network():
    assert [given["local_files_only"] for given in calls("snapshot_download")] == ["True"]


def test_the_default_model_is_safetensors_and_nothing_that_could_run():
    from footnote.encoder.models import find_model
    from footnote.settings import DEFAULT_MODEL

    folder = find_model(DEFAULT_MODEL).folder
    kinds = {path.suffix for path in folder.rglob("*") if path.is_file()}
    assert ".safetensors" in kinds
    assert kinds <= {".safetensors", ".json", ".txt", ".md", ""}


def test_a_model_whose_weights_could_run_code_is_refused(tmp_path):
    """A pickle in the place of the weights: nothing in it may run."""
    import os
    import pickle

    from footnote.encoder.models import find_model
    from footnote.encoder.original import load
    from footnote.errors import ModelDamaged
    from footnote.settings import DEFAULT_MODEL

    class Runs:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "ran"),)

    model = tmp_path / "model"
    shutil.copytree(find_model(DEFAULT_MODEL).folder, model)
    (model / "model.safetensors").unlink()
    (model / "pytorch_model.bin").write_bytes(pickle.dumps(Runs()))
    with pytest.raises(ModelDamaged):
        load(model, "mine")
    assert not (tmp_path / "ran").exists()


def test_a_model_that_brings_code_is_not_run(tmp_path):
    from footnote.encoder.models import find_model
    from footnote.encoder.original import load
    from footnote.errors import ModelDamaged
    from footnote.settings import DEFAULT_MODEL

    model = tmp_path / "model"
    shutil.copytree(find_model(DEFAULT_MODEL).folder, model)
    (model / "mine.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass Mine: pass\n", encoding="utf-8")
    modules = json.loads((model / "modules.json").read_text())
    modules[0]["type"] = "mine.Mine"
    (model / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(ModelDamaged):
        load(model, "mine")
    assert not (tmp_path / "ran").exists()


def test_the_bill_of_materials_lists_every_pin_with_its_version(tmp_path):
    tool = ROOT / ".venv-audit" / "bin" / "cyclonedx-py"
    if not tool.is_file():
        pytest.skip("cyclonedx-py is not installed; make sbom installs it")
    bill = tmp_path / "sbom.json"
    command = [
        str(tool),
        "environment",
        sys.executable,
        "--output-format",
        "JSON",
        "--output-reproducible",
        "--output-file",
        bill,
    ]
    subprocess.run(command, check=True, capture_output=True)
    listed = {canonical(part["name"]): part["version"] for part in json.loads(bill.read_text())["components"]}
    wanted = {name: version for name, version in pins().items() if name not in ("cyclonedx-bom", "pip-audit")}
    missing = {name for name, version in wanted.items() if Version(listed.get(name, "0")).public != Version(version).public}
    assert missing == set()


def test_make_says_what_it_would_do_for_the_bill_and_the_audit():
    for target, tool in (("sbom", "cyclonedx-py"), ("audit", "pip-audit"), ("torture", "-m torture")):
        done = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True)
        assert (done.returncode, tool in done.stdout) == (0, True)
