"""The other pages in a real browser: the articles, the map, the batch."""

import csv
import io
import re

import pytest
from playwright.sync_api import expect

from footnote.export import to_csv
from footnote.page import texts
from footnote.search import Searcher
from tests.page.conftest import CHROMIUM, answered, ask, settled, tooltip_of, upload

QUESTION = "How do we talk about sex?"
FAR_OFF = "what is the capital of Mongolia"
MARK_IN_VIEW = (
    "() => { const top = document.querySelector('mark').getBoundingClientRect().top; return top >= 0 && top < innerHeight; }"
)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")


@pytest.fixture(scope="module")
def searcher(library):
    searcher = Searcher.open(library)
    yield searcher
    searcher.close()


def listed(searcher, tag=None, part=""):
    """The titles that the list of articles should show."""
    found = [listing.metadata for listing in searcher.engine.listings()]
    found = [known for known in found if (tag is None or tag in known.tags) and part in known.title.casefold()]
    return sorted((known.title for known in found), key=str.casefold)


def downloaded(page):
    with page.expect_download() as download:
        page.get_by_role("button", name=texts.DOWNLOAD).click()
    with open(download.value.path(), encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(io.StringIO(file.read(), newline="")))


def without_time(rows):
    return [{name: value for name, value in row.items() if name != "asked_at"} for row in rows]


def expected(answers):
    text = to_csv(answers, empty_rows=True).decode("utf-8-sig")
    return without_time(csv.DictReader(io.StringIO(text, newline="")))


def test_the_articles_are_found_by_tag_and_title_and_open(open_tab, address, searcher):
    page = open_tab(address, "articles")
    links = page.locator(".fn-list a")
    links.first.wait_for()
    expect(links).to_have_text(listed(searcher))
    page.get_by_text(texts.ARTICLES_COUNT.format(count=41), exact=True).wait_for()

    of_trust = listed(searcher, "trust")
    page.get_by_label(texts.TAG, exact=True).first.click()
    page.get_by_role("option", name=f"trust ({len(of_trust)})", exact=True).click()
    page.get_by_text(texts.ARTICLES_COUNT.format(count=len(of_trust)), exact=True).wait_for()
    expect(links).to_have_text(of_trust)

    box = page.get_by_label(texts.FIND_TITLE)
    box.fill("BETRAYAL")
    box.press("Enter")
    found = listed(searcher, "trust", "betrayal")
    assert len(found) == 1
    page.get_by_text(texts.ARTICLES_ONE, exact=True).wait_for()
    expect(links).to_have_text(found)
    assert found == ["After a betrayal: can trust be rebuilt, and how?"]
    links.first.click()
    page.locator(".fn-head h1").wait_for()
    assert page.locator(".fn-head h1").inner_text() == found[0]
    assert page.url.startswith(f"{address}/?article=")


def test_a_title_that_there_is_not_leaves_an_empty_list(open_tab, address):
    page = open_tab(address, "articles")
    box = page.get_by_label(texts.FIND_TITLE)
    box.fill("zebra <b>")
    box.press("Enter")
    page.get_by_text(texts.ARTICLES_COUNT.format(count=0), exact=True).wait_for()
    expect(page.locator(".fn-list a")).to_have_count(0)


def test_the_map_shows_every_passage_says_what_it_is_and_opens_it(tab_at, address, searcher):
    tab = tab_at("map")
    points = tab.locator(".stVegaLiteChart .mark-symbol.role-mark path")
    points.last.wait_for()
    expect(points).to_have_count(searcher.engine.count())
    settled(tab)
    passage = searcher.engine.passages([searcher.engine.count() - 1])[0]  # drawn last, nothing lies over it
    article = searcher.engine.article(passage.article_id)
    tooltip = tooltip_of(tab, points.last)
    assert tooltip.locator("h2").inner_text() == article.metadata.title
    assert "".join(tooltip.locator("td.value").inner_text().split()).removesuffix("...") in "".join(passage.text.split())
    points.last.dispatch_event("click")
    tab.get_by_role("heading", name=texts.CITED).wait_for()
    settled(tab)
    assert tab.locator(".fn-head h1").inner_text() == article.metadata.title
    assert "".join("".join(tab.locator("mark").all_inner_texts()).split()) == "".join(passage.text.split())
    tab.wait_for_function(MARK_IN_VIEW)
    tab.go_back()
    points.last.wait_for()
    tab.wait_for_url(f"{address}/map")


def test_the_map_shows_the_question_among_its_answers(open_tab, address, searcher):
    page = open_tab(address)
    ask(page, QUESTION)
    answered(page)
    page.get_by_role("link", name=texts.MAP, exact=True).click()
    page.get_by_role("heading", name=texts.MAP_LIST).wait_for()
    hits = searcher.ask(QUESTION).hits
    expect(page.locator(".fn-list a")).to_have_text([hit.metadata.title for hit in hits])
    marks = page.locator(".stVegaLiteChart .layer_1_marks path")
    expect(marks).to_have_count(1 + len(hits))


