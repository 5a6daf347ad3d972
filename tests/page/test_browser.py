"""The whole journey in a real Chromium against a real server and a real index. Skipped by name where there is no Chromium."""

import csv
import io
import socket
import urllib.request

import pytest

from footnote.page import texts
from footnote.search import Searcher
from tests.conftest import ROOT
from tests.page.conftest import CHROMIUM, answered, ask, copy_by, settled

QUESTION = "Is it a good idea to have sex after an argument?"
IN_VIEW = (
    "() => { const top = document.querySelector('mark').getBoundingClientRect().top; return top >= 0 && top < innerHeight; }"
)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")


def test_a_reader_asks_cites_exports_and_opens_the_article(tab, library):
    answer = Searcher.open(library).ask(QUESTION)
    ask(tab, QUESTION)
    tab.get_by_role("heading", name=f"[{len(answer.hits)}]").wait_for()

    titles = [heading.inner_text() for heading in tab.get_by_role("heading", level=2).all()]
    assert titles == [f"[{hit.rank}]{hit.metadata.title}" for hit in answer.hits]
    marked = [mark.inner_text() for mark in tab.locator("#hit-1 mark").all()]
    start, end = answer.hits[0].highlights[0]
    assert marked == [answer.hits[0].passage.text[start:end]]

    tab.locator("#hit-1 .fn-cite summary").click()
    copy_by(tab.locator("#hit-1 .fn-cite").get_by_role("button", name=texts.COPY).first)
    assert tab.evaluate("navigator.clipboard.readText()") == f"[1] {answer.hits[0].citation}"

    with tab.expect_download() as download:
        tab.get_by_role("button", name="Download CSV").click()
    with open(download.value.path(), encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(io.StringIO(file.read(), newline="")))
    assert [(row["rank"], row["passage_id"], row["passage"]) for row in rows] == [
        (str(hit.rank), hit.passage.id, hit.passage.text) for hit in answer.hits
    ]
    assert [heading.inner_text() for heading in tab.get_by_role("heading", level=2).all()] == titles

    tab.get_by_role("link", name=texts.OPEN).first.click()
    tab.get_by_role("heading", name=texts.CITED).wait_for()
    settled(tab)
    tab.locator("#hit-1").wait_for(state="detached")  # what was shown before goes last
    shown = "\n\n".join(part.inner_text() for part in tab.locator("mark").all())
    assert "".join(shown.split()) == "".join(answer.hits[0].passage.text.split())
    tab.wait_for_function(IN_VIEW)
    assert tab.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") > 0


def test_a_far_off_question_is_answered_by_a_plain_sentence(tab):
    ask(tab, "what is the capital of Mongolia")
    tab.get_by_text("Nothing in these articles answers that.").wait_for()
    assert tab.get_by_role("button", name="Download CSV").count() == 0


def test_nothing_is_wider_than_the_screen(tab):
    ask(tab, QUESTION)
    answered(tab)
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert tab.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth <= innerWidth")


def test_the_question_is_not_in_the_address(tab, address):
    ask(tab, QUESTION)
    answered(tab)
    assert tab.url.rstrip("/") == address


def test_the_server_listens_on_one_address_of_this_machine_alone(address):
    port = int(address.rpartition(":")[2])
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.2", port), timeout=5)


def test_every_answer_of_the_server_carries_the_security_headers(address):
    with urllib.request.urlopen(address) as answer:
        headers = answer.headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")


@pytest.mark.parametrize("path", ["", "articles", "map", "batch", "index"])
def test_the_page_comes_with_its_own_style_and_script_as_a_browser_asks_for_it(address, path):
    kept = {"If-Modified-Since": "Fri, 31 Dec 2100 23:59:59 GMT", "If-None-Match": "*"}
    asked = {"Accept": "text/html,*/*", "Accept-Encoding": "gzip, deflate, br", **kept}
    with urllib.request.urlopen(urllib.request.Request(f"{address}/{path}", headers=asked)) as answer:
        page = answer.read().decode()
    tags = '<link rel="stylesheet" href="./footnote.css"><script src="./footnote.js" defer></script></body>'
    assert page.count(tags) == 1
    for name, kind in (("footnote.css", "text/css; charset=utf-8"), ("footnote.js", "text/javascript; charset=utf-8")):
        with urllib.request.urlopen(f"{address}/{name}") as answer:
            assert answer.headers["content-type"] == kind
            assert answer.read() == (ROOT / "footnote" / "page" / "static" / name).read_bytes()


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        (None, None, 101),
        (None, "http://{host}", 101),
        (None, "http://evil.example", 403),
        (None, "http://localhost:1", 403),
        ("evil.example", None, 403),
    ],
)
def test_a_websocket_of_another_origin_or_host_is_refused(address, host, origin, status):
    own = address.removeprefix("http://")
    headers = [
        "GET /_stcore/stream HTTP/1.1",
        f"Host: {host or own}",
        *([f"Origin: {origin.format(host=own)}"] if origin else []),
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Protocol: streamlit",
    ]
    name, port = own.split(":")
    with socket.create_connection((name, int(port)), timeout=10) as connection:
        connection.sendall("\r\n".join([*headers, "", ""]).encode())
        assert int(connection.recv(100).split()[1]) == status
