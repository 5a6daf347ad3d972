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

from footnote.errors import FootnoteError, IndexMissing
from footnote.page import texts
from footnote.search import Reranker, Searcher
from footnote.snapshot import Layout

_RETRY_SECONDS = 5.0
_EXAMPLE_ARTICLES = 40  # looked through for examples
_EXAMPLE_CHARS = 60
_QUESTION = re.compile(r"[^\W_](?:[^\W_]|[ ,'\u2019-])*\?")


@dataclass(slots=True)
class Library:
    """Holds the searcher of one index. Safe to use from several threads."""

    index: Path
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _searcher: Searcher | None = None
    _refused: str = ""  # the content of CURRENT that could not be opened last ...
    _refused_at: float = 0.0  # ... and when

    def searcher(self) -> tuple[Searcher, bool]:
        """The searcher of the current snapshot, and whether it is an older one because the current can't be read.

        Raises FootnoteError where there is none to fall back on.
        """
        with self._lock:
            name = self._current()
            held = self._searcher
            if held is not None and held.snapshot.name == name:
                return held, False
            # Tried again now and then: what was wrong may be mended without another snapshot.
            if held is not None and name == self._refused and time.monotonic() - self._refused_at < _RETRY_SECONDS:
                return held, True
            try:
                # The old searcher is not closed: another reader may be asking it. It goes when nobody holds it.
                self._searcher = Searcher.open(self.index, reranker=_reranker())
            except FootnoteError:
                self._refused, self._refused_at = name, time.monotonic()
                if held is None:
                    raise
                return held, True
            return self._searcher, False

    def _current(self) -> str:
        try:
            return Layout(self.index).current.read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            return ""


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


def index_folder() -> Path:
    """The index that the page serves."""
    return Path(os.environ.get("FOOTNOTE_INDEX", "index"))


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
