"""What is loaded is looked at first: files of another kind or form are refused, however right their checksums."""

import hashlib
import json

import faiss
import numpy as np
import pytest

from footnote.disk import write_array
from footnote.engines.local import LocalEngine
from footnote.errors import IndexDamaged
from footnote.settings import FORMAT_VERSION, SEARCH
from footnote.snapshot import current_snapshot, read_snapshot
from tests.library import entry, searcher

ENTRIES = [entry("a.md", ["trust trust fight", "bread and salt"]), entry("b.md", ["sleep well"])]

pytestmark = pytest.mark.unchecked("damaged on purpose")


@pytest.fixture
def folder(tmp_path):
    """The folder of a snapshot of three passages in five dimensions."""
    found = searcher(tmp_path / "index", ENTRIES)
    found.engine.close()
    return found.snapshot.folder


def refused(folder):
    with pytest.raises(IndexDamaged) as raised:
        LocalEngine(folder, SEARCH)
    found, start, end = str(raised.value), f"The snapshot {folder.name} can't be opened (", "). Run: python ingest.py --rebuild"
    assert found.startswith(start) and found.endswith(end)
    return found.removeprefix(start).removesuffix(end)


def vectors(index, count=3, dimension=5):
    index.train(np.eye(dimension, dtype=np.float32)[:count]) if not index.is_trained else None
    index.add(np.eye(dimension, dtype=np.float32)[:count])
    return faiss.serialize_index(index).tobytes()


@pytest.mark.parametrize("count", [0, 2, 4])
def test_vectors_of_another_number_are_refused(folder, count):
    (folder / "vectors.faiss").write_bytes(vectors(faiss.IndexFlatIP(5), count))
    assert refused(folder) == f"vectors.faiss holds {count} vectors of 5 dimensions for 3 passages"


def test_vectors_of_another_dimension_are_refused(folder):
    (folder / "vectors.faiss").write_bytes(vectors(faiss.IndexFlatIP(6), 3, 6))
    assert refused(folder) == "vectors of 6 dimensions, sentences of 5"


def test_vectors_that_ask_for_more_memory_than_their_file_takes_are_refused(folder):
    content = bytearray((folder / "vectors.faiss").read_bytes())
    content[37:45] = (1 << 36).to_bytes(8, "little")  # the number of floats, behind FAISS's own header
    (folder / "vectors.faiss").write_bytes(content)
    assert refused(folder) == "vectors.faiss is not of the size of 3 vectors of 5 dimensions"


def test_vectors_with_something_behind_them_are_refused(folder):
    with open(folder / "vectors.faiss", "ab") as file:
        file.write(bytes(100))
    assert refused(folder) == "vectors.faiss is not of the size of 3 vectors of 5 dimensions"


@pytest.mark.parametrize("name", ["passages", "spans", "vectors", "terms", "titles"])
def test_arrays_of_another_type_are_refused(folder, name):
    path = folder / "sentences" / f"{name}.npy"
    array = np.load(path)
    np.save(path, np.zeros(array.shape, dtype=np.float64))
    assert refused(folder) == "the sentences are not of this form"


@pytest.mark.parametrize("name", ["points.npy", "sentences/titles.npy"])
def test_arrays_that_could_run_code_are_refused(folder, name):
    np.save(folder / name, np.array([{}, []], dtype=object))
    assert refused(folder) in (
        "Array can't be memory-mapped: Python objects in dtype.",
        "Object arrays cannot be loaded when allow_pickle=False",
    )


def test_points_of_another_shape_are_refused(folder):
    np.save(folder / "points.npy", np.zeros((2, 2), dtype=np.float32))
    assert refused(folder) == "points.npy is of shape (2, 2) for 3 passages"


# --- the manifest -------------------------------------------------------------------------------------------------------


def told(folder, content):
    """What is said of a manifest that its snapshot's name vouches for."""
    renamed = folder.with_name(f"20260101T000000000000Z-{hashlib.sha256(content).hexdigest()[:12]}")
    folder.rename(renamed)
    (renamed / "manifest.json").write_bytes(content)
    with pytest.raises(IndexDamaged) as raised:
        read_snapshot(renamed)
    end = "), so it is not used. Build the index again: python ingest.py"
    start = f"The file {renamed / 'manifest.json'} is no manifest of format {FORMAT_VERSION} ("
    found = str(raised.value)
    assert found.startswith(start) and found.endswith(end)
    return found.removeprefix(start).removesuffix(end)


@pytest.fixture
def raw(folder):
    return json.loads((folder / "manifest.json").read_text())


def test_a_manifest_without_one_of_its_fields_is_refused(folder, raw):
    for name in [name for name in raw if name != "format"]:
        content = json.dumps({key: value for key, value in raw.items() if key != name}).encode()
        assert told(folder, content) == f"Object missing required field `{name}`"
        folder = next(folder.parent.glob("20260101*"))


def test_a_manifest_with_a_field_too_many_is_refused(folder, raw):
    assert told(folder, json.dumps(raw | {"more": 1}).encode()) == "Object has the unknown field `more`"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("passages", "3", "Expected `int`, got `str` - at `$.passages`"),
        ("passages", 2.5, "Expected `int`, got `float` - at `$.passages`"),
        ("passages", None, "Expected `int`, got `null` - at `$.passages`"),
        ("dimension", True, "Expected `int`, got `bool` - at `$.dimension`"),
        ("files", ["vectors.faiss"], "Expected `object`, got `array` - at `$.files`"),
        ("files", {"vectors.faiss": 1}, "Expected `str`, got `int` - at `$.files[...]`"),
        ("refused", [{"source": "a.md"}], "Object missing required field `reason` - at `$.refused[0]`"),
        ("refused", {}, "Expected `array`, got `object` - at `$.refused`"),
        ("notices", [1], "Expected `object`, got `int` - at `$.notices[0]`"),
        ("thresholds", {"evidence": "high"}, "Expected `float`, got `str` - at `$.thresholds[...]`"),
        ("kb", {"a.md": None}, "Expected `str`, got `null` - at `$.kb[...]`"),
    ],
)
def test_a_manifest_with_a_field_of_another_type_is_refused(folder, raw, field, value, said):
    assert told(folder, json.dumps(raw | {field: value}).encode()) == said


@pytest.mark.parametrize("content", [b"", b"[]", b"1", b"null", b"{", b"\xff\xfe", b'"' * 3, b"[" * 100_000, b'{"a":' * 100_000])
def test_a_manifest_that_is_no_object_is_refused(folder, content):
    assert told(folder, content) != ""


# --- what is written ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["<f4", "i1", "<u4", [("a", "<i4"), ("b", "<i8")]])
def test_an_array_is_written_as_numpy_writes_it(tmp_path, dtype):
    array = np.zeros((7, 3), dtype=dtype)
    write_array(tmp_path / "ours.npy", array)
    np.save(tmp_path / "theirs.npy", array)
    assert (tmp_path / "ours.npy").read_bytes() == (tmp_path / "theirs.npy").read_bytes()


def test_the_current_snapshot_of_these_tests_is_read(folder):
    assert current_snapshot(folder.parent.parent).folder == folder
