"""The encoder of a folder: compiled, or the original where the model could not be compiled."""

from __future__ import annotations

from pathlib import Path

from footnote.encoder import Encoder
from footnote.encoder.compiled import CompiledEncoder, read_card


def open_encoder(folder: Path) -> Encoder:
    """The encoder kept in ``folder``, its files checked. Raises IndexDamaged, IndexOfOtherVersion, ModelDamaged."""
    card = read_card(folder)
    if card.folder is None:
        return CompiledEncoder(folder, card)
    from footnote.encoder.original import OriginalEncoder

    return OriginalEncoder(card)
