"""What a stranger on the network gets from the server: nothing that is not for its own page."""

import http.client
import socket
import time
from contextlib import ExitStack

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus

from footnote.settings import PAGE
from tests.page.conftest import CHROMIUM, PATIENCE_MS, serving, settled
from tests.page.reader import Reader

PATHS = ["/", "/articles", "/_stcore/health", "/_stcore/metrics", "/footnote.js", "/media/none", "/nowhere"]


def answer(address, path, method="GET", body=None, **headers):
    """Status, headers and body that the server gives."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=30)
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    got = connection.getresponse()
    found = got.status, dict((name.lower(), value) for name, value in got.getheaders()), got.read()
    connection.close()
    return found


def handshake(address, **headers):
    """The status that a websocket's opening gets, and the socket that holds it open."""
    host = address.removeprefix("http://")
    given = {
        "Host": host,
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Protocol": "streamlit",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    name, port = host.split(":")
    connection = socket.create_connection((name, int(port)), timeout=30)
    lines = [f"{name}: {value}" for name, value in given.items()]
    connection.sendall("\r\n".join(["GET /_stcore/stream HTTP/1.1", *lines, "", ""]).encode())
    return int(connection.recv(100).split()[1]), connection


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_every_header(served, path):
    _, headers, _ = answer(served, path)
    assert headers["content-security-policy"].split("; ") == [
        "default-src 'self'",
        "script-src 'self' 'sha256-THxz9J9+wf7rhwR2YkXJoSZ13UCmYyC+3lNDv2+8ugA='",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "frame-src 'none'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
    names = (
        "x-content-type-options",
        "referrer-policy",
        "x-frame-options",
        "cross-origin-opener-policy",
        "cross-origin-resource-policy",
    )
    assert [headers[name] for name in names] == ["nosniff", "no-referrer", "DENY", "same-origin", "same-origin"]
    assert {"camera=()", "geolocation=()", "microphone=()", "usb=()"} <= set(headers["permissions-policy"].split(", "))


def test_the_inline_script_that_is_allowed_is_the_one_of_the_page(served):
    import base64
    import hashlib
    import re

    _, headers, body = answer(served, "/")
    inline = re.findall(rb"<script>(.*?)</script>", body, re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(script).digest()).decode() for script in inline]
    assert [f"'sha256-{digest}'" in headers["content-security-policy"] for digest in digests] == [True]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "http://localhost:1"},
        {"Origin": "null"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "user@127.0.0.1"},
        {"Host": ""},
    ],
)
def test_another_origin_or_host_gets_nothing(served, path, headers):
    status, given, body = answer(served, path, **headers)
    assert (status, body) == (403, b"This page answers its own address alone.")
    assert "content-security-policy" in given
    assert not any(name.startswith("access-control") for name in given)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["interact", "mcp"])
def test_the_agent_api_is_off(served, method, path):
    body = b'{"jsonrpc":"2.0","id":1,"method":"initialize"}'
    _, _, body = answer(served, f"/_stcore/agent/{path}", method, body, Content_Type="application/json")
    assert b"not_available" in body or b"method_not_allowed" in body.lower() or b"Method Not Allowed" in body or body == b""


def test_no_page_elsewhere_may_give_streamlit_orders(served):
    import json

    assert json.loads(answer(served, "/_stcore/host-config")[2])["allowedOrigins"] == []


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
def test_a_page_of_another_origin_gets_no_hold_of_the_window_nor_a_websocket(browser, served):
    """What a hostile page tries: open ours in a window or a frame and post to it, or speak to its server at once."""
    tried = f"""async () => {{
        const opened = window.open("{served}/");
        const frame = document.body.appendChild(Object.assign(document.createElement("iframe"), {{src: "{served}/"}}));
        await new Promise(done => frame.onload = done);
        const socket = await new Promise(done => {{
            const one = new WebSocket("{served.replace("http", "ws")}/_stcore/stream", "streamlit");
            one.onopen = () => done("open");
            one.onerror = () => done("refused");
        }});
        const fetched = await fetch("{served}/_stcore/host-config").then(() => "read", () => "refused");
        let inside;
        try {{ inside = frame.contentDocument.title; }} catch {{ inside = "refused"; }}
        for (const until = Date.now() + {PATIENCE_MS}; Date.now() < until && !opened.closed;) {{
            await new Promise(done => setTimeout(done, 50));
        }}
        return [opened.closed, socket, fetched, inside ?? "refused"];
    }}"""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        elsewhere = f"http://localhost:{free.getsockname()[1]}"
    context = browser.new_context()
    context.set_default_timeout(PATIENCE_MS)
    context.route(f"{elsewhere}/", lambda route: route.fulfill(body="<body>hello</body>", content_type="text/html"))
    page = context.new_page()
    page.goto(f"{elsewhere}/")
    assert page.evaluate(tried) == [True, "refused", "refused", "refused"]
    context.close()


