"""Links that were never made by the page: ids are looked up as they are, nothing is opened for them, and the page says so."""

import ast
from urllib.parse import quote

import pytest

from footnote.page import texts
from tests.page.conftest import serving
from tests.page.reader import Reader

# Writes the name of every file and database that its process opens, from the start.
AUDIT = """
import os, sys
_told = os.open({log!r}, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
def _hook(event, given):
    if event in ("open", "sqlite3.connect", "os.listdir", "os.scandir", "subprocess.Popen", "os.system", "socket.connect"):
        os.write(_told, (repr((event, os.fsdecode(given[0]) if isinstance(given[0], (str, bytes)) else None)) + chr(10)).encode())
sys.addaudithook(_hook)
"""
PAYLOADS = {
    "dots": "../../../../etc/passwd",
    "dots and a name": "../bread.md",
    "dots behind a name": "bread.md/../../../etc/passwd",
    "backslashes": "..\\..\\windows\\win.ini",
    "encoded dots": "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "twice encoded": "%252e%252e%252fetc%252fpasswd",
    "overlong dots": "..%c0%af..%c0%afetc/passwd",
    "four dots": "....//....//etc/passwd",
    "absolute": "/etc/passwd",
    "drive": "C:\\Windows\\win.ini",
    "share": "\\\\evil.example\\share\\a.md",
    "file address": "file:///etc/passwd",
    "web address": "http://127.0.0.1:9/a.md",
    "home": "~/.ssh/id_rsa",
    "process": "/proc/self/environ",
    "standard input": "-",
    "device": "/dev/zero",
    "null byte": "bread.md\0.txt",
    "null byte first": "\0",
    "newline": "bread.md\r\nSet-Cookie: a=b",
    "empty": "",
    "space": " bread.md ",
    "dot": ".",
    "slash": "bread.md/",
    "statement": "bread.md' OR '1'='1",
    "statements": "x'; DROP TABLE articles; --",
    "pattern": "%",
    "glob": "*.md",
    "right to left": "\u202ebread.md",
    "wide": "\uff42read.md",
    "variable": "${HOME}/a.md",
    "template": "{{7*7}}",
    "format": "{0.__class__}",
    "command": "$(touch stolen)",
    "markup": "<script>window.__x=1</script>",
    "long": "a" * 400_000,
}
# As they stand in the address, not percent-encoded again.
RAW = [
    "article=%ff%fe",
    "article=%00",
    "article=bread.md&article=nothing.md",
    "article[]=bread.md&article=%c3%28",
    "article=%u002e",
]


@pytest.fixture(scope="module")
def watched(tmp_path_factory, bakery):
    """A reader of a server that notes whatever it opens, and the file with its notes."""
    log = tmp_path_factory.mktemp("watched") / "opened"
    before = AUDIT.format(log=str(log))
    with serving(bakery.index, before=before, FOOTNOTE_KB=str(bakery.kb)) as address, Reader(address) as reader:
        for query in ("", "article=bread.md", "article=none.md", "like=none", "article=bread.md&passage=none") * 2:
            reader.visit(query)
        assert ("open", str(bakery.kb / "bread.md")) in opened(log)
        yield reader, log


def opened(log):
    return {ast.literal_eval(line) for line in log.read_text().splitlines()}


@pytest.mark.parametrize("name", PAYLOADS)
def test_an_article_that_is_none_is_not_found_and_nothing_is_opened_for_it(watched, name):
    reader, log = watched
    before = opened(log)
    reader.visit(f"article={quote(PAYLOADS[name])}")
    assert (reader.said(), reader.html()) == ([texts.NO_ARTICLE], [])
    assert reader.visit(f"like={quote(PAYLOADS[name])}").said() == [texts.NO_PASSAGE]
    assert reader.visit(f"article=bread.md&passage={quote(PAYLOADS[name])}").said() == [texts.NO_PASSAGE]
    assert "Bread needs flour" in "".join(reader.html())
    assert opened(log) - before == set()


@pytest.mark.parametrize("query", RAW)
def test_an_address_out_of_form_is_not_found(watched, query):
    reader, log = watched
    before = opened(log)
    assert reader.visit(query).said() == [texts.NO_ARTICLE]
    assert opened(log) - before == set()


def test_an_address_longer_than_any_is_the_empty_page(watched):
    reader, _ = watched
    assert reader.visit("article=" + "a" * 600_000).said()[:1] == [texts.TAGLINE]


@pytest.mark.parametrize(
    "path", ["/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/static/../../../app.py", "/media/../../app.py", "//etc/passwd"]
)
def test_the_server_serves_no_file_of_its_machine(served, path):
    import http.client

    connection = http.client.HTTPConnection(served.removeprefix("http://"), timeout=30)
    connection.putrequest("GET", path, skip_host=False)
    connection.endheaders()
    got = connection.getresponse()
    body = got.read()
    connection.close()
    assert (b"root:" in body, b"Middleware(Guard)" in body) == (False, False)
    assert got.status in (400, 404) or b'<div id="root">' in body
