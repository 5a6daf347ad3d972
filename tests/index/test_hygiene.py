"""Files of another kind in an index of the real encoder, and a disk that is really full."""

import subprocess

import faiss
import numpy as np
import pytest

from footnote.disk import write_array
from footnote.engines.local import LocalEngine
from footnote.errors import IndexDamaged
from footnote.settings import SEARCH
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


@pytest.mark.parametrize(
    "index",
    [
        faiss.IndexFlatL2(5),
        faiss.IndexHNSWFlat(5, 4, faiss.METRIC_INNER_PRODUCT),
        faiss.IndexScalarQuantizer(5, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT),
        faiss.IndexIDMap2(faiss.IndexFlatIP(5)),
        faiss.IndexPreTransform(faiss.IndexFlatIP(5)),
    ],
    ids=["L2", "HNSW", "SQ8", "IDMap2", "PreTransform"],
)
def test_vectors_of_another_kind_are_refused_before_they_are_read(folder, index):
    if isinstance(index, faiss.IndexIDMap2):
        index.add_with_ids(np.eye(5, dtype=np.float32)[:3], np.arange(3))
        content = faiss.serialize_index(index).tobytes()
    else:
        content = vectors(index)
    (folder / "vectors.faiss").write_bytes(content)
    assert refused(folder) == "vectors.faiss holds another kind of index"


def test_an_array_whose_last_bytes_do_not_fit_on_the_disk_is_an_error(tmp_path):
    # np.save would report success: it loses its last block when C closes the file.
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("mounting needs a right that this machine does not give")
    try:
        fits = 65536 - 128
        write_array(disk / "array.npy", np.ones(fits, dtype=np.int8))
        assert np.load(disk / "array.npy").tolist() == [1] * fits
        for more in (1, 100, 4095, 4096, 100_000):
            with pytest.raises(OSError, match="No space left on device"):
                write_array(disk / "array.npy", np.ones(fits + more, dtype=np.int8))
    finally:
        subprocess.run(["umount", disk], check=True)
