import errno
import fcntl
import hashlib
import json
import os
import re

import pytest
from blake3 import blake3

from footnote.errors import IndexDamaged, IndexMissing, IndexNotWritable, IndexOfOtherVersion
from footnote.manifest import Manifest
from footnote.records import Notice, Refusal
from footnote.settings import FORMAT_VERSION
from footnote.snapshot import Layout, current_snapshot, locked, read_snapshot, sweep, write_snapshot

pytestmark = pytest.mark.unchecked("its snapshots hold a few words and no library")

NAME = re.compile(r"\d{8}T\d{12}Z-[0-9a-f]{12}")
ADVICE = "so it is not used. Build the index again: python ingest.py"


def manifest(files, note="first"):
    return Manifest(
        format=FORMAT_VERSION,
        created_at="2025-01-02T03:04:05+00:00",
        model="a-model",
        fingerprint="0123456789abcdef",
        dimension=4,
        recipe={"reader": 1},
        articles=1,
        passages=2,
        truncated=0,
        kb={"a.md": "00"},
        refused=(Refusal("b.pdf", "It is bad.", "Mend it."),),
        notices=(Notice("a.md", note),),
        thresholds={"similarity": 0.25},
        search={"kind": "exact"},
        files=files,
    )


def fill(folder):
    (folder / "words").write_bytes(b"flour and water\n")
    (folder / "deeper").mkdir()
    (folder / "deeper" / "numbers").write_bytes(bytes(range(16)))


def write(index, note="first", fill=fill):
    with locked(index) as layout:
        return write_snapshot(layout, lambda files: manifest(files, note), fill)


