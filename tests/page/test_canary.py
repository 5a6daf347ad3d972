"""A question with a word that stands nowhere else, asked in every way there is and made to fail in every place: the word must be
nowhere afterwards but in the browser that asked."""

import http.client
import os
import subprocess
import sys
from urllib.parse import quote

import pytest

from footnote.page import texts
from tests.conftest import ROOT
from tests.page.conftest import CHROMIUM, PATIENCE_MS, answered, ask, serving, settled
from tests.page.faults import FAULTS
from tests.page.reader import Reader

CANARY = "zanzibarquartz"
QUESTION = f"how long should {CANARY} dough rise?"
PASSWORD = "sesamquartz"
BROKEN = [word for word in FAULTS if word != "breakcsv"]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")


def holding(*folders):
    """The files under ``folders`` that hold the canary or the password, or are named after one."""
    words = (CANARY, PASSWORD)
    return [
        path
        for folder in folders
        for path in folder.rglob("*")
        if any(word in path.name for word in words)
        or (path.is_file() and any(word.encode() in path.read_bytes() for word in words))
    ]


def told(address, path):
    """Everything that the server says of itself under ``path``."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=30)
    connection.request("GET", path)
    got = connection.getresponse()
    found = f"{got.getheaders()} {got.read().decode(errors='replace')}"
    connection.close()
    return found


@pytest.fixture(scope="module")
def place(tmp_path_factory, bakery):
    """A server that fails on demand, with folders of its own for whatever it may want to write."""
    folder = tmp_path_factory.mktemp("canary")
    for name in ("home", "scratch"):
        (folder / name).mkdir()
    environment = {
        "HOME": str(folder / "home"),
        "XDG_CACHE_HOME": str(folder / "home" / "cache"),
        "XDG_CONFIG_HOME": str(folder / "home" / "config"),
        "TMPDIR": str(folder / "scratch"),
        "FOOTNOTE_KB": str(bakery.kb),
        "FOOTNOTE_OWNER_PASSWORD": PASSWORD,
        "FOOTNOTE_FEEDBACK": str(folder / "feedback"),
    }
    before = "from tests.page import faults; faults.install()"
    with open(folder / "server.log", "w") as log, serving(bakery.index, before=before, log=log, **environment) as address:
        yield address, folder


def failed(page):
    """Waits for the sentence that something failed, and says what else stands in an alert."""
    page.get_by_role("alert").first.wait_for()
    settled(page)
    return page.get_by_role("alert").all_inner_texts()


def test_a_question_is_nowhere_but_in_the_browser_that_asked(open_tab, place, bakery):
    address, folder = place
    page = open_tab(address)
    ask(page, QUESTION)
    assert answered(page) == ["[1]Bread"]
    with page.expect_download():
        page.get_by_role("button", name=texts.DOWNLOAD).click()
    page.get_by_role("link", name=texts.LIKE).click()
    page.get_by_role("heading", name=texts.LIKE_TITLE).wait_for()
    page.get_by_role("link", name=texts.BACK).click()
    answered(page)
    page.locator("[data-testid=stFeedback] button").first.click()
    settled(page)
    page.get_by_role("link", name=texts.MAP, exact=True).click()
    page.get_by_role("heading", name=texts.MAP_LIST).wait_for()
    page.get_by_role("link", name=texts.BATCH, exact=True).click()
    page.get_by_label(texts.BATCH_LINES).fill(f"{QUESTION}\n{CANARY}?")
    page.get_by_role("button", name=texts.BATCH_RUN).click()
    page.get_by_text("2 questions").wait_for()
    page.get_by_role("link", name=texts.INDEX, exact=True).click()
    box = page.get_by_label(texts.PASSWORD)
    box.fill(f"{PASSWORD} {CANARY}")
    box.press("Enter")
    page.get_by_text(texts.WRONG_PASSWORD).wait_for()
    box.fill(PASSWORD)
    box.press("Enter")
    page.get_by_role("button", name=texts.REBUILD_ALL).wait_for()
    assert (CANARY in page.url, CANARY in page.title()) == (False, False)
    assert [cookie for cookie in page.context.cookies() if CANARY in str(cookie)] == []
    with Reader(address) as stranger:
        stranger.ask("how long should dough rise?")
        for path in ("articles", "map", "batch", "index", ""):
            stranger.open(path)
        assert CANARY.encode() not in stranger.received
    for path in ("/_stcore/metrics", "/_stcore/health", "/_stcore/host-config", "/"):
        assert CANARY not in told(address, path)
    assert '"useful"' in (folder / "feedback").read_text()
    assert holding(folder, bakery.index, bakery.kb) == []


@pytest.mark.parametrize("word", BROKEN)
def test_a_question_that_makes_something_fail_is_answered_by_a_sentence_and_nowhere_else(open_tab, place, bakery, word):
    address, folder = place
    page = open_tab(address)
    ask(page, f"{QUESTION} {word}")
    assert failed(page) == [texts.FAILED]
    seen = page.content()
    assert ("Traceback" in seen, ".py" in seen, "could not cope" in seen) == (False, False, False)
    ask(page, "when is the tide highest?")
    page.get_by_role("heading", name="[1]Tides").wait_for()
    assert holding(folder, bakery.index) == []
    assert FAULTS[word][2].__name__ in (folder / "server.log").read_text()


def test_a_csv_that_fails_is_answered_by_a_sentence_and_nowhere_else(browser, place, bakery):
    address, folder = place
    context = browser.new_context()
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(address)
    ask(page, f"{QUESTION} breakcsv")
    answered(page)
    page.get_by_role("button", name=texts.DOWNLOAD).click()
    page.get_by_text("Failed to generate file for download").wait_for()
    assert "could not cope" not in page.content()
    context.close()
    assert holding(folder, bakery.index) == []
    assert "ValueError" in (folder / "server.log").read_text()


def test_a_batch_and_a_linked_question_that_fail_are_answered_by_a_sentence_and_nowhere_else(open_tab, place, bakery):
    address, folder = place
    linked = open_tab(address, f"?q={quote(f'{QUESTION} breakindex')}")
    batch = open_tab(address, "batch")
    batch.get_by_label(texts.BATCH_LINES).fill(f"how long should dough rise?\n{QUESTION} breakencoder")
    batch.get_by_role("button", name=texts.BATCH_RUN).click()
    for page in (linked, batch):
        assert failed(page) == [texts.FAILED]
        assert ("Traceback" in page.content(), "could not cope" in page.content()) == (False, False)
    assert holding(folder, bakery.index) == []


@pytest.mark.parametrize("word", ["breakencoder", "breakindex", "breakcsv"])
def test_a_question_at_the_command_line_that_makes_something_fail_is_not_repeated(bakery, tmp_path, word):
    code = (
        "import sys; from tests.page import faults; faults.install(); "
        "from footnote.__main__ import main; sys.exit(main(sys.argv[1:]))"
    )
    asked = ["ask", f"{QUESTION} {word}", "--format", "csv", "--index", str(bakery.index)]
    environment = {**os.environ, "HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code, *asked], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout, CANARY in done.stderr, "Traceback" in done.stderr) == (1, "", False, False)
    said, place = done.stderr.splitlines()
    assert said == "footnote: That did not work. This is a fault of Footnote's own, at:"
    assert place.startswith(f"{FAULTS[word][2].__name__} < ")
    assert holding(tmp_path, bakery.index) == []
