"""Articles and questions that would run a script, load something or cover the page, seen in every part of it in a real browser.

``mixed``: three articles with all payloads between them. ``each``: an article a payload; ``make torture`` runs it.
"""

import re
from types import SimpleNamespace
from urllib.parse import quote

import pytest

from footnote.build import build
from footnote.engines.local import LocalEngine
from footnote.page import texts
from footnote.settings import SEARCH
from footnote.snapshot import current_snapshot
from tests.conftest import Silent, link_encoders
from tests.page.conftest import CHROMIUM, ask, serving, settled, tooltip_of, upload
from tests.page.hostile import HARM, NONE, PAYLOADS, article, evil_server

WORDS = (
    "zebra violin harbour lantern walnut glacier copper thistle marble falcon saddle cactus pepper anchor velvet magnet orchid "
    "tunnel bishop donkey cement trumpet pebble parsley"
).split()
TOOLTIP = ["H2", "TABLE", "TBODY", "TR", "TD", "TD"]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")


def place(folder, payload, word, suffix):
    """A file whose whole path is the payload; its slashes part folders."""
    parts = [part[:200] for part in f"{payload} {word}{suffix}".split("/") if part]
    path = folder.joinpath(*parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


@pytest.fixture(scope="module", params=["mixed", pytest.param("each", marks=pytest.mark.torture)])
def evil(request, tmp_path_factory, encoders):
    """A server over the hostile library, what is in it, and what was asked of the server that nothing may ask."""
    folder = tmp_path_factory.mktemp("evil")
    with evil_server() as (elsewhere, asked):
        payloads = [payload.replace("EVIL", elsewhere) for payload in PAYLOADS.values()]
        if request.param == "mixed":
            payloads = [" ".join(payloads[start::3]) for start in range(3)]
        pieces = dict(zip(WORDS, payloads, strict=False))
        for word, payload in pieces.items():
            place(folder / "kb", payload, word, ".md").write_text(article(payload, word), encoding="utf-8")
            place(folder / "kb", payload, word, " refused.txt").write_bytes(b"\xff\xfe\x00\x01\x02")
        link_encoders(encoders, folder / "index")
        build(folder / "kb", folder / "index", Silent())
        for word, payload in pieces.items():
            place(folder / "kb", payload, word, " new.md").write_text(f"# {payload}\n\n{payload}\n", encoding="utf-8")
        with serving(folder / "index", FOOTNOTE_KB=str(folder / "kb")) as address:
            yield SimpleNamespace(address=address, pieces=pieces, asked=asked, index=folder / "index", param=request.param)


@pytest.fixture
def visit(open_tab, evil):
    """Opens a part of the page; in the end no dialog may have come, and nothing have been asked of anybody else."""
    dialogs = []

    def visit(path=""):
        page = open_tab(evil.address, path)
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        settled(page)
        return page

    yield visit
    assert (dialogs, evil.asked) == ([], [])


def harm(page):
    """What of the hostile text became more than text."""
    settled(page)
    assert page.url.startswith(page.evaluate("location.origin"))
    return page.evaluate(HARM)


def heading(word, payload):
    """How the first hit must be headed."""
    return f"[1]{payload} {word}"


def shown(page, selector):
    """The words of an element as a reader sees them."""
    return " ".join(page.locator(selector).first.inner_text().split())


def test_the_answers_with_everything_that_opens_in_them(visit, evil):
    page = visit()
    for word, payload in evil.pieces.items():
        ask(page, f"{word} {payload}"[:1000])
        page.locator(".fn-head h2", has_text=f"{word}").first.wait_for()
        settled(page)
        assert shown(page, ".fn-head h2") == " ".join(heading(word, payload).split())
        assert harm(page) == NONE
        for summary in page.locator("summary").all():
            summary.click()
        page.get_by_label(texts.FIND_LIMIT).wait_for()
        assert harm(page) == NONE
        page.locator(".st-key-narrow summary").click()


def test_questions_that_nothing_answers(visit, evil):
    page = visit()
    for payload in evil.pieces.values():
        phrase = re.sub('["\u201c\u201d]', " ", payload)
        ask(page, f'"Mongolia {phrase}"'[:1000])
        page.locator(".fn-said", has_text="Mongolia").wait_for()
        assert shown(page, ".fn-said").startswith("No passage holds \u201cMongolia ")
        assert harm(page) == NONE


def test_questions_and_limits_in_the_address(visit, evil):
    for word, payload in evil.pieces.items():
        page = visit(
            f"?q={quote(f'{word} {payload}')}&tag={quote(payload)}&author={quote(payload)}&in={quote(payload)}&since=%3Cb%3E"
        )
        page.get_by_label("Question").wait_for()
        assert harm(page) == NONE
        page.close()


def test_the_articles_whole(visit, evil):
    engine = LocalEngine(current_snapshot(evil.index).folder, SEARCH)
    listings = {listing.metadata.title: listing.id for listing in engine.listings()}
    for word in evil.pieces:
        title = " ".join(f"{evil.pieces[word]} {word}".split())
        article_id = listings[title]
        passage = engine.passages_of(article_id)[-1].id
        page = visit(f"?article={quote(article_id)}&passage={passage}")
        page.locator(".fn-head h1").wait_for()
        assert shown(page, ".fn-head h1") == title
        for summary in page.locator(".fn-contents summary").all():  # none where headings of nothing but markup are none
            summary.click()
        assert harm(page) == NONE
        page.close()
    engine.close()


def test_addresses_that_name_nothing(visit, evil):
    for payload in evil.pieces.values():
        page = visit(f"?article={quote(payload)}&passage={quote(payload)}")
        page.get_by_text(texts.NO_ARTICLE).wait_for()
        assert harm(page) == NONE
        page.close()


def test_the_empty_page_and_its_filters(visit, evil):
    page = visit()
    assert harm(page) == NONE
    ask(page, next(iter(evil.pieces)))
    page.locator(".st-key-narrow summary").click()
    page.locator("[class*=st-key-narrow-tags] button").first.wait_for()
    assert harm(page) == NONE
    page.locator("[class*=st-key-narrow-tags] button").first.click()
    page.locator(".st-key-limits button").first.wait_for()
    assert harm(page) == NONE


def test_the_list_of_articles(visit, evil):
    page = visit("articles")
    page.locator(".fn-list a").first.wait_for()
    assert page.locator(".fn-list a").count() == len(evil.pieces)
    page.get_by_label(texts.TAG, exact=True).first.click()
    page.get_by_role("option").first.wait_for()
    assert harm(page) == NONE
    page.get_by_role("option").first.click()
    assert harm(page) == NONE
    box = page.get_by_label(texts.FIND_TITLE)
    box.fill(next(iter(evil.pieces.values()))[:300])
    box.press("Enter")
    assert harm(page) == NONE


def test_the_map_its_tooltips_and_the_passage_that_is_chosen(visit, evil):
    page = visit()
    word = next(iter(evil.pieces))
    ask(page, f"{word} {evil.pieces[word]}"[:1000])
    page.locator(".fn-head h2").first.wait_for()
    page.get_by_role("link", name=texts.MAP, exact=True).click()
    points = page.locator(".stVegaLiteChart .mark-symbol.role-mark path")
    points.last.wait_for()
    tooltip = tooltip_of(page, points.last)
    for point in points.all():
        point.hover(force=True)
        assert tooltip.evaluate_all("found => found.flatMap(one => [...one.querySelectorAll('*')]).map(one => one.tagName)") in (
            [],
            TOOLTIP,
        )
    assert harm(page) == NONE
    points.first.dispatch_event("click")
    page.locator(".fn-cited").wait_for()
    assert harm(page) == NONE


def test_the_batch_with_its_table_and_a_file_whose_columns_are_hostile(visit, evil, tmp_path):
    page = visit("batch")
    questions = [f"{word} {payload}"[:1000] for word, payload in evil.pieces.items()] + list(evil.pieces.values())
    page.get_by_label(texts.BATCH_LINES).fill("\n".join(questions))
    page.get_by_role("button", name=texts.BATCH_RUN).click()
    page.get_by_text(f"{len(questions)} questions").wait_for()
    page.get_by_test_id("stDataFrame").locator("canvas").first.wait_for()
    assert harm(page) == NONE
    path = tmp_path / "columns.csv"
    names = ['"' + payload.replace('"', '""') + '"' for payload in evil.pieces.values()]
    path.write_text(f"{','.join(names)}\n{','.join('x' for _ in names)}\n", encoding="utf-8")
    upload(page, path)
    settled(page)
    page.get_by_role("button", name=texts.BATCH_RUN).click()
    page.get_by_text(texts.BATCH_REFUSED).wait_for()
    assert shown(page, ".fn-said").endswith(" ".join(evil.pieces.values()).split()[-1] + ".")
    assert harm(page) == NONE


def test_the_index_with_what_changed_and_what_was_refused(visit, evil):
    page = visit("index")
    page.get_by_test_id("stVegaLiteChart").nth(1).wait_for()
    names = page.locator(".fn-list li").all_inner_texts()
    assert (sum(name.startswith("New ") for name in names), len(names)) == (len(evil.pieces), 2 * len(evil.pieces))
    assert harm(page) == NONE


def test_what_resembles_a_passage(visit, evil):
    page = visit()
    for word in evil.pieces:
        ask(page, word)
        page.locator(".fn-head h2", has_text=word).first.wait_for()
        settled(page)
        page.get_by_role("link", name=texts.LIKE).first.click()
        page.get_by_role("heading", name=texts.LIKE_TITLE).wait_for()
        assert harm(page) == NONE
        page.get_by_role("link", name=texts.BACK).click()
        page.get_by_label("Question").wait_for()
