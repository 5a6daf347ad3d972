"""The parts of the page as Streamlit's own test runner sees them: limits, feedback, owner, batch, what is missing or broken."""

import json
import re
import shutil
from html import unescape
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from footnote.build import build
from footnote.filters import facets
from footnote.page import SCRIPT, login, owner, texts
from footnote.records import Filter
from footnote.search import Searcher
from tests.conftest import link_encoders
from tests.milvus import let_go, lite, needs_milvus

PAGES = ("", "articles", "map", "batch", "index")
QUESTION = "how long should dough rise?"
CANARY = "zanzibarquartz"


@pytest.fixture
def page(monkeypatch):
    """Opens a page of an index; ``path`` is its place in the navigation."""

    def open_page(index, path="", kb=None, **query):
        st.cache_resource.clear()
        st.cache_data.clear()
        monkeypatch.setenv("FOOTNOTE_INDEX", str(index))
        monkeypatch.setenv("FOOTNOTE_KB", str(kb if kb is not None else index.parent / "kb"))
        app = AppTest.from_file(str(SCRIPT), default_timeout=60)
        for name, value in query.items():
            app.query_params[name] = value
        app.run()
        return go(app, path) if path else app

    yield open_page
    st.cache_resource.clear()
    st.cache_data.clear()


def go(app, path):
    """Turns to another page. The runner itself only knows pages that are files."""
    app._page_hash = next(name for name, known in app._registered_pages.items() if known["url_pathname"] == path)
    return app.run()


def ask(app, question):
    return app.text_input(key="question").set_value(question).run()


def html(app):
    return "".join(element.proto.body for element in app.get("html"))


def citations(app):
    """The plain citations."""
    return [unescape(one) for one in re.findall(rf"<b>{texts.CITE_STYLES['plain']}</b>.*?<pre>(.*?)</pre>", html(app), re.DOTALL)]


def choices(app):
    """Opens what a question can be narrowed down to."""
    app.session_state["narrow"] = True
    return app.run()


def words(button):
    """What a button says; its label is Markdown in which every sign is escaped."""
    return button.label.replace("\\", "").replace("\u2060", "")


def offered(app, field):
    return [words(button) for button in app.button if button.key.startswith(f"narrow-{field}-")]


def limits(app):
    return [words(button) for button in app.button if button.key.startswith("drop-")]


def find(app, part):
    return app.text_input(key="narrow-find").set_value(part).run()


def cite(hits):
    return [f"[{hit.rank}] {hit.citation}" for hit in hits]


def keys(elements):
    return {element.key for element in elements}


def said(app):
    return [one.value for one in (*app.info, *app.warning, *app.error)]


@pytest.fixture
def baked(built, kb, watcher):
    """Four articles of two authors, four tags and three dates."""
    for name, author, tags, day in (
        ("rye", "A. Baker", "[baking, rye]", "2023-01-01"),
        ("pie", "C. Cook", "[baking, fruit]", "2025-06-01"),
    ):
        (kb / f"{name}.md").write_text(
            f"---\ntitle: {name.title()} dough\nauthor: {author}\npublished: {day}\ntags: {tags}\n---\n"
            f"Let {name} dough rise for an hour.\n",
            encoding="utf-8",
        )
    build(kb, built, watcher)
    return built


def test_every_offered_value_leaves_as_many_articles_as_it_says(page, baked):
    searcher = Searcher.open(baked)
    listings = searcher.engine.listings()
    app = choices(ask(page(baked), QUESTION))
    tags = offered(app, "tags")
    assert tags == ["baking (3)", "fruit (1)", "home (1)", "rye (1)", "sea (1)"]
    assert offered(app, "authors") == ["A. Baker (2)", "C. Cook (1)"]
    for option in tags:
        tag, count = option.removesuffix(")").split(" (")
        app.button(key=f"narrow-tags-{tag}").click().run()
        assert limits(app) == [f"{tag} \u2715"]
        left = [listing for listing in listings if tag in listing.metadata.tags]
        assert len(left) == int(count)
        find(app, "d")  # in every title
        assert sorted(offered(app, "articles")) == sorted(one.metadata.title for one in left)
        assert citations(app) == cite(searcher.ask(QUESTION, where=Filter(tags=(tag,))).hits)
        find(app, "")
        app.button(key=f"drop-tags-{tag}").click().run()
    assert limits(app) == []


