"""What reaches the disk, and when: nothing is named before all that it names is there to stay."""

import re

from tests.torture.conftest import ingest

CALL = re.compile(r"\d+ +(\w+)\((.*)\) += (-?\d+)")
PATH = re.compile(r'<([^<>]+)>|"([^"]+)"')


def whole_lines(log):
    """A line a call, in the order in which they ended: strace breaks a line where another thread's call comes between."""
    begun = {}
    for line in log.splitlines():
        thread, _, said = line.partition(" ")
        if said.endswith("<unfinished ...>"):
            begun[thread] = line.removesuffix("<unfinished ...>").rstrip()
        elif said.strip().startswith("<... ") and thread in begun:
            yield begun.pop(thread) + said.partition("resumed>")[2]
        else:
            yield line


def calls_of(log, index):
    """Name and paths within the index of every call that succeeded, in order."""
    found = []
    for line in whole_lines(log.read_text()):
        call = CALL.match(line)
        if call and not call.group(3).startswith("-"):
            paths = [(first or second) for first, second in PATH.findall(call.group(2))]
            inside = [path.removeprefix(f"{index}/") for path in paths if path.startswith(str(index))]
            found += [(call.group(1), inside)] if inside else []
    return found


def test_data_manifest_and_folders_are_on_the_disk_before_they_are_named(prepared, strace, tmp_path):
    index, log = prepared.copy(tmp_path / "index"), tmp_path / "log"
    plain = [word for word in strace if word not in ("-s", "0")]
    traced = "trace=write,pwrite64,fsync,fdatasync,rename,openat,mkdir"
    assert ingest(prepared.kb, index, *plain, "-s", "200", "-o", str(log), "-e", traced) == (0, "")
    calls = calls_of(log, index)
    building = next(paths[0] for name, paths in calls if name == "mkdir" and ".building-" in paths[0])
    renamed = next(number for number, (name, paths) in enumerate(calls) if name == "rename" and paths[0] == building)
    pointed = next(number for number, (name, paths) in enumerate(calls) if name == "rename" and paths[-1] == "CURRENT")
    snapshot = index / calls[renamed][1][1]

    def last(names, path, before):
        return max((number for number, call in enumerate(calls[:before]) if call[0] in names and path in call[1]), default=-1)

    files = [path.relative_to(snapshot).as_posix() for path in snapshot.rglob("*") if path.is_file() and path.suffix != ".lock"]
    assert len(files) > 10
    synced = {}
    for name in files:
        path = f"{building}/{name}"
        synced[name] = last(("fsync",), path, renamed)
        assert synced[name] > last(("write", "pwrite64"), path, len(calls)), name
    # The manifest, which vouches for the others, is the last of them.
    assert max(synced, key=synced.get) == "manifest.json"
    for folder in (building, f"{building}/keywords", f"{building}/sentences"):
        inside = [number for name, number in synced.items() if f"{building}/{name}".rpartition("/")[0] == folder]
        assert renamed > last(("fsync",), folder, renamed) > max(inside)
    # Then the snapshot's name, then CURRENT's content, then CURRENT itself.
    order = [
        renamed,
        last(("fsync",), "snapshots", pointed),
        last(("write",), "CURRENT.next", pointed),
        last(("fsync",), "CURRENT.next", pointed),
        pointed,
        max(number for number, (name, paths) in enumerate(calls) if name == "fsync" and paths == [str(index)]),
    ]
    assert order == sorted(order) and -1 not in order
