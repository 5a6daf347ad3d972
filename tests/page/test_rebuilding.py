"""The index page in a real browser: what changed, the rebuild in a process of its own, and who may start it."""

import fcntl
import os
import shutil
import time
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from footnote.build import build
from footnote.page import texts
from footnote.page.rebuilding import Rebuild
from footnote.readers.selection import Patterns
from footnote.search import Searcher
from footnote.snapshot import current_snapshot
from tests.conftest import ROOT
from tests.page.conftest import CHROMIUM, answered, ask, serving, settled

PASSWORD = "correct horse"
WAX = "how do I wax a ski?"
# An ingest that goes on to write the index when nobody holds the gate any more.
HELD = """
import fcntl, sys
sys.path.insert(0, {root!r})
import ingest
at_once = ingest.Terminal.say
def say(terminal, text):
    at_once(terminal, text)
    with open({gate!r}) as gate:
        fcntl.flock(gate, fcntl.LOCK_SH)
ingest.Terminal.say = say
sys.exit(ingest.main(sys.argv[1:]))
"""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")


@pytest.fixture
def place(tmp_path, library):
    """Articles and index of our own, copied, so that they can be changed."""
    shutil.copytree(ROOT / "kb", tmp_path / "kb")
    shutil.copytree(library, tmp_path / "index", copy_function=os.link)
    return SimpleNamespace(kb=tmp_path / "kb", index=tmp_path / "index")


@pytest.fixture
def small(kb, index, watcher):
    build(kb, index, watcher)
    return SimpleNamespace(kb=kb, index=index)


def add_skis(kb):
    (kb / "ski.md").write_text("# Skis\n\nTo wax a ski, warm the wax with an iron and spread it thin.\n", encoding="utf-8")


def ask_until_it_is_known(reader, question, text):
    """Asks, and asks again where the page was just opening the new index: it answers from the one before until it has."""
    known, unknown = reader.get_by_text(text, exact=True), reader.get_by_text("Nothing in these articles answers that.")
    until = time.monotonic() + 120
    while True:
        ask(reader, question)
        known.or_(unknown).first.wait_for()
        if known.is_visible():
            return
        assert time.monotonic() < until
        ask(reader, "How do I listen well?")
        unknown.wait_for(state="detached")


def test_what_is_indexed_and_what_changed_since(open_tab, place):
    (place.kb / "listening.md").write_text("# Listening\n\nChanged.\n", encoding="utf-8")
    (place.kb / "money.md").unlink()
    (place.kb / "grief.md").rename(place.kb / "mourning.md")
    add_skis(place.kb)
    with serving(place.index, FOOTNOTE_KB=str(place.kb)) as address:
        page = open_tab(address, "index")
        page.get_by_role("heading", name=texts.CHANGES_TITLE).wait_for()
        changes = ["New ski.md", "Changed listening.md", "Renamed grief.md -> mourning.md", "Gone money.md"]
        expect(page.locator(".fn-list li")).to_have_text(changes)
        snapshot = current_snapshot(place.index)
        values = [str(snapshot.manifest.articles), str(snapshot.manifest.passages), "0"]
        expect(page.get_by_test_id("stMetricValue")).to_have_text(values)
        assert page.get_by_text(texts.CURRENT).count() == 0


def test_an_unchanged_folder_is_said_to_be_indexed(open_tab, address):
    page = open_tab(address, "index")
    page.get_by_text(texts.CURRENT).wait_for()
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(2)
    assert page.get_by_role("heading", name=texts.CHANGES_TITLE).count() == 0


def test_a_rebuild_leaves_those_who_ask_meanwhile_their_answers_and_then_gives_them_the_new(open_tab, place, tmp_path):
    held, gate = tmp_path / "held.py", tmp_path / "gate"
    held.write_text(HELD.format(root=str(ROOT), gate=str(gate)))
    before_serving = f"from pathlib import Path; from footnote.page import rebuilding; rebuilding.INGEST = Path({str(held)!r})"
    with serving(place.index, before=before_serving, FOOTNOTE_KB=str(place.kb)) as address:
        reader, owner = open_tab(address), open_tab(address, "index")
        before = current_snapshot(place.index).name
        ask(reader, WAX)
        reader.get_by_text("Nothing in these articles answers that.").wait_for()
        add_skis(place.kb)
        with open(gate, "w") as closed:
            fcntl.flock(closed, fcntl.LOCK_EX)
            owner.get_by_role("button", name=texts.REBUILD_ALL).click()
            owner.get_by_text(texts.REBUILDING).wait_for()
            ask(reader, "How do I listen well?")
            listening = Searcher.open(place.index).ask("How do I listen well?").hits
            answered(reader, by=listening)
            assert current_snapshot(place.index).name == before
            assert owner.get_by_role("button", name=texts.REBUILD).is_disabled()
        owner.get_by_text(texts.REBUILT[0]).wait_for(timeout=180_000)
        assert current_snapshot(place.index).name != before
        owner.get_by_text(texts.CURRENT).wait_for()
        ask_until_it_is_known(reader, WAX, "To wax a ski, warm the wax with an iron and spread it thin.")
        assert answered(reader) == ["[1]Skis"]
        ask(reader, "How do I listen well?")
        answered(reader, by=listening)


