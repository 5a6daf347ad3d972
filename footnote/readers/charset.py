"""From the bytes of a marked-up file to text: by its byte-order mark, by what it says of itself, or as any other text."""

from __future__ import annotations

import codecs
import re

from footnote.readers.decoding import decode

_SAID = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})|<meta[^>]{0,400}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.I
)
_LOOKED_AT = 8_192  # bytes; some pages say it behind many scripts
_BOMS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_OF_PAGES = ("ascii", "big5", "cp", "euc", "gb", "iso2022_jp", "iso8859", "koi8", "mac", "shift", "johab", "tis")
# What browsers read these names as; Python's own meaning is narrower, and the bytes beyond it are in use.
_MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}


def decode_markup(content: bytes) -> tuple[str, str | None]:
    """The text of ``content``, and the encoding where it had to be guessed. Raises Unreadable for binary content."""
    if not content.startswith(_BOMS):
        said = _said(content)
        for encoding in ("utf-8", said):
            # Bytes that are UTF-8 by chance are no words in any other encoding, whatever the file says of itself.
            if encoding is not None and (text := _strictly(content, encoding)) is not None:
                return text, None
    text, encoding = decode(content)
    return text, None if encoding in ("utf-8", "utf-8-sig", "utf-16") else encoding


def _said(content: bytes) -> str | None:
    """The encoding that the file says it has, as Python names it."""
    found = _SAID.search(content[:_LOOKED_AT])
    if found is None:
        return None
    name = (found[1] or found[2]).decode("ascii")
    try:
        encoding = codecs.lookup(name).name
    except LookupError:
        return None
    # A file that could be searched for ASCII is not UTF-16, and some names are those of codecs for other things than pages.
    return _MEANT.get(encoding, encoding) if encoding.startswith(_OF_PAGES) else None


def _strictly(content: bytes, encoding: str) -> str | None:
    try:
        text = content.decode(encoding)
    except (UnicodeError, LookupError):
        return None
    return text if "\0" not in text[:_LOOKED_AT] else None