def test_limits_of_several_kinds_add_up_and_none_that_is_offered_is_a_dead_end(page, baked):
    app = choices(ask(page(baked), QUESTION))
    app.button(key="narrow-authors-A. Baker").click().run()
    assert offered(app, "tags") == ["baking (2)", "home (1)", "rye (1)"]
    app.button(key="narrow-tags-rye").click().run()
    assert offered(app, "authors") == ["\u2713 A. Baker (1)"]
    assert offered(app, "tags") == ["baking (2)", "home (1)", "\u2713 rye (1)"]
    find(app, "DOUGH")
    assert (offered(app, "articles"), offered(app, "tags")) == (["Rye dough"], [])
    searcher = Searcher.open(baked)
    where = Filter(tags=("rye",), authors=("A. Baker",))
    assert citations(app) == cite(searcher.ask(QUESTION, where=where).hits) != []
    assert limits(app) == ["rye \u2715", "A. Baker \u2715"]
    assert f"<p>{texts.LIMITED_ONE.format(all=4)}</p>" in html(app)
    app.button(key="search-all").click().run()
    assert (limits(app), citations(app)) == ([], cite(searcher.ask(QUESTION).hits))


def test_values_of_one_kind_are_alternatives_and_what_is_chosen_is_taken_back_where_it_stands(page, baked):
    app = choices(ask(page(baked), QUESTION))
    for tag in ("rye", "fruit"):
        app.button(key=f"narrow-tags-{tag}").click().run()
    assert citations(app) == cite(Searcher.open(baked).ask(QUESTION, where=Filter(tags=("rye", "fruit"))).hits)
    app.button(key="narrow-tags-rye").click().run()
    assert limits(app) == ["fruit \u2715"]


def test_where_no_name_holds_what_is_looked_for_that_is_said(page, baked):
    app = find(choices(ask(page(baked), QUESTION)), "zebra")
    assert [offered(app, field) for field in ("tags", "authors", "articles")] == [[], [], []]
    assert texts.NO_CHOICE in [text.value for text in app.text]
    assert citations(app) == cite(Searcher.open(baked).ask(QUESTION).hits)


def test_of_many_values_some_are_offered_and_the_others_found(page, built, kb, watcher):
    tags = ", ".join(f"tag{number:02}" for number in range(40))
    (kb / "many.md").write_text(f"---\ntitle: Many\ntags: [{tags}]\n---\nLet dough rise.\n", encoding="utf-8")
    build(kb, built, watcher)
    app = choices(ask(page(built), QUESTION))
    assert len(offered(app, "tags")) == 16
    assert texts.MORE_CHOICES.format(count=27) in [text.value for text in app.text]
    assert offered(find(app, "TAG39"), "tags") == ["tag39 (1)"]


def test_dates_offer_no_end_before_their_beginning(page, baked):
    app = choices(ask(page(baked), QUESTION))
    days = ["2023-01-01", "2024-03-05", "2025-01-10", "2025-06-01"]
    assert app.selectbox(key="narrow-since").options == days
    app.selectbox(key="narrow-since").set_value("2024-03-05").run()
    assert app.selectbox(key="narrow-until").options == days[1:]
    app.selectbox(key="narrow-until").set_value("2024-03-05").run()
    assert app.selectbox(key="narrow-since").options == days[:2]
    assert limits(app) == ["from 2024-03-05 \u2715", "to 2024-03-05 \u2715"]
    where = Filter(since="2024-03-05", until="2024-03-05")
    assert citations(app) == cite(Searcher.open(baked).ask(QUESTION, where=where).hits)
    app.button(key="drop-since").click().run()
    assert (app.selectbox(key="narrow-since").value, limits(app)) == (None, ["to 2024-03-05 \u2715"])


@pytest.mark.parametrize(
    "gone",
    [
        {"tag": "gone"},
        {"author": "Nobody"},
        {"in": "gone.md"},
        {"since": "1999-01-01"},
        {"until": "not a date"},
        {"tag": "gone", "in": "gone.md"},
        {"tag": "gone", "author": "Nobody", "in": "gone.md", "since": "2999-01-01"},
    ],
    ids=lambda gone: "-".join(gone),
)
def test_a_linked_limit_that_is_gone_does_not_hide_the_answer(page, baked, gone):
    app = page(baked, q=QUESTION, **gone)
    assert citations(app) == cite(Searcher.open(baked).ask(QUESTION).hits) != []
    assert limits(app) == []


