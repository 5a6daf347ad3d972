"""Hits as cards, and what readers found useful."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from footnote.page import texts
from footnote.page.markup import card, show
from footnote.records import Hit
from footnote.search import Searcher

FEEDBACK = "FOOTNOTE_FEEDBACK"
"""Environment variable: the file that what readers found useful is kept in; without it they are not asked."""

_USEFUL: dict[object, bool] = {1: True, 0: False}  # what the two thumbs say


def cards(searcher: Searcher, hits: Sequence[Hit]) -> None:
    """Draws the hits, best first. Together, because everything that is drawn by itself costs every reader time."""
    shown = [card(hit, searcher.neighbours(hit.passage)) for hit in hits]
    path = os.environ.get(FEEDBACK)
    if not path:
        show(*shown)
        return
    for hit, one in zip(hits, shown, strict=True):
        show(one)
        _feedback(Path(path), searcher.snapshot.name, hit)


def _feedback(path: Path, snapshot: str, hit: Hit) -> None:
    """Asks whether a passage was useful, where the owner wants to know. The question itself is not kept."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"useful-{hit.rank}"):
        st.text(texts.USEFUL)
        key = f"thumbs-{hit.passage.id}"
        st.feedback("thumbs", key=key, on_change=_keep, args=(path, snapshot, hit, key))


def _keep(path: Path, snapshot: str, hit: Hit, key: str) -> None:
    row = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "snapshot": snapshot,
        "article": hit.passage.article_id,
        "passage": hit.passage.id,
        "rank": hit.rank,
        "useful": _USEFUL.get(st.session_state.get(key)),  # null where it was taken back
    }
    try:
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    except OSError:
        st.session_state.pop(key, None)  # nothing was kept, so nothing is shown as kept
