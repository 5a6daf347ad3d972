"""All articles, by tag and title."""

from __future__ import annotations

import streamlit as st

from footnote.filters import facets
from footnote.page import texts
from footnote.page.markup import article_list, show
from footnote.records import Filter
from footnote.search import Searcher


def articles_view(searcher: Searcher) -> None:
    """Draws the list of articles, which a tag or a part of the title makes shorter."""
    st.title(texts.ALL_ARTICLES, anchor=False)
    listings = sorted(searcher.engine.listings(), key=lambda listing: listing.metadata.title.casefold())
    counts = facets(listings, Filter()).tags
    left, right = st.columns(2)
    tag = left.selectbox(
        texts.TAG,
        list(counts),
        index=None,
        placeholder=texts.EVERY_TAG,
        format_func=lambda one: f"{one} ({counts[one]})",
        key="articles-tag",
    )
    part = right.text_input(texts.FIND_TITLE, key="articles-title").strip().casefold()
    shown = [
        listing
        for listing in listings
        if (tag is None or tag in listing.metadata.tags) and part in listing.metadata.title.casefold()
    ]
    st.text(texts.ARTICLES_ONE if len(shown) == 1 else texts.ARTICLES_COUNT.format(count=len(shown)))
    show(article_list(shown))
