"""Unit tests use no model, browser, subprocess or network. A test that does is stopped by name; it belongs elsewhere."""

import sys
import threading
from types import SimpleNamespace

import pytest

FORBIDDEN = {
    **dict.fromkeys(["subprocess.Popen", "os.system", "os.posix_spawn", "os.fork", "os.forkpty"], "starts a process"),
    **dict.fromkeys(["socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo"], "uses the network"),
}
running = SimpleNamespace(name=None, threads_before=(), stopped=[])
"""The unit test that runs, if one does; threads that other tests left; what it was stopped from doing."""


def stop(event, arguments):
    if running.name is not None and event in FORBIDDEN and threading.get_ident() not in running.threads_before:
        message = f"{running.name} {FORBIDDEN[event]} ({event}), and a unit test may not. Move it to tests/index/."
        if threading.current_thread() is threading.main_thread():
            running.stopped.append(message)
        raise AssertionError(message)


sys.addaudithook(stop)


@pytest.fixture(autouse=True)
def nothing_heavy(request, monkeypatch):
    """Stops a test that starts a process or uses the network, and fails it even where it caught that."""
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "1")  # scikit-learn would start lscpu to count the cores
    running.threads_before = {thread.ident for thread in threading.enumerate()} - {threading.get_ident()}
    running.stopped.clear()
    running.name = request.node.nodeid
    yield
    running.name = None
    assert running.stopped == []


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
