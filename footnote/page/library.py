"""The library that the page answers from: opened once for all readers, swapped when a new snapshot is current.

A new snapshot that can't be opened never takes the old one away. Knows Streamlit only for keeping one holder a process.
"""

from __future__ import annotations

import os
import re
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from footnote.errors import FootnoteError, IndexMissing, IndexUnreachable
from footnote.page import texts
from footnote.search import Reranker, Searcher
from footnote.stores import Index
from footnote.stores.opening import store_at

_RETRY_SECONDS = 5.0  # before what could not be opened, or reached, is tried again; more where trying takes long
_RETRY_SHARE = 20
_EXAMPLE_ARTICLES = 40  # looked through for examples
_EXAMPLE_CHARS = 60
_QUESTION = re.compile(r"[^\W_](?:[^\W_]|[ ,'\u2019-])*\?")


@dataclass(slots=True)
class Library:
    """Holds the searcher of one index. Safe to use from several threads."""

    index: Index
    _opening: threading.Lock = field(default_factory=threading.Lock)
    _searcher: Searcher | None = None
    _refused: str = ""  # the name of the state that could not be opened last ...
    _retry_at: float = 0.0  # ... and when to try it again
    _unreachable: str = ""
    _look_at: float = 0.0  # for the current state, where that could not be told

    def searcher(self) -> tuple[Searcher, bool]:
        """The searcher of the current snapshot, and whether it is an older one because the current can't be used.

        While another is opened, and where it can't be, whoever asks is answered from the one held. Raises FootnoteError
        where there is none to fall back on.
        """
        held, name = self._searcher, self._current()
        if held is None:
            with self._opening:
                held = self._searcher = self._searcher or self._opened()
        elif self._is_due(held, name) and self._opening.acquire(blocking=False):
            try:
                held = self._swapped(held, name)
            finally:
                self._opening.release()
        return held, held.snapshot.name != name and (held.notice is not None or name == self._refused)

    def _opened(self) -> Searcher:
        """The first searcher. Whoever waited while another could not reach the library does not try it at once, too."""
        if self._unreachable and time.monotonic() < self._retry_at:
            raise IndexUnreachable(self._unreachable)
        try:
            found = Searcher.open(self.index, reranker=_reranker())
        except IndexUnreachable as error:
            self._unreachable, self._retry_at = str(error), time.monotonic() + _RETRY_SECONDS
            raise
        self._unreachable = ""
        return found

    def _is_due(self, held: Searcher, name: str) -> bool:
        # Tried again now and then: what was wrong may be mended without another snapshot.
        return name not in ("", held.snapshot.name) and (name != self._refused or time.monotonic() >= self._retry_at)

    def _swapped(self, held: Searcher, name: str) -> Searcher:
        """The searcher of the snapshot ``name``, or ``held`` where that can't be opened."""
        started = time.monotonic()
        try:
            # The old searcher is not closed: another reader may be asking it. It goes when nobody holds it.
            self._searcher = Searcher.open(self.index, reranker=_reranker(), stand_in=False)
            self._refused = ""
        except Exception:  # whatever is wrong with the new one, the old one goes on answering
            took = time.monotonic() - started
            self._refused, self._retry_at = name, started + max(_RETRY_SECONDS, _RETRY_SHARE * took)
        return self._searcher or held

    def _current(self) -> str:
        """The name of the current state; nothing where that can't be told, which nobody tries again while it takes long."""
        started = time.monotonic()
        if started < self._look_at:
            return ""
        name = store_at(self.index).name()
        if not name:
            took = time.monotonic() - started
            self._look_at = started + took + min(_RETRY_SECONDS, _RETRY_SHARE * took)
        return name


def examples(searcher: Searcher, most: int) -> list[str]:
    """Questions that the articles themselves put as headings, from articles spread over the library.

    Only those of letters and everyday punctuation: a button's label is Markdown.
    """
    listings = searcher.engine.listings()
    step = max(1, len(listings) // _EXAMPLE_ARTICLES)
    found = []
    for listing in listings[::step]:
        article = searcher.engine.article(listing.id)
        headings = [section.path[-1] for section in article.sections if section.path] if article is not None else []
        asked = [heading for heading in headings if _QUESTION.fullmatch(heading) and len(heading) <= _EXAMPLE_CHARS]
        found += asked[len(asked) // 2 :][:1]
    apart = max(1, len(found) // most)
    return found[::apart][:most]


def _reranker() -> Reranker | None:
    """The cross-encoder that the owner named, if any."""
    name = os.environ.get("FOOTNOTE_RERANKER")
    if not name:
        return None
    from footnote.reranking import CrossEncoderReranker

    return CrossEncoderReranker(name)


def index_address() -> str:
    """The index that the page serves."""
    return os.environ.get("FOOTNOTE_INDEX", "index")


def kb_folder() -> Path:
    """The articles that it is made of."""
    return Path(os.environ.get("FOOTNOTE_KB", "kb"))


def opened(library: Library) -> Searcher | None:
    """The searcher to answer from, or None where a sentence on the page says why there is none."""
    import streamlit as st

    try:
        searcher, is_older = library.searcher()
    except IndexMissing:
        st.info(texts.NO_INDEX)
    except FootnoteError:
        st.error(texts.UNREADABLE)
    else:
        if is_older:
            st.warning(texts.OLD_KEPT)
        return searcher
    return None
