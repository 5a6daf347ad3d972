"""RTF's control words, obeyed in the order of the page: what is text, what is about it, and what nobody sees.

A group inherits what its surroundings say and forgets at its end what it said itself. Deleted text, comments, hidden text,
headers and footers, field codes and a table of contents stay out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from footnote.errors import Unreadable
from footnote.readers.document import Item, Note
from footnote.readers.kinds import too_deep
from footnote.readers.numbering import numeral
from footnote.readers.rich_text_flow import Flow, Shape, Style, outline_level
from footnote.readers.rich_text_state import ENDING, ESCAPED, MODES, SHOWN, STARRED, UNSEEN, Font, Mode, Property, State
from footnote.readers.rich_text_tokens import WESTERN, Token, codec_of_charset, codec_of_page
from footnote.readers.symbols import raised, symbol

_DEEPEST = 1_000  # groups in groups; word processors reach some twenty
_LONGEST_NAME = 100  # of a font or style


@dataclass(slots=True)
class Body:
    """Reads an RTF file's tokens. ``items`` and notes are what it shows, ``properties`` and ``date`` what it tells of itself."""

    items: list[Item] = field(default_factory=list)
    footnotes: list[Note] = field(default_factory=list)
    endnotes: list[Note] = field(default_factory=list)
    properties: dict[Property, str] = field(default_factory=dict)
    date: dict[bytes, int] = field(default_factory=dict)  # yr, mo, dy
    _codec: str = WESTERN
    _fonts: dict[int, Font] = field(default_factory=dict)
    _styles: dict[int, Style] = field(default_factory=dict)
    _default_font: int = 0
    _named: Font | Style | None = None  # whose name is being read, in a table of fonts or styles
    _said: list[str] = field(default_factory=list)  # in a field's code or a property
    _state: State = field(default_factory=lambda: State(Flow()))
    _outer: list[State] = field(default_factory=list)
    _bytes: bytearray = field(default_factory=bytearray)  # text in the state's code page
    _passed_over: int = 0  # characters that are still to come and stand for a Unicode character
    _starred: bool = False

    def read(self, tokens: Iterable[Token]) -> None:
        """Reads a whole file. Raises Unreadable where it breaks off, or is nested beyond all measure."""
        for token in tokens:
            if token.kind == "{":
                self._begin()
            elif token.kind == "}":
                self._end()
                if not self._outer:
                    return
            elif token.kind in ("text", "byte"):
                self._add(token.value)
            else:
                self._obey(token)
        raise Unreadable(
            "It breaks off before its end.",
            "Copy it again from where it came, or open it in a word processor and save it again.",
        )

    # --- groups ----------------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._flush()
        if len(self._outer) >= _DEEPEST:
            raise too_deep()
        self._outer.append(self._state)
        self._state = replace(self._state)
        self._passed_over, self._starred = 0, False
        if self._state.mode == "styles":
            self._named = self._styles.setdefault(0, Style())  # the number of the first style is left out

    def _end(self) -> None:
        self._flush()
        ended = self._state
        self._state = self._outer.pop() if self._outer else ended
        self._passed_over = 0
        if ended.mode != self._state.mode:
            self._end_mode(ended.mode)
        if ended.flow is not self._state.flow or not self._outer:
            self._end_flow(ended)

    def _end_mode(self, mode: Mode) -> None:
        said, self._said = "".join(self._said), []
        if mode == "code":
            self._state.in_contents = said.split()[:1] == ["TOC"]
        elif mode in ("title", "author", "keywords"):
            self.properties.setdefault(mode, said)  # the second author is who saved it last

    def _end_flow(self, ended: State) -> None:
        items = ended.flow.end(ended.shape, self._styles)
        text = "\n".join(item.shown for item in items)
        if ended.flow.kind == "body":
            self.items = items
        elif ended.flow.kind == "box":
            self._state.flow.boxes += items
        elif ended.flow.kind == "footnote":
            self.footnotes.append(Note(f"{numeral(len(self.footnotes) + 1, '1')}.", text))
        else:
            self.endnotes.append(Note(f"{numeral(len(self.endnotes) + 1, 'i')}.", text))

    # --- text ------------------------------------------------------------------------------------------------------------

    def _add(self, text: bytes) -> None:
        passed = min(self._passed_over, len(text))
        self._passed_over -= passed
        self._bytes += text[passed:]

    def _flush(self) -> None:
        """Shows the bytes since the last control word. They wait for one another: a character may be two of them."""
        if not self._bytes:
            return
        content, self._bytes = bytes(self._bytes), bytearray()
        font = self._state.font
        if font.is_symbols:
            self._show("".join(symbol(font.name, code) if code > ord(" ") else " " for code in content))
        else:
            self._show(content.decode(font.codec or self._codec, "replace"))

    def _show(self, text: str) -> None:
        state = self._state
        if state.mode == "text":
            if not (state.hidden or state.deleted):
                state.flow.add(raised(text) if state.raised else text, state.bold)
        elif state.mode == "marker":
            state.flow.marker.append(text)
        elif state.mode in ("fonts", "styles"):
            if self._named is not None and len(self._named.name) < _LONGEST_NAME:
                self._named.name += text.partition(";")[0]
        elif state.mode in ("code", "title", "author", "keywords"):
            self._said.append(text)

    # --- control words ---------------------------------------------------------------------------------------------------

    def _obey(self, token: Token) -> None:
        word = token.value
        if token.kind == "symbol" and word in ESCAPED:
            self._add(word)
            return
        self._flush()
        starred, self._starred = self._starred, word == b"*"
        mode = self._state.mode
        if mode in ("shape", "upr"):
            self._obey_in_passing(word)
        elif mode == "unseen":
            return
        elif word in UNSEEN or (starred and word not in STARRED):
            self._state.mode = "unseen"
        elif word in SHOWN:
            self._show_or_pass_over(SHOWN[word])
        elif word in MODES:
            become, where = MODES[word]
            self._state.mode = become if mode == where else mode
        elif mode in _OBEYED and word in _OBEYED[mode]:
            _OBEYED[mode][word](self, token.number)
        elif word in _ALWAYS_OBEYED:
            _ALWAYS_OBEYED[word](self, token.number)

    def _obey_in_passing(self, word: bytes) -> None:
        """In what is not shown itself: a text box inside of a shape, and the newer twin of an older group."""
        if self._state.mode == "shape" and word in (b"shptxt", b"dptxbxtext"):
            self._begin_flow("box")
        elif self._state.mode == "upr" and word == b"ud":
            self._state.mode = self._state.twin

    def _show_or_pass_over(self, text: str) -> None:
        if self._passed_over:
            self._passed_over -= 1
        else:
            self._show(text)

    def _begin_flow(self, kind: Literal["footnote", "box"]) -> None:
        state = self._state
        state.mode, state.flow, state.shape = "text", Flow(kind), Shape()
        state.bold = state.raised = False

    def _unicode(self, number: int | None) -> None:
        code = (number or 0) % 0x10000 if (number or 0) < 0x10000 else number or 0
        self._passed_over = 0
        if 0xF000 <= code <= 0xF0FF:
            self._show(symbol(self._state.font.name, code))
        elif 0x20 <= code <= 0x10FFFF:
            self._show(chr(code))
        self._passed_over = self._state.fallback

    def _ends_paragraph(self, number: int | None) -> None:
        self._state.flow.end_paragraph(self._state.shape, self._styles)

    def _ends_cell(self, number: int | None) -> None:
        self._state.flow.end_cell(self._state.shape, self._styles)

    def _ends_inner_cell(self, number: int | None) -> None:
        self._state.flow.end_paragraph(replace(self._state.shape, in_table=True), self._styles)

    def _ends_row(self, number: int | None) -> None:
        self._state.flow.end_row()

    def _plain(self, number: int | None) -> None:
        state = self._state
        state.bold = state.hidden = state.deleted = state.raised = False
        state.font = self._fonts.get(self._default_font, Font())

    def _footnote(self, number: int | None) -> None:
        if self._state.hidden or self._state.deleted:
            self._state.mode = "unseen"
        else:
            self._begin_flow("footnote")

    def _endnote(self, number: int | None) -> None:
        if self._state.flow.kind == "footnote":
            self._state.flow.kind = "endnote"

    def _result(self, number: int | None) -> None:
        if self._state.in_contents:
            self._state.mode = "unseen"

    def _sets_font(self, number: int | None) -> None:
        self._state.font = self._fonts.get(number or 0, Font())

    def _names_font(self, number: int | None) -> None:
        self._named = self._fonts.setdefault(number or 0, Font())

    def _sets_charset(self, number: int | None) -> None:
        if isinstance(self._named, Font):
            self._named.codec = codec_of_charset(number or 0)

    def _sets_page(self, number: int | None) -> None:
        if isinstance(self._named, Font):
            self._named.codec = codec_of_page(number or 0)

    def _names_style(self, number: int | None) -> None:
        self._named = self._styles.setdefault(number or 0, Style())

    def _sets_level(self, number: int | None) -> None:
        if isinstance(self._named, Style):
            self._named.level = outline_level(number)