def test_a_limit_whose_value_went_with_a_rebuild_is_dropped(page, baked, kb, watcher):
    app = find(choices(ask(page(baked), QUESTION)), "pie")
    app.button(key="narrow-articles-pie.md").click().run()
    find(app, "").button(key="narrow-tags-fruit").click().run()
    assert limits(app) == ["fruit \u2715", "Pie dough \u2715"]
    (kb / "pie.md").unlink()
    build(kb, baked, watcher)
    app.run()
    assert (limits(app), citations(app)) == ([], cite(Searcher.open(baked).ask(QUESTION).hits))


def test_readers_are_not_asked_what_was_useful_unless_the_owner_wants_to_know(page, built):
    app = ask(page(built), QUESTION)
    assert list(app.get("feedback")) == []
    assert texts.USEFUL not in [text.value for text in app.text]


def test_what_was_useful_is_kept_without_the_question(page, baked, tmp_path, monkeypatch):
    path = tmp_path / "feedback.jsonl"
    monkeypatch.setenv("FOOTNOTE_FEEDBACK", str(path))
    app = ask(page(baked), f"{QUESTION} {CANARY}")
    assert not path.exists()
    answer = Searcher.open(baked).ask(f"{QUESTION} {CANARY}")
    first, second = answer.hits[:2]
    for hit, value in ((first, 1), (second, 0)):
        next(one for one in app.get("feedback") if one.key == f"thumbs-{hit.passage.id}").set_value(value).run()
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [(row["passage"], row["rank"], row["useful"], row["snapshot"]) for row in rows] == [
        (first.passage.id, 1, True, answer.snapshot),
        (second.passage.id, 2, False, answer.snapshot),
    ]
    assert {tuple(row) for row in rows} == {("at", "snapshot", "article", "passage", "rank", "useful")}
    assert CANARY not in path.read_text(encoding="utf-8")


def test_feedback_that_is_taken_back_is_not_kept_as_not_useful(page, built, tmp_path, monkeypatch):
    path = tmp_path / "feedback.jsonl"
    monkeypatch.setenv("FOOTNOTE_FEEDBACK", str(path))
    app = ask(page(built), QUESTION)
    key = app.get("feedback")[0].key
    for value in (1, None):
        next(one for one in app.get("feedback") if one.key == key).set_value(value).run()
    rows = [json.loads(line)["useful"] for line in path.read_text(encoding="utf-8").splitlines()]
    assert rows in ([True], [True, None])


def test_a_feedback_file_that_cannot_be_written_breaks_nothing(page, built, tmp_path, monkeypatch):
    monkeypatch.setenv("FOOTNOTE_FEEDBACK", str(tmp_path))
    app = ask(page(built), QUESTION)
    app.get("feedback")[0].set_value(1).run()
    assert not app.exception
    assert app.get("feedback")[0].value is None


