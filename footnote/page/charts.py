"""What every chart of the page has in common, and histograms."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from footnote.page import texts

_BARS = "#b5705c"  # 3:1 and more against both grounds
_HEIGHT = 260


def ink() -> str:
    """The colour of words in a chart: Vega's own grey is too faint on either ground."""
    return "#ece6dc" if st.context.theme.type == "dark" else "#2a2622"


def histogram(edges: Sequence[float], counts: Sequence[int], title: str, key: str) -> None:
    """Bars from one of ``edges`` to the next, evenly apart. It does not zoom: a wheel that moves the page goes on doing so."""
    import altair as alt
    import pandas as pd

    step = edges[1] - edges[0]
    table = pd.DataFrame({"from": edges, "to": [edge + step for edge in edges], texts.COUNT_AXIS: counts})
    axis = alt.Axis(labelColor=ink(), titleColor=ink(), tickCount=6)
    chart = (
        alt.Chart(table)
        .mark_bar(color=_BARS)
        .encode(
            x=alt.X("from:Q", title=title, axis=axis, scale=alt.Scale(zero=False, nice=False)),
            x2="to:Q",
            y=alt.Y(f"{texts.COUNT_AXIS}:Q", axis=axis, stack=None),
            y2=alt.Y2(datum=0),
            tooltip=[alt.Tooltip("from:Q", title=title), alt.Tooltip(f"{texts.COUNT_AXIS}:Q")],
        )
        .properties(height=_HEIGHT)
    )
    st.altair_chart(chart, key=key, alt=title)
