"""Asking in a real browser: examples, narrowing, links, citations, the CSV, the article and the way back."""

import csv
import io
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import expect

from footnote.build import build
from footnote.citations import cite_apa, cite_bibtex, cite_markdown
from footnote.page import texts
from footnote.page.markup import article_link
from footnote.records import Filter
from footnote.search import Searcher
from tests.conftest import Silent, link_encoders
from tests.page.conftest import CHROMIUM, DESKTOP, PHONE, answered, ask, copy_by, serving, settled, tab_to

QUESTION = "How do we talk about sex?"
FAR_OFF = "what is the capital of Mongolia"
TAG, OTHER, RARE = "trust", "family", "consent"  # the last is not among those that are offered at once
IN_VIEW = (
    "id => { const at = document.getElementById(id).getBoundingClientRect(); return at.top >= 0 && at.bottom <= innerHeight; }"
)
SCROLLED = "document.querySelector('[data-testid=stMain]').scrollTop"
MARK_IN_VIEW = (
    "() => { const top = document.querySelector('mark').getBoundingClientRect().top; return top >= 0 && top < innerHeight; }"
)
SLOW = """
import time
from footnote.search import Searcher
quick = Searcher.ask
Searcher.ask = lambda *given, **named: (time.sleep(3), quick(*given, **named))[1]
"""
# Every part of the page comes a moment after the one before it.
CRAWLING = """
import time
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
at_once = ScriptRunContext.enqueue
ScriptRunContext.enqueue = lambda *given: (time.sleep(0.05), at_once(*given))[1]
"""
# How long it takes from Enter until a spinner is seen, in ms, and what it says.
WATCH_SPINNER = """() => {
    addEventListener("keydown", ({ key, timeStamp }) => {
        const look = now => {
            const spinner = document.querySelector("[data-testid=stSpinner]");
            const isSeen = spinner !== null && getComputedStyle(spinner).visibility === "visible";
            if (isSeen) window.seen = { waited: now - timeStamp, words: spinner.innerText };
            else requestAnimationFrame(look);
        };
        if (key === "Enter") requestAnimationFrame(look);
    }, true);
}"""
# What of the page that was there already, and stays, is found elsewhere on the screen than before.
WATCH_SHIFTS = """() => {
    const nodes = [];
    window.shifted = () => nodes.filter(node => node?.isConnected).map(node => node.outerHTML ?? node.textContent);
    new PerformanceObserver(list => {
        for (const shift of list.getEntries()) {
            for (const source of shift.sources) {
                const moved = Math.abs(source.currentRect.top - source.previousRect.top);
                if (source.currentRect.height && source.previousRect.height && moved > 1) {
                    nodes.push(source.node);
                }
            }
        }
    }).observe({ type: "layout-shift" });
}"""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")


@pytest.fixture(scope="module")
def searcher(library):
    searcher = Searcher.open(library)
    yield searcher
    searcher.close()


def open_choices(page):
    """Opens what a question can be narrowed down to."""
    page.locator(".st-key-narrow summary").click()
    page.get_by_label(texts.FIND_LIMIT).wait_for()
    settled(page)


def tag_name(searcher, tag):
    """How a tag is offered where nothing is chosen yet."""
    return f"{tag} ({sum(tag in listing.metadata.tags for listing in searcher.engine.listings())})"


def limits(page):
    """The limits that are shown, each of which a click takes away, and that which takes all away."""
    return page.locator(".st-key-limits button")


def rows(page):
    """What the download holds."""
    with page.expect_download() as download:
        page.get_by_role("button", name=texts.DOWNLOAD).click()
    with open(download.value.path(), encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(io.StringIO(file.read(), newline="")))


def of_the_screen(page):
    """Rank, title and passage of every hit on the screen, with white space as one."""
    cards = page.locator(".fn-card").all()
    return [(card.locator("h2").inner_text(), " ".join(card.locator(".fn-read").first.inner_text().split())) for card in cards]


def of_the_rows(found):
    return [(f"[{row['rank']}]{row['title']}", " ".join(row["passage"].split())) for row in found]


