"""What is logged of a failure: where, and of what kind; never the message, which may hold a question."""

import io
import logging
import threading

import pytest

from footnote.errors import described
from footnote.page.quiet import be_quiet, note

SECRET = "how do I leave him"


@pytest.fixture
def log(monkeypatch):
    """What a logger of some library writes."""
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    made = logging.getLogRecordFactory()
    be_quiet()
    said = io.StringIO()
    logger, handler = logging.getLogger("some.library"), logging.StreamHandler(said)
    logger.addHandler(handler)
    yield logger, said
    logger.removeHandler(handler)
    logging.setLogRecordFactory(made)


def fail():
    try:
        {}[SECRET]
    except KeyError as error:
        raise RuntimeError(f"no answer to {SECRET}") from error


def test_an_exception_is_described_by_its_kind_and_its_way_and_those_behind_it_too():
    with pytest.raises(RuntimeError) as raised:
        fail()
    first, second = described(raised.value).splitlines()
    assert first.startswith(f"RuntimeError < {__file__}:")
    assert second.startswith(f"KeyError < {__file__}:")
    assert SECRET not in described(raised.value)


def test_a_library_that_logs_an_exception_logs_no_message(log):
    logger, said = log
    try:
        fail()
    except RuntimeError as error:
        logger.exception("It failed for %s", "one")
        logger.error("It failed: %s %r", error, error)
        logger.error("It failed.", exc_info=error)
        logger.warning("It failed.", exc_info=(type(error), error, error.__traceback__))
    text = said.getvalue()
    assert SECRET not in text
    assert "It failed for one\nRuntimeError < " in text
    assert "It failed: RuntimeError 'RuntimeError'\n" in text
    assert text.count("KeyError < ") == 3


def test_what_is_no_exception_is_logged_as_before(log):
    logger, said = log
    logger.error("%d of %s", 2, "three")
    logger.error("%(a)s", {"a": "b"})
    logger.error("no exception", exc_info=True)
    assert said.getvalue() == "2 of three\nb\nno exception\n"


def test_a_thread_that_fails_says_where_and_not_what(log, capsys):
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    told = capsys.readouterr().err
    assert told.startswith(f"footnote: RuntimeError < {__file__}:")
    assert SECRET not in told


def test_a_failure_that_the_page_speaks_of_is_noted(capsys):
    with pytest.raises(RuntimeError) as raised:
        fail()
    note(raised.value)
    told = capsys.readouterr().err
    assert (told.startswith("footnote: RuntimeError < "), SECRET in told) == (True, False)
