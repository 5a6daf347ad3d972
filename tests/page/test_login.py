"""Readers who log in, against a real OpenID Connect provider of our own, in a real browser."""

import importlib.util
from types import SimpleNamespace

import pytest

from footnote.page import texts
from tests.page.conftest import CHROMIUM, PATIENCE_MS, answered, ask, serving, settled
from tests.page.provider import SECRET, provider, secrets
from tests.page.reader import Reader

ANNA, OWNER, FRIEND, STRANGER = "anna@practice.example", "owner@practice.example", "b@friends.example", "c@evil.example"

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
    pytest.mark.skipif(importlib.util.find_spec("authlib") is None, reason="Authlib is not installed"),
]


@pytest.fixture(scope="module")
def place(tmp_path_factory, bakery):
    """A server that readers log in to, the provider, and the file that says where it is."""
    folder = tmp_path_factory.mktemp("login")
    environment = {
        "FOOTNOTE_KB": str(bakery.kb),
        "FOOTNOTE_READERS": f"{ANNA}, @friends.example",
        "FOOTNOTE_OWNERS": OWNER,
        "STREAMLIT_SECRETS_FILES": str(folder / "secrets.toml"),
    }
    with open(folder / "log", "w") as log, provider() as giver, serving(bakery.index, log=log, **environment) as address:
        yield SimpleNamespace(address=address, provider=giver, secrets=folder / "secrets.toml", log=folder / "log")


@pytest.fixture
def page(browser, place):
    context = browser.new_context()
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(place.address)
    yield page
    context.close()


@pytest.fixture
def log_in(page, place):
    place.secrets.write_text(secrets(place.address, place.provider.address))

    def log_in(email, **claims):
        place.provider.user = {"email": email, "email_verified": True, **claims}
        page.get_by_role("button", name=texts.LOG_IN).click()
        page.get_by_role("button", name=texts.LOG_OUT).wait_for()
        settled(page)

    return log_in


def test_before_the_login_nothing_of_the_library_is_told(place):
    with Reader(place.address) as reader:
        for query in ("", "q=dough", "article=bread.md", "like=none"):
            reader.visit(query)
            assert (reader.said(), reader.html()) == ([texts.READERS_ONLY], [])
        assert (b"flour" in reader.received, b"Bread" in reader.received) == (False, False)


def test_a_login_that_is_not_set_up_says_where_to_read_how(page, place):
    assert not place.secrets.exists()
    page.get_by_role("button", name=texts.LOG_IN).click()
    page.get_by_text(texts.LOGIN_NOT_SET_UP).wait_for()


@pytest.mark.parametrize("email", [ANNA, ANNA.upper(), FRIEND])
def test_a_reader_is_let_in_and_out_again_and_owns_nothing(page, log_in, email):
    log_in(email)
    ask(page, "how long should dough rise?")
    assert answered(page) == ["[1]Bread"]
    page.get_by_role("link", name=texts.INDEX, exact=True).click()
    page.get_by_text(texts.OWNER_ONLY).wait_for()
    settled(page)
    assert page.get_by_role("button", name=texts.REBUILD).count() == 0
    page.get_by_role("button", name=texts.LOG_OUT).click()
    page.get_by_text(texts.READERS_ONLY).wait_for()


def test_the_owner_reads_and_may_rebuild(page, log_in):
    log_in(OWNER)
    page.get_by_role("link", name=texts.INDEX, exact=True).click()
    page.get_by_role("button", name=texts.REBUILD_ALL).wait_for()


@pytest.mark.parametrize(
    ("email", "claims"),
    [(STRANGER, {}), (ANNA, {"email_verified": False}), ("", {}), ("practice.example", {}), (f"{ANNA}.evil.example", {})],
)
def test_whoever_is_not_among_the_readers_is_told_so_and_sees_nothing(page, log_in, email, claims):
    log_in(email, **claims)
    page.get_by_text(texts.NOT_A_READER).wait_for()
    assert page.get_by_label("Question").count() == 0


def altered(text, place):
    """``text`` with another letter at that place."""
    return f"{text[:place]}{'A' if text[place] != 'A' else 'B'}{text[place + 1 :]}"


def test_a_cookie_of_ones_own_making_lets_nobody_in(page, log_in, place):
    log_in(ANNA)
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    real = cookies["_streamlit_user"]
    assert (real["httpOnly"], real["sameSite"]) == (True, "Lax")
    text, signature = 10, real["value"].rindex(".") + 1
    for value in (altered(real["value"], text), altered(real["value"], signature), f"x{real['value']}", "x"):
        page.context.add_cookies([{**real, "value": value}])
        page.goto(place.address)
        page.get_by_text(texts.READERS_ONLY).wait_for()


@pytest.mark.parametrize("query", ["code=stolen&state=forged", "code=stolen", "error=access_denied&error_description=no", ""])
def test_a_login_that_somebody_else_began_lets_nobody_in(page, log_in, place, query):
    place.provider.codes["stolen"] = {"email": ANNA, "email_verified": True, "nonce": "n"}
    page.goto(f"{place.address}/oauth2callback?{query}")
    page.get_by_text(texts.READERS_ONLY).wait_for()
    assert [cookie for cookie in page.context.cookies() if cookie["name"] == "_streamlit_user"] == []


def test_no_log_tells_who_came_or_the_secret(place):
    said = place.log.read_text().casefold()
    assert [word for word in (SECRET, ANNA, STRANGER, "stolen", "eyj") if word in said] == []