_Obey = Callable[[Body, int | None], None]


def _switch(name: str) -> _Obey:
    def obey(body: Body, number: int | None) -> None:
        setattr(body._state, name, number != 0)

    return obey


def _shape(name: str) -> _Obey:
    def obey(body: Body, number: int | None) -> None:
        values: dict[str, Any] = {name: number or 0}
        body._state.shape = replace(body._state.shape, **values)

    return obey


def _intbl(body: Body, number: int | None) -> None:
    body._state.shape = replace(body._state.shape, in_table=number != 0)


def _codec(page: int | None) -> _Obey:
    def obey(body: Body, number: int | None) -> None:
        body._codec = codec_of_page(page or number or 0)

    return obey


def _pard(body: Body, number: int | None) -> None:
    body._state.shape = Shape()


def _uc(body: Body, number: int | None) -> None:
    body._state.fallback = max(0, min(10, 1 if number is None else number))


def _lower(body: Body, number: int | None) -> None:
    body._state.raised = False


def _deff(body: Body, number: int | None) -> None:
    body._default_font = number or 0


def _upr(body: Body, number: int | None) -> None:
    body._state.mode, body._state.twin = "upr", body._state.mode


def _field(body: Body, number: int | None) -> None:
    body._state.in_contents = False


def _date(word: bytes) -> _Obey:
    def obey(body: Body, number: int | None) -> None:
        body.date[word] = number or 0

    return obey


