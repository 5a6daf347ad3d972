"""From a file's bytes to text, and from text to clean lines. Knows nothing of articles."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from footnote.errors import Unreadable

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))

# Without the code pages that nobody's articles are in, a few accented letters are enough to tell the rest apart.
_LIKELY = [
    "cp1252",
    "cp1250",
    "iso8859_2",
    "cp1251",
    "koi8_r",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "shift_jis",
    "euc_jp",
    "gb18030",
    "big5",
    "euc_kr",
]

_LINE = re.compile(r"[^\r\n\v\f\x85\u2028\u2029]*(?:\r\n|[\r\n\v\f\x85\u2028\u2029]|\Z)")
# Soft hyphens, zero-width spaces and stray byte-order marks are not seen by a reader and would part a word from itself.
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff]")
_SPACES = re.compile("[\t\v\f\x85\u2028\u2029\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a decoded file, cleaned, with the offset at which it begins in the decoded text."""

    text: str
    offset: int
    opens_page: bool = False  # a form feed stands before it


def decode(content: bytes) -> tuple[str, str]:
    """The text of ``content`` and the name of the encoding it was read as.

    UTF-8 and anything with a byte-order mark is certain; otherwise the likeliest legacy encoding is taken.
    Raises Unreadable for binary content and for bytes that no encoding fits.
    """
    for bom, name in _BOMS:
        if content.startswith(bom):
            return _decode_or_refuse(content, name), name
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        return _decode_legacy(content, error)
    if text.count("\0") * 20 > len(text):
        return _decode_wide(content)
    return text, "utf-8"


def clean(text: str) -> str:
    """Text as a reader sees it: composed characters (NFC), plain spaces, no control or invisible characters."""
    text = _SPACES.sub(" ", _CONTROL.sub("", _UNSEEN.sub("", text)))
    return unicodedata.normalize("NFC", text)


def lines(text: str) -> list[Line]:
    """The lines of a decoded file, each cleaned and stripped, whatever its line ends are."""
    found = [
        Line(clean(match.group()).strip(), match.start(), text[match.start() - 1 : match.start()] == "\f")
        for match in _LINE.finditer(text)
    ]
    return found[:-1]  # the empty match at the very end is no line


def _decode_or_refuse(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(f"It begins as {encoding} but byte {error.start} does not fit.", "Save it again as UTF-8.") from error


def _decode_wide(content: bytes) -> tuple[str, str]:
    """UTF-16 without a byte-order mark: every other byte of Western text is zero."""
    even, odd = content[::2].count(0), content[1::2].count(0)
    name = "utf-16-be" if even > odd else "utf-16-le"
    if max(even, odd) * 4 < len(content) or min(even, odd) * 10 > max(even, odd):
        raise Unreadable("It holds binary data, not text.", "Remove it, or save its text as UTF-8.")
    return _decode_or_refuse(content, name), name


def _decode_legacy(content: bytes, error: UnicodeDecodeError) -> tuple[str, str]:
    if 0 in content[:100_000]:
        return _decode_wide(content)
    from charset_normalizer import from_bytes

    found = from_bytes(content, cp_isolation=_LIKELY)
    best = found.best()
    if best is None:
        raise Unreadable(f"Byte {error.start} is not UTF-8 and no other encoding fits.", "Save it again as UTF-8.")
    # Western and Central European text look equally plausible in each other's encoding; the Western one is far more common.
    western = next((match for match in found if match.encoding == "cp1252"), None)
    if western is not None and western.chaos <= best.chaos and western.coherence >= best.coherence:
        best = western
    return str(best), best.encoding
