"""Who may rebuild the index and upload files: the owner, and nobody where it can't be told who that is."""

from __future__ import annotations

import hmac
import ipaddress
import os

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from footnote.page import login, texts
from footnote.page.limits import Pace
from footnote.settings import PAGE

PASSWORD = "FOOTNOTE_OWNER_PASSWORD"
"""Environment variable: the owner's password."""

_WRONG = Pace(PAGE.password_attempts, 60 * PAGE.password_minutes)
_uploading: set[str] = set()  # the sessions of owners who were shown where to upload


def is_owner() -> bool:
    """Whether this reader may change things.

    With a password or a list of owners set, that decides. Otherwise whoever sits at the machine that serves: the page listens on
    loopback alone, was asked for by that name, and no proxy stands between.
    """
    if os.environ.get(PASSWORD):
        return bool(st.session_state.get("is-owner"))
    if os.environ.get(login.OWNERS):
        return login.is_named(login.email(), login.OWNERS)
    return _is_loopback(st.get_option("server.address") or "") and _came_directly()


def ask_who() -> None:
    """Says that this is for the owner, and draws how they say who they are, if there is a way."""
    st.text(texts.OWNER_ONLY)
    if os.environ.get(PASSWORD):
        _ask_for_password()
    elif os.environ.get(login.OWNERS) and login.email() is None:
        login.way_in()


def let_upload() -> None:
    """Lets the session of this owner send files to the server."""
    context = get_script_run_ctx()
    if context is not None:
        _uploading.add(context.session_id)


def may_upload(session: str) -> bool:
    """Whether files of that session are wanted."""
    return session in _uploading


def _ask_for_password() -> None:
    st.text_input(texts.PASSWORD, type="password", key="owner-password", on_change=_try_password)
    said = st.session_state.pop("owner-refused", None)
    if said is not None:
        st.error(said)


def _try_password() -> None:
    """Takes up what was typed, once: no answer to the right one either where too many wrong ones came before."""
    given, expected = st.session_state["owner-password"].encode(), os.fsencode(os.environ[PASSWORD])
    if _WRONG.is_over():
        st.session_state["owner-refused"] = texts.TOO_MANY_PASSWORDS
    elif given and hmac.compare_digest(given, expected):
        st.session_state["is-owner"] = True
    elif given:
        _WRONG.count()
        st.session_state["owner-refused"] = texts.WRONG_PASSWORD


def _came_directly() -> bool:
    """Whether the browser asked for this machine by its loopback name; a proxy before it asks for readers elsewhere."""
    headers = st.context.headers
    host = (headers.get("Host") or "localhost").rsplit(":", 1)[0].strip("[]")
    return _is_loopback(host) and not any(headers.get(name) for name in ("X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via"))


def _is_loopback(name: str) -> bool:
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
