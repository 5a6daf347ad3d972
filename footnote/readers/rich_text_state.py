"""What holds in a group of an RTF file, and what its control words are for. Knows no order of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from footnote.readers.rich_text_flow import Flow, Shape

Property = Literal["title", "author", "keywords"]
Mode = Literal["text", "unseen", "shape", "upr", "info", "date", "fonts", "styles", "code", "marker"] | Property
"""What the text of a group is: the page's, nobody's, a shape's settings, an older twin of the next group, a property ..."""

_SYMBOL_FONTS = ("symbol", "wingdings", "webdings", "dingbats")
ESCAPED = {b"\\", b"{", b"}"}
ENDING = {b"par", b"sect", b"\r", b"\n"}
SHOWN = {
    b"tab": "\t", b"line": "\n", b"lbr": "\n", b"page": "\n", b"column": "\n", b"emdash": "—", b"endash": "–", b"bullet": "•",
    b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”", b"emspace": " ", b"enspace": " ", b"qmspace": " ",
    b"~": " ", b"_": "-", b"\t": "\t",
}  # fmt: skip
UNSEEN = {
    b"header", b"headerl", b"headerr", b"headerf", b"footer", b"footerl", b"footerr", b"footerf", b"pict", b"nonshppict",
    b"colortbl", b"shprslt", b"annotation", b"atnid", b"atnauthor", b"atnref", b"objdata", b"listtable", b"listoverridetable",
    b"revtbl", b"rsidtbl", b"xe", b"tc", b"rxe", b"txe", b"nonesttables", b"filetbl", b"generator", b"ftnsep", b"ftnsepc",
    b"aftnsep", b"aftnsepc", b"bkmkstart", b"bkmkend", b"template",
}  # fmt: skip
# Of what old programs may pass over, what is not passed over here.
STARRED = {b"footnote", b"shpinst", b"do", b"ud", b"fldinst", b"listtext", b"pntext"}
MODES: dict[bytes, tuple[Mode, Mode]] = {  # a word, what its group then is, and where the word means it
    b"info": ("info", "text"), b"fonttbl": ("fonts", "text"), b"stylesheet": ("styles", "text"), b"fldinst": ("code", "text"),
    b"listtext": ("marker", "text"), b"pntext": ("marker", "text"), b"shpinst": ("shape", "text"), b"do": ("shape", "text"),
    b"creatim": ("date", "info"), b"title": ("title", "info"), b"author": ("author", "info"), b"keywords": ("keywords", "info"),
}  # fmt: skip


@dataclass(slots=True)
class Font:
    """A font of the font table."""

    name: str = ""
    codec: str | None = None  # None: that of the file

    @property
    def is_symbols(self) -> bool:
        return any(name in self.name.casefold() for name in _SYMBOL_FONTS)


@dataclass(slots=True)
class State:
    """What holds in a group."""

    flow: Flow
    mode: Mode = "text"
    twin: Mode = "text"  # what the newer twin of an older group is
    font: Font = field(default_factory=Font)
    fallback: int = 1  # characters that stand behind a Unicode character, for old programs
    bold: bool = False
    hidden: bool = False
    deleted: bool = False
    raised: bool = False
    shape: Shape = field(default_factory=Shape)
    in_contents: bool = False  # the field's code, read before its result, is that of a table of contents