def test_the_cursor_is_in_the_box_and_enter_asks(open_tab, address, searcher):
    page = open_tab(address)
    page.wait_for_function("() => document.activeElement.getAttribute('aria-label') === 'Question'")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    answered(page, by=searcher.ask(QUESTION).hits)


def test_on_a_phone_the_keyboard_stays_away(open_tab, address):
    page = open_tab(address, size=PHONE, has_touch=True, is_mobile=True)
    page.get_by_text(texts.EXAMPLES, exact=True).wait_for()
    settled(page)
    assert page.evaluate("document.activeElement.tagName") == "BODY"


def test_an_example_is_asked_by_a_click(tab, searcher):
    tab.get_by_text(texts.EXAMPLES, exact=True).wait_for()
    settled(tab)
    buttons = tab.locator("[class*=st-key-example-] button")
    buttons.nth(3).wait_for()
    examples = buttons.all_inner_texts()
    assert len(examples) == 4
    tab.get_by_role("button", name=examples[1], exact=True).click()
    answered(tab, by=searcher.ask(examples[1]).hits)
    expect(tab.get_by_label("Question")).to_have_value(examples[1])
    assert buttons.count() == 0


def test_narrowing_by_a_tag_and_searching_all_again(tab, searcher):
    ask(tab, QUESTION)
    everywhere = searcher.ask(QUESTION).hits
    answered(tab, by=everywhere)
    open_choices(tab)
    tab.get_by_role("button", name=tag_name(searcher, TAG), exact=True).click()
    expect(limits(tab)).to_have_text([f"{TAG} \u2715", texts.SEARCH_ALL])
    hits = searcher.ask(QUESTION, where=Filter(tags=(TAG,))).hits
    assert hits != everywhere
    answered(tab, by=hits)
    assert {TAG in hit.metadata.tags for hit in hits} == {True}
    tab.get_by_role("button", name=f"\u2713 {tag_name(searcher, TAG)}", exact=True).click()
    expect(limits(tab)).to_have_count(0)
    answered(tab, by=everywhere)
    tab.get_by_role("button", name=tag_name(searcher, OTHER), exact=True).click()
    expect(limits(tab)).to_have_text([f"{OTHER} \u2715", texts.SEARCH_ALL])
    answered(tab, by=searcher.ask(QUESTION, where=Filter(tags=(OTHER,))).hits)
    limits(tab).last.click()
    expect(limits(tab)).to_have_count(0)
    answered(tab, by=everywhere)


def test_a_tag_is_typed_and_chosen_by_keyboard_alone(open_tab, address, searcher):
    page = open_tab(address)
    page.wait_for_function("() => document.activeElement.getAttribute('aria-label') === 'Question'")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    answered(page, by=searcher.ask(QUESTION).hits)
    tab_to(page, texts.NARROW)
    page.keyboard.press("Enter")
    page.get_by_label(texts.FIND_LIMIT).wait_for()
    settled(page)
    tab_to(page, texts.FIND_LIMIT)
    page.keyboard.type(RARE)
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-narrow-tags button")).to_have_text([tag_name(searcher, RARE)])
    settled(page)
    tab_to(page, tag_name(searcher, RARE))
    page.keyboard.press("Space")
    answered(page, by=searcher.ask(QUESTION, where=Filter(tags=(RARE,))).hits)
    expect(limits(page)).to_have_text([f"{RARE} \u2715", texts.SEARCH_ALL])
    tab_to(page, f"{RARE} \u2715")
    page.keyboard.press("Enter")
    answered(page, by=searcher.ask(QUESTION).hits)
    expect(limits(page)).to_have_count(0)


