"""Sparing readers the walk over everything that was ever imported.

Streamlit has the garbage collector look through all there is after every run of the page. Nearly all there is are modules and the
library, which stay; set aside once, they are not looked at again.
"""

from __future__ import annotations

import gc
import threading

_spared: set[str] = set()
_lock = threading.Lock()


def spare(part: str) -> None:
    """Sets aside what is there once a part of the page has been drawn for the first time. Quick, and nothing at all later.

    What is set aside and is garbage already is never collected, so this must not happen often.
    """
    with _lock:
        if part not in _spared:
            _spared.add(part)
            gc.freeze()
