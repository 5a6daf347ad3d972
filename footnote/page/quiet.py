"""What is logged when something fails: its kind and where it happened, never its message, which may hold what a reader typed."""

from __future__ import annotations

import logging
import sys
import threading
from typing import Any

from footnote.errors import described


def be_quiet() -> None:
    """Takes the messages of exceptions out of whatever this process logs from now on, whichever library logs it."""
    make = logging.getLogRecordFactory()

    def quietly(*given: Any, **named: Any) -> logging.LogRecord:
        record = make(*given, **named)
        if isinstance(record.args, tuple):
            record.args = tuple(type(part).__name__ if isinstance(part, BaseException) else part for part in record.args)
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = described(record.exc_info[1])
        record.exc_info = None
        return record

    logging.setLogRecordFactory(quietly)
    threading.excepthook = _thread_failed


def tell(error: Exception) -> bool:
    """Says on the page that something failed, and that Streamlit need not say so; for ``st.App``."""
    import streamlit as st

    from footnote.page import texts

    st.error(texts.FAILED)
    return True


def note(error: Exception) -> None:
    """Logs a failure of which the page said a sentence."""
    print(f"footnote: {described(error)}", file=sys.stderr, flush=True)


def _thread_failed(failed: threading.ExceptHookArgs) -> None:
    if failed.exc_value is not None:
        print(f"footnote: {described(failed.exc_value)}", file=sys.stderr, flush=True)
