"""A browser's "webpage, single file" (MHTML) -> the page in it. Pictures, style sheets and frames beside it are passed over."""

from __future__ import annotations

import re

from footnote.errors import Unreadable

_LOOKED_AT = 4_096  # bytes
_TYPE = re.compile(rb"^content-type:\s*multipart/related\b", re.IGNORECASE | re.MULTILINE)
_FIRST_LINE = re.compile(rb"\A\s*[!-9;-~]{1,60}:")  # a field of a message: "From: <Saved by Blink>"


def is_mhtml(content: bytes) -> bool:
    """Whether the file is a message of several parts, as browsers write it."""
    return _FIRST_LINE.match(content) is not None and _TYPE.search(content[:_LOOKED_AT]) is not None


def page_of(content: bytes) -> tuple[bytes, str | None]:
    """The page, and the address it was saved from where the file tells. Raises Unreadable where there is no page in it."""
    import email

    message = email.message_from_bytes(content)
    page = next((part for part in message.walk() if part.get_content_type() in ("text/html", "application/xhtml+xml")), None)
    body = page.get_payload(decode=True) if page is not None else None
    if page is None or not isinstance(body, bytes):
        raise Unreadable("It is a saved page without a page in it.", "Open it in a browser and save it again.")
    address = str(message.get("Snapshot-Content-Location") or page.get("Content-Location") or "")
    return _recoded(body, page.get_content_charset()), address or None


def _recoded(body: bytes, charset: str | None) -> bytes:
    """The page in UTF-8 where the message, not the page, says what it is in."""
    try:
        return body.decode(charset).encode() if charset else body
    except (LookupError, UnicodeError):
        return body
