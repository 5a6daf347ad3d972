"""A real Chromium, a real server and a real index over ``kb/``, for the tests that need them."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections import defaultdict
from contextlib import contextmanager, suppress
from functools import partial
from types import SimpleNamespace

import pytest

from footnote.build import build
from footnote.page import texts
from tests.conftest import NOTICES, ROOT, Silent, link_encoders, make_once

# The shell is the same Chromium without its windows; a page costs half the time in it.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium") or shutil.which("chromium-browser")
BAKERY = {
    "bread": ("Bread", "Bread needs flour, water, salt and time. Let the dough rise in a warm place for two hours."),
    "tides": ("Tides", "The moon pulls the sea. When sun and moon pull in one line, the tide is highest."),
}
NAME = "library.example"  # the public name of the server behind a proxy, which the browser finds on this machine
QUIET = ["--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
PATIENCE_MS = 60_000  # for a machine that has much else to do
DESKTOP, PHONE = (1280, 900, "light"), (360, 740, "dark")

# Ends with the tests, however they end: when they are gone, so is the other end of its input.
SERVER = (
    "import os, sys, threading; from streamlit.web.cli import main; "
    "threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start(); main()"
)

# Streamlit looks for its server under the address of the page first, where there is none, and then where it is.
PROBE = re.compile(r"/(?:articles|map|batch|index)/_stcore/(?:health|host-config)")
OPEN_TABS = defaultdict(list)
"""By the address of a server, what closes each tab that is open there."""
NOT_FOUND = "Failed to load resource: the server responded with a status of 404 ("


@pytest.fixture(autouse=True)
def the_notices_of_the_project(monkeypatch):
    """The page is tried with the care notices that readers get."""
    monkeypatch.setenv("FOOTNOTE_CARE", str(NOTICES))


@pytest.fixture(autouse=True)
def the_program_stays_the_program(monkeypatch):
    """Streamlit's own test runner puts its script in the place of ``__main__``, which every process started later would run."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@contextmanager
def serving(index, *, before="", log=subprocess.DEVNULL, **environment):
    """The address of a server over ``index``, on a free port of the loopback interface.

    ``before`` is Python that its process runs first, ``log`` the file that it writes to.
    """
    environment = {**os.environ, "FOOTNOTE_INDEX": str(index), "FOOTNOTE_CARE": str(NOTICES), **environment}
    for _ in range(3):  # somebody else may take the port before the server does, which then ends
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [sys.executable, "-c", f"{before}\n{SERVER}", "run", "app.py", "--server.port", str(port)]
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=log, stderr=log) as server:
            try:
                if _is_up(server, f"http://127.0.0.1:{port}"):
                    yield f"http://127.0.0.1:{port}"
                    return
            finally:
                close_tabs(f"http://127.0.0.1:{port}")
                server.kill()
    pytest.fail("the server ended before it answered, on one port after another")


def _is_up(server, address):
    """Waits until it answers; whether it does, or has ended."""
    until = time.monotonic() + 2 * PATIENCE_MS / 1000
    while server.poll() is None:
        with suppress(OSError):
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=10).close()
            return True
        assert time.monotonic() < until
        time.sleep(0.1)
    return False


@contextmanager
def tabs_of(browser):
    """A way to open tabs, each of a reader of its own; complains about whatever one of them said or asked of another host."""
    complaints, addresses = [], set()

    def close(context):
        open_until = len(complaints)
        context.close()
        # A file that was still on its way to a tab that is being closed is nobody's fault.
        complaints[open_until:] = [text for text in complaints[open_until:] if "net::ERR_" not in text]

    def open_tab(address, path="", size=DESKTOP, **options):
        width, height, scheme = size
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, accept_downloads=True, **options
        )
        addresses.add(address)
        OPEN_TABS[address].append(partial(close, context))
        context.set_default_timeout(PATIENCE_MS)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        allowed = (f"{address}/", "data:", "blob:")
        context.on("request", lambda sent: None if sent.url.startswith(allowed) else complaints.append(sent.url))
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("console", lambda message: complaints.extend(_complaint(message, address)))
        page = context.new_page()
        page.goto(f"{address}/{path}")
        return page

    yield open_tab
    for address in addresses:
        close_tabs(address)
    assert complaints == []


def close_tabs(address):
    """Closes the tabs that are open at a server, as must be before it ends: a tab complains of what it can't fetch any more."""
    for close in OPEN_TABS.pop(address, []):
        close()


