"""The quiet notice above the results, where a question speaks of danger."""

from __future__ import annotations

import threading
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from footnote.care import Care, care_file, read_care
from footnote.errors import FootnoteError
from footnote.page.library import index_address
from footnote.page.markup import notice, show
from footnote.search import Searcher
from footnote.stores.opening import store_at


@st.cache_resource(show_spinner=False)
def _care(path: str, index: str, snapshot: str) -> Care | None:
    """The notices, read once; a file that can't be read must not keep a reader from the answer."""
    try:
        return read_care(Path(path), store_at(index).layout().care)
    except FootnoteError:
        return None


def is_ready(searcher: Searcher) -> bool:
    """Whether a question can be looked at without a wait."""
    care = _kept(searcher)
    return care is None or care.is_ready(searcher.encoder)


def warm(searcher: Searcher) -> None:
    """Lets the notices learn their examples in the background, which takes some seconds where the ingest has not kept them."""
    care = _kept(searcher)
    if care is not None and not care.is_ready(searcher.encoder):
        # No daemon: the encoder must not be cut off in its work when the server is stopped meanwhile.
        threading.Thread(target=care.get_ready, args=(searcher.encoder,), daemon=False).start()


def show_notice(place: DeltaGenerator, searcher: Searcher, question: str) -> None:
    """Draws the notice that goes with a question, if one does, in ``place``."""
    care = _kept(searcher)
    try:
        text = care.notice(question, searcher.encoder) if care is not None else None
    except FootnoteError:
        return
    if text is not None:
        with place:
            show(notice(text))


def _kept(searcher: Searcher) -> Care | None:
    return _care(str(care_file()), index_address(), searcher.snapshot.name)