def test_a_link_with_limits_is_made_and_opened(open_tab, address, searcher):
    first = open_tab(address)
    ask(first, QUESTION)
    answered(first)
    open_choices(first)
    best = searcher.ask(QUESTION, where=Filter(tags=(TAG,))).hits[0]
    article, title = best.passage.article_id, best.metadata.title
    first.get_by_role("button", name=tag_name(searcher, TAG), exact=True).click()
    box = first.get_by_label(texts.FIND_LIMIT)
    box.fill(title.upper())
    box.press("Enter")
    first.get_by_role("button", name=title, exact=True).click()
    expect(limits(first)).to_have_text([f"{TAG} \u2715", f"{title} \u2715", texts.SEARCH_ALL])
    hits = searcher.ask(QUESTION, where=Filter(tags=(TAG,), articles=(article,))).hits
    answered(first, by=hits)
    assert first.url == f"{address}/"
    first.locator(".fn-link summary").click()
    link = first.locator(".fn-link pre").inner_text()
    copy_by(first.locator(".fn-link").get_by_role("button", name=texts.COPY))
    assert first.evaluate("navigator.clipboard.readText()") == link
    assert parse_qs(urlsplit(link).query) == {"q": [QUESTION], "tag": [TAG], "in": [article]}

    second = open_tab(address, link.removeprefix(f"{address}/"))
    answered(second, by=hits)
    expect(second.get_by_label("Question")).to_have_value(QUESTION)
    expect(limits(second)).to_have_text([f"{TAG} \u2715", f"{title} \u2715", texts.SEARCH_ALL])


def test_limits_stay_while_counts_change_and_one_looks_elsewhere(open_tab, tmp_path, encoders):
    authors = {"bread": ("Ada", "baking"), "rolls": ("Bo", "baking"), "pies": ("Ada", "fruit")}
    for name, (author, tag) in authors.items():
        head = f"---\ntitle: {name.title()}\nauthor: {author}\ntags: [{tag}]\n---\n"
        (tmp_path / "kb").mkdir(exist_ok=True)
        (tmp_path / "kb" / f"{name}.md").write_text(f"{head}Let the dough of {name} rise in a warm place.\n", encoding="utf-8")
    link_encoders(encoders, tmp_path / "index")
    build(tmp_path / "kb", tmp_path / "index", Silent())
    with serving(tmp_path / "index", FOOTNOTE_KB=str(tmp_path / "kb")) as small:
        page = open_tab(small)
        ask(page, "How does dough rise?")
        answered(page)
        open_choices(page)
        values = page.locator(".st-key-narrow-tags button, .st-key-narrow-authors button")
        expect(values).to_have_text(["baking (2)", "fruit (1)", "Ada (2)", "Bo (1)"])
        page.get_by_role("button", name="baking (2)", exact=True).click()
        expect(values).to_have_text(["\u2713 baking (2)", "fruit (1)", "Ada (1)", "Bo (1)"])
        page.get_by_role("button", name="Ada (1)", exact=True).click()
        expect(values).to_have_text(["\u2713 baking (1)", "fruit (1)", "\u2713 Ada (1)", "Bo (1)"])
        page.get_by_text(texts.LIMITED_ONE.format(all=3)).wait_for()
        settled(page)
        assert answered(page) == ["[1]Bread"]
        page.get_by_role("link", name=texts.MAP, exact=True).click()
        page.get_by_role("heading", name=texts.MAP, exact=True).wait_for()
        settled(page)
        page.go_back()
        expect(limits(page)).to_have_text(["baking \u2715", "Ada \u2715", texts.SEARCH_ALL])
        assert answered(page) == ["[1]Bread"]
        limits(page).first.click()
        expect(limits(page)).to_have_text(["Ada \u2715", texts.SEARCH_ALL])
        expect(page.locator(".fn-head h2")).to_have_count(2)


def test_where_nothing_is_found_among_some_articles_all_can_be_searched(open_tab, address, searcher):
    page = open_tab(address, f"?q={quote(FAR_OFF)}&tag={TAG}")
    page.get_by_text("Nothing in these articles answers that.").wait_for()
    page.get_by_role("button", name=texts.SEARCH_ALL).click()
    expect(limits(page)).to_have_count(0)
    page.get_by_text("Nothing in these articles answers that.").wait_for()


def test_the_csv_is_what_the_screen_shows_and_taking_it_changes_nothing(open_tab, address):
    page = open_tab(address)
    ask(page, QUESTION)
    answered(page)
    before = of_the_screen(page)
    assert of_the_rows(rows(page)) == before == of_the_screen(page)


