"""The library seen at a glance: every passage a point, near what it resembles, with the question and its answers among them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import streamlit as st

from footnote.errors import Busy
from footnote.page import texts
from footnote.page.limits import SEARCHES
from footnote.page.markup import legend, passage_list, show
from footnote.projection import between
from footnote.records import Answer, Passage
from footnote.search import Searcher

if TYPE_CHECKING:
    import pandas as pd

_POINTS = 4_000  # drawn at most; more would be slow to draw and one blot
_TAGS = 7  # with a colour of their own
_TEXT_CHARS = 140
_NEAREST = 5  # passages between which the question stands
_COLOURS = ["#7a3b2e", "#2f6f73", "#b08a2e", "#4d5a8c", "#7c9a4b", "#a0527a", "#3d7fb0", "#8f8b86"]
_MARKED = "#c8452e"
_MARKS = ((texts.MAP_QUESTION, "\u25c7", _MARKED), (texts.MAP_HITS, "\u25cb", _MARKED))


def map_view(searcher: Searcher) -> None:
    """Draws the map; a point that is chosen is opened in its article."""
    st.title(texts.MAP, anchor=False)
    st.text(texts.MAP_INTRO)
    table = _table(searcher.snapshot.name, searcher)
    count = searcher.engine.count()
    if len(table) < count:
        st.text(texts.MAP_PART.format(shown=f"{len(table):,}", count=f"{count:,}"))
    answer: Answer | None = st.session_state.get("answer")
    answer = answer if answer is not None and answer.hits and answer.snapshot == searcher.snapshot.name else None
    try:
        with SEARCHES.turn():
            marks = _marks(searcher, answer)
    except Busy:
        st.warning(texts.BUSY)
        marks = _marks(searcher, None)
    colours = _colours(table)
    chart = _chart(table, colours, marks)
    event = st.altair_chart(chart, key="map", on_select="rerun", selection_mode="chosen", alt=texts.MAP_INTRO)
    chosen = _chosen(event, searcher)
    if chosen is not None:
        st.query_params.from_dict({"article": chosen.article_id, "passage": chosen.id})
        st.rerun()
    show(legend([*((tag, "\u25cf", colour) for tag, colour in colours.items()), *(_MARKS if answer is not None else ())]))
    if answer is not None:
        st.subheader(texts.MAP_LIST, anchor=False)
        show(passage_list([(hit.metadata.title, hit.passage) for hit in answer.hits]))


@st.cache_data(show_spinner=False, max_entries=2)
def _table(snapshot: str, _searcher: Searcher) -> pd.DataFrame:
    """A row a point: where it stands, its colour's tag, and what is said of it."""
    import pandas as pd

    engine = _searcher.engine
    rows = engine.spread(_POINTS)
    known = {listing.id: listing.metadata for listing in engine.listings()}
    common = [tag for tag, _ in Counter(tag for one in known.values() for tag in one.tags).most_common(_TAGS)]
    points = engine.points(rows)
    passages = engine.passages(rows)
    return pd.DataFrame(
        {
            "x": points[:, 0],
            "y": points[:, 1],
            "tag": [next((tag for tag in known[one.article_id].tags if tag in common), texts.MAP_OTHER) for one in passages],
            "title": [known[one.article_id].title for one in passages],
            "text": [_short(one.text) for one in passages],
            "passage": [one.id for one in passages],
        }
    )


def _marks(searcher: Searcher, answer: Answer | None) -> pd.DataFrame:
    """The question and its hits as further points."""
    import pandas as pd

    columns = ["x", "y", "what"]
    if answer is None:
        return pd.DataFrame(columns=columns)
    ranked = searcher.ranking(answer.question)
    nearest = sorted(ranked, key=lambda one: -one.candidate.similarity)[:_NEAREST]
    rows = [one.candidate.row for one in nearest]
    vector = searcher.encoder.embed_question(answer.question)
    here = between(vector.reshape(1, -1), searcher.engine.vectors(rows), searcher.engine.points(rows))[0]
    marks = [(float(here[0]), float(here[1]), texts.MAP_QUESTION)]
    rows = [one.candidate.row for one in ranked]
    place = {passage.id: row for row, passage in zip(rows, searcher.engine.passages(rows), strict=True)}
    found = [place[hit.passage.id] for hit in answer.hits if hit.passage.id in place]
    marks += [(x, y, texts.MAP_HITS) for x, y in searcher.engine.points(found).tolist()]
    return pd.DataFrame(marks, columns=columns)


def _colours(table: pd.DataFrame) -> dict[str, str]:
    """A colour for each tag on the map, the commonest first."""
    tags = [tag for tag, _ in Counter(table["tag"]).most_common() if tag != texts.MAP_OTHER] + [texts.MAP_OTHER]
    return dict(zip(tags, _COLOURS[: len(tags) - 1] + _COLOURS[-1:], strict=True))


def _chart(table: pd.DataFrame, colours: dict[str, str], marks: pd.DataFrame) -> Any:
    import altair as alt

    chosen = alt.selection_point(name="chosen", fields=["passage"], on="click")
    bare = alt.Axis(labels=False, ticks=False, grid=False, domain=False, title=None)
    x, y = alt.X("x:Q", axis=bare), alt.Y("y:Q", axis=bare)
    points = (
        alt.Chart(table)
        .mark_circle(size=55, opacity=0.75)
        .encode(
            x,
            y,
            color=alt.Color("tag:N", legend=None, scale=alt.Scale(domain=list(colours), range=list(colours.values()))),
            tooltip=[alt.Tooltip("title:N"), alt.Tooltip("text:N", title="\u00a0")],
        )
        .add_params(chosen)
    )
    shapes = alt.Scale(domain=[texts.MAP_QUESTION, texts.MAP_HITS], range=["diamond", "circle"])
    drawn = (
        alt.Chart(marks)
        .mark_point(strokeWidth=2.5, opacity=1.0)
        .encode(
            x,
            y,
            shape=alt.Shape("what:N", legend=None, scale=shapes),
            size=alt.condition(alt.datum.what == texts.MAP_QUESTION, alt.value(420), alt.value(190)),
            stroke=alt.value(_MARKED),
        )
    )
    chart = alt.layer(points, drawn) if len(marks) else points
    return chart.properties(height=520).configure_view(strokeWidth=0)


def _chosen(event: Any, searcher: Searcher) -> Passage | None:
    selected = event.selection.get("chosen") if event is not None else None
    return searcher.engine.passage(str(selected[0].get("passage", ""))) if selected else None


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _TEXT_CHARS else f"{text[:_TEXT_CHARS].rsplit(' ', 1)[0]} ..."
