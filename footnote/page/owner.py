"""Who may rebuild the index and upload files: the owner, and nobody where it can't be told who that is."""

from __future__ import annotations

import hmac
import ipaddress
import os

import streamlit as st

from footnote.page import texts

PASSWORD = "FOOTNOTE_OWNER_PASSWORD"
OWNERS = "FOOTNOTE_OWNERS"
"""Environment variables: the owner's password; the e-mail addresses of owners, where readers log in (``st.login``)."""


def is_owner() -> bool:
    """Whether this reader may change things.

    With a password or a list of owners set, that decides. Otherwise whoever sits at the machine that serves: the page listens on
    loopback alone, was asked for by that name, and no proxy stands between.
    """
    if os.environ.get(PASSWORD):
        return bool(st.session_state.get("is-owner"))
    if os.environ.get(OWNERS):
        email = getattr(st.user, "email", None) if getattr(st.user, "is_logged_in", False) else None
        return email is not None and email in os.environ[OWNERS].replace(",", " ").split()
    return _is_loopback(st.get_option("server.address") or "") and _came_directly()


def ask_for_password() -> None:
    """Says that this is for the owner, and draws the box in which they say who they are, where a password is set."""
    st.text(texts.OWNER_ONLY)
    expected = os.environ.get(PASSWORD)
    if not expected:
        return
    given = st.text_input(texts.PASSWORD, type="password", key="owner-password")
    if given and hmac.compare_digest(given.encode(), expected.encode()):
        st.session_state["is-owner"] = True
        st.rerun()
    elif given:
        st.error(texts.WRONG_PASSWORD)


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
