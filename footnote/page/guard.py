"""What stands between the page and the network: security headers on every answer, and no websocket from another origin."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
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
_POLICY_VIOLATION = 1008  # websocket close code


class Guard:
    """ASGI middleware around the page."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and not _same_origin(dict(scope["headers"])):
            await receive()
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        await self._app(scope, receive, with_headers)


def _same_origin(headers: dict[bytes, bytes]) -> bool:
    """Whether a browser's websocket comes from this very page. Streamlit itself would ask the network who it is to decide."""
    origin = headers.get(b"origin", b"")
    return not origin or origin.split(b"://", 1)[-1] == headers.get(b"host", b"")