def test_the_csv_of_a_narrowed_question_is_what_the_screen_shows(open_tab, address):
    page = open_tab(address, f"?q={quote(QUESTION)}&tag={TAG}")
    answered(page)
    before = of_the_screen(page)
    found = rows(page)
    assert of_the_rows(found) == before == of_the_screen(page)
    assert {TAG in row["tags"].split(", ") for row in found} == {True}
    assert {row["question"] for row in found} == {QUESTION}


def test_every_style_of_citation_is_copied_as_it_stands(open_tab, address, searcher):
    hit = searcher.ask(QUESTION).hits[0]
    page = open_tab(address)
    ask(page, QUESTION)
    answered(page)
    panel = page.locator("#hit-1 .fn-cite")
    panel.locator("summary").click()
    copied = []
    for one in panel.locator(".fn-copied").all():
        copy_by(one.get_by_role("button", name=texts.COPY))
        copied.append(page.evaluate("navigator.clipboard.readText()"))
    assert copied == [f"[1] {hit.citation}", cite_markdown(hit), cite_apa(hit), cite_bibtex(hit)]
    assert panel.locator("b").all_inner_texts() == list(texts.CITE_STYLES.values())
    panel.get_by_role("button", name=texts.COPY, exact=True).nth(3).wait_for()


def test_a_link_to_several_limits_brings_them_all(open_tab, address, searcher):
    best = searcher.ask(QUESTION, where=Filter(tags=(TAG,))).hits[0]
    article, day = best.passage.article_id, best.metadata.published
    where = Filter(tags=(TAG, OTHER), articles=(article,))
    page = open_tab(address, f"?q={quote(QUESTION)}&tag={TAG}&tag={OTHER}&in={quote(article)}&since={day}")
    answered(page, by=searcher.ask(QUESTION, where=where).hits)
    shown = [TAG, OTHER, best.metadata.title, f"from {day}"]
    expect(limits(page)).to_have_text([*(f"{one} \u2715" for one in shown), texts.SEARCH_ALL])


def test_another_question_takes_the_linked_one_out_of_the_address(open_tab, address, searcher):
    page = open_tab(address, f"?q={quote(QUESTION)}")
    answered(page, by=searcher.ask(QUESTION).hits)
    ask(page, "How do I set boundaries?")
    answered(page, by=searcher.ask("How do I set boundaries?").hits)
    page.wait_for_url(f"{address}/")


def test_emptying_the_box_takes_the_linked_question_out_of_the_address(open_tab, address):
    page = open_tab(address, f"?q={quote(QUESTION)}")
    answered(page)
    ask(page, "")
    page.get_by_text(texts.EXAMPLES, exact=True).wait_for()
    page.wait_for_url(f"{address}/")


@pytest.mark.parametrize("query", ["?q=", "?q=%20%20", "?tag=consent"])
def test_a_link_without_a_question_shows_the_empty_page(open_tab, address, query):
    page = open_tab(address, query)
    page.get_by_text(texts.EXAMPLES, exact=True).wait_for()


def test_a_link_to_limits_that_are_gone_searches_without_them(open_tab, address, searcher):
    page = open_tab(address, f"?q={quote(QUESTION)}&tag=gone&in=gone.md&since=1999-01-01&author=Nobody")
    answered(page, by=searcher.ask(QUESTION).hits)
    assert limits(page).count() == 0


def test_more_like_this_and_back(tab, address, searcher):
    hits = searcher.ask(QUESTION).hits
    alike = searcher.like(hits[1].passage)
    ask(tab, QUESTION)
    answered(tab)
    tab.get_by_role("link", name=texts.LIKE).nth(1).click()
    tab.get_by_role("heading", name=texts.LIKE_TITLE).wait_for()
    answered(tab, by=alike)
    assert hits[1].passage.id not in {hit.passage.id for hit in alike}
    assert tab.url == f"{address}/?like={hits[1].passage.id}"
    tab.get_by_role("link", name=texts.BACK).click()
    tab.get_by_label("Question").wait_for()
    answered(tab, by=hits)
    expect(tab.get_by_label("Question")).to_have_value(QUESTION)
    assert tab.url == f"{address}/"


