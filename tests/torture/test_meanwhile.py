"""Readers search while the library is rebuilt again and again: no error, and no answer of two generations."""

import json
import subprocess
import sys
import threading

from footnote.page.library import Library
from tests.conftest import ROOT
from tests.torture.conftest import ENVIRONMENT, asking, found_in, ingest, length, write_articles

# Every other time a new library is opened from the disk, in between the one that a page holds is asked.
READER = """
import json, sys
from pathlib import Path
from footnote.page.library import Library
from footnote.search import Searcher
from tests.torture.conftest import QUESTION, generations

index, stop = Path(sys.argv[1]), Path(sys.argv[2])
library, searches, found, errors, before = Library(index), 0, [], [], 0
while not stop.exists():
    try:
        searcher, is_older = (Searcher.open(index), False) if searches % 2 else library.searcher()
        said = generations(searcher.ask(QUESTION))
        if is_older or searcher.notice or len(said) != 1 or min(said) < before:
            errors.append(f"{said} after {before}: {searcher.notice}")
        before = max(said)
        found += [number for number in said if number not in found]
    except Exception as error:
        errors.append(repr(error))
    searches += 1
print(json.dumps({"searches": searches, "found": found, "errors": errors}))
"""


@length(3)
def test_readers_of_a_library_that_is_rebuilt_get_one_generation_and_no_error(prepared, tmp_path, figures, most):
    index = prepared.copy(tmp_path / "index")
    kb = write_articles(tmp_path / "kb", 2)
    stop, found = threading.Event(), [{"searches": 0, "seen": set(), "errors": []} for _ in range(4)]
    library = Library(index)
    threads = [threading.Thread(target=asking, args=(library, stop, one)) for one in found]
    command = [sys.executable, "-c", READER, str(index), str(tmp_path / "stop")]
    readers = [
        subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    rebuilds = most or 20
    try:
        statuses = [ingest(write_articles(kb, 2 + number), index) for number in range(rebuilds)]
    finally:
        stop.set()
        (tmp_path / "stop").touch()
    for thread in threads:
        thread.join()
    said = [reader.communicate(timeout=120) for reader in readers]
    assert [errors for _, errors in said] == ["", ""]
    others = [json.loads(output) for output, _ in said]
    errors = [error for one in (*found, *others) for error in one["errors"]]
    searches = sum(one["searches"] for one in (*found, *others))
    seen = set().union(*(one["seen"] for one in found), *(one["found"] for one in others))
    figures("searching meanwhile", rebuilds=rebuilds, searches=searches, generations=len(seen), bad=len(errors))
    assert errors == []
    assert statuses == [(0, "")] * rebuilds
    assert len(seen) >= 3
    assert found_in(index) == 1 + rebuilds
    assert library.searcher()[0].snapshot.name == (index / "CURRENT").read_text().strip()
