"""The page: its frame and what it leads to. What each part shows is in a module of its own."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from footnote.page import texts
from footnote.page.library import Library, index_folder
from footnote.page.markup import STYLE, show
from footnote.page.sparing import spare


@st.cache_resource(show_spinner=False)
def shared_library(index: str) -> Library:
    """One library for all readers of an index."""
    from pathlib import Path

    return Library(Path(index))


def main() -> None:
    """Draws the page. The frame is on the screen before the library or the model is touched."""
    st.set_page_config(page_title=texts.TITLE, layout="centered")
    show(STYLE)
    page = st.navigation(
        [
            st.Page(_ask, title=texts.ASK, default=True),
            st.Page(_articles, title=texts.ARTICLES, url_path="articles"),
            st.Page(_map, title=texts.MAP, url_path="map"),
            st.Page(_batch, title=texts.BATCH, url_path="batch"),
            st.Page(_index, title=texts.INDEX, url_path="index"),
        ],
        position="top",
    )
    page.run()
    spare(page.title)


def _ask() -> None:
    article = st.query_params.get("article")
    if article is None:
        from footnote.page.ask import ask_view

        ask_view(_library())
    else:
        from footnote.page.read import read_view

        read_view(_library(), article, st.query_params.get("passage"))


def _articles() -> None:
    from footnote.page.articles import articles_view

    _with_searcher(articles_view)


def _map() -> None:
    from footnote.page.map import map_view

    _with_searcher(map_view)


def _batch() -> None:
    from footnote.page.batch import batch_view

    _with_searcher(batch_view)


def _index() -> None:
    from footnote.page.index import index_view

    index_view(_library())


def _library() -> Library:
    return shared_library(str(index_folder()))


def _with_searcher(view: Callable[..., None]) -> None:
    from footnote.page.library import opened

    searcher = opened(_library())
    if searcher is not None:
        view(searcher)


main()