def test_back_and_forward_between_question_likeness_and_article(open_tab, address, searcher):
    hits = searcher.ask(QUESTION).hits
    article = article_link(hits[0].passage.article_id, hits[0].passage.id).removeprefix("./")
    page = open_tab(address)
    ask(page, QUESTION)
    answered(page)
    page.get_by_role("link", name=texts.LIKE).first.click()
    page.get_by_role("heading", name=texts.LIKE_TITLE).wait_for()
    answered(page, by=searcher.like(hits[0].passage))
    page.go_back()
    page.get_by_label("Question").wait_for()
    answered(page, by=hits)
    expect(page.get_by_label("Question")).to_have_value(QUESTION)
    page.go_forward()
    page.get_by_role("heading", name=texts.LIKE_TITLE).wait_for()
    answered(page, by=searcher.like(hits[0].passage))
    page.goto(f"{address}/{article}")
    page.get_by_role("heading", name=texts.CITED).wait_for()
    page.go_back()
    page.get_by_role("heading", name=texts.LIKE_TITLE).wait_for()
    answered(page, by=searcher.like(hits[0].passage))
    page.go_forward()
    page.get_by_role("heading", name=texts.CITED).wait_for()
    settled(page)
    assert page.locator(".fn-head h1").inner_text() == hits[0].metadata.title


def test_back_from_an_article_leads_to_where_one_was(tab, searcher):
    ask(tab, QUESTION)
    hits = searcher.ask(QUESTION).hits
    answered(tab, by=hits)
    link = tab.locator("#hit-4").get_by_role("link", name=texts.OPEN)
    link.scroll_into_view_if_needed()
    tab.evaluate(f"addEventListener('mouseup', () => (window.left = {SCROLLED}), {{ capture: true, once: true }})")
    link.click()
    before = tab.evaluate("window.left")
    assert before > 0
    tab.get_by_role("heading", name=texts.CITED).wait_for()
    tab.wait_for_function(MARK_IN_VIEW)
    tab.go_back()
    answered(tab, by=hits)
    tab.wait_for_function(f"top => {SCROLLED} === top", arg=before)
    expect(tab.get_by_label("Question")).to_have_value(QUESTION)


def test_the_way_to_ask_leads_from_an_article_back_to_the_answer(tab, address, searcher):
    ask(tab, QUESTION)
    hits = searcher.ask(QUESTION).hits
    answered(tab, by=hits)
    tab.get_by_role("link", name=texts.OPEN).first.click()
    tab.get_by_role("heading", name=texts.CITED).wait_for()
    settled(tab)
    tab.get_by_role("link", name=texts.ASK, exact=True).click()
    answered(tab, by=hits)
    assert tab.url == f"{address}/"
    tab.wait_for_function(f"() => {SCROLLED} === 0")


def test_a_link_opens_in_a_tab_of_its_own_where_that_is_asked_for(open_tab, address):
    page = open_tab(address, "articles")
    first = page.locator(".fn-list a").first
    first.wait_for()
    title = first.inner_text()
    with page.context.expect_page() as opened:
        first.click(modifiers=["ControlOrMeta"])
    opened.value.locator(".fn-head h1").wait_for()
    assert opened.value.locator(".fn-head h1").inner_text() == title
    assert page.url == f"{address}/articles"


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_an_answer_comes_without_the_page_jumping(open_tab, library, searcher, size):
    with serving(library, before=CRAWLING) as crawling:
        page = open_tab(crawling, size=size)
        page.get_by_text(texts.EXAMPLES, exact=True).wait_for()
        settled(page)
        page.evaluate(WATCH_SHIFTS)
        for question in (QUESTION, "How do I set boundaries?"):
            ask(page, question)
            answered(page, by=searcher.ask(question).hits)
        assert page.evaluate("window.shifted()") == []


def test_who_waits_is_told_so_but_not_before_three_tenths_of_a_second(open_tab, library, searcher):
    with serving(library, before=SLOW) as slow:
        page = open_tab(slow)
        page.get_by_text(texts.EXAMPLES, exact=True).wait_for()
        settled(page)
        page.evaluate(WATCH_SPINNER)
        ask(page, QUESTION)
        answered(page, by=searcher.ask(QUESTION).hits)
        seen = page.evaluate("window.seen")
        assert (seen["words"], seen["waited"] >= 300) == (texts.SEARCHING, True)
        expect(page.get_by_text(texts.SEARCHING, exact=True)).to_have_count(0)


