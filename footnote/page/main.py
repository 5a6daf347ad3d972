"""The page: its frame and what it leads to. What each part shows is in a module of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from footnote.page import login, texts
from footnote.page.library import Library, index_address
from footnote.page.markup import navigation, show
from footnote.page.sparing import spare

if TYPE_CHECKING:
    from footnote.search import Searcher


@st.cache_resource(show_spinner=False)
def shared_library(index: str) -> Library:
    """One library for all readers of an index."""
    return Library(index)


def _ask() -> None:
    if not _read():
        from footnote.page.ask import ask_view

        ask_view(_library())


def _articles() -> None:
    from footnote.page.articles import articles_view

    _with_searcher(articles_view)


def _map() -> None:
    if not _read():
        from footnote.page.map import map_view

        _with_searcher(map_view)


def _batch() -> None:
    from footnote.page.batch import batch_view

    _with_searcher(batch_view)


def _index() -> None:
    from footnote.page.index import index_view

    index_view(_library())


def _read() -> bool:
    """Draws the article that the address names, if it names one."""
    article = st.query_params.get("article")
    if article is not None:
        from footnote.page.read import read_view

        read_view(_library(), article, st.query_params.get("passage"))
    return article is not None


def _library() -> Library:
    return shared_library(index_address())


def _with_searcher(view: Callable[[Searcher], None]) -> None:
    from footnote.page.library import opened

    searcher = opened(_library())
    if searcher is not None:
        view(searcher)


_PAGES = [
    st.Page(_ask, title=texts.ASK, default=True),
    st.Page(_articles, title=texts.ARTICLES, url_path="articles"),
    st.Page(_map, title=texts.MAP, url_path="map"),
    st.Page(_batch, title=texts.BATCH, url_path="batch"),
    st.Page(_index, title=texts.INDEX, url_path="index"),
]


def main() -> None:
    """Draws the page. The frame is on the screen before the library or the model is touched."""
    st.set_page_config(page_title=texts.TITLE, layout="centered")
    if not login.is_admitted():
        return
    # Streamlit's own way from page to page covers what it leads to on a phone, and leads nowhere from an article that is read.
    page = st.navigation(_PAGES, position="hidden")
    is_reading = "article" in st.query_params and page.url_path in ("", "map")
    show(navigation([(one.title, one.url_path) for one in _PAGES], "articles" if is_reading else page.url_path))
    page.run()
    login.way_out()
    spare(page.title)


main()