def _complaint(message, address):
    at = message.location["url"].removeprefix(address)
    is_probe = message.text.startswith(NOT_FOUND) and PROBE.fullmatch(at)
    return [f"{message.text} {at}"] if message.type == "error" and not is_probe else []


@pytest.fixture(scope="session")
def bakery(tmp_path_factory, encoders):
    """Two small articles and the index over them, for those who need a server and no library."""
    folder = tmp_path_factory.mktemp("bakery")
    (folder / "kb").mkdir()
    for name, (title, sentences) in BAKERY.items():
        (folder / "kb" / f"{name}.md").write_text(f"# {title}\n\n{sentences}\n", encoding="utf-8")
    link_encoders(encoders, folder / "index")
    build(folder / "kb", folder / "index", Silent())
    return SimpleNamespace(kb=folder / "kb", index=folder / "index")


@pytest.fixture(scope="session")
def served(bakery):
    """A server over them."""
    with serving(bakery.index, FOOTNOTE_KB=str(bakery.kb)) as url:
        yield url


@pytest.fixture(scope="session")
def library(tmp_path_factory, encoders, worker_id):
    """The index over the articles that ship, which the workers of a run share. No test may change it."""

    def fill(folder):
        link_encoders(encoders, folder)
        build(ROOT / "kb", folder, Silent())

    shared = tmp_path_factory.getbasetemp()
    return make_once((shared if worker_id == "master" else shared.parent) / "library", fill)


@pytest.fixture(scope="session")
def address(library):
    """A server over it."""
    with serving(library) as url:
        yield url


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import expect, sync_playwright

    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        rules = f"--host-resolver-rules=MAP {NAME} 127.0.0.1"
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=[*QUIET, *sandbox, rules])
        yield browser
        browser.close()


@pytest.fixture
def open_tab(browser):
    with tabs_of(browser) as opening:
        yield opening


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop-light", "phone-dark"])
def tab_at(request, open_tab, address):
    """Opens a tab at a path, on a screen of either size."""
    return lambda path: open_tab(address, path, size=request.param)


@pytest.fixture
def tab(tab_at):
    return tab_at("")


def ask(page, question):
    """Types a question and waits for what is said to it."""
    box = page.get_by_label("Question")
    box.fill(question)
    box.press("Enter")


def upload(page, path):
    """Gives the page a file. Its name is shown at once, but what takes it away again only when the server has the file."""
    page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files(path)
    page.get_by_role("button", name=f"Remove {path.name}", exact=True).wait_for()


def copy_by(button):
    """Clicks a button that copies and waits until it has said that it did, however short."""
    one = button.element_handle()
    one.evaluate("one => new MutationObserver(() => (one.said ??= one.textContent)).observe(one, { childList: true })")
    one.click()
    button.page.wait_for_function("([one, words]) => one.said === words", arg=[one, texts.COPIED])


def tooltip_of(page, point):
    """The tooltip of a point of the map, hovered anew until it comes: a chart that is drawn again forgets where the mouse is."""
    from playwright.sync_api import TimeoutError as TooLate

    tooltip = page.locator("#vg-tooltip-element.visible")
    until = time.monotonic() + PATIENCE_MS / 1000
    while not tooltip.is_visible():
        assert time.monotonic() < until
        page.mouse.move(0, 0)
        point.hover(force=True)
        with suppress(TooLate):
            tooltip.wait_for(timeout=2_000)
    return tooltip


def settled(page):
    """Waits until the server has drawn the page."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def answered(page, *, by=None):
    """Waits for hits, those of ``by`` if they are given, and says how their headings read."""
    from playwright.sync_api import expect

    shown = page.locator(".fn-head h2")
    shown.first.wait_for()
    if by is not None:
        expect(shown).to_have_text(headings(by))
    settled(page)
    return shown.all_inner_texts()


def headings(hits):
    """How the headings of ``hits`` read."""
    return [f"[{hit.rank}]{hit.metadata.title}" for hit in hits]


def focused(page):
    """What the keyboard is at."""
    return page.evaluate(
        """() => {
            const one = document.activeElement;
            const words = one.querySelector("[data-testid=stMarkdownContainer]") || one;
            return one.getAttribute("aria-label") || words.innerText;
        }"""
    )


def tab_to(page, name, most=60):
    """Presses Tab until the keyboard is at what is called ``name``, and says what it came by."""
    passed = []
    while focused(page) != name:
        passed.append(focused(page))
        assert len(passed) < most, passed
        page.keyboard.press("Tab")
    return passed
