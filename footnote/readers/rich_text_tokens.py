"""RTF as tokens: groups, control words, text. Knows no document."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

from footnote.readers.numbering import whole

_TOKEN = re.compile(
    rb"\\(?P<word>[A-Za-z]{1,32})(?P<number>-?[0-9]+)?[ ]?|\\'(?P<byte>[0-9A-Fa-f]{2})|\\(?P<symbol>[^A-Za-z])"
    rb"|(?P<group>[{}])|[\r\n\0]+|(?P<text>[^\\{}\r\n\0]+)|[\\\s\S]"
)
_CODE_PAGES = {0: 1252, 77: 10000, 78: 932, 128: 932, 129: 949, 130: 1361, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258,
               177: 1255, 178: 1256, 186: 1257, 204: 1251, 222: 874, 238: 1250, 254: 437, 255: 850}  # fmt: skip
_CODECS = {936: "gbk", 10000: "mac-roman", 1361: "johab", 65001: "utf-8", 20866: "koi8-r", 54936: "gb18030"}
WESTERN = "cp1252"


class Token(NamedTuple):
    """``kind`` is ``{``, ``}``, ``word``, ``symbol``, ``byte`` or ``text``; ``number`` is a control word's, if it has one."""

    kind: str
    value: bytes
    number: int | None = None


def tokens(content: bytes) -> Iterator[Token]:
    """The tokens of an RTF file. Binary data is passed over; line ends mean nothing."""
    position = 0
    while match := _TOKEN.match(content, position):
        position = match.end()
        kind = match.lastgroup
        if kind in ("word", "number"):
            word, number = match["word"], match["number"]
            value = None if number is None else whole(number.decode("ascii"), 0)
            if word == b"bin":
                position += max(0, value or 0)
            else:
                yield Token("word", word, value)
        elif kind == "byte":
            yield Token("byte", bytes.fromhex(match["byte"].decode("ascii")))
        elif kind == "group":
            yield Token(match["group"].decode("ascii"), b"")
        elif kind is not None:
            yield Token(kind, match[kind])


def codec_of_page(page: int) -> str:
    """The codec of a code page by its number; the Western one where there is none."""
    name = _CODECS.get(page, f"cp{page}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return WESTERN


def codec_of_charset(charset: int) -> str | None:
    """The codec of a font's character set by its number; None where it has none of its own."""
    page = _CODE_PAGES.get(charset)
    return codec_of_page(page) if page is not None else None