@pytest.mark.parametrize(
    ("headers", "address", "expected"),
    [
        ({"Host": "127.0.0.1:8501"}, "127.0.0.1", True),
        ({"Host": "localhost:8501"}, "localhost", True),
        ({"Host": "[::1]:8501"}, "::1", True),
        ({}, "127.0.0.1", True),
        ({"Host": "footnote.example"}, "127.0.0.1", False),
        ({"Host": "localhost:8501", "X-Forwarded-For": "1.2.3.4"}, "127.0.0.1", False),
        ({"Host": "localhost:8501", "Via": "1.1 proxy"}, "127.0.0.1", False),
        ({"Host": "localhost:8501"}, "0.0.0.0", False),
        ({"Host": "localhost:8501"}, None, False),
    ],
)
def test_without_a_password_the_owner_is_who_sits_at_the_machine(monkeypatch, headers, address, expected):
    fake = SimpleNamespace(context=SimpleNamespace(headers=headers), get_option=lambda name: address, session_state={})
    monkeypatch.setattr(owner, "st", fake)
    monkeypatch.delenv(owner.PASSWORD, raising=False)
    monkeypatch.delenv(login.OWNERS, raising=False)
    assert owner.is_owner() is expected


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ({"is_logged_in": True, "email": "b@example.org"}, True),
        ({"is_logged_in": True, "email": "x@example.org"}, False),
        ({"is_logged_in": True, "email": "B@Example.org"}, True),
        ({"is_logged_in": True, "email": "anna@practice.example"}, True),
        ({"is_logged_in": True, "email": "anna@practice.example.org"}, False),
        ({"is_logged_in": True, "email": "practice.example"}, False),
        ({"is_logged_in": True, "email": "b@example.org", "email_verified": False}, False),
        ({"is_logged_in": True, "email": "b@example.org", "email_verified": "false"}, False),
        ({"is_logged_in": True, "email": "b@example.org", "email_verified": True}, True),
        ({"is_logged_in": True, "email": "*"}, False),
        ({"is_logged_in": True, "email": "example.org"}, False),
        ({"is_logged_in": False, "email": "b@example.org"}, False),
        ({"is_logged_in": True}, False),
        ({}, False),
    ],
)
def test_where_readers_log_in_the_list_decides_who_is_owner(monkeypatch, user, expected):
    monkeypatch.setattr(login, "st", SimpleNamespace(user=SimpleNamespace(**user)))
    monkeypatch.delenv(owner.PASSWORD, raising=False)
    monkeypatch.setenv(login.OWNERS, "a@example.org, b@example.org @practice.example *")
    assert owner.is_owner() is expected


def test_the_password_is_asked_for_and_a_wrong_one_is_said_to_be_wrong(page, built, monkeypatch):
    monkeypatch.setenv("FOOTNOTE_OWNER_PASSWORD", "p\u00e4ss w\u00f6rd")
    app = page(built, "index")
    assert (texts.OWNER_ONLY in [text.value for text in app.text], "rebuild-all" in keys(app.button)) == (True, False)
    app.text_input(key="owner-password").set_value("pass word").run()
    assert ([error.value for error in app.error], "rebuild-all" in keys(app.button)) == ([texts.WRONG_PASSWORD], False)
    app.text_input(key="owner-password").set_value("p\u00e4ss w\u00f6rd").run()
    assert (said(app), {"rebuild-all", "rebuild-changed"} <= keys(app.button)) == ([], True)
    assert "owner-password" not in keys(app.text_input)


@pytest.mark.parametrize("path", PAGES)
def test_without_an_index_every_page_is_a_sentence(page, tmp_path, path):
    app = page(tmp_path / "nothing", path)
    assert (said(app), list(app.exception)) == ([texts.NO_INDEX], [])


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("damage", ["pointer", "manifest", "library"])
def test_a_broken_index_is_a_sentence_on_every_page(page, built, path, damage):
    (built / "DAMAGED-ON-PURPOSE").touch()
    snapshot = built / "snapshots" / (built / "CURRENT").read_text().strip()
    if damage == "pointer":
        (built / "CURRENT").write_text("nonsense")
    elif damage == "manifest":
        next(snapshot.glob("manifest*")).write_text("{")
    else:
        shutil.rmtree(snapshot)
    app = page(built, path)
    # Where only the pointer is gone, what it pointed to still answers.
    assert (said(app), list(app.exception)) == ([texts.OLD_KEPT if damage == "pointer" else texts.UNREADABLE], [])


@pytest.mark.parametrize("query", [{"article": "tides.md"}, {"like": "0000000000000000"}])
def test_a_link_into_a_broken_index_is_a_sentence(page, built, query):
    (built / "DAMAGED-ON-PURPOSE").touch()
    shutil.rmtree(built / "snapshots")
    app = page(built, **query)
    assert (said(app), list(app.exception)) == ([texts.UNREADABLE], [])


@pytest.mark.parametrize("path", PAGES)
def test_every_page_of_an_empty_library_stands(page, built, kb, watcher, path):
    for file in kb.iterdir():
        file.unlink()
    build(kb, built, watcher, allow_empty=True)
    app = page(built, path)
    assert (said(app), list(app.exception)) == ([], [])
    if path == "":
        assert "<p>Nothing in these articles answers that.</p>" in html(ask(app, QUESTION))


@pytest.mark.parametrize("path", PAGES)
def test_without_the_folder_of_articles_every_page_still_stands(page, built, tmp_path, path):
    app = page(built, path, kb=tmp_path / "missing")
    assert (said(app), list(app.exception)) == ([], [])
    if path == "index":
        assert texts.NO_FOLDER in [text.value for text in app.text]


