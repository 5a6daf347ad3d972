"""The peers' environments: one a requirements file, in ``.venv-peers/``, made where it is missing or pins have changed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

_FOLDER = Path(".venv-peers")
_REQUIREMENTS = Path(__file__).parent
_STAMP = "holds.txt"
_NOISE = re.compile(r"^(?:WARNING|\[notice\]|DEPRECATION)|^\s*$")


class Unavailable(Exception):
    """A peer that can't be had or does not run here; says why."""


def python_of(environment: str | None) -> Path:
    """The interpreter of an environment, which is installed first where that is needed. Raises Unavailable."""
    if environment is None:
        return Path(sys.executable)
    folder, wanted = _FOLDER / environment, _REQUIREMENTS / f"{environment}.txt"
    python, stamp = (folder / "bin" / "python").absolute(), folder / _STAMP
    if stamp.is_file() and stamp.read_bytes() == wanted.read_bytes():
        return python
    print(f"Installing what {wanted.name} pins into {folder}; this takes some minutes ...", file=sys.stderr)
    shutil.rmtree(folder, ignore_errors=True)
    _run([sys.executable, "-m", "venv", str(folder)])
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
    if os.environ.get("TORCH_INDEX_URL"):  # as in scripts/environment
        torch = next(line for line in wanted.read_text(encoding="utf-8").splitlines() if line.startswith("torch=="))
        _run([*pip, torch, "--index-url", os.environ["TORCH_INDEX_URL"]])
    _run([*pip, "-r", str(wanted)])
    stamp.write_bytes(wanted.read_bytes())
    return python


def versions(python: Path, environment: str | None) -> dict[str, str]:
    """The versions that are installed of what the environment's requirements file names."""
    if environment is None:
        return {}  # those of the machine's own record
    listed = subprocess.run([python, "-m", "pip", "list", "--format", "json"], check=True, capture_output=True, text=True)
    installed = {one["name"].lower(): one["version"] for one in json.loads(listed.stdout)}
    pinned = (_REQUIREMENTS / f"{environment}.txt").read_text(encoding="utf-8")
    return {name: installed[name.lower()] for name in re.findall(r"^([\w-]+)==", pinned, re.MULTILINE)}


def last_line(text: str) -> str:
    """What a failed program said last."""
    said = [line.strip() for line in text.splitlines() if not _NOISE.match(line)]
    return said[-1] if said else "It said nothing."


def _run(command: list[str]) -> None:
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise Unavailable(f"Its environment could not be made: {last_line(done.stderr)}")
