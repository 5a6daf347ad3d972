"""What a result was measured on, and where it is kept."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results")
_PACKAGES = ("sentence-transformers", "torch", "onnxruntime", "faiss-cpu", "tantivy", "streamlit", "tokenizers")


def machine() -> dict[str, Any]:
    """The processor, its cores, the memory in GiB, and the versions of what does the work."""
    info = Path("/proc/cpuinfo")
    names = (
        [line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
        if info.exists()
        else []
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "processor": names[0] if names else platform.processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(memory, 1),
        "python": platform.python_version(),
        "versions": {name: importlib.metadata.version(name) for name in _PACKAGES},
    }


def duration(work: Callable[[], object]) -> float:
    """The seconds that ``work`` takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def compile_apart(index: Path) -> None:
    """Compiles the default model into an index, in a process of its own: a process that is started from one that has loaded
    torch is said to have taken as much memory."""
    code = (
        "import sys; from pathlib import Path; from footnote.encoder.compiling import encoder_for; "
        "from footnote.encoder.models import find_model; from footnote.settings import DEFAULT_MODEL; "
        "encoder_for(find_model(DEFAULT_MODEL), Path(sys.argv[1], 'encoders'), print)"
    )
    subprocess.run([sys.executable, "-c", code, str(index)], check=True, stdout=sys.stderr)


def keep(name: str, result: dict[str, Any]) -> Path:
    """Writes ``result`` with the machine it was measured on to ``bench/results/NAME.json``."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps({"machine": machine(), **result}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
