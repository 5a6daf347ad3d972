"""Reading: one article whole, with its contents, opened at the passage that was cited."""

from __future__ import annotations

import streamlit as st

from footnote.page import texts
from footnote.page.library import Library, kb_folder, opened
from footnote.page.markup import article_body, article_head, contents, show, ways
from footnote.records import Article
from footnote.search import Searcher


def read_view(library: Library, article_id: str, passage_id: str | None) -> None:
    """Draws the article of that id, the passage marked; ids are looked up as they are and never become a path."""
    show(ways((texts.BACK, "./")))
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
    show(article_head(article), contents(article), article_body(article, marked))


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
