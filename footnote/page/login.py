"""Who is reading: nobody in particular, unless the owner says that readers log in (OpenID Connect, ``st.login``)."""

from __future__ import annotations

import os

import streamlit as st
from streamlit.errors import StreamlitAuthError, StreamlitMissingAuthlibError

from footnote.page import texts

READERS = "FOOTNOTE_READERS"
OWNERS = "FOOTNOTE_OWNERS"
"""Environment variables: e-mail addresses, or @ and a domain for everybody who has one there. Where ``FOOTNOTE_READERS`` is set,
the page shows nothing before the login, and then only to those and to the owners; ``*`` is everybody whom the login lets in."""


def email() -> str | None:
    """The address that the login vouches for; None for whoever has not logged in."""
    user = st.user
    is_doubtful = str(getattr(user, "email_verified", True)).casefold() == "false"
    if is_doubtful or not getattr(user, "is_logged_in", False):
        return None
    return getattr(user, "email", None) or None


def is_named(address: str | None, variable: str) -> bool:
    """Whether the addresses of an environment variable have this one among them."""
    named = {one.casefold() for one in os.environ.get(variable, "").replace(",", " ").split()}
    if address is None or "@" not in address:
        return False
    folded = address.casefold()
    is_anybody = variable == READERS and "*" in named
    return is_anybody or folded in named or f"@{folded.rpartition('@')[2]}" in named


def is_admitted() -> bool:
    """Whether this reader may see the library; draws the way in where not."""
    if not os.environ.get(READERS):
        return True
    address = email()
    if is_named(address, READERS) or is_named(address, OWNERS):
        return True
    st.title(texts.TITLE, anchor=False)
    if getattr(st.user, "is_logged_in", False):
        st.text(texts.NOT_A_READER)
        way_out()
    else:
        st.text(texts.READERS_ONLY)
        way_in()
    return False


def way_in() -> None:
    """Draws the button that leads to the login."""
    if not st.button(texts.LOG_IN, type="primary", key="log-in"):
        return
    try:
        st.login()
    except StreamlitMissingAuthlibError:
        st.error(texts.LOGIN_NOT_INSTALLED)
    except StreamlitAuthError:
        st.error(texts.LOGIN_NOT_SET_UP)


def way_out() -> None:
    """Draws the button that leads out of it, for whoever has logged in."""
    if getattr(st.user, "is_logged_in", False) and st.button(texts.LOG_OUT, type="tertiary", key="log-out"):
        st.logout()
