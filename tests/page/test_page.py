"""The page as Streamlit's own test runner sees it; what only a browser can tell is in test_browser.py."""

import re
from html import escape, unescape

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from footnote.page import SCRIPT, texts
from footnote.page.markup import article_link
from footnote.search import Searcher
from footnote.snapshot import current_snapshot

PARTS = (("A", "apples"), ("B", "bees"), ("C", "cedars"))


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


def citations(app):
    """The plain citations."""
    return [unescape(one) for one in re.findall(rf"<b>{texts.CITE_STYLES['plain']}</b>.*?<pre>(.*?)</pre>", html(app), re.DOTALL)]


def html(app):
    return "".join(element.proto.body for element in app.get("html"))


def test_the_empty_page_shows_a_question_box_and_nothing_else(page, built):
    app = page(built)
    assert [box.label for box in app.text_input] == ["Question"]
    assert ([info.value for info in app.info], list(app.get("download_button"))) == ([], [])


def test_hits_are_shown_best_first_as_the_searcher_gives_them(page, built):
    app = ask(page(built), "how long should dough rise?")
    answer = Searcher.open(built).ask("how long should dough rise?")
    assert citations(app) == [f"[{hit.rank}] {hit.citation}" for hit in answer.hits]
    start, end = answer.hits[0].highlights[0]
    assert f"<mark>{answer.hits[0].passage.text[start:end]}</mark>" in html(app)
    assert '<h3 id="h42">Rising</h3>' in html(app)
    assert '<h2><span class="fn-number">[1]</span>Bread at home</h2><div class="fn-section">Rising</div>' in html(app)
    assert "<span>A. Baker</span><span>2024-03-05</span>" in html(app)


def test_a_question_that_nothing_answers_gets_a_plain_sentence(page, built):
    app = ask(page(built), "what is the capital of Mongolia")
    said = "<p>Nothing in these articles answers that.</p><p>The nearest subjects here: Bread at home; Tides.</p>"
    assert f'<div class="fn-said" role="status">{said}</div>' in html(app)
    assert citations(app) == []


def test_a_phrase_that_stands_nowhere_is_named_as_text(page, built):
    app = ask(page(built), 'does "<b>dough</b> sleeps" at night')
    said = "No passage holds \u201c&lt;b&gt;dough&lt;/b&gt; sleeps\u201d word for word. Ask without the quotation marks?"
    assert f"<p>{said}</p>" in html(app)


def test_what_a_misspelled_question_was_read_as_is_said_above_the_hits(page, built):
    app = ask(page(built), "how long should doughh rise")
    assert '<div class="fn-said" role="status"><p>Searched for: how long should dough rise</p></div>' in html(app)
    assert len(citations(app)) == len(Searcher.open(built).ask("how long should dough rise").hits)


def test_how_much_speaks_for_a_hit_is_said_in_words(page, built):
    hit = Searcher.open(built).ask("how long should dough rise?").hits[0]
    app = ask(page(built), "how long should dough rise?")
    assert f'<span class="fn-{hit.confidence}">{texts.CONFIDENCE[hit.confidence]}</span>' in html(app)


def test_where_the_same_text_stands_again_is_a_link(page, built, kb, watcher):
    from footnote.build import build

    (kb / "copy.md").write_text((kb / "tides.md").read_text().replace("title: Tides", "title: Ebb & flow"), encoding="utf-8")
    build(kb, built, watcher)
    app = ask(page(built), "when is the tide highest?")
    first, second = "tides.md", "copy.md"
    hit = Searcher.open(built).ask("when is the tide highest?").hits[0]
    (place,) = hit.also_in
    assert {hit.passage.article_id, place.article_id} == {first, second}
    title = {"tides.md": "Tides", "copy.md": "Ebb &amp; flow"}[place.article_id]
    link = escape(article_link(place.article_id, place.passage_id))
    assert f'<div class="fn-meta">Also in: <a href="{link}">{title}</a></div>' in html(app)


def test_what_stands_around_a_passage_is_shown_in_the_articles_order(page, index, tmp_path, watcher):
    from footnote.build import build

    kb = tmp_path / "kb"
    kb.mkdir()
    parts = [" ".join(f"Paragraph {letter} speaks of {topic}." for _ in range(25)) for letter, topic in PARTS]
    (kb / "long.md").write_text("\n\n".join(f"## {topic}\n\n{part}" for part, (_, topic) in zip(parts, PARTS, strict=True)))
    build(kb, index, watcher)
    searcher = Searcher.open(index)
    hit = searcher.ask("bees", top=1).hits[0]
    before, after = searcher.neighbours(hit.passage)
    assert (before.text, hit.passage.text, after.text) == tuple(parts)
    shown = html(ask(page(index), "bees"))
    assert f'<div class="fn-read"><p>{parts[0]}</p></div><hr><div class="fn-read"><p>{parts[2]}</p></div>' in shown
    assert searcher.neighbours(before) == (None, hit.passage)
    assert searcher.neighbours(after) == (hit.passage, None)
    searcher.close()


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
    (current_snapshot(built).folder / "manifest.json").write_text("{")
    app = ask(page(built), "bread")
    assert [error.value for error in app.error] == [texts.UNREADABLE]
    assert not app.exception


def test_a_page_that_is_opened_on_a_damaged_snapshot_answers_from_the_one_before_and_says_so(page, built, kb, watcher):
    from footnote.build import build

    (built / "DAMAGED-ON-PURPOSE").touch()
    (kb / "ski.md").write_text("# Skis\n\nTo wax a ski, warm the wax with an iron and spread it thin.\n", encoding="utf-8")
    before = Searcher.open(built)
    build(kb, built, watcher)
    vectors = current_snapshot(built).folder / "vectors.faiss"
    vectors.write_bytes(vectors.read_bytes()[:-1])
    app = ask(page(built), "how long should dough rise?")
    assert [warning.value for warning in app.warning] == [texts.OLD_KEPT]
    assert citations(app) == [f"[{hit.rank}] {hit.citation}" for hit in before.ask("how long should dough rise?").hits]
    build(kb, built, watcher)
    app = ask(app, "how do I wax a ski?")
    assert (list(app.warning), list(app.exception)) == ([], [])
    assert "<mark>To wax a ski, warm the wax with an iron and spread it thin.</mark>" in html(app)
    before.close()


def test_an_open_page_takes_up_a_new_snapshot(page, built, kb, watcher):
    from footnote.build import build

    app = ask(page(built), "how do I wax a ski?")
    assert "<p>Nothing in these articles answers that.</p>" in html(app)
    (kb / "ski.md").write_text("# Skis\n\nTo wax a ski, warm the wax with an iron and spread it thin.\n", encoding="utf-8")
    build(kb, built, watcher)
    app = app.run()
    assert "<mark>To wax a ski, warm the wax with an iron and spread it thin.</mark>" in html(app)


def test_a_new_snapshot_that_is_damaged_leaves_the_old_one_answering(page, built):
    app = ask(page(built), "how long should dough rise?")
    before = citations(app)
    (built / "DAMAGED-ON-PURPOSE").touch()
    (built / "CURRENT").write_text("20260101T000000Z-000000000000")
    app = app.run()
    assert [warning.value for warning in app.warning] == [texts.OLD_KEPT]
    assert citations(app) == before


def test_an_article_opens_whole_with_its_passage_marked(page, built):
    hit = Searcher.open(built).ask("how long should dough rise?").hits[0]
    app = page(built, article=hit.passage.article_id, passage=hit.passage.id)
    shown = html(app)
    assert shown.count('<h2 class="fn-cited" id="passage">Cited passage</h2>') == 1
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