def tree(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def index(tmp_path):
    return tmp_path / "index"


def test_what_was_written_is_what_is_read(index):
    written = write(index)
    assert NAME.fullmatch(written.name)
    assert written.folder == index / "snapshots" / written.name
    assert tree(written.folder).keys() == {"manifest.json", "words", "deeper/numbers"}
    assert written.manifest == manifest(
        {
            "deeper/numbers": blake3(bytes(range(16))).hexdigest(),
            "words": blake3(b"flour and water\n").hexdigest(),
        }
    )
    assert current_snapshot(index) == written == read_snapshot(written.folder)
    assert written.verify() is None


def test_the_name_ends_in_the_hash_of_the_manifest(index):
    written = write(index)
    found = hashlib.sha256((written.folder / "manifest.json").read_bytes()).hexdigest()
    assert written.name.rsplit("-", 1)[1] == found[:12]


def test_an_index_folder_holds_only_what_the_contract_names(index):
    written = write(index)
    assert sorted(os.listdir(index)) == ["CURRENT", "LOCK", "encoders", "snapshots"]
    assert os.listdir(index / "snapshots") == [written.name]
    assert os.listdir(index / "encoders") == []
    assert (index / "CURRENT").read_bytes() == f"{written.name}\n".encode()


def test_other_users_may_read_a_snapshot(index):
    written = write(index)
    folders = [written.folder, written.folder / "deeper"]
    assert [oct(folder.stat().st_mode & 0o777) for folder in folders] == ["0o755", "0o755"]


def test_current_names_the_new_snapshot_only_when_it_is_whole(index):
    first = write(index)
    seen = []

    def watching(folder):
        seen.append((index / "CURRENT").read_text())
        fill(folder)
        seen.append((index / "CURRENT").read_text())

    def describe(files):
        seen.append((index / "CURRENT").read_text())
        return manifest(files, "second")

    with locked(index) as layout:
        second = write_snapshot(layout, describe, watching)
    assert seen == [f"{first.name}\n"] * 3
    assert (index / "CURRENT").read_text() == f"{second.name}\n"
    assert current_snapshot(index).manifest.notices == (Notice("a.md", "second"),)


@pytest.mark.parametrize("error", [ValueError("a fault in fill"), KeyboardInterrupt()], ids=["fault", "control-c"])
def test_a_fill_that_raises_leaves_the_index_as_it_was(index, error):
    write(index)
    before = tree(index)

    def failing(folder):
        fill(folder)
        raise error

    with pytest.raises(type(error)) as raised:
        write(index, "second", failing)
    assert raised.value is error
    assert tree(index) == before
    assert os.listdir(index / "snapshots") == [current_snapshot(index).name]


def test_a_describe_that_raises_leaves_the_index_as_it_was(index):
    write(index)
    before = tree(index)
    with locked(index) as layout, pytest.raises(ZeroDivisionError):
        write_snapshot(layout, lambda files: 1 // 0, fill)
    assert tree(index) == before
    assert os.listdir(index / "snapshots") == [current_snapshot(index).name]


def test_a_full_disk_is_told_in_one_sentence_and_leaves_the_index_as_it_was(index):
    write(index)
    before = tree(index)

    def full(folder):
        fill(folder)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(IndexNotWritable) as raised:
        write(index, "second", full)
    assert str(raised.value) == (
        f"The index folder {index} could not be written: No space left on device. The index is as it was before."
    )
    assert tree(index) == before
    assert os.listdir(index / "snapshots") == [current_snapshot(index).name]


def test_every_wrong_byte_of_a_snapshot_is_refused_by_the_name_of_its_file(index):
    written = write(index)
    tried = 0
    for path in sorted(path for path in written.folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        for position in range(len(content)):
            for bit in (0x01, 0x20, 0x80):
                wrong = bytearray(content)
                wrong[position] ^= bit
                path.write_bytes(wrong)
                with pytest.raises(IndexDamaged) as raised:
                    current_snapshot(index).verify()
                assert str(raised.value) == f"The file {path} is not what was written, {ADVICE}"
                tried += 1
        path.write_bytes(content)
    assert tried == 3 * sum(len(content) for content in tree(written.folder).values())
    current_snapshot(index).verify()


def test_every_shortened_or_lengthened_file_of_a_snapshot_is_refused_by_its_name(index):
    written = write(index)
    for path in sorted(path for path in written.folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        for wrong in [*(content[:length] for length in range(len(content))), content + b"\n"]:
            path.write_bytes(wrong)
            with pytest.raises(IndexDamaged) as raised:
                current_snapshot(index).verify()
            assert str(raised.value) == f"The file {path} is not what was written, {ADVICE}"
        path.write_bytes(content)


def test_every_missing_file_of_a_snapshot_is_refused_by_its_name(index):
    written = write(index)
    for path in sorted(path for path in written.folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        path.unlink()
        with pytest.raises(IndexDamaged) as raised:
            current_snapshot(index).verify()
        assert str(raised.value) == f"The file {path} can't be read: No such file or directory, {ADVICE}"
        path.write_bytes(content)


def test_every_wrong_byte_of_current_is_refused(index):
    name = write(index).name
    for position in range(len(name)):
        for bit in (0x01, 0x02, 0x20, 0x80):
            wrong = bytearray(f"{name}\n".encode())
            wrong[position] ^= bit
            (index / "CURRENT").write_bytes(wrong)
            with pytest.raises(IndexDamaged) as raised:
                current_snapshot(index)
            if wrong[position] >= 0x80 or not NAME.fullmatch(wrong.decode().strip()):
                expected = f"The file {index / 'CURRENT'} does not name a snapshot, {ADVICE}"
            else:  # the name of a snapshot, though of none that is there
                path = index / "snapshots" / wrong.decode().strip() / "manifest.json"
                expected = f"The file {path} can't be read: No such file or directory, {ADVICE}"
            assert str(raised.value) == expected


def test_every_shortened_current_is_refused(index):
    name = write(index).name
    for length in range(len(name)):
        (index / "CURRENT").write_text(name[:length])
        with pytest.raises(IndexDamaged) as raised:
            current_snapshot(index)
        assert str(raised.value) == f"The file {index / 'CURRENT'} does not name a snapshot, {ADVICE}"


@pytest.mark.parametrize("content", ["../../elsewhere", "/etc", "20250102T030405000000Z-0123456789ab/../..", "two\nlines"])
def test_current_leads_nowhere_but_into_the_snapshots(index, content):
    write(index)
    (index / "CURRENT").write_text(content)
    with pytest.raises(IndexDamaged) as raised:
        current_snapshot(index)
    assert str(raised.value) == f"The file {index / 'CURRENT'} does not name a snapshot, {ADVICE}"


def test_a_manifest_that_was_changed_on_purpose_is_refused(index):
    written = write(index)
    path = written.folder / "manifest.json"
    raw = json.loads(path.read_text())
    raw["passages"] = 3
    path.write_text(json.dumps(raw, indent=1))
    with pytest.raises(IndexDamaged) as raised:
        current_snapshot(index)
    assert str(raised.value) == f"The file {path} is not what was written, {ADVICE}"


def test_where_nothing_was_ingested_the_way_to_an_index_is_told(index):
    with pytest.raises(IndexMissing) as raised:
        current_snapshot(index)
    assert str(raised.value) == f"There is no index in {index}. Build one: python ingest.py --index {index}"


@pytest.mark.parametrize("number", [FORMAT_VERSION + 1, 0, None])
def test_an_index_of_another_format_is_refused_before_its_unknown_fields_are_looked_at(index, number):
    written = write(index)
    raw = json.loads((written.folder / "manifest.json").read_text())
    raw |= {"format": number, "something_new": True}
    del raw["thresholds"]
    content = json.dumps(raw).encode()
    folder = index / "snapshots" / f"20250102T030405000000Z-{hashlib.sha256(content).hexdigest()[:12]}"
    written.folder.rename(folder)
    (folder / "manifest.json").write_bytes(content)
    (index / "CURRENT").write_text(folder.name)
    with pytest.raises(IndexOfOtherVersion) as raised:
        current_snapshot(index)
    assert str(raised.value) == (
        f"The index was written in format {number}, this version reads format {FORMAT_VERSION}. Build it again: python ingest.py"
    )


def snapshots_by_hand(index, *names):
    for name in names:
        (index / "snapshots" / name).mkdir(parents=True)
        (index / "snapshots" / name / "words").write_text(name)


def test_sweep_keeps_the_live_and_the_previous_snapshot(index):
    names = [f"2025010{day}T000000000000Z-00000000000{day}" for day in (1, 2, 3, 4)]
    snapshots_by_hand(index, *names)
    (index / "CURRENT").write_text(f"{names[3]}\n")
    sweep(Layout(index))
    assert sorted(os.listdir(index / "snapshots")) == names[2:]
    assert (index / "snapshots" / names[2] / "words").read_text() == names[2]


def test_sweep_removes_a_snapshot_that_never_became_current(index):
    names = [f"2025010{day}T000000000000Z-00000000000{day}" for day in (1, 2, 3, 4)]
    snapshots_by_hand(index, *names)
    (index / "CURRENT").write_text(f"{names[2]}\n")
    sweep(Layout(index))
    assert sorted(os.listdir(index / "snapshots")) == names[1:3]


def test_sweep_removes_what_killed_ingests_left(index):
    written = write(index)
    (index / "snapshots" / ".building-abc" / "keywords").mkdir(parents=True)
    (index / "snapshots" / ".building-abc" / "keywords" / "half").write_bytes(b"half")
    (index / "encoders" / ".building-def").mkdir()
    (index / "encoders" / "0123456789abcdef").mkdir()
    sweep(Layout(index))
    assert os.listdir(index / "snapshots") == [written.name]
    assert os.listdir(index / "encoders") == ["0123456789abcdef"]


def test_the_previous_snapshot_stays_however_soon_the_next_one_follows(index):
    previous = write(index, "0")
    for number in range(1, 20):
        live = write(index, str(number))
        sweep(Layout(index))
        assert sorted(os.listdir(index / "snapshots")) == sorted([previous.name, live.name])
        previous = live


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\n", b"00000000T000000000000Z-000000000000\n"], ids=["empty", "binary", "gone"]
)
def test_sweep_removes_no_snapshot_where_current_does_not_tell_which_is_live(index, content):
    written = write(index)
    (index / "CURRENT").write_bytes(content)
    sweep(Layout(index))
    assert os.listdir(index / "snapshots") == [written.name]


def test_strangers_in_the_index_folder_are_left_alone_and_harm_nothing(index):
    first = write(index)
    for folder in (index, index / "snapshots", index / "encoders"):
        (folder / ".DS_Store").write_bytes(b"\0\1")
        (folder / "my notes").mkdir()
        (folder / "my notes" / "keep.txt").write_text("keep")
    (index / "snapshots" / "zz-20250102T030405000000Z-0123456789ab").mkdir()
    sweep(Layout(index))
    assert current_snapshot(index) == first
    second = write(index, "second")
    sweep(Layout(index))
    assert current_snapshot(index) == second
    found = {path: content for path, content in tree(index).items() if "my notes" in path or ".DS_Store" in path}
    assert found == {
        f"{folder}{name}": content
        for folder in ("", "snapshots/", "encoders/")
        for name, content in ((".DS_Store", b"\0\1"), ("my notes/keep.txt", b"keep"))
    }
    assert (index / "snapshots" / "zz-20250102T030405000000Z-0123456789ab").is_dir()


def test_a_stranger_in_a_snapshot_harms_nothing(index):
    written = write(index)
    (written.folder / ".DS_Store").write_bytes(b"\0")
    assert current_snapshot(index) == written
    assert written.verify() is None


def test_the_lock_is_free_after_an_error(index):
    with pytest.raises(ZeroDivisionError), locked(index):
        raise ZeroDivisionError
    with locked(index) as layout:
        assert layout == Layout(index)


def test_a_lock_file_that_nobody_holds_is_no_lock(index):
    index.mkdir()
    (index / "LOCK").write_text("left behind")
    with locked(index), open(index / "LOCK") as second, pytest.raises(BlockingIOError):
        fcntl.flock(second, fcntl.LOCK_EX | fcntl.LOCK_NB)


def unwritable(index):
    with pytest.raises(IndexNotWritable) as raised, locked(index):
        pytest.fail("the index was taken for writable")
    return str(raised.value)


def test_an_index_path_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("mine")
    assert unwritable(tmp_path / "file") == (
        f"The index folder {tmp_path / 'file'} can't be written: File exists. "
        "Name another with --index, or change its permissions."
    )
    assert (tmp_path / "file").read_text() == "mine"


def test_an_index_path_below_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("mine")
    assert unwritable(tmp_path / "file" / "index") == (
        f"The index folder {tmp_path / 'file' / 'index'} can't be written: Not a directory. "
        "Name another with --index, or change its permissions."
    )
