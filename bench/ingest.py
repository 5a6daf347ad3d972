"""A whole ingest of many articles, and ingests after small changes: python -m bench.ingest [ARTICLES].

The articles are made up (bench/generated.py), 5,000 unless told otherwise; the model is compiled beforehand. Every run is a
process of its own, from its start to its end.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.generated import Articles
from bench.machine import compile_apart, keep

_COUNTS = re.compile(r"(\d+) articles, (\d+) passages(?: \((\d+) embedded|; nothing to embed)")


def main() -> None:
    """Measures, prints and keeps the result."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    with tempfile.TemporaryDirectory() as scratch:
        kb, index = Path(scratch, "kb"), Path(scratch, "index")
        Articles(Path("kb")).write(kb, count)
        compile_apart(index)
        result = _measured(kb, index, count)
    path = keep("ingest", result)
    for name, value in result.items():
        print(f"{name:<48}{value}")
    print(path)


def _measured(kb: Path, index: Path, count: int) -> dict[str, Any]:
    places = ["--kb", str(kb), "--index", str(index)]
    load = os.getloadavg()[0]
    full = _run("ingest.py", *places)
    middle = kb / f"{count // 200:03}" / f"{count // 2:05}.md"
    middle.write_text(middle.read_text(encoding="utf-8") + "\nOne sentence more stands here now.\n", encoding="utf-8")
    changed = _run("ingest.py", *places)
    middle.rename(middle.with_name("renamed.md"))
    renamed = _run("ingest.py", *places)
    current = _run("ingest.py", *places)
    status = _run("-m", "footnote", "status", *places)
    return {
        "articles": full["articles"],
        "passages": full["passages"],
        "load of the machine before": round(load, 1),
        "full, s": full["seconds"],
        "full, processor s": full["processor"],
        "full, peak MB": full["megabytes"],
        "one article changed, s": changed["seconds"],
        "one article changed, processor s": changed["processor"],
        "one article changed, peak MB": changed["megabytes"],
        "one article changed, passages embedded": changed["embedded"],
        "one article changed / full, time": round(changed["seconds"] / full["seconds"], 4),
        "one article changed / full, processor": round(changed["processor"] / full["processor"], 4),
        "one article renamed, s": renamed["seconds"],
        "one article renamed, passages embedded": renamed["embedded"],
        "nothing changed, s": current["seconds"],
        "status, s": status["seconds"],
    }


def _run(*arguments: str) -> dict[str, Any]:
    """Wall and processor seconds of one process with its children, its peak memory, and the counts it told."""
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        child = subprocess.Popen([sys.executable, *arguments], stdout=output)
        _, status, used = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        told = output.read().decode()
    if child.returncode != 0:
        raise SystemExit(f"{' '.join(arguments)} ended with {child.returncode}:\n{told}")
    counts = _COUNTS.search(told)
    articles, passages, embedded = (int(number or 0) for number in counts.groups()) if counts else (0, 0, 0)
    print(f"{seconds:8.1f} s  {arguments[0]}: {told.splitlines()[-1]}", file=sys.stderr)
    return {
        "seconds": round(seconds, 1),
        "processor": round(used.ru_utime + used.ru_stime, 1),
        "megabytes": round(used.ru_maxrss / 1024),
        "articles": articles,
        "passages": passages,
        "embedded": embedded,
    }


if __name__ == "__main__":
    main()
