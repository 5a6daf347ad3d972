"""A disk that is full, or fails, at every write: an ingest never says that it is done where it is not."""

import re
import subprocess
from collections import Counter
from dataclasses import replace

import pytest

from footnote.build import build
from footnote.snapshot import current_snapshot
from tests.conftest import Silent
from tests.torture.conftest import faults_of, found_in, ingest, length, size_of, spread

PAGE = 4096  # bytes, by which a tmpfs counts
SENTENCE = re.compile(r"ingest\.py: [^\n]+\.\n|ingest\.py: [^\n]+: python -m footnote status\n")
ERRORS = {
    "write": ("ENOSPC", "EIO"),
    "pwrite64": ("ENOSPC", "EIO"),
    "writev": ("ENOSPC", "EIO"),
    "fsync": ("EIO", "ENOSPC"),
    "fdatasync": ("EIO", "ENOSPC"),
    "openat": ("ENOSPC", "EIO"),
    "mkdir": ("ENOSPC", "EIO"),
    "rename": ("ENOSPC", "EIO"),
    "renameat": ("ENOSPC", "EIO"),
    "ftruncate": ("ENOSPC", "EIO"),
}


def verdict(kb, index, status, errors, is_dumb=False):
    """What is wrong with the end of an ingest on a bad disk; nothing if it told the truth in a sentence.

    Where ``is_dumb``, what it would have said failed as well.
    """
    try:
        found = found_in(index)
    except Exception as error:
        return f"status {status}: {error!r}"
    if status == 0 and found != 2:
        return "a false done"
    if status != 0 and not SENTENCE.fullmatch(errors) and not is_dumb:
        return f"status {status}: {errors}"
    build(kb, index, Silent())  # on a disk that is well again
    return "" if found in (None, 1, 2) and found_in(index) == 2 else f"{found} was found"


@length(4)
def test_a_write_that_fails_is_never_taken_for_done(prepared, strace, tmp_path, figures, most):
    log = tmp_path / "log"
    calls = faults_of(strace, prepared.kb, prepared.copy(tmp_path / "index"), log, calls=tuple(ERRORS))
    points = [
        replace(call, what=f"error={error}", ever=ever)
        for call in calls
        for error in ERRORS[call.call]
        for ever in ("", "+")
        if (call.call, ever) != ("openat", "+")
    ]
    done, dumb, missed, bad, kinds = 0, 0, 0, [], Counter()
    for fault in spread(points, most):
        index = prepared.copy(tmp_path / "index")
        status, errors = ingest(prepared.kb, index, *fault.command(strace, log))
        met = fault.met(log)
        if not met:
            missed += 1  # threads share their work out anew in every run
            continue
        kinds[f"{fault.call} {fault.what}"] += 1
        done += status == 0
        is_dumb = any(call.startswith("write(2<") for call in met)
        dumb += is_dumb
        wrong = verdict(prepared.kb, index, status, errors, is_dumb)
        bad += [(fault, wrong)] if wrong else []
    figures("failing writes", points=sum(kinds.values()), kinds=kinds, missed=missed, dumb=dumb, done=done, bad=len(bad))
    assert bad == []
    assert sum(kinds.values()) >= (75 if most is None else most - 1)


@length(5)
def test_a_full_disk_is_never_taken_for_done(prepared, tmp_path, figures, most):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("mounting needs a right that this machine does not give")
    try:
        index = disk / "index"
        _fill(prepared, index)
        assert ingest(prepared.kb, index) == (0, "")
        needed = sum(
            -(-path.stat().st_size // PAGE) * PAGE for path in current_snapshot(index).folder.rglob("*") if path.is_file()
        )
        done, bad, full = 0, [], 0
        for room in spread(range(0, needed + 3 * PAGE, PAGE), most):
            subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
            used = _fill(prepared, index)
            subprocess.run(["mount", "-o", f"remount,size={used + room}", disk], check=True)
            status, errors = ingest(prepared.kb, index)
            done, full = done + (status == 0), full + ("No space left on device" in errors)
            subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
            wrong = verdict(prepared.kb, index, status, errors)
            bad += [(room, wrong)] if wrong else []
        figures("full disk", points=done + full + len(bad), full=full, done=done, bad=len(bad))
        assert bad == []
        assert full >= 3 and done >= 1
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def _used(disk):
    found = subprocess.run(["df", "--block-size=1", "--output=used", disk], capture_output=True, text=True, check=True)
    return int(found.stdout.split()[-1])


def _fill(prepared, index):
    """A copy of the index, its encoders left where they are; gives the bytes that the disk then holds."""
    subprocess.run(["rm", "-rf", index], check=True)
    index.mkdir()
    (index / "encoders").symlink_to(prepared.index / "encoders")
    subprocess.run(
        ["cp", "-r", prepared.index / "snapshots", prepared.index / "CURRENT", prepared.index / "LOCK", index], check=True
    )
    return _used(index)


@pytest.mark.torture
def test_an_encoder_is_not_half_compiled_onto_a_disk_that_fails(prepared, strace, tmp_path, figures):
    from tests.index.test_encoder import save_model

    save_model(tmp_path / "model")
    options = ("--model", str(tmp_path / "model"))
    log, index = tmp_path / "log", prepared.copy(tmp_path / "index")
    calls = faults_of(strace, prepared.kb, index, log, calls=tuple(ERRORS), inside=index / "encoders", options=options)
    found = [
        replace(call, what=f"error={error}", ever="" if call.call == "openat" else "+")
        for call in calls
        for error in ERRORS[call.call]
    ]
    points, bad, done = spread(found, 16), [], 0
    for fault in points:
        index = prepared.copy(tmp_path / "index")
        status, errors = ingest(prepared.kb, index, *fault.command(strace, log), options=options)
        done += status == 0
        is_dumb = any(call.startswith("write(2<") for call in fault.met(log))
        found = found_in(index)
        if (status == 0) != (found == 2) or (status != 0 and not SENTENCE.fullmatch(errors) and not is_dumb):
            bad.append((fault, status, found, errors))
        compiled = [path for path in (index / "encoders").iterdir() if not path.name.startswith(".")]
        if any(size_of(path) == 0 or not (path / "encoder.json").exists() for path in compiled):
            bad.append((fault, "half an encoder"))
    figures("failing writes of an encoder", points=len(points), done=done, bad=len(bad))
    assert bad == []