def test_a_rebuild_of_what_is_current_says_so(open_tab, small):
    with serving(small.index, FOOTNOTE_KB=str(small.kb)) as address:
        page = open_tab(address, "index")
        page.get_by_role("button", name=texts.REBUILD).click()
        page.get_by_text(texts.REBUILT[0]).wait_for(timeout=60_000)


def test_a_rebuild_with_a_refused_file_names_it(open_tab, small):
    (small.kb / "bad.txt").write_bytes(b"\xff\xfe\x00\x01\x02")
    with serving(small.index, FOOTNOTE_KB=str(small.kb)) as address:
        page = open_tab(address, "index")
        page.get_by_role("button", name=texts.REBUILD).click()
        page.get_by_text(texts.REBUILT[3]).wait_for(timeout=60_000)
        page.get_by_role("heading", name=texts.REFUSED_TITLE).wait_for()
        assert page.locator(".fn-list li b", has_text="bad.txt").count() == 1


def test_a_rebuild_of_a_folder_without_articles_fails_in_words_and_leaves_the_index(open_tab, small):
    before = current_snapshot(small.index).name
    for path in small.kb.iterdir():
        path.unlink()
    with serving(small.index, FOOTNOTE_KB=str(small.kb)) as address:
        page = open_tab(address, "index")
        page.get_by_role("button", name=texts.REBUILD).click()
        page.get_by_text(texts.REBUILD_FAILED).wait_for(timeout=60_000)
        page.get_by_text("There is no article in").wait_for()
    assert current_snapshot(small.index).name == before


def test_the_first_index_is_built_from_the_page(open_tab, kb, index):
    with serving(index, FOOTNOTE_KB=str(kb)) as address:
        page = open_tab(address, "index")
        page.get_by_text(texts.NO_INDEX).wait_for()
        page.get_by_role("button", name=texts.REBUILD).click()
        page.get_by_text(texts.REBUILT[0]).wait_for(timeout=60_000)
        page.get_by_role("link", name=texts.ASK, exact=True).click()
        page.get_by_label("Question").wait_for()
        ask(page, "how long should dough rise?")
        assert answered(page)[0] == "[1]Bread at home"


def test_two_rebuilds_at_once_are_refused(small):
    rebuild = Rebuild(small.kb, small.index)
    assert (rebuild.start(False), rebuild.start(False), rebuild.start(True)) == (True, False, False)
    rebuild._process.wait()
    assert (rebuild.status(), rebuild.start(False)) == (0, True)
    rebuild._process.wait()


def test_what_the_last_ingest_was_told_to_leave_out_is_left_out_by_the_page_too(small, watcher):
    build(small.kb, small.index, watcher, patterns=Patterns(exclude=("tides.md",)))
    add_skis(small.kb)
    rebuild = Rebuild(small.kb, small.index)
    rebuild.start(True)
    assert rebuild._process.wait() == 0
    assert set(current_snapshot(small.index).manifest.kb) == {"bread.md", "ski.md"}


def test_an_ignore_file_that_can_not_be_used_is_said_without_naming_a_path(open_tab, small):
    (small.kb / ".footnoteignore").write_bytes(b"\xff\n")
    with serving(small.index, FOOTNOTE_KB=str(small.kb)) as address:
        page = open_tab(address, "index")
        page.get_by_text(texts.PATTERNS).wait_for()
        assert page.get_by_text(str(small.kb)).count() == 0


def test_the_password_brings_the_buttons(open_tab, small):
    with serving(small.index, FOOTNOTE_KB=str(small.kb), FOOTNOTE_OWNER_PASSWORD=PASSWORD) as address:
        page = open_tab(address, "index")
        box = page.get_by_label(texts.PASSWORD)
        box.wait_for()
        settled(page)
        assert page.get_by_role("button", name=texts.REBUILD).count() == 0
        box.fill("wrong")
        box.press("Enter")
        page.get_by_text(texts.WRONG_PASSWORD).wait_for()
        assert page.get_by_role("button", name=texts.REBUILD).count() == 0
        box.fill(PASSWORD)
        box.press("Enter")
        page.get_by_role("button", name=texts.REBUILD).wait_for()
        settled(page)
        assert page.get_by_label(texts.PASSWORD).count() == 0
        page.get_by_role("link", name=texts.BATCH, exact=True).click()
        page.get_by_test_id("stFileUploader").wait_for()

        stranger = open_tab(address, "batch")
        stranger.get_by_label(texts.BATCH_LINES).wait_for()
        settled(stranger)
        assert stranger.get_by_test_id("stFileUploader").count() == 0


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-Ip"])
def test_whoever_comes_through_a_proxy_is_not_the_owner(open_tab, address, header):
    page = open_tab(address, "index", extra_http_headers={header: "1.2.3.4"})
    page.get_by_text(texts.OWNER_ONLY).wait_for()
    settled(page)
    assert page.get_by_role("button", name=texts.REBUILD).count() == 0
    assert page.get_by_label(texts.PASSWORD).count() == 0
