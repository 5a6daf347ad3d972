"""The golden index of each format: a small library as that version of Footnote wrote it, kept to be read or refused for ever.

Made once, when a format is new: python -m tests.golden_index
"""

import shutil
import tempfile
from pathlib import Path

from footnote.settings import FORMAT_VERSION
from tests.library import entry, searcher

FOLDER = Path(__file__).parent / "fixtures" / "indexes"

TRUST = ["Trust grows slowly.", "After a fight, say sorry. Trust is slow."]
ENTRIES = [
    entry("a.md", TRUST, title="On trust", author="A. Lee", tags=("us",)),
    entry("b/c.md", ["Sleep well: d\u00e9j\u00e0 vu.", "Bread, salt."], headings={1: ("Food", "Plain")}, published="2024-03-05"),
]


def make(folder):
    """Writes the golden index of the present format into ``folder``."""
    with tempfile.TemporaryDirectory() as scratch:
        index = Path(scratch, "index")
        searcher(index, ENTRIES).engine.close()
        shutil.copytree(index, folder, ignore=shutil.ignore_patterns("*.lock", "LOCK", "encoders"))


if __name__ == "__main__":
    make(FOLDER / f"format-{FORMAT_VERSION}")
