"""The page behind the proxies whose configurations ship, in a real browser over TLS. Skipped by name where one is missing."""

import http.client
import os
import shutil
import socket
import ssl
import subprocess
import time
from contextlib import contextmanager
from types import SimpleNamespace
from urllib.parse import quote

import pytest

from footnote.page import texts
from tests.conftest import ROOT
from tests.page.conftest import CHROMIUM, NAME, answered, ask, serving, settled, tabs_of

CANARY = "zanzibarquartz"
QUESTION = f"how long should {CANARY} dough rise?"
PROXIES = ["nginx", "caddy"]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def certificate(folder):
    """A certificate for NAME that nobody signed."""
    names = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem"), "-subj", f"/CN={NAME}", "-days", "2"]
    done = subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *names], capture_output=True)
    assert done.returncode == 0


def replaced(text, **changes):
    """``text`` with every place replaced that has to be another here; each must be there."""
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def nginx_command(folder, port, backend):
    site = replaced(
        (ROOT / "deploy" / "nginx.conf").read_text(),
        **{
            "listen 443 ssl http2": f"listen 127.0.0.1:{port} ssl http2",
            "listen 80": f"listen 127.0.0.1:{free_port()}",
            f"/etc/letsencrypt/live/{NAME}/fullchain.pem": str(folder / "cert.pem"),
            f"/etc/letsencrypt/live/{NAME}/privkey.pem": str(folder / "key.pem"),
            "/var/log/nginx/": f"{folder}/",
            "server 127.0.0.1:8501": f"server {backend.removeprefix('http://')}",
        },
    )
    (folder / "site.conf").write_text(site)
    user = "user root;" if os.geteuid() == 0 else ""
    temporary = "".join(f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    whole = (
        f"{user} pid {folder}/pid; error_log {folder}/main.log; events {{}} http {{ {temporary} include {folder}/site.conf; }}"
    )
    (folder / "nginx.conf").write_text(whole)
    return ["nginx", "-p", str(folder), "-e", f"{folder}/main.log", "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]


def caddy_command(folder, port, backend):
    site = replaced(
        (ROOT / "deploy" / "Caddyfile").read_text(),
        **{
            "{\n\tlog {": f"{{\n\tadmin off\n\tauto_https off\n\tstorage file_system {folder}/caddy\n\tlog {{",
            f"{NAME} {{": f"https://{NAME}:{port} {{\n\tbind 127.0.0.1\n\ttls {folder}/cert.pem {folder}/key.pem",
            "127.0.0.1:8501": backend.removeprefix("http://"),
        },
    )
    (folder / "Caddyfile").write_text(site)
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


@contextmanager
def proxy(name, folder, backend):
    """The address at which the proxy answers for the server at ``backend``; its logs lie in ``folder``."""
    certificate(folder)
    port = free_port()
    command = {"nginx": nginx_command, "caddy": caddy_command}[name](folder, port, backend)
    environment = {**os.environ, "HOME": str(folder)}
    with open(folder / "said.log", "wb") as said, subprocess.Popen(command, stdout=said, stderr=said, env=environment) as process:
        try:
            for _ in range(200):
                with socket.socket() as trying:
                    if trying.connect_ex(("127.0.0.1", port)) == 0:
                        break
                assert process.poll() is None, (folder / "said.log").read_text()
                time.sleep(0.05)
            yield f"https://{NAME}:{port}"
        finally:
            process.terminate()


@pytest.fixture(scope="module", params=PROXIES)
def place(request, tmp_path_factory, bakery):
    """A server that knows its public name, behind one of the proxies."""
    for program in (request.param, "openssl"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    folder = tmp_path_factory.mktemp(request.param)
    environment = {"FOOTNOTE_KB": str(bakery.kb), "STREAMLIT_SERVER_ALLOWED_HOSTS": f"{NAME} 127.0.0.1"}
    with serving(bakery.index, **environment) as backend, proxy(request.param, folder, backend) as address:
        yield SimpleNamespace(address=address, folder=folder, backend=backend)


@pytest.fixture
def open_tab(browser):
    with tabs_of(browser) as opening:
        yield lambda address, path="": opening(address, path, ignore_https_errors=True)


def answer(address, path, **headers):
    """Status and headers of what a client without a browser gets."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    port = int(address.rpartition(":")[2])
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=30, context=trusting)
    # The handshake has to name the host.
    with socket.create_connection(("127.0.0.1", port)) as plain:
        connection.sock = trusting.wrap_socket(plain, server_hostname=NAME)
        connection.request("GET", path, headers={"Host": f"{NAME}:{port}", **headers})
        got = connection.getresponse()
        got.read()
        connection.close()
    return got.status, dict((name.lower(), value) for name, value in got.getheaders())


def logs(folder):
    return "".join(path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file() and path.suffix == ".log")


def test_a_reader_asks_and_takes_the_answers_away(open_tab, place):
    page = open_tab(place.address)
    ask(page, QUESTION)
    assert answered(page) == ["[1]Bread"]
    with page.expect_download() as download:
        page.get_by_role("button", name=texts.DOWNLOAD).click()
    assert QUESTION.encode() in download.value.path().read_bytes()
    page.locator(".fn-link summary").click()
    link = page.locator(".fn-link pre").inner_text()
    assert link.startswith(f"{place.address}/?q=how+long+should+{CANARY}")
    page.goto(f"{place.address}/?q={quote(QUESTION)}")
    assert answered(page) == ["[1]Bread"]
    assert CANARY not in logs(place.folder)


def test_nobody_behind_it_is_taken_for_the_owner(open_tab, place):
    page = open_tab(place.address, "index")
    page.get_by_text(texts.OWNER_ONLY).wait_for()
    settled(page)
    assert page.get_by_role("button", name=texts.REBUILD).count() == 0


def test_cookies_and_headers_are_those_of_a_page_under_tls(place):
    status, headers = answer(place.address, "/_stcore/health")
    assert (status, headers["strict-transport-security"]) == (200, "max-age=31536000")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    if "nginx" in place.folder.name:
        assert "secure" in headers["set-cookie"].lower()


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/agent/interact", "/_stcore/agent/openapi.json"])
def test_what_is_for_the_inside_alone_is_not_passed_on(place, path):
    assert answer(place.address, path)[0] == 404


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Origin": f"https://{NAME}"}, {"Host": "evil.example"}])
def test_another_origin_or_host_is_refused_through_it_too(place, headers):
    # This name without its port is another origin. A host that Caddy does not serve gets an empty answer of Caddy's own.
    status, got = answer(place.address, "/", **headers)
    assert (status, "content-security-policy" in got) in ((403, True), (200, False))


def test_an_address_with_a_question_is_in_no_log_even_where_the_server_is_gone(tmp_path, request, place):
    name = request.node.callspec.params["place"]
    with proxy(name, tmp_path, f"http://127.0.0.1:{free_port()}") as address:
        assert answer(address, f"/?q={CANARY}", Referer=f"{address}/?q={CANARY}")[0] == 502
        assert answer(address, f"/nowhere?q={CANARY}")[0] == 502
    assert CANARY not in logs(tmp_path)


def test_what_is_kept_of_a_request_is_no_more_than_its_path(place):
    answer(place.address, f"/articles?q={CANARY}")
    said = logs(place.folder)
    assert CANARY not in said
    if "nginx" in place.folder.name:
        assert "GET /articles 200" in said
