"""Asking: the question box, what it can be narrowed to, the answer, the CSV."""

from __future__ import annotations

import os
from urllib.parse import urlencode

import streamlit as st

from footnote.errors import Busy, QuestionEmpty
from footnote.export import nothing, searched_for
from footnote.page import care, narrow, texts
from footnote.page.cards import cards
from footnote.page.library import Library, examples, opened
from footnote.page.limits import SEARCHES, Pace
from footnote.page.markup import label, link_panel, said, show, ways
from footnote.page.quiet import note
from footnote.page.sparing import spare
from footnote.records import Answer, Filter
from footnote.search import Searcher
from footnote.settings import MAX_QUESTION_CHARS, PAGE

PACE = "FOOTNOTE_QUESTIONS_A_MINUTE"
"""Environment variable: how many questions one reader may ask within a minute; 0 for any number."""

_EXAMPLES = 4


def ask_view(library: Library) -> None:
    """Draws the question box and what answers the question in it."""
    like = st.query_params.get("like")
    if like is not None:
        _like(library, like)
        return
    st.title(texts.TITLE, anchor=False)
    st.text(texts.TAGLINE)
    _take_from_address()
    question = st.text_input(
        texts.QUESTION,
        type="search",
        max_chars=MAX_QUESTION_CHARS,
        placeholder=texts.PLACEHOLDER,
        key="question",
        persist_state="session",  # it is still there when a reader comes back from the map or an article
    )
    if "q" in st.query_params and st.query_params["q"] != question:
        st.query_params.clear()  # the address must not go on naming a question that is no longer asked
    if not question or not question.strip():
        _empty(library)
        return
    searcher = opened(library)
    if searcher is None:
        return
    where = narrow.narrowed(searcher.engine.listings())
    with st.spinner(texts.SEARCHING):
        answer = _answer(searcher, question, where)
    if answer is not None:
        above = st.container()
        # The notices take a moment to learn their examples when the server has just been started; the answer need not wait.
        is_ready = care.is_ready(searcher)
        if is_ready:
            care.show_notice(above, searcher, question)
        _show(searcher, answer, where)
        if not is_ready:
            care.show_notice(above, searcher, question)
        spare("answer")


def _take_from_address() -> None:
    """Takes question and limits from the address, once, when the page is opened by a link."""
    if "q" in st.query_params and "question" not in st.session_state:
        st.session_state["question"] = st.query_params["q"]
        narrow.take_from_address()


def _empty(library: Library) -> None:
    """What stands under an empty box: questions that the articles themselves put."""
    searcher = opened(library)
    if searcher is None:
        return
    care.warm(searcher)
    asked = _examples(str(library.index), searcher.snapshot.name, searcher)
    # In a container, so that the answer takes their place at one stroke.
    with st.container(key="examples", gap="xsmall"):
        if asked:
            st.text(texts.EXAMPLES)
        for number, example in enumerate(asked):
            st.button(label(example), key=f"example-{number}", on_click=_ask_example, args=(example,), type="tertiary")


@st.cache_data(show_spinner=False, max_entries=4)
def _examples(index: str, snapshot: str, _searcher: Searcher) -> list[str]:
    return examples(_searcher, _EXAMPLES)


def _ask_example(question: str) -> None:
    st.session_state["question"] = question


def _answer(searcher: Searcher, question: str, where: Filter) -> Answer | None:
    """The answer, or None where a sentence on the page says why there is none."""
    asked = (question, where, searcher.snapshot.name)
    try:
        kept: Answer | None = st.session_state.get("answer")
        if kept is None or st.session_state.get("asked") != asked:
            if _is_too_fast():
                st.warning(texts.TOO_MANY)
                return None
            with SEARCHES.turn():
                kept = searcher.ask(question, where=where)
            st.session_state["answer"], st.session_state["asked"] = kept, asked
        return kept
    except QuestionEmpty as error:
        st.info(str(error))
    except Busy:
        st.warning(texts.BUSY)
    except Exception as error:  # its message might hold the question, and Streamlit would log it
        note(error)
        st.error(texts.FAILED)
    return None


def _is_too_fast() -> bool:
    """Whether this reader has asked as often within a minute as one may; counts the question that is asked now."""
    most = int(os.environ.get(PACE, PAGE.questions_a_minute))
    pace: Pace = st.session_state.setdefault("pace", Pace(most, 60.0))
    if most and pace.is_over():
        return True
    pace.count()
    return False


def _show(searcher: Searcher, answer: Answer, where: Filter) -> None:
    if answer.read_as:
        show(said([searched_for(answer)]))
    if not answer.hits:
        show(said(nothing(answer)))
        return
    count = len(answer.hits)
    with st.container(horizontal=True, vertical_alignment="center", key="bar"):
        st.text(texts.PASSAGES_ONE if count == 1 else texts.PASSAGES_MANY.format(count=count))
        # Made only when it is clicked, so that no file of a reader's question lies on the server.
        st.download_button(texts.DOWNLOAD, lambda: _csv(answer), file_name="footnote.csv", mime="text/csv", on_click="ignore")
        show(link_panel(_address(answer.question, where)))
    cards(searcher, answer.hits)


def _like(library: Library, passage_id: str) -> None:
    """What resembles one passage."""
    show(ways((texts.BACK, "./")))
    searcher = opened(library)
    if searcher is None:
        return
    passage = searcher.engine.passage(passage_id)
    if passage is None:
        st.info(texts.NO_PASSAGE)
        return
    st.title(texts.LIKE_TITLE, anchor=False)
    try:
        with SEARCHES.turn():
            hits = searcher.like(passage)
    except Busy:
        st.warning(texts.BUSY)
        return
    if hits:
        cards(searcher, hits)
    else:
        st.text(texts.LIKE_NONE)


def _address(question: str, where: Filter) -> str:
    base = (st.context.url or "").split("?")[0].rstrip("/")
    return f"{base}/?{urlencode({'q': question, **narrow.as_parameters(where)}, doseq=True)}"


def _csv(answer: Answer) -> bytes:
    from footnote.export import to_csv

    return to_csv([answer])
