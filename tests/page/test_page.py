"""The page as Streamlit's own test runner sees it; what only a browser can tell is in test_browser.py."""

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from footnote.page import SCRIPT, texts
from footnote.search import Searcher


@pytest.fixture
def page(monkeypatch):
    def open_page(index, **query):
        st.cache_resource.clear()
        monkeypatch.setenv("FOOTNOTE_INDEX", str(index))
        app = AppTest.from_file(str(SCRIPT), default_timeout=60)
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    yield open_page
    st.cache_resource.clear()


def ask(app, question):
    return app.text_input(key="question").set_value(question).run()


def html(app):
    return "".join(element.proto.body for element in app.get("html"))


def test_the_empty_page_shows_a_question_box_and_nothing_else(page, built):
    app = page(built)
    assert [box.label for box in app.text_input] == ["Question"]
    assert ([info.value for info in app.info], list(app.get("download_button"))) == ([], [])


def test_hits_are_shown_best_first_as_the_searcher_gives_them(page, built):
    app = ask(page(built), "how long should dough rise?")
    answer = Searcher.open(built).ask("how long should dough rise?")
    assert [code.value for code in app.code] == [f"[{hit.rank}] {hit.citation}" for hit in answer.hits]
    start, end = answer.hits[0].highlights[0]
    assert f"<mark>{answer.hits[0].passage.text[start:end]}</mark>" in html(app)
    assert "<h3>Rising</h3>" in html(app)
    assert '<h2><span class="fn-number">[1]</span>Bread at home</h2><div class="fn-section">Rising</div>' in html(app)
    assert "<span>A. Baker</span><span>2024-03-05</span>" in html(app)


def test_a_question_that_nothing_answers_gets_a_plain_sentence(page, built):
    app = ask(page(built), "what is the capital of Mongolia")
    assert [info.value for info in app.info] == ["Nothing in these articles answers that."]
    assert list(app.code) == []


def test_a_question_without_a_word_in_it_gets_a_plain_sentence(page, built):
    assert [info.value for info in ask(page(built), "?!").info] == [
        "There is no question. Type what you want to know, in your own words."
    ]


def test_without_an_index_the_page_says_how_to_build_one(page, tmp_path):
    app = ask(page(tmp_path / "nothing"), "bread")
    assert [info.value for info in app.info] == [texts.NO_INDEX]
    assert not app.exception


def test_a_damaged_index_is_a_sentence_without_a_path(page, built):
    (built / "DAMAGED-ON-PURPOSE").touch()
    (built / "CURRENT").write_text("nonsense")
    app = ask(page(built), "bread")
    assert [error.value for error in app.error] == [texts.UNREADABLE]
    assert not app.exception


def test_an_open_page_takes_up_a_new_snapshot(page, built, kb, watcher):
    from footnote.build import build

    app = ask(page(built), "how do I wax a ski?")
    assert [info.value for info in app.info] == [texts.NOTHING]
    (kb / "ski.md").write_text("# Skis\n\nTo wax a ski, warm the wax with an iron and spread it thin.\n", encoding="utf-8")
    build(kb, built, watcher)
    app = app.run()
    assert "<mark>To wax a ski, warm the wax with an iron and spread it thin.</mark>" in html(app)


def test_a_new_snapshot_that_is_damaged_leaves_the_old_one_answering(page, built):
    app = ask(page(built), "how long should dough rise?")
    before = [code.value for code in app.code]
    (built / "DAMAGED-ON-PURPOSE").touch()
    (built / "CURRENT").write_text("20260101T000000Z-000000000000")
    app = app.run()
    assert [warning.value for warning in app.warning] == [texts.OLD_KEPT]
    assert [code.value for code in app.code] == before


def test_an_article_opens_whole_with_its_passage_marked(page, built):
    hit = Searcher.open(built).ask("how long should dough rise?").hits[0]
    app = page(built, article=hit.passage.article_id, passage=hit.passage.id)
    assert [heading.value for heading in app.subheader] == ["Cited passage"]
    shown = html(app)
    assert "<h1>Bread at home</h1>" in shown
    assert "Bread needs flour, water, salt and time." in shown
    assert "Let the dough rise in a warm place for two hours. Cold dough rises slowly.</mark>" in shown


@pytest.mark.parametrize("article", ["no.md", "../../../etc/passwd", "/etc/passwd", "bread.md\0", "<script>", "a" * 5000])
def test_an_article_that_is_not_there_is_said_to_be_missing(page, built, article):
    app = page(built, article=article)
    assert [info.value for info in app.info] == [texts.NO_ARTICLE]


def test_a_passage_that_is_gone_is_said_to_be_gone_and_the_article_shown(page, built):
    app = page(built, article="tides.md", passage="0000000000000000")
    assert [info.value for info in app.info] == [texts.NO_PASSAGE]
    assert "<h1>Tides</h1>" in html(app)


def test_markup_in_an_article_is_shown_as_text(page, index, tmp_path, watcher):
    from footnote.build import build

    kb = tmp_path / "evil"
    kb.mkdir()
    (kb / "evil.txt").write_text(
        "<script>alert(1)</script> & Bread\n\nKnead <img src=x onerror=alert(1)> the dough & wait.\n", encoding="utf-8"
    )
    build(kb, index, watcher)
    shown = html(ask(page(index), "how do I knead the dough?"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Bread" in shown
    assert "Knead &lt;img src=x onerror=alert(1)&gt; the dough &amp; wait." in shown
    assert "<script" not in shown and "<img" not in shown
