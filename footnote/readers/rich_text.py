"""RTF -> one article: what a reader of the printed page sees, with its headings, lists, tables and notes.

The control words are obeyed directly: the library for it gives the bare text, without headings or notes, and shows what was
deleted or hidden (docs/formats.md).
"""

from __future__ import annotations

from footnote.readers.document import to_article
from footnote.readers.kinds import refuse_other
from footnote.readers.properties import Properties
from footnote.readers.rich_text_body import Body
from footnote.readers.rich_text_flow import paired
from footnote.readers.rich_text_tokens import tokens
from footnote.records import Article


def read(content: bytes, source: str) -> tuple[list[Article], list[str]]:
    """The article in an RTF file; no article where there is no word in it.

    Raises Unreadable for what is no RTF file, or breaks off.
    """
    content = content.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not content.startswith(b"{\\rtf"):
        refuse_other(content, "a rich text file", ".rtf")
    body = Body()
    body.read(tokens(content))
    return to_article(body.items, [*body.footnotes, *body.endnotes], _properties(body), source)


def _properties(body: Body) -> Properties:
    title, author, keywords = (paired(body.properties.get(name, "")) for name in ("title", "author", "keywords"))
    year, month, day = (body.date.get(part, 0) for part in (b"yr", b"mo", b"dy"))
    return Properties(title, author, f"{year:04}-{month:02}-{day:02}", keywords)
