"""Narrowing a question down to some articles: the controls, and the filter that they make.

The filter is kept in the session, and a control only says what it is to become: nothing that a browser still shows can bring a
limit back or take one away.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from footnote.engines import Listing
from footnote.filters import Facets, facets, passes
from footnote.page import texts
from footnote.page.markup import label, said, show
from footnote.records import Filter

_LIMITS = "limits"  # in the session
_OFFERED = {"tags": 16, "authors": 8, "articles": 8}  # at most; the others are found by name


def take_from_address() -> None:
    """Sets the limits as the address says, when the page is opened by a link."""
    query = st.query_params
    st.session_state[_LIMITS] = Filter(
        tags=tuple(query.get_all("tag")),
        authors=tuple(query.get_all("author")),
        articles=tuple(query.get_all("in")),
        since=query.get("since") or None,
        until=query.get("until") or None,
    )


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
    """Draws the limits there are and, where a reader opened them, the choices. None that is offered leaves no article."""
    where = _there(listings, _limits())
    st.session_state[_LIMITS] = where
    panel = st.expander(texts.NARROW, key="narrow", on_change="rerun")
    if where or panel.open:
        left = facets(listings, where)
        if panel.open:
            with panel:
                _choices(where, left)
        if where:
            _chosen(listings, where, left)
    return where


def clear() -> None:
    """Takes every limit away."""
    st.session_state[_LIMITS] = Filter()


def _limits() -> Filter:
    kept: Filter = st.session_state.get(_LIMITS, Filter())
    return kept


def _there(listings: Sequence[Listing], where: Filter) -> Filter:
    """``where`` without what no article has any more, by a link or a rebuild, and then without whole limits until one is left."""
    if not where:
        return where
    known = [listing.metadata for listing in listings]
    tags, authors = {tag for one in known for tag in one.tags}, {one.author for one in known}
    dates, ids = {one.published for one in known}, {listing.id for listing in listings}
    where = Filter(
        tags=tuple(tag for tag in where.tags if tag in tags),
        authors=tuple(author for author in where.authors if author in authors),
        articles=tuple(article for article in where.articles if article in ids),
        since=where.since if where.since in dates else None,
        until=where.until if where.until in dates else None,
    )
    for field in ("articles", "until", "since", "authors", "tags"):
        if any(passes(listing, where) for listing in listings):
            break
        where = _with(where, field, getattr(Filter(), field))
    return where


def _chosen(listings: Sequence[Listing], where: Filter, left: Facets) -> None:
    """The limits, each of which a click takes away."""
    count = sum(passes(listing, where) for listing in listings)
    text = texts.LIMITED_ONE if count == 1 else texts.LIMITED
    show(said([text.format(count=f"{count:,}", all=f"{len(listings):,}")]))
    titles = _distinct(left.articles)
    with st.container(horizontal=True, gap="xsmall", key="limits"):
        for field in ("tags", "authors", "articles"):
            for value in getattr(where, field):
                name = titles[value] if field == "articles" else value
                name = texts.DROP.format(value=label(name))
                st.button(name, key=f"drop-{field}-{value}", on_click=_choose, args=(field, value, False))
        for field, text in texts.DROP_DATES.items():
            date = getattr(where, field)
            if date:
                st.button(text.format(value=label(date)), key=f"drop-{field}", on_click=_set, args=(field, None))
        st.button(texts.SEARCH_ALL, key="search-all", on_click=clear, type="tertiary")


def _choices(where: Filter, left: Facets) -> None:
    part = st.text_input(texts.FIND_LIMIT, key="narrow-find", type="search").strip().casefold()
    offered = (
        (texts.TAGS, "tags", _counted(left.tags)),
        (texts.AUTHORS, "authors", _counted(left.authors)),
        (texts.IN_ARTICLES, "articles", _distinct(left.articles)),
    )
    found = {field: {value: name for value, name in names.items() if part in name.casefold()} for _, field, names in offered}
    if not part:
        found["articles"] = {}  # there may be thousands
    for title, field, _ in offered:
        if found[field]:
            st.text(title)
            _values(field, found[field], getattr(where, field))
    if part and not any(found.values()):
        st.text(texts.NO_CHOICE)
    _dates(where, left)


def _values(field: str, names: Mapping[str, str], chosen: Sequence[str]) -> None:
    """Values as buttons, by their names, that choose them or take them back."""
    with st.container(horizontal=True, gap="xsmall", key=f"narrow-{field}"):
        for value, name in list(names.items())[: _OFFERED[field]]:
            is_chosen = value in chosen
            st.button(
                texts.CHOSEN.format(value=label(name)) if is_chosen else label(name),
                key=f"narrow-{field}-{value}",
                type="primary" if is_chosen else "secondary",
                on_click=_choose,
                args=(field, value, not is_chosen),
            )
    more = len(names) - _OFFERED[field]
    if more > 0:
        st.text(texts.MORE_CHOICES.format(count=f"{more:,}"))


def _dates(where: Filter, left: Facets) -> None:
    """From when to when, among the dates there are; nothing to choose where there is only one."""
    if len(left.dates) < 2:
        return
    columns = st.columns(2)
    for column, title, field in zip(columns, (texts.SINCE, texts.UNTIL), ("since", "until"), strict=True):
        chosen, key = getattr(where, field), f"narrow-{field}"
        first, last = (None, where.until) if field == "since" else (where.since, None)
        fitting = {date for date in left.dates if (first or date) <= date <= (last or date)}
        if st.session_state.get(key) != chosen:
            st.session_state[key] = chosen
        column.selectbox(
            title,
            sorted(fitting | {chosen} - {None}),
            index=None,
            placeholder=texts.ANY_DATE,
            key=key,
            on_change=_take_date,
            args=(field, key),
        )


def _with(where: Filter, field: str, value: Any) -> Filter:
    return replace(where, **{field: value})


def _set(field: str, value: Any) -> None:
    st.session_state[_LIMITS] = _with(_limits(), field, value)


def _choose(field: str, value: str, is_wanted: bool) -> None:
    """Chooses a value or takes it back, however often that is said."""
    others = tuple(one for one in getattr(_limits(), field) if one != value)
    _set(field, (*others, value) if is_wanted else others)


def _take_date(field: str, key: str) -> None:
    _set(field, st.session_state.get(key))


def _counted(counts: Mapping[str, int]) -> dict[str, str]:
    """Values with the number of articles that each would leave."""
    return {value: texts.COUNTED.format(value=value, count=count) for value, count in counts.items()}


def _distinct(titles: Mapping[str, str]) -> dict[str, str]:
    """Titles by id, those of one name told apart by their id."""
    times = Counter(titles.values())
    return {one: title if times[title] == 1 else f"{title} ({one})" for one, title in titles.items()}
