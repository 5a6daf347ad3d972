"""Hits as cards: the passage, where it stands, how to cite it, and what lies around it."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from footnote.citations import cite_apa, cite_bibtex, cite_markdown
from footnote.page import texts
from footnote.page.markup import article_link, card, neighbours, show
from footnote.records import Hit
from footnote.search import Searcher

FEEDBACK = "FOOTNOTE_FEEDBACK"
"""Environment variable: the file that what readers found useful is kept in; without it they are not asked."""

_USEFUL: dict[object, bool] = {1: True, 0: False}  # what the two thumbs say


def cards(searcher: Searcher, hits: Sequence[Hit]) -> None:
    """Draws the hits, best first."""
    for hit in hits:
        with st.container(border=True, key=f"hit-{hit.rank}"):
            show(card(hit))
            around = searcher.neighbours(hit.passage)
            if any(around):
                with st.expander(texts.NEIGHBOURS, key=f"around-{hit.rank}"):
                    show(neighbours(*around))
            with st.container(horizontal=True, key=f"do-{hit.rank}"):
                st.link_button(texts.OPEN, article_link(hit.passage.article_id, hit.passage.id), key=f"open-{hit.rank}")
                with st.popover(texts.CITE, key=f"cite-{hit.rank}"):
                    _citations(hit)
                st.button(texts.LIKE, on_click=_show_like, args=(hit.passage.id,), key=f"like-{hit.rank}")
            _feedback(searcher, hit)


def _show_like(passage_id: str) -> None:
    st.query_params.clear()
    st.query_params["like"] = passage_id


def _citations(hit: Hit) -> None:
    """The citation in every style, each with a button that copies it."""
    styles = {
        "plain": f"[{hit.rank}] {hit.citation}",
        "markdown": cite_markdown(hit),
        "apa": cite_apa(hit),
        "bibtex": cite_bibtex(hit),
    }
    for style, citation in styles.items():
        st.text(texts.CITE_STYLES[style])
        st.code(citation, language=None, wrap_lines=True)


def _feedback(searcher: Searcher, hit: Hit) -> None:
    """Asks whether a passage was useful, where the owner wants to know. The question itself is not kept."""
    path = os.environ.get(FEEDBACK)
    if not path:
        return
    with st.container(horizontal=True, vertical_alignment="center", key=f"useful-{hit.rank}"):
        st.text(texts.USEFUL)
        key = f"thumbs-{hit.passage.id}"
        st.feedback("thumbs", key=key, on_change=_keep, args=(Path(path), searcher.snapshot.name, hit, key))


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
