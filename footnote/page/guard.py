"""What stands between the page and the network: security headers on every answer, no websocket from another origin, and the one
script and the one style sheet of our own beside Streamlit's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

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
_HEADERS = [
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
]
_NOT_FOR_PAGES = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")
_POLICY_VIOLATION = 1008  # websocket close code
_SCRIPT, _STYLE = "footnote.js", "footnote.css"
_KINDS = {_SCRIPT: b"text/javascript; charset=utf-8", _STYLE: b"text/css; charset=utf-8"}
# At the end, so that the style comes after Streamlit's own and is there before anything is drawn.
_TAGS = f'<link rel="stylesheet" href="./{_STYLE}"><script src="./{_SCRIPT}" defer></script></body>'.encode()


class Guard:
    """ASGI middleware around the page."""

    def __init__(self, app: App) -> None:
        self._app = app
        folder = Path(__file__).with_name("static")
        self._files = {name: folder.joinpath(name).read_bytes() for name in _KINDS}

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and not _same_origin(dict(scope["headers"])):
            await receive()
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
        elif scope["type"] == "http" and (name := scope["path"].rpartition("/")[2]) in self._files:
            kind = (b"content-type", _KINDS[name])
            await send({"type": "http.response.start", "status": 200, "headers": [kind, *_HEADERS]})
            await send({"type": "http.response.body", "body": self._files[name]})
        elif scope["type"] == "http":
            await self._app(_plain(scope), receive, _Answer(send))
        else:
            await self._app(scope, receive, send)


class _Answer:
    """Sends an answer on with the headers, and with the script and the style where it is the page itself."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None  # held back until the whole page is there, whose length changes
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *_HEADERS]
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


def _same_origin(headers: dict[bytes, bytes]) -> bool:
    """Whether a browser's websocket comes from this very page. Streamlit itself would ask the network who it is to decide."""
    origin = headers.get(b"origin", b"")
    return not origin or origin.split(b"://", 1)[-1] == headers.get(b"host", b"")
