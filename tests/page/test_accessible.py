"""Every page and state under axe-core, and by keyboard alone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from footnote.page import texts
from tests.page.conftest import CHROMIUM, DESKTOP, answered, ask, copy_by, settled, tab_to

QUESTION = "How do we talk about sex?"
SIZES = {"light": DESKTOP, "dark": (390, 844, "dark")}

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")


def empty(page):
    page.get_by_text(texts.EXAMPLES, exact=True).wait_for()


def hits(page):
    ask(page, QUESTION)
    answered(page)


def opened(page):
    """Everything that opens, open."""
    hits(page)
    for summary in page.locator("summary").all():
        summary.click()
    page.get_by_label(texts.FIND_LIMIT).wait_for()


def narrowed(page):
    hits(page)
    page.locator(".st-key-narrow summary").click()
    page.locator(".st-key-narrow-tags button").first.click()
    page.get_by_role("button", name=texts.SEARCH_ALL).wait_for()


def copied(page):
    hits(page)
    page.locator(".fn-cite summary").first.click()
    copy_by(page.locator(".fn-cite .fn-copy").first)


def nothing(page):
    ask(page, "what is the capital of Mongolia")
    page.get_by_text("Nothing in these articles answers that.").wait_for()


def notice(page):
    ask(page, "My husband hits me when he drinks")
    page.get_by_role("note").wait_for()


def like(page):
    hits(page)
    page.get_by_role("link", name=texts.LIKE).first.click()
    page.get_by_role("heading", name=texts.LIKE_TITLE).wait_for()


def article(page):
    page.locator(".fn-contents summary").click()


def articles(page):
    page.locator(".fn-list a").first.wait_for()


def tags(page):
    """The list of tags, open."""
    articles(page)
    page.get_by_role("combobox", name=texts.TAG).click()
    page.get_by_role("option").first.wait_for()


def chart(page):
    page.locator(".stVegaLiteChart .mark-symbol.role-mark path").last.wait_for()


def batch(page):
    page.get_by_label(texts.BATCH_LINES).fill(QUESTION)
    page.get_by_role("button", name=texts.BATCH_RUN).click()
    page.get_by_text("1 questions, 1 answered").wait_for()


def index(page):
    page.get_by_test_id("stVegaLiteChart").nth(1).wait_for()


STATES = [empty, opened, narrowed, copied, nothing, notice, like, article, articles, tags, chart, batch, index]
PATHS = {article: "?article=listening.md", articles: "articles", tags: "articles", chart: "map", batch: "batch", index: "index"}
ARE_STILL = """() => document.getAnimations().every(
    one => one.playState !== "running" || one.effect.getComputedTiming().endTime === Infinity
)"""


def violations(page, least=("serious", "critical")):
    """What axe-core finds, of the gravest two impacts, with where it is."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:200]} at {' '.join(map(str, node['target']))}"
        for one in found
        if one["impact"] in least
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("state", STATES, ids=[state.__name__ for state in STATES])
def test_axe_finds_nothing_grave(open_tab, address, state, size):
    page = open_tab(address, PATHS.get(state, ""), size=size)
    state(page)
    settled(page)
    page.wait_for_function(ARE_STILL)  # of what is half faded in, the contrast is too low
    assert violations(page) == []


def test_an_example_is_asked_by_keyboard(open_tab, address):
    page = open_tab(address)
    first = page.locator("[class*=st-key-example-] button").first
    first.wait_for()
    name = first.inner_text()
    page.get_by_label("Question").focus()
    tab_to(page, name)
    page.keyboard.press("Space")
    answered(page)
    expect(page.get_by_label("Question")).to_have_value(name)