def test_files_are_taken_from_the_owner_alone(bakery, served):
    def upload(address, reader, token, size=10):
        body = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.csv"\r\n\r\n' + b"q" * size + b"\r\n--x--\r\n"
        kind = "multipart/form-data; boundary=x"
        path = f"/_stcore/upload_file/{reader.session}/one"
        given = {"X_Xsrftoken": token, "Cookie": f"_streamlit_xsrf={token}"} if token else {}
        return answer(address, path, "PUT", body, Content_Type=kind, **given)[0]

    def token_of(address):
        return answer(address, "/_stcore/health")[1]["set-cookie"].split(";")[0].partition("=")[2]

    with Reader(served) as owner:
        token = token_of(served)
        assert upload(served, owner, token) == 403
        owner.open("batch")
        assert [upload(served, owner, token), upload(served, owner, None)] == [204, 403]
        assert [upload(served, owner, token, size) for size in (1_000_000, 1_100_000, 5_000_000)] == [204, 413, 413]
    with serving(bakery.index, FOOTNOTE_OWNER_PASSWORD="secret") as address, Reader(address) as stranger:
        stranger.open("batch")
        assert upload(address, stranger, token_of(address)) == 403


def let_in(address, headers):
    """A reader who is refused until the server has seen that other connections are closed."""
    until = time.monotonic() + PATIENCE_MS / 1000
    while True:
        try:
            return Reader(address, headers)
        except InvalidStatus:
            assert time.monotonic() < until
            time.sleep(0.1)


def test_a_client_has_only_so_many_connections_and_a_proxy_is_not_taken_for_one_client(served):
    with ExitStack() as open_ones:
        got = [handshake(served, X_Forwarded_For="203.0.113.7") for _ in range(PAGE.connections + 1)]
        for _, connection in got:
            open_ones.enter_context(connection)
        statuses = [status for status, _ in got]
        assert statuses == [101] * PAGE.connections + [403]
        status, connection = handshake(served, X_Forwarded_For="203.0.113.8")
        connection.close()
        assert status == 101
    with let_in(served, {"X-Forwarded-For": "203.0.113.7"}) as again:
        assert again.ask("how long should dough rise?") == ["[1]Bread"]


@pytest.mark.parametrize("megabytes", [5, 26])
def test_a_message_that_is_too_large_ends_its_connection_and_no_other(served, megabytes):
    with Reader(served) as other:
        with Reader(served) as loud, pytest.raises(ConnectionClosed) as closed:
            loud.send(BackMsg(rerun_script={"query_string": "x" * megabytes * 1024 * 1024}))
        assert closed.value.rcvd.code == 1009
        assert other.ask("how long should dough rise?") == ["[1]Bread"]


@pytest.mark.parametrize("data", [b"\xff" * 100, b"\x0a\x05", b"\x00"], ids=["bits", "cut", "zero"])
def test_a_message_that_is_none_ends_its_connection_in_silence(served, data):
    with Reader(served) as broken:
        broken.received = b""
        broken.tell(data)
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                broken.hear()
        assert closed.value.rcvd.code == 1002
        assert (b"Traceback" in broken.received, b".py" in broken.received) == (False, False)


def test_nobody_can_have_the_server_install_anything(served):
    with Reader(served) as reader:
        asked = BackMsg()
        asked.backend_operation_request.request_id = "1"
        asked.backend_operation_request.session_id = reader.session
        asked.backend_operation_request.install_skills.SetInParent()
        reader.tell(asked.SerializeToString())
        while (got := reader.hear()).WhichOneof("type") != "backend_operation_response":
            pass
        assert got.backend_operation_response.error_msg == "Skills install is not available in this environment."


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
def test_what_is_downloaded_is_kept_by_no_cache_and_gone_after_two_questions(open_tab, served):
    from tests.page.conftest import answered, ask

    page = open_tab(served)
    ask(page, "how long should dough rise?")
    answered(page)
    with page.expect_response(lambda got: "/media/" in got.url) as got, page.expect_download():
        page.get_by_role("button", name="Download CSV").click()
    path = got.value.url.removeprefix(served)
    assert got.value.headers["cache-control"] == "no-store"
    ask(page, "when is the tide highest?")
    page.get_by_role("heading", name="[1]Tides").wait_for()
    settled(page)
    ask(page, "how hot is bread baked?")
    page.get_by_role("heading", name="[1]Bread").wait_for()
    settled(page)
    until = time.monotonic() + PATIENCE_MS / 1000  # the server lets files go after it has said that the page is drawn
    while (status := answer(served, path)[0]) != 404 and time.monotonic() < until:
        time.sleep(0.1)
    assert status == 404
