"""Many questions at once."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from footnote.errors import Busy, QuestionEmpty, QuestionFileError
from footnote.export import as_text
from footnote.page import owner, texts
from footnote.page.limits import SEARCHES
from footnote.page.markup import said, show
from footnote.records import Answer
from footnote.search import Searcher

_MOST = 1_000
_PATIENCE_SECONDS = 60.0  # each question waits for its turn among those of readers who look at the screen
_TELL_EVERY = 10  # questions between two moves of the progress bar


def batch_view(searcher: Searcher) -> None:
    """Draws where questions are put in, and the table of their answers."""
    st.title(texts.BATCH, anchor=False)
    st.text(texts.BATCH_INTRO)
    lines = st.text_area(texts.BATCH_LINES, key="batch-lines", height=160)
    uploaded = None
    if owner.is_owner():
        owner.let_upload()
        uploaded = st.file_uploader(texts.BATCH_FILE, type="csv", key="batch-file")
    top = st.number_input(texts.BATCH_TOP, 1, 20, 3, key="batch-top")
    if st.button(texts.BATCH_RUN, type="primary", key="batch-run"):
        st.session_state.pop("batch-answers", None)
        questions = _questions(lines or "", uploaded.getvalue() if uploaded is not None else None)
        if questions:
            try:
                st.session_state["batch-answers"] = _asked(searcher, questions, int(top))
            except Busy:
                st.warning(texts.BUSY)
    answers = st.session_state.get("batch-answers")
    if answers:
        _table(answers)


def _questions(lines: str, file: bytes | None) -> list[str]:
    """What is to be asked; none where a sentence on the page says why."""
    questions = [line.strip() for line in lines.splitlines() if line.strip()]
    if file is not None:
        try:
            questions += _from_file(file)
        except QuestionFileError as error:
            st.error(texts.BATCH_REFUSED)
            show(said([str(error)]))  # it quotes the file
            return []
    if not questions:
        st.info(texts.BATCH_NONE)
    if len(questions) > _MOST:
        st.error(texts.BATCH_MANY.format(count=len(questions), most=_MOST))
        return []
    return questions


def _from_file(content: bytes) -> list[str]:
    from footnote.export import read_questions

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "questions.csv")
        path.write_bytes(content)
        try:
            return [question for question in read_questions(path) if question.strip()]
        except QuestionFileError as error:
            raise QuestionFileError(str(error).replace(str(path), "questions.csv")) from None


def _asked(searcher: Searcher, questions: Sequence[str], top: int) -> list[Answer]:
    bar = st.progress(0.0, text=texts.BATCH_PROGRESS.format(done=0, total=len(questions)))
    answers = []
    for number, question in enumerate(questions, start=1):
        answers.append(_answer(searcher, question, top))
        if number % _TELL_EVERY == 0 or number == len(questions):
            bar.progress(number / len(questions), text=texts.BATCH_PROGRESS.format(done=number, total=len(questions)))
    bar.empty()
    return answers


def _answer(searcher: Searcher, question: str, top: int) -> Answer:
    """An empty row among a thousand questions is a question that nothing answers."""
    try:
        with SEARCHES.turn(_PATIENCE_SECONDS):
            return replace(searcher.ask(question, top), question=question)
    except QuestionEmpty:
        return Answer(question, "nothing_relevant", searcher.snapshot.name, datetime.now(UTC).isoformat(timespec="seconds"))


def _table(answers: list[Answer]) -> None:
    import pandas as pd

    answered = sum(bool(answer.hits) for answer in answers)
    counts = {"questions": len(answers), "answered": answered, "nothing": len(answers) - answered}
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(texts.BATCH_DONE.format(**counts))
        st.download_button(
            texts.DOWNLOAD, lambda: _csv(answers), file_name="footnote-batch.csv", mime="text/csv", on_click="ignore"
        )
    rows = [row for answer in answers for row in _rows(answer)]
    table = pd.DataFrame(rows, columns=["question", "rank", "title", "confidence", "passage"])
    table["rank"] = table["rank"].astype("Int64")
    st.dataframe(table, hide_index=True, key="batch-table")


def _rows(answer: Answer) -> list[tuple[object, ...]]:
    """A row a hit, or one with the question alone; cells made text, for a table can be taken away as CSV by its own menu."""
    question = as_text(answer.question)
    found = [(question, hit.rank, as_text(hit.metadata.title), hit.confidence, as_text(hit.passage.text)) for hit in answer.hits]
    return [*found] or [(question, None, None, None, None)]


def _csv(answers: list[Answer]) -> bytes:
    from footnote.export import to_csv

    return to_csv(answers, empty_rows=True)
