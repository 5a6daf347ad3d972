"""Narrowing a question down to some articles: the controls, and the filter that they make."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import streamlit as st

from footnote.engines import Listing
from footnote.filters import Facets, facets, passes
from footnote.page import texts
from footnote.records import Filter

_KEYS = ("tags", "authors", "articles", "since", "until")


def take_from_address() -> None:
    """Sets the controls as the address says, when the page is opened by a link."""
    for key, name in zip(_KEYS, ("tag", "author", "in", "since", "until"), strict=True):
        given = st.query_params.get_all(name)
        if given:
            st.session_state[f"narrow-{key}"] = given if key in ("tags", "authors", "articles") else given[0]


def as_parameters(where: Filter) -> dict[str, str | list[str]]:
    """A filter as the parameters of an address."""
    named: dict[str, str | list[str]] = {
        "tag": list(where.tags),
        "author": list(where.authors),
        "in": list(where.articles),
        "since": where.since or "",
        "until": where.until or "",
    }
    return {name: value for name, value in named.items() if value}


def narrowed(listings: Sequence[Listing]) -> Filter:
    """Draws the controls. A value that would leave no article is not offered, so no choice is a dead end."""
    _drop_what_is_gone(listings)
    where = _chosen()
    left = facets(listings, where)
    count = len(where.tags) + len(where.authors) + len(where.articles) + bool(where.since) + bool(where.until)
    with st.expander(texts.NARROWED.format(count=count) if count else texts.NARROW, key="narrow"):
        _choices(texts.TAGS, "tags", left.tags)
        _choices(texts.AUTHORS, "authors", left.authors)
        titles = _distinct(left.articles)
        _keep_only("articles", list(titles))
        st.multiselect(
            texts.IN_ARTICLES, list(titles), format_func=lambda one: titles[one], key="narrow-articles", persist_state="session"
        )
        _dates(left)
    return _chosen()


def clear() -> None:
    """Takes every limit away."""
    for key in _KEYS:
        st.session_state.pop(f"narrow-{key}", None)


def _choices(label: str, key: str, counts: dict[str, int]) -> None:
    if counts:
        _keep_only(key, list(counts))
        st.multiselect(
            label,
            list(counts),
            format_func=lambda one: f"{one} ({counts.get(one, 0)})",
            key=f"narrow-{key}",
            persist_state="session",
        )


def _dates(left: Facets) -> None:
    """From when to when, among the dates there are; nothing to choose where there is only one."""
    if len(left.dates) < 2:
        return
    columns = st.columns(2)
    for column, label, key in zip(columns, (texts.SINCE, texts.UNTIL), ("since", "until"), strict=True):
        if st.session_state.get(f"narrow-{key}") not in left.dates:
            st.session_state.pop(f"narrow-{key}", None)
        other = st.session_state.get("narrow-until" if key == "since" else "narrow-since")
        fitting = [date for date in left.dates if not other or (date <= other if key == "since" else date >= other)]
        column.selectbox(label, fitting, index=None, placeholder=texts.ANY_DATE, key=f"narrow-{key}", persist_state="session")


def _drop_what_is_gone(listings: Sequence[Listing]) -> None:
    """Drops what no article has any more, by a link or a rebuild, and then whole limits until an article is left."""
    known = [listing.metadata for listing in listings]
    dates = {one.published for one in known}
    there: dict[str, set[str | None]] = {
        "tags": {tag for one in known for tag in one.tags},
        "authors": {one.author for one in known},
        "articles": {listing.id for listing in listings},
    }
    for key, values in there.items():
        _keep_only(key, values)
    for key in ("since", "until"):
        if st.session_state.get(f"narrow-{key}") not in dates:
            st.session_state.pop(f"narrow-{key}", None)
    for key in ("articles", "until", "since", "authors", "tags"):
        if any(passes(listing, _chosen()) for listing in listings):
            break
        st.session_state.pop(f"narrow-{key}", None)


def _keep_only(key: str, offered: Collection[str | None]) -> None:
    """Drops what was chosen and is not offered any more; a control can't show it. Nothing is set that need not be: what is set
    here takes the place of what a reader chooses meanwhile."""
    chosen = st.session_state.get(f"narrow-{key}") or []
    kept = [one for one in chosen if one in offered]
    if kept != chosen:
        st.session_state[f"narrow-{key}"] = kept


def _distinct(titles: dict[str, str]) -> dict[str, str]:
    """Titles by id, those of one name told apart by their id."""
    names = list(titles.values())
    return {one: title if names.count(title) == 1 else f"{title} ({one})" for one, title in titles.items()}


def _chosen() -> Filter:
    state = {key: st.session_state.get(f"narrow-{key}") for key in _KEYS}
    return Filter(
        tuple(state["tags"] or ()),
        tuple(state["authors"] or ()),
        tuple(state["articles"] or ()),
        state["since"],
        state["until"],
    )
