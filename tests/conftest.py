"""What tests share: the real encoder compiled once, the user's export where it is at hand, and a check after every index."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from footnote.build import build
from footnote.status import check
from tests.fake_encoder import FakeEncoder

ROOT = Path(__file__).parents[1]
CARE = ROOT / "tests" / "fixtures" / "care.yaml"
os.environ["FOOTNOTE_CARE"] = str(CARE)
EXPORT = ROOT.parent / "shared" / "articles" / "relationships.txt"

# The same examples in every run, however long one takes, but where FOOTNOTE_FUZZ asks for many: those are to be new ones.
settings.register_profile(
    "steady", derandomize="FOOTNOTE_FUZZ" not in os.environ, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")


class Silent:
    """A watcher that remembers what it was told."""

    def __init__(self):
        self.said = []
        self.embedded = []

    def say(self, text):
        self.said.append(text)

    def progress(self, activity, done, total):
        if activity == "Embedding":
            self.embedded.append((done, total))


@pytest.fixture(scope="session")
def encoders(tmp_path_factory):
    """The folder ``encoders`` of an index, with the default model compiled by the product itself."""
    from footnote.encoder.compiling import encoder_for
    from footnote.encoder.models import find_model
    from footnote.settings import DEFAULT_MODEL

    folder = tmp_path_factory.mktemp("compiled") / "encoders"
    encoder_for(find_model(DEFAULT_MODEL), folder, lambda text: None)
    return folder


@pytest.fixture(scope="session")
def encoder(encoders):
    """The default model's compiled encoder."""
    from footnote.encoder.opening import open_encoder

    return open_encoder(next(encoders.iterdir()))


def faults(folder):
    """What ``check`` finds wrong in every index under ``folder`` that was not damaged on purpose.

    An index of the fake encoder has no folder for it.
    """
    found = []
    for current in sorted(path for depth in range(4) for path in folder.glob("*/" * depth + "CURRENT")):
        index = current.parent
        if (index / "snapshots").is_dir() and not (index / "DAMAGED-ON-PURPOSE").exists():
            missing = f"The encoder that the index was built with ({FakeEncoder.model}, {FakeEncoder.fingerprint}) is missing"
            found += [fault for fault in check(index) if not fault.startswith(missing)]
    return found


@pytest.fixture(autouse=True)
def every_index_is_whole(request):
    """Checks, after every test, each index that it wrote into its folder."""
    marked = request.node.get_closest_marker("unchecked")
    folder = request.getfixturevalue("tmp_path") if "tmp_path" in request.fixturenames and marked is None else None
    yield
    if folder is not None:
        assert faults(folder) == []


@pytest.fixture
def index(tmp_path, encoders):
    """An index folder that holds the compiled encoder and nothing else."""
    folder = tmp_path / "index"
    shutil.copytree(encoders, folder / "encoders", copy_function=os.link)
    return folder


@pytest.fixture
def kb(tmp_path):
    """A folder of two small articles of our own."""
    folder = tmp_path / "kb"
    folder.mkdir()
    (folder / "bread.md").write_text(
        "---\ntitle: Bread at home\nauthor: A. Baker\npublished: 2024-03-05\ntags: [baking, home]\n---\n"
        "Bread needs flour, water, salt and time.\n\n## Rising\n\nLet the dough rise in a warm place for two hours. "
        "Cold dough rises slowly.\n\n## Baking\n\nBake it hot, at 240 degrees, for half an hour.\n",
        encoding="utf-8",
    )
    (folder / "tides.md").write_text(
        "---\ntitle: Tides\npublished: 2025-01-10\ntags: [sea]\n---\n"
        "The moon pulls the sea.\n\n## Spring tides\n\nWhen sun and moon pull in one line, the tide is highest.\n",
        encoding="utf-8",
    )
    return folder


@pytest.fixture
def watcher():
    return Silent()


@pytest.fixture
def built(kb, index, watcher):
    """The index over ``kb``, built with the real model."""
    build(kb, index, watcher)
    return index


@pytest.fixture(scope="session")
def export():
    """A real user's plain-text export; it lies beside the project, not in it."""
    if not EXPORT.is_file():
        pytest.skip(f"{EXPORT.name} is not beside this checkout")
    return EXPORT


def pytest_addoption(parser):
    parser.addoption("--figures", help="a file that the long loops of faults add what they found to, a line of JSON each")