def test_questions_typed_in_are_answered_in_a_table_and_a_csv(open_tab, address, searcher):
    page = open_tab(address, "batch")
    page.get_by_label(texts.BATCH_LINES).fill(f"{QUESTION}\n\n  {FAR_OFF}  \n?!\n")
    page.get_by_role("button", name=texts.BATCH_RUN).click()
    page.get_by_text("3 questions, 1 answered, 2 with nothing relevant.").wait_for()
    page.get_by_test_id("stDataFrame").locator("canvas").first.wait_for()
    settled(page)
    rows = downloaded(page)
    hits = searcher.ask(QUESTION, top=3).hits
    assert [(row["question"], row["rank"], row["passage_id"]) for row in rows] == [
        *((QUESTION, str(hit.rank), hit.passage.id) for hit in hits),
        (FAR_OFF, "", ""),
        ("?!", "", ""),
    ]
    assert without_time(rows)[:-1] == expected([searcher.ask(QUESTION, top=3), searcher.ask(FAR_OFF)])


def test_questions_of_a_file_are_answered(open_tab, address, searcher, tmp_path):
    (tmp_path / "mine.csv").write_text(f'question,who\n"{QUESTION}",A\n{FAR_OFF},B\n', encoding="utf-8-sig")
    page = open_tab(address, "batch")
    upload(page, tmp_path / "mine.csv")
    page.get_by_role("button", name=texts.BATCH_RUN).click()
    page.get_by_text("2 questions, 1 answered, 1 with nothing relevant.").wait_for()
    settled(page)
    assert without_time(downloaded(page)) == expected([searcher.ask(QUESTION, top=3), searcher.ask(FAR_OFF)])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"who\nA\n", r"needs a column named question with a question below it; its columns: who\."),
        (b"", r"needs a column named question with a question below it; its columns: none\."),
        (b"question\n\xff\xfe\n", r"is no CSV file in UTF-8\. Save it as 'CSV UTF-8'\."),
        (b"question\na,b\n", r"has more cells than the first row\. Put quotes around a question with a comma\."),
    ],
    ids=["column", "empty", "encoding", "torn"],
)
def test_a_bad_file_is_named_with_what_would_help(open_tab, address, tmp_path, content, said):
    (tmp_path / "bad.csv").write_bytes(content)
    page = open_tab(address, "batch")
    upload(page, tmp_path / "bad.csv")
    page.get_by_role("button", name=texts.BATCH_RUN).click()
    page.get_by_role("alert").wait_for()
    assert page.get_by_role("alert").inner_text() == texts.BATCH_REFUSED
    reason = page.locator(".fn-said").inner_text()
    assert re.search(said, reason)
    assert "/" not in reason
    assert page.get_by_test_id("stDataFrame").count() == 0


def test_no_question_is_said_so(open_tab, address):
    page = open_tab(address, "batch")
    page.get_by_role("button", name=texts.BATCH_RUN).click()
    page.get_by_text(texts.BATCH_NONE).wait_for()


@pytest.mark.parametrize("path", ["", "articles", "map", "batch", "index"])
def test_no_page_is_wider_than_a_small_phone(open_tab, address, path):
    page = open_tab(address, path, size=(360, 740, "dark"))
    page.get_by_role("heading", level=1).wait_for()
    settled(page)
    main = page.locator("[data-testid=stMain]")
    assert (main.evaluate("one => one.scrollWidth"), page.evaluate("document.documentElement.scrollWidth")) == (360, 360)


@pytest.mark.parametrize("query", ["?article=listening.md", f"?q={QUESTION.replace(' ', '%20')}"])
def test_no_reading_is_wider_than_a_small_phone(open_tab, address, query):
    page = open_tab(address, query, size=(360, 740, "dark"))
    page.locator(".fn-read").first.wait_for()
    settled(page)
    for summary in page.locator("summary").all():
        summary.click()
    main = page.locator("[data-testid=stMain]")
    assert (main.evaluate("one => one.scrollWidth"), page.evaluate("document.documentElement.scrollWidth")) == (360, 360)


def test_the_tables_own_csv_runs_no_formula_either(open_tab, address):
    """The menu of a table takes it away as CSV too, made by the browser of what it was given."""
    page = open_tab(address, "batch")
    page.get_by_label(texts.BATCH_LINES).fill(f"=1+1 {QUESTION}\n@SUM(1) {FAR_OFF}\n{QUESTION}")
    page.get_by_role("button", name=texts.BATCH_RUN).click()
    table = page.get_by_test_id("stDataFrame")
    table.locator("canvas").first.wait_for()
    settled(page)
    page.evaluate("delete window.showSaveFilePicker")  # it would ask where to put the file
    table.hover()
    with page.expect_download() as download:
        page.get_by_test_id("stElementToolbar").get_by_role("button", name="Download as CSV").click()
    with open(download.value.path(), encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(io.StringIO(file.read(), newline="")))
    asked = list(dict.fromkeys(row["question"] for row in rows))
    assert asked == [f"'=1+1 {QUESTION}", f"'@SUM(1) {FAR_OFF}", QUESTION]