def test_an_article_whose_file_changed_or_went_says_so(page, built, kb):
    assert said(page(built, article="tides.md")) == []
    (kb / "tides.md").write_text("# Tides\n\nOther words.\n", encoding="utf-8")
    assert said(page(built, article="tides.md")) == [texts.CHANGED]
    (kb / "tides.md").unlink()
    assert said(page(built, article="tides.md")) == [texts.GONE]
    assert said(page(built, kb=kb / "missing", article="tides.md")) == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"like": "0000000000000000"}, [texts.NO_PASSAGE]),
        ({"like": "../../etc/passwd"}, [texts.NO_PASSAGE]),
        ({"like": "bread.md"}, [texts.NO_PASSAGE]),
        ({"article": "", "passage": "x"}, [texts.NO_ARTICLE]),
    ],
)
def test_a_link_to_something_gone_says_so(page, built, query, expected):
    app = page(built, **query)
    assert (said(app), list(app.exception)) == (expected, [])


def test_a_linked_question_longer_than_the_box_takes_is_no_fault(page, built):
    app = page(built, q="dough " * 500)
    assert list(app.exception) == []


def test_more_like_a_passage_that_nothing_resembles(page, built):
    hit = Searcher.open(built).ask("when is the tide highest?").hits[0]
    app = page(built, like=hit.passage.id)
    expected = cite(Searcher.open(built).like(hit.passage))
    assert (citations(app), list(app.exception)) == (expected, [])
    assert (texts.LIKE_NONE in [text.value for text in app.text]) is (expected == [])


def test_a_thousand_questions_are_answered_in_one_go(page, built):
    app = page(built, "batch")
    app.text_area(key="batch-lines").set_value("\n".join(f"how long should dough number {n} rise?" for n in range(1000)))
    app.number_input(key="batch-top").set_value(1)
    app.button(key="batch-run").click().run(timeout=300)
    assert list(app.exception) == []
    table = app.dataframe[0].value
    assert len(table) == len(set(table["question"])) == 1000
    assert f"how long should dough number {999} rise?" in set(table["question"])
    assert any(text.value.startswith("1000 questions, ") for text in app.text)


def test_a_thousand_and_one_are_not(page, built):
    app = page(built, "batch")
    app.text_area(key="batch-lines").set_value("\n".join(f"question {n}" for n in range(1001)))
    app.button(key="batch-run").click().run()
    assert (said(app), list(app.dataframe)) == ([texts.BATCH_MANY.format(count=1001, most=1000)], [])


def test_the_table_keeps_the_order_of_the_questions(page, built):
    app = page(built, "batch")
    questions = ["what is the capital of Mongolia", QUESTION]
    app.text_area(key="batch-lines").set_value("\n".join(questions))
    app.button(key="batch-run").click().run()
    assert list(dict.fromkeys(app.dataframe[0].value["question"])) == questions


def test_the_articles_offered_by_tag_are_counted(page, built):
    app = page(built, "articles")
    assert app.selectbox(key="articles-tag").options == ["baking (1)", "home (1)", "sea (1)"]
    app.selectbox(key="articles-tag").set_value("sea").run()
    assert [text.value for text in app.text] == ["1 article"]


def test_what_is_offered_comes_from_the_listings(built):
    listings = Searcher.open(built).engine.listings()
    found = facets(listings, Filter(tags=("baking",)))
    assert (found.articles, found.authors, found.dates) == ({"bread.md": "Bread at home"}, {"A. Baker": 1}, ("2024-03-05",))


@needs_milvus
def test_every_part_of_the_page_stands_on_a_library_in_milvus(page, kb, tmp_path, encoders, watcher):
    link_encoders(encoders, tmp_path / "index.db.footnote")
    build(kb, lite(tmp_path), watcher)
    app = ask(page(lite(tmp_path), kb=kb), QUESTION)
    assert citations(app) == ['[1] A. Baker. "Bread at home" (2024-03-05). Section: Rising. bread.md, characters 0-180.']
    assert not app.exception
    for path in PAGES[1:]:
        opened = page(lite(tmp_path), path, kb)
        assert not opened.exception and not opened.error
    st.cache_resource.clear()
    let_go()
