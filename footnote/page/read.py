"""Reading: one article whole, with its contents, opened at the passage that was cited."""

from __future__ import annotations

import time

import streamlit as st

from footnote.page import texts
from footnote.page.library import Library, kb_folder, opened
from footnote.page.markup import article_body, article_head, contents, headed, paragraph_start, show
from footnote.records import Article
from footnote.search import Searcher

_LAYOUT_SECONDS = 0.3
_WORTH_CONTENTS = 3  # headings


def read_view(library: Library, article_id: str, passage_id: str | None) -> None:
    """Draws the article of that id, the passage marked; ids are looked up as they are and never become a path."""
    st.button(texts.BACK, on_click=st.query_params.clear, key="back")
    searcher = opened(library)
    if searcher is None:
        return
    article = searcher.engine.article(article_id)
    if article is None:
        st.info(texts.NO_ARTICLE)
        return
    marked = _span(searcher, article, passage_id)
    if passage_id is not None and marked is None:
        st.info(texts.NO_PASSAGE)
    _say_if_changed(searcher, article)
    show(article_head(article))
    if len(headed(article)) >= _WORTH_CONTENTS:
        with st.expander(texts.CONTENTS, key="contents"):
            show(contents(article))
    _text(article, marked)


def _span(searcher: Searcher, article: Article, passage_id: str | None) -> tuple[int, int] | None:
    passage = searcher.engine.passage(passage_id) if passage_id is not None else None
    return (passage.start, passage.end) if passage is not None and passage.article_id == article.id else None


def _say_if_changed(searcher: Searcher, article: Article) -> None:
    """Says so where the file is no longer what was indexed. The name comes from the index, never from the address."""
    from footnote.status import file_state

    state = file_state(searcher.snapshot.manifest.kb, kb_folder(), article.source)
    if state == "changed":
        st.warning(texts.CHANGED)
    elif state == "gone":
        st.warning(texts.GONE)


def _text(article: Article, marked: tuple[int, int] | None) -> None:
    end = len(article.text)
    if marked is None:
        show(article_body(article, 0, end, None))
        return
    cut = paragraph_start(article.text, marked[0])
    if cut:
        show(article_body(article, 0, cut, None))
    label = st.container(key="cited")
    show(article_body(article, cut, end, marked))
    # The page scrolls to a heading of Streamlit's own when it appears, if the address names it. It has to appear after the
    # words above it have taken their room, or the page scrolls to where it would stand without them.
    time.sleep(_LAYOUT_SECONDS)
    label.subheader(texts.CITED, anchor="passage")
