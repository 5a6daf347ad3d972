"""Characters that show something else than they are: those of symbol fonts, and raised figures."""

from __future__ import annotations

_RAISED = str.maketrans("0123456789+-−=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾")
_SHOWN = {
    "symbol": {
        0xA3: "≤", 0xAC: "←", 0xAE: "→", 0xB0: "°", 0xB1: "±", 0xB3: "≥", 0xB4: "×", 0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBB: "≈",
    },
    "wingdings": {
        0x6F: "☐", 0xA7: "▪", 0xA8: "☐", 0xD8: "➢", 0xDF: "←", 0xE0: "→", 0xFB: "✗", 0xFC: "✓", 0xFE: "☑",
    },
}  # fmt: skip


def symbol(font: str, code: int) -> str:
    """What the character ``code`` of a font shows; empty where it is ornament, or the font or its character is not known."""
    if 0xF000 <= code <= 0xF0FF:  # where Word keeps the characters of fonts that are not in Unicode
        code -= 0xF000
    elif code > 0xFF:
        return chr(code) if code <= 0xD7FF else ""
    return _SHOWN.get(font.casefold(), {}).get(code, "")


def raised(text: str) -> str:
    """``text`` written above the line: figures stay raised, for ``m2`` is no area and ``102`` no power; letters do not."""
    shown = text.translate(_RAISED)
    return text if any(letter.isalnum() and letter == old for letter, old in zip(shown, text, strict=True)) else shown
