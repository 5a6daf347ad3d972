"""Unit tests use no model, browser, subprocess or network. A test that does is stopped by name; it belongs elsewhere."""

import sys
import threading

import pytest

FORBIDDEN = {"subprocess.Popen": "starts a process", "os.fork": "starts a process", "socket.connect": "connects to a server"}
running = []  # the unit test that runs, if one does


def stop(event, arguments):
    if running and event in FORBIDDEN and threading.current_thread() is threading.main_thread():
        raise AssertionError(f"{running[0]} {FORBIDDEN[event]} ({event}), and a unit test may not. Move it to tests/index/.")


sys.addaudithook(stop)


@pytest.fixture(autouse=True)
def nothing_heavy(request, monkeypatch):
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "1")  # scikit-learn would start lscpu to count the cores
    running.append(request.node.nodeid)
    yield
    running.clear()


@pytest.fixture(scope="session")
def encoders():
    pytest.fail("A unit test uses tests.fake_encoder. Move a test that needs the real model to tests/index/.")


@pytest.fixture(autouse=True)
def parsers(monkeypatch):
    """Readers run in this process here; tests/index/ runs them in the processes that an ingest gives them."""
    from footnote.readers import child
    from footnote.readers.isolation import Isolation

    def read(self, form, content, source):
        return child._read(form.module, content, form.is_text, source)

    monkeypatch.setattr(Isolation, "read", read)
