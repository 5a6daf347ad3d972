"""What the characters of symbol fonts show, in Unicode. Old files write degrees, arrows and ticks with them."""

from __future__ import annotations

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
