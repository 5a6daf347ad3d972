"""The page: a question box and the passages that answer, or one article opened at a passage."""

from __future__ import annotations

import streamlit as st

from footnote.page import texts
from footnote.page.library import Library, index_folder
from footnote.page.markup import STYLE, show


@st.cache_resource(show_spinner=False)
def shared_library(index: str) -> Library:
    """One library for all readers of an index."""
    from pathlib import Path

    return Library(Path(index))


def main() -> None:
    """Draws the page. The frame is on the screen before the library or the model is touched."""
    st.set_page_config(page_title=texts.TITLE, layout="centered")
    show(STYLE)
    library = shared_library(str(index_folder()))
    article = st.query_params.get("article")
    if article is None:
        from footnote.page.ask import ask_view

        ask_view(library)
    else:
        from footnote.page.read import read_view

        read_view(library, article, st.query_params.get("passage"))


main()
