"""Milvus Lite for tests: where an index of it is named, and why tests of it are skipped where it is not installed."""

import gc
from importlib.util import find_spec

import pytest

MISSING = [name for name in ("pymilvus", "milvus_lite") if find_spec(name) is None]
needs_milvus = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}; requirements-milvus.txt has it")


def lite(folder, name="index.db"):
    """The address of a library in a file of ``folder``."""
    return f"milvus-lite:{folder / name}"


def let_go():
    """Closes what nobody holds any more: a file of Milvus Lite is for one process."""
    gc.collect()