_ALWAYS_OBEYED: dict[bytes, _Obey] = {
    b"u": Body._unicode, b"uc": _uc, b"upr": _upr, b"field": _field, b"f": Body._sets_font, b"deff": _deff, b"plain": Body._plain,
    b"ansicpg": _codec(None), b"mac": _codec(10000), b"pc": _codec(437), b"pca": _codec(850), b"b": _switch("bold"),
    b"v": _switch("hidden"), b"deleted": _switch("deleted"), b"mvf": _switch("deleted"),
    b"super": _switch("raised"), b"nosupersub": _lower, b"sub": _lower,
}  # fmt: skip
_OBEYED: dict[Mode, dict[bytes, _Obey]] = {
    "text": {
        **dict.fromkeys(ENDING, Body._ends_paragraph), b"cell": Body._ends_cell, b"nestcell": Body._ends_inner_cell,
        b"row": Body._ends_row, b"footnote": Body._footnote, b"ftnalt": Body._endnote, b"fldrslt": Body._result, b"pard": _pard,
        b"s": _shape("style"), b"outlinelevel": _shape("level"), b"intbl": _intbl, b"ilvl": _shape("depth"),
        b"li": _shape("left"), b"fi": _shape("first_line"),
    },
    "fonts": {b"f": Body._names_font, b"fcharset": Body._sets_charset, b"cpg": Body._sets_page},
    "styles": {b"s": Body._names_style, b"outlinelevel": Body._sets_level},
    "date": {word: _date(word) for word in (b"yr", b"mo", b"dy")},
}  # fmt: skip
