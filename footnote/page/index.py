"""The index: what is in it, what changed since, and how it is brought up to date."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import streamlit as st

from footnote.errors import FootnoteError, IndexMissing, PatternInvalid
from footnote.export import as_text
from footnote.page import owner, texts
from footnote.page.charts import histogram
from footnote.page.library import Library, kb_folder, opened
from footnote.page.markup import changed_files, said, show
from footnote.page.rebuilding import Rebuild
from footnote.search import Searcher
from footnote.status import Status, status
from footnote.stores.opening import whole


@st.cache_resource(show_spinner=False)
def _rebuild(kb: str, index: str) -> Rebuild:
    """One for all readers, so that everyone sees the same rebuild."""
    return Rebuild(Path(kb), index)


def index_view(library: Library) -> None:
    """Draws the state of the index, and for its owner the way to rebuild it."""
    st.title(texts.INDEX_TITLE, anchor=False)
    kb = kb_folder()
    found = _found(library, kb)
    if found is not None:
        _state(found)
    if owner.is_owner():
        _rebuilding(_rebuild(str(kb.absolute()), str(whole(library.index))))
    else:
        owner.ask_who()
    searcher = opened(library) if found is not None else None
    if searcher is not None and searcher.engine.count():
        _histograms(searcher)


def _found(library: Library, kb: Path) -> Status | None:
    """The state of the index, or None where a sentence on the page says why there is none."""
    try:
        return status(library.index, kb)
    except IndexMissing:
        st.info(texts.NO_INDEX)
    except PatternInvalid:
        st.error(texts.PATTERNS)
    except FootnoteError:
        st.error(texts.UNREADABLE)
    return None


def _state(found: Status) -> None:
    built = datetime.fromisoformat(found.created_at).astimezone(UTC)
    show(said([texts.INDEX_BUILT.format(when=f"{built:%Y-%m-%d %H:%M} UTC", model=found.model)]))
    values = (found.articles, found.passages, len(found.refused))
    with st.container(horizontal=True, gap="large"):
        for name, value in zip(texts.PARTS.values(), values, strict=True):
            st.metric(name, f"{value:,}", width="content")
    if found.changes is None:
        st.text(texts.NO_FOLDER)
    elif not found.changes:
        st.text(texts.CURRENT)
    else:
        st.subheader(texts.CHANGES_TITLE, anchor=False)
        show(changed_files([(texts.CHANGES[word], name) for word, name in found.changes.lines()]))
    if found.refused:
        st.subheader(texts.REFUSED_TITLE, anchor=False)
        show(changed_files([(refusal.source, f"{refusal.reason} {refusal.remedy}") for refusal in found.refused]))


def _rebuilding(rebuild: Rebuild) -> None:
    with st.container(horizontal=True, key="rebuild"):
        start = st.button(texts.REBUILD, type="primary", disabled=rebuild.is_running(), key="rebuild-changed")
        everything = st.button(texts.REBUILD_ALL, disabled=rebuild.is_running(), key="rebuild-all")
    if start or everything:
        if rebuild.start(everything):
            st.rerun()
        st.warning(texts.REBUILT[4])
    if rebuild.is_running():
        _watch(rebuild)
    elif rebuild.was_started():
        _outcome(rebuild)


@st.fragment(run_every=1.0)
def _watch(rebuild: Rebuild) -> None:
    """Follows a rebuild; draws the whole page anew when it is done."""
    if not rebuild.is_running():
        st.rerun()
    share, line = rebuild.progress()
    st.text(texts.REBUILDING)
    st.progress(share)
    show(said([line] if line else []))


def _outcome(rebuild: Rebuild) -> None:
    code = rebuild.status()
    if code in texts.REBUILT:
        (st.success if code in (0, 3) else st.warning)(texts.REBUILT[code])
    else:
        st.error(texts.REBUILD_FAILED)
        show(said(rebuild.lines()[-5:]))


def _histograms(searcher: Searcher) -> None:
    found = _counted(searcher.snapshot.name, searcher)
    listings = searcher.engine.listings()
    st.subheader(texts.BY_ARTICLE, anchor=False)
    # Made text, for a table can be taken away as CSV by its own menu.
    rows = [(as_text(listing.metadata.title), listing.passages) for listing in listings]
    import pandas as pd

    table = pd.DataFrame(rows, columns=[texts.ARTICLE_AXIS, texts.COUNT_AXIS])
    st.dataframe(
        table.sort_values([texts.COUNT_AXIS, texts.ARTICLE_AXIS], ascending=[False, True]), hide_index=True, key="by-article"
    )
    for title, axis, name in (
        (texts.BY_LENGTH, texts.LENGTH_AXIS, "length"),
        (texts.BY_SIMILARITY, texts.SIMILARITY_AXIS, "similarity"),
    ):
        st.subheader(title, anchor=False)
        edges, counts = found[name]
        histogram(edges, counts, axis, f"by-{name}")


@st.cache_data(show_spinner=False, max_entries=2)
def _counted(snapshot: str, _searcher: Searcher) -> dict[str, Any]:
    """Histograms of the passages' lengths in words and of each one's cosine to the one most like it."""
    from footnote.status import histograms

    return histograms(_searcher.engine)