def test_back_from_an_article_to_a_linked_question(open_tab, address, searcher):
    page = open_tab(address, f"?q={quote(QUESTION)}&tag={TAG}")
    hits = searcher.ask(QUESTION, where=Filter(tags=(TAG,))).hits
    answered(page, by=hits)
    page.goto(f"{address}/?article=listening.md")
    page.locator(".fn-head h1").wait_for()
    page.go_back()
    page.get_by_label("Question").wait_for()
    answered(page, by=hits)


def test_the_question_is_still_there_after_a_look_at_the_articles(open_tab, address, searcher):
    page = open_tab(address)
    ask(page, QUESTION)
    hits = searcher.ask(QUESTION).hits
    answered(page, by=hits)
    page.get_by_role("link", name=texts.ARTICLES, exact=True).click()
    page.get_by_role("heading", name=texts.ALL_ARTICLES).wait_for()
    settled(page)
    page.get_by_role("link", name=texts.ASK, exact=True).click()
    page.get_by_label("Question").wait_for()
    answered(page, by=hits)
    expect(page.get_by_label("Question")).to_have_value(QUESTION)


def test_browser_back_from_another_page_brings_the_answer_back(open_tab, address, searcher):
    page = open_tab(address)
    ask(page, QUESTION)
    hits = searcher.ask(QUESTION).hits
    answered(page, by=hits)
    page.get_by_role("link", name=texts.ARTICLES, exact=True).click()
    page.get_by_role("heading", name=texts.ALL_ARTICLES).wait_for()
    settled(page)
    page.go_back()
    page.get_by_label("Question").wait_for()
    answered(page, by=hits)
    expect(page.get_by_label("Question")).to_have_value(QUESTION)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?article=gone.md", texts.NO_ARTICLE),
        ("?article=..%2f..%2fetc%2fpasswd", texts.NO_ARTICLE),
        ("?like=0000000000000000", texts.NO_PASSAGE),
        ("?like=", texts.NO_PASSAGE),
        ("?article=listening.md&passage=0000000000000000", texts.NO_PASSAGE),
    ],
)
def test_a_link_to_something_gone_says_so(open_tab, address, query, said):
    page = open_tab(address, query)
    page.get_by_text(said).wait_for()
    page.get_by_role("link", name=texts.BACK).wait_for()


def test_a_contents_link_goes_to_its_heading(tab_at, searcher):
    article = searcher.engine.article("listening.md")
    heading = [section for section in article.sections if section.path][-1]
    tab = tab_at("?article=listening.md")
    tab.locator(".fn-contents summary").click()
    links = tab.locator(".fn-contents a")
    links.last.wait_for()
    settled(tab)
    assert links.all_inner_texts() == [section.path[-1] for section in article.sections if section.path]
    links.last.click()
    target = tab.locator(f"#h{heading.start}")
    assert target.inner_text() == heading.path[-1]
    tab.wait_for_function(IN_VIEW, arg=f"h{heading.start}")
    assert urlsplit(tab.url).query == "article=listening.md"


def test_what_stands_around_a_passage_opens(tab, searcher):
    hit = searcher.ask(QUESTION).hits[0]
    before, after = searcher.neighbours(hit.passage)
    ask(tab, QUESTION)
    answered(tab)
    tab.locator("#hit-1 .fn-around summary").click()
    shown = [" ".join(part.split()) for part in tab.locator("#hit-1 .fn-around .fn-read").all_inner_texts()]
    assert shown == [" ".join(passage.text.split()) for passage in (before, after) if passage]


def test_a_second_reader_sees_nothing_of_the_first(open_tab, address):
    first, second = open_tab(address), open_tab(address)
    ask(first, QUESTION)
    answered(first)
    second.get_by_text(texts.EXAMPLES, exact=True).wait_for()
    second.get_by_role("link", name=texts.MAP, exact=True).click()
    second.get_by_role("heading", name=texts.MAP, exact=True).wait_for()
    settled(second)
    assert second.get_by_role("heading", name=texts.MAP_LIST).count() == 0
