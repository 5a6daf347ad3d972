"""Every page and state under axe-core, and by keyboard alone."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from footnote.page import texts
from tests.page.conftest import CHROMIUM, DESKTOP, answered, ask, settled

QUESTION = "How do we talk about sex?"
SIZES = {"light": DESKTOP, "dark": (390, 844, "dark")}

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")


def empty(page):
    page.get_by_text(texts.EXAMPLES, exact=True).wait_for()


def hits(page):
    ask(page, QUESTION)
    answered(page)


def expander(page):
    hits(page)
    for summary in page.locator("summary").all():
        summary.click()
    page.get_by_role("combobox", name=texts.TAGS).wait_for()


def narrowed(page):
    expander(page)
    page.get_by_role("combobox", name=texts.TAGS).press_sequentially("trust")
    page.get_by_role("option", name="trust (10)").click()
    page.keyboard.press("Escape")
    page.locator("summary", has_text="Narrowed down").wait_for()
    settled(page)


def citations(page):
    hits(page)
    page.get_by_role("button", name=texts.CITE).first.click()
    page.get_by_test_id("stPopoverBody").wait_for()


def link(page):
    hits(page)
    page.get_by_role("button", name=texts.LINK, exact=True).click()
    page.get_by_test_id("stPopoverBody").wait_for()


def nothing(page):
    ask(page, "what is the capital of Mongolia")
    page.get_by_text("Nothing in these articles answers that.").wait_for()


def notice(page):
    ask(page, "My husband hits me when he drinks")
    page.get_by_role("note").wait_for()


def like(page):
    hits(page)
    page.get_by_role("button", name=texts.LIKE).first.click()
    page.get_by_role("heading", name=texts.LIKE_TITLE).wait_for()


def article(page):
    page.goto(f"{page.url}?article=listening.md")
    page.locator(".st-key-contents summary").click()


def articles(page):
    page.goto(f"{page.url}articles")
    page.locator(".fn-list a").first.wait_for()


def chart(page):
    page.goto(f"{page.url}map")
    points = page.locator(".stVegaLiteChart .mark-symbol.role-mark path")
    points.last.wait_for()
    settled(page)
    points.first.dispatch_event("click")
    page.locator(".fn-list li").wait_for()


def batch(page):
    page.goto(f"{page.url}batch")
    page.get_by_label(texts.BATCH_LINES).fill(QUESTION)
    page.get_by_role("button", name=texts.BATCH_RUN).click()
    page.get_by_text("1 questions, 1 answered").wait_for()


def index(page):
    page.goto(f"{page.url}index")
    page.get_by_test_id("stVegaLiteChart").nth(1).wait_for()


STATES = [empty, hits, expander, narrowed, citations, link, nothing, notice, like, article, articles, chart, batch, index]


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
    page = open_tab(address, size=size)
    page.get_by_label("Question").wait_for()
    state(page)
    settled(page)
    assert violations(page) == []


def focused(page):
    """What the keyboard is at."""
    return page.evaluate(
        """() => {
            const one = document.activeElement;
            const words = one.querySelector("[data-testid=stMarkdownContainer]") || one;
            return one.getAttribute("aria-label") || words.innerText;
        }"""
    )


def tab_to(page, name, most=60):
    """Presses Tab until the keyboard is at what is called ``name``, and says what it came by."""
    passed = []
    while focused(page) != name:
        passed.append(focused(page))
        assert len(passed) < most, passed
        page.keyboard.press("Tab")
    return passed


def test_an_example_is_asked_by_keyboard(open_tab, address):
    page = open_tab(address)
    first = page.locator("[class*=st-key-example-] button").first
    first.wait_for()
    name = first.inner_text()
    page.get_by_label("Question").focus()
    tab_to(page, name)
    page.keyboard.press("Space")
    answered(page)
    assert page.get_by_label("Question").input_value() == name
