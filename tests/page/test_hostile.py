"""An article that would run a script anywhere it can be put, seen on every page in a real browser."""

import shutil
from types import SimpleNamespace
from urllib.parse import quote

import pytest

from footnote.build import build
from footnote.page import texts
from footnote.search import Searcher
from tests.page.conftest import CHROMIUM, answered, ask, serving, settled

IMAGE = "<img src=x onerror=window.__x=1>"
NAME = f"{IMAGE}.md"
SCRIPT = "<script>window.__x=2</script>"
MARKDOWN = "![a](http://127.0.0.2/a.png) [b](javascript:window.__x=3) $\\href{javascript:window.__x=4}{c}$ :red[d]"
QUESTION = f"How do I knead {IMAGE} the dough {SCRIPT}?"
ARTICLE = f"""---
title: "{SCRIPT} {IMAGE} Bread"
author: "{IMAGE} Baker"
published: 2024-03-05
tags: ["{IMAGE}", "<svg onload=window.__x=5>", "{SCRIPT}"]
url: "javascript:window.__x=6"
---
## {IMAGE} Kneading

Knead the dough {IMAGE} {SCRIPT} for ten minutes. {MARKDOWN}

## {SCRIPT} Rising

Let the dough rise <iframe src="http://127.0.0.2/"></iframe> in a warm place.

## How do you knead?

{SCRIPT} Fold it. <a href="javascript:window.__x=7">Fold</a> it again.
"""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")


@pytest.fixture(scope="module")
def evil(tmp_path_factory, encoders):
    """A server over the hostile article and a file that is refused, whose name is hostile too."""
    folder = tmp_path_factory.mktemp("evil")
    (folder / "kb").mkdir()
    (folder / "kb" / NAME).write_text(ARTICLE, encoding="utf-8")
    (folder / "kb" / f"{IMAGE} refused.txt").write_bytes(b"\xff\xfe\x00\x01\x02")
    shutil.copytree(encoders, folder / "index" / "encoders")
    build(folder / "kb", folder / "index", SimpleNamespace(say=lambda text: None, progress=lambda *told: None))
    (folder / "kb" / f"{IMAGE} new.md").write_text(f"# {IMAGE}\n\n{SCRIPT}\n", encoding="utf-8")
    with serving(folder / "index", FOOTNOTE_KB=str(folder / "kb")) as address:
        searcher = Searcher.open(folder / "index")
        yield SimpleNamespace(address=address, hit=searcher.ask(QUESTION).hits[0])
        searcher.close()


def is_harmless(page):
    """Whether nothing ran and nothing of the article became an element."""
    settled(page)
    script = "[window.__x, document.querySelectorAll('img, iframe, svg[onload], [onerror], a[href^=javascript]').length]"
    return page.evaluate(script) in ([None, 0], [{}, 0])


def test_the_answer(open_tab, evil):
    page = open_tab(evil.address)
    ask(page, QUESTION)
    assert answered(page)[0] == f"[1]{SCRIPT} {IMAGE} Bread"
    assert is_harmless(page)
    for summary in page.locator("summary").all():
        summary.click()
    page.get_by_label(texts.FIND_LIMIT).wait_for()
    assert is_harmless(page)
    assert page.locator(".fn-cite pre").first.inner_text() == f"[1] {evil.hit.citation}"


def test_a_question_that_nothing_answers_and_one_in_the_address(open_tab, evil):
    page = open_tab(evil.address, f"?q={quote(f'{IMAGE} Mongolia {SCRIPT}')}&tag={quote(SCRIPT)}")
    page.get_by_label("Question").wait_for()
    assert is_harmless(page)
    ask(page, f'"{IMAGE} {SCRIPT} nowhere"')
    page.get_by_text("No passage holds").wait_for()
    assert is_harmless(page)


def test_the_empty_page(open_tab, evil):
    page = open_tab(evil.address)
    page.get_by_role("button", name="How do you knead?").wait_for()
    assert is_harmless(page)


@pytest.mark.parametrize("passage", [True, False])
def test_the_article(open_tab, evil, passage):
    where = f"&passage={evil.hit.passage.id}" if passage else ""
    page = open_tab(evil.address, f"?article={quote(evil.hit.passage.article_id)}{where}")
    page.locator(".fn-head h1").wait_for()
    assert page.locator(".fn-head h1").inner_text() == f"{SCRIPT} {IMAGE} Bread"
    page.locator(".fn-contents summary").click()
    assert is_harmless(page)


def test_what_resembles_a_passage(open_tab, evil):
    page = open_tab(evil.address, f"?like={evil.hit.passage.id}")
    page.get_by_role("heading", name=texts.LIKE_TITLE).wait_for()
    assert is_harmless(page)


def test_the_articles(open_tab, evil):
    page = open_tab(evil.address, "articles")
    page.locator(".fn-list a").wait_for()
    assert page.locator(".fn-list a").inner_text() == f"{SCRIPT} {IMAGE} Bread"
    page.get_by_label(texts.TAG, exact=True).first.click()
    page.get_by_role("option").first.wait_for()
    assert is_harmless(page)


def test_the_map(open_tab, evil):
    page = open_tab(evil.address)
    ask(page, QUESTION)
    answered(page)
    page.get_by_role("link", name=texts.MAP, exact=True).click()
    points = page.locator(".stVegaLiteChart .mark-symbol.role-mark path")
    points.last.wait_for()
    settled(page)
    points.first.hover(force=True)
    page.locator("#vg-tooltip-element").wait_for()
    assert is_harmless(page)
    points.first.dispatch_event("click")
    page.locator(".fn-cited").wait_for()
    assert is_harmless(page)


def test_the_batch(open_tab, evil):
    page = open_tab(evil.address, "batch")
    page.get_by_label(texts.BATCH_LINES).fill(f"{QUESTION}\n{IMAGE} Mongolia")
    page.get_by_role("button", name=texts.BATCH_RUN).click()
    page.get_by_text("2 questions").wait_for()
    page.get_by_test_id("stDataFrame").locator("canvas").first.wait_for()
    assert is_harmless(page)


def test_the_index(open_tab, evil):
    page = open_tab(evil.address, "index")
    page.get_by_test_id("stVegaLiteChart").nth(1).wait_for()
    page.locator(".fn-list li").nth(1).wait_for()
    names = page.locator(".fn-list li").all_inner_texts()
    assert names[0] == f"New {IMAGE} new.md"
    assert names[1].startswith(f"{IMAGE} refused.txt ")
    assert is_harmless(page)
