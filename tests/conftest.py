"""What all tests share: small articles, the encoder that the product compiles, a shared parser process and whole indexes.

Heavy packages are imported inside the fixtures, so that collecting the unit tests stays quick.
"""

import fcntl
import hashlib
import os
import shutil
import tempfile
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parents[1]
CARE = ROOT / "tests" / "fixtures" / "care.yaml"
NOTICES = ROOT / "care.yaml"
EXPORT = ROOT.parent / "shared" / "articles" / "relationships.txt"
COMPILED = ROOT / ".pytest_cache" / "compiled"
"""Where the compiled model is kept between runs. pytest's --cache-clear leaves it alone."""
FOLDERS = ("unit", "index", "page")
"""The folders of tests that are markers too: a test has the marker of the folder that it is in."""

os.environ["FOOTNOTE_CARE"] = str(CARE)
# Hundreds of short processes would otherwise compile Footnote's source again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# Workers share the cores: a second thread of one would wait, spinning, for a core that another worker uses.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# The same examples in every run, however long one takes, but where FOOTNOTE_FUZZ asks for many: those are to be new ones.
settings.register_profile(
    "steady", derandomize="FOOTNOTE_FUZZ" not in os.environ, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")


def pytest_addoption(parser):
    parser.addoption("--figures", help="a file that the long loops of faults add what they found to, a line of JSON each")


def pytest_collection_modifyitems(items):
    """Mark each test with its folder."""
    for item in items:
        for folder in FOLDERS:
            if item.path.is_relative_to(ROOT / "tests" / folder):
                item.add_marker(folder)


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


# --- what is made once -------------------------------------------------------------------------------------------------


@contextmanager
def locked(path):
    """Holds a lock that other workers and other runs wait for; it ends with its process, however that ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def make_once(folder, make):
    """Fills ``folder`` by ``make(staging)`` unless another worker did; a folder of that name is always whole."""
    with locked(folder.with_name(f"{folder.name}.lock")):
        if not folder.is_dir():
            make_aside(folder, make)
    return folder


def make_aside(folder, make):
    staging = Path(tempfile.mkdtemp(dir=folder.parent))
    staging.chmod(0o755)
    try:
        make(staging)
        os.rename(staging, folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def encoder_key():
    """Stands for all that shapes the compiled model and the vectors of the care notices."""
    from footnote.encoder.models import find_model
    from footnote.settings import DEFAULT_MODEL

    shaping = [*sorted((ROOT / "footnote" / "encoder").glob("*.py")), ROOT / "footnote" / "care.py", NOTICES]
    packages = ("numpy", "onnx", "onnxruntime", "sentence-transformers", "tokenizers", "torch", "transformers")
    digest = hashlib.sha256(find_model(DEFAULT_MODEL).fingerprint.encode())
    for part in [*(f"{name} {version(name)}".encode() for name in packages), *(path.read_bytes() for path in shaping)]:
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()[:16]


def compile_into(folder):
    """Writes what an ingest leaves beside the snapshots: the encoder, and the vectors of the project's care notices."""
    from footnote.care import read_care
    from footnote.encoder.compiling import encoder_for
    from footnote.encoder.models import find_model
    from footnote.settings import DEFAULT_MODEL

    encoder = encoder_for(find_model(DEFAULT_MODEL), folder / "encoders", lambda text: None)
    read_care(NOTICES, folder / "care").keep(encoder)


def is_whole(folder):
    """Whether the compiled model in ``folder`` is what was written."""
    from footnote.encoder.compiled import read_card
    from footnote.errors import FootnoteError

    try:
        return [read_card(path) for path in (folder / "encoders").iterdir()] != []
    except (FootnoteError, OSError):
        return False


@pytest.fixture(scope="session")
def encoders(tmp_path_factory):
    """The folder ``encoders`` of an index, with the default model compiled by the product itself.

    The compiled model is kept between runs; an older one, or one that is damaged, is made again. Each worker copies it, so
    that no test can change what is kept.
    """
    copy, kept = tmp_path_factory.mktemp("compiled") / "index", COMPILED / encoder_key()
    with locked(COMPILED / "lock"):
        if not is_whole(kept):
            for path in COMPILED.iterdir():
                if path.is_dir():
                    shutil.rmtree(path)
            make_aside(kept, compile_into)
        shutil.copytree(kept, copy)
    return copy / "encoders"


def link_encoders(encoders, index):
    """Puts the compiled model, and the vectors of the care notices, into an index folder."""
    shutil.copytree(encoders.parent, index, copy_function=os.link, dirs_exist_ok=True)


@pytest.fixture(scope="session")
def encoder(encoders):
    """The default model's compiled encoder."""
    from footnote.encoder.opening import open_encoder

    return open_encoder(next(encoders.iterdir()))


@pytest.fixture(scope="session")
def built_once(tmp_path_factory, encoders):
    """The index over the articles of ``kb``, built with the real model."""
    from footnote.build import build

    folder = tmp_path_factory.mktemp("built")
    write_kb(folder / "kb")
    link_encoders(encoders, folder / "index")
    build(folder / "kb", folder / "index", Silent())
    return folder / "index"


# --- what each test gets for itself -------------------------------------------------------------------------------------


@pytest.fixture
def watcher():
    return Silent()


@pytest.fixture
def index(tmp_path, encoders):
    """An index folder that holds the compiled encoder and no snapshot."""
    link_encoders(encoders, tmp_path / "index")
    return tmp_path / "index"


def write_kb(folder):
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


@pytest.fixture
def kb(tmp_path):
    """A folder of two small articles of our own."""
    write_kb(tmp_path / "kb")
    return tmp_path / "kb"


@pytest.fixture
def built(kb, index, built_once):
    """The index over ``kb``, as the real model built it."""
    shutil.copytree(built_once, index, ignore=shutil.ignore_patterns("encoders", "care"), dirs_exist_ok=True)
    return index


@pytest.fixture(scope="session")
def export():
    """A real user's plain-text export; it lies beside the project, not in it."""
    if not EXPORT.is_file():
        pytest.skip(f"{EXPORT.name} is not beside this checkout")
    return EXPORT


# --- parser processes and whole indexes ---------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def idle_parsers():
    """Parser processes that an ingest is done with, by their limits and environment, for the next ingest to take."""
    from footnote.readers import isolation

    idle = {}
    yield idle
    for child in idle.values():
        isolation._ended(child)


@pytest.fixture(autouse=True)
def parsers(request, monkeypatch):
    """Hands a parser process from one ingest to the next; the tests of parser processes themselves are marked ``own_parsers``."""
    if request.node.get_closest_marker("own_parsers"):
        return
    from footnote.readers import isolation

    idle, start = request.getfixturevalue("idle_parsers"), isolation._started

    def key(limits):
        ours = ("FOOTNOTE_", "PYTEST_")  # a parser is not given the first, and does not look at the second
        return (limits, *sorted(pair for pair in os.environ.items() if not pair[0].startswith(ours)))

    def started(limits):
        child = idle.pop(key(limits), None)
        return child if child is not None and child.poll() is None else start(limits)

    def close(isolated):
        child, isolated._child = isolated._child, None
        if child is not None and idle.setdefault(key(isolated._limits), child) is not child:
            isolation._ended(child)

    monkeypatch.setattr(isolation, "_started", started)
    monkeypatch.setattr(isolation.Isolation, "close", close)


def faults(index):
    """What ``check`` finds wrong in an index that was not damaged on purpose; one of the fake encoder has no folder for it."""
    from footnote.status import check
    from tests.fake_encoder import FakeEncoder

    if not (index / "snapshots").is_dir() or (index / "DAMAGED-ON-PURPOSE").exists():
        return []
    missing = f"The encoder that the index was built with ({FakeEncoder.model}, {FakeEncoder.fingerprint}) is missing"
    return [fault for fault in check(index) if not fault.startswith(missing)]


def indexes_in(folder):
    return sorted(path.parent for depth in range(4) for path in folder.glob("*/" * depth + "CURRENT"))


@pytest.fixture
def every_index_is_whole(tmp_path):
    """Checks, after the test, each index that it wrote into its folder."""
    yield
    assert [fault for index in indexes_in(tmp_path) for fault in faults(index)] == []


@pytest.fixture(scope="module")
def folders_of_tests():
    """The folders of the module's tests; the last index in them is checked when the module ends."""
    folders = []
    yield folders
    last = next((indexes[-1] for folder in reversed(folders) if (indexes := indexes_in(folder))), None)
    assert last is None or faults(last) == []


@pytest.fixture(autouse=True)
def the_last_index_is_whole(request):
    """Checks one index for each module; ``unchecked`` tests leave none that is whole."""
    if "tmp_path" in request.fixturenames and request.node.get_closest_marker("unchecked") is None:
        request.getfixturevalue("folders_of_tests").append(request.getfixturevalue("tmp_path"))
