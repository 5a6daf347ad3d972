"""Asking: the question box, the cards, the CSV."""

from __future__ import annotations

import streamlit as st

from footnote.errors import FootnoteError, IndexMissing, QuestionEmpty
from footnote.export import nothing, searched_for
from footnote.page import texts
from footnote.page.library import Library
from footnote.page.markup import article_link, card, neighbours, said, show
from footnote.records import Answer, Hit
from footnote.search import Searcher
from footnote.settings import MAX_QUESTION_CHARS


def ask_view(library: Library) -> None:
    """Draws the question box and what answers the question in it."""
    st.title(texts.TITLE, anchor=False)
    st.text(texts.TAGLINE)
    question = st.text_input(
        texts.QUESTION, type="search", max_chars=MAX_QUESTION_CHARS, placeholder=texts.PLACEHOLDER, key="question"
    )
    if not question or not question.strip():
        library.warm()
        return
    with st.spinner(texts.SEARCHING):
        found = _answer(library, question)
    if found is not None:
        _show(*found)


def _answer(library: Library, question: str) -> tuple[Searcher, Answer] | None:
    """The answer, or None where a sentence on the page says why there is none."""
    try:
        searcher, is_older = library.searcher()
        if is_older:
            st.warning(texts.OLD_KEPT)
        kept: Answer | None = st.session_state.get("answer")
        asked = st.session_state.get("asked")
        if kept is None or asked != question or kept.snapshot != searcher.snapshot.name:
            kept = searcher.ask(question)
            st.session_state["answer"], st.session_state["asked"] = kept, question
        return searcher, kept
    except QuestionEmpty as error:
        st.info(str(error))
    except IndexMissing:
        st.info(texts.NO_INDEX)
    except FootnoteError:
        st.error(texts.UNREADABLE)
    except Exception:  # its message might hold the question, and Streamlit would log it
        st.error(texts.FAILED)
    return None


def _show(searcher: Searcher, answer: Answer) -> None:
    if answer.read_as:
        show(said([searched_for(answer)]))
    if not answer.hits:
        show(said(nothing(answer)))
        return
    count = len(answer.hits)
    left, right = st.columns([3, 1], vertical_alignment="center")
    left.text(texts.PASSAGES_ONE if count == 1 else texts.PASSAGES_MANY.format(count=count))
    # Made only when it is clicked, so that no file of a reader's question lies on the server.
    right.download_button(
        texts.DOWNLOAD, lambda: _csv(answer), file_name="footnote.csv", mime="text/csv", on_click="ignore", width="stretch"
    )
    for hit in answer.hits:
        _card(searcher, hit)


def _csv(answer: Answer) -> bytes:
    from footnote.export import to_csv

    return to_csv([answer])


def _card(searcher: Searcher, hit: Hit) -> None:
    with st.container(border=True, key=f"hit-{hit.rank}"):
        show(card(hit))
        with st.expander(texts.NEIGHBOURS, key=f"around-{hit.rank}"):
            show(neighbours(*searcher.neighbours(hit.passage)))
        with st.container(horizontal=True):
            st.link_button(texts.OPEN, article_link(hit.passage.article_id, hit.passage.id), key=f"open-{hit.rank}")
            with st.popover(texts.CITE, key=f"cite-{hit.rank}"):
                st.code(f"[{hit.rank}] {hit.citation}", language=None, wrap_lines=True)
