"""What stands between the page and the network: security headers on every answer, nothing for another origin or host, no more
connections than one client needs, and the one script and the one style sheet of our own beside Streamlit's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

from footnote.page.owner import may_upload
from footnote.settings import PAGE

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

# The one inline script is Streamlit's own, in the index page of its pinned version.
_POLICY = (
    "default-src 'self'; script-src 'self' 'sha256-THxz9J9+wf7rhwR2YkXJoSZ13UCmYyC+3lNDv2+8ugA='; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
    "worker-src 'self' blob:; frame-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_UNUSED = "accelerometer camera display-capture geolocation gyroscope hid magnetometer microphone midi payment serial usb"
_HEADERS = [
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    # A page that opens this one in a window of its own gets no hold of it: Streamlit takes orders by postMessage.
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", ", ".join(f"{feature}=()" for feature in _UNUSED.split()).encode()),
]
_NOT_FOR_PAGES = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")
_POLICY_VIOLATION = 1008  # websocket close code
_SCRIPT, _STYLE = "footnote.js", "footnote.css"
_KINDS = {_SCRIPT: b"text/javascript; charset=utf-8", _STYLE: b"text/css; charset=utf-8"}
# At the end, so that the style comes after Streamlit's own and is there before anything is drawn.
_TAGS = f'<link rel="stylesheet" href="./{_STYLE}"><script src="./{_SCRIPT}" defer></script></body>'.encode()


class Guard:
    """ASGI middleware around the page."""

    def __init__(self, app: App, connections: int = PAGE.connections) -> None:
        self._app = app
        folder = Path(__file__).with_name("static")
        self._files = {name: folder.joinpath(name).read_bytes() for name in _KINDS}
        self._most = connections
        self._connected: Counter[str] = Counter()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._connect(scope, receive, send)
        elif scope["type"] != "http":
            await self._app(scope, receive, send)
        elif not _is_for_us(dict(scope["headers"])) or not _may_send(scope):
            await _answer(send, 403, b"text/plain; charset=utf-8", b"This page answers its own address alone.")
        elif (name := scope["path"].rpartition("/")[2]) in self._files:
            await _answer(send, 200, _KINDS[name], self._files[name])
        else:
            await self._app(_plain(scope), receive, _Answer(send, is_kept="/media/" not in scope["path"]))

    async def _connect(self, scope: Message, receive: Receive, send: Send) -> None:
        client = scope["client"][0] if scope.get("client") else ""
        if not _is_for_us(dict(scope["headers"])) or self._connected[client] >= self._most:
            await receive()
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
            return
        self._connected[client] += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._connected[client] -= 1
            if not self._connected[client]:
                del self._connected[client]


class _Answer:
    """Sends an answer on with the headers, and with the script and the style where it is the page itself."""

    def __init__(self, send: Send, is_kept: bool) -> None:
        self._send = send
        self._headers = _HEADERS if is_kept else [*_HEADERS, (b"cache-control", b"no-store")]
        self._start: Message | None = None  # held back until the whole page is there, whose length changes
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *self._headers]
            if _is_page(message):
                self._start = message
                return
        elif message["type"] == "http.response.body" and self._start is not None:
            self._body += message.get("body", b"")
            if message.get("more_body"):
                return
            message = {"type": "http.response.body", "body": self._body.replace(b"</body>", _TAGS)}
            length = (b"content-length", str(len(message["body"])).encode())
            kept = [header for header in self._start["headers"] if header[0].lower() != b"content-length"]
            await self._send({**self._start, "headers": [*kept, length]})
        await self._send(message)


async def _answer(send: Send, status: int, kind: bytes, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", kind), *_HEADERS]})
    await send({"type": "http.response.body", "body": body})


def _plain(scope: Message) -> Message:
    """A request that asks for the page whole and uncompressed, where it is for a page: what a browser kept of it, or what is
    packed already, gets nothing put in."""
    headers = dict(scope["headers"])
    if b"text/html" not in headers.get(b"accept", b""):
        return scope
    kept = [header for header in scope["headers"] if header[0] not in _NOT_FOR_PAGES]
    return {**scope, "headers": kept}


def _is_page(start: Message) -> bool:
    headers = {name.lower(): value for name, value in start["headers"]}
    is_html = headers.get(b"content-type", b"").startswith(b"text/html")
    return bool(start["status"] == 200 and is_html and b"content-encoding" not in headers)


def _is_for_us(headers: dict[bytes, bytes]) -> bool:
    """Whether a request names a host that is served and, where it names an origin, comes from this very page.

    Streamlit itself would ask the network who it is to decide about an origin.
    """
    from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

    host, origin = headers.get(b"host", b""), headers.get(b"origin", b"")
    return is_host_allowed(host.decode("latin-1")) and (not origin or origin.split(b"://", 1)[-1] == host)


def _may_send(scope: Message) -> bool:
    """Whether what is sent is wanted: Streamlit would keep the files of anybody who has a session."""
    _, found, target = scope["path"].partition("/_stcore/upload_file/")
    return not found or may_upload(target.split("/", 1)[0])
