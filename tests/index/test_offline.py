"""Nothing asks the network: not an ingest, not a question, not the page. Seen by strace, and proved where there is no network."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.conftest import ROOT, link_encoders

STEPS = [
    "ingest 0",
    "ask 0 True ",
    "check 0",
    "page [1]Bread",
    "parts True",
    *["foreign 403"] * 3,
]
OUTSIDE = "outside [1]Bread False no owner"
CALLS = "connect,sendto,sendmsg,sendmmsg"
ADDRESS = re.compile(r'sa_family=AF_INET6?,.*?(?:inet_addr\("([^"]*)"\)|inet_pton\(AF_INET6, "([^"]*)")')


def alone():
    """The command that runs another without a network, or a reason why there is none."""
    if shutil.which("unshare") is None:
        return None
    for command in (["unshare", "-n"], ["unshare", "-rn"]):
        if subprocess.run([*command, "true"], capture_output=True).returncode == 0:
            return command
    return None


def traced():
    """Whether strace is here and may trace."""
    return shutil.which("strace") and subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True).returncode == 0


@pytest.fixture
def place(tmp_path, encoders):
    """Two articles, and an index folder with the compiled model in it."""
    kb = tmp_path / "kb"
    kb.mkdir()
    (kb / "bread.md").write_text("# Bread\n\nLet the dough rise in a warm place for two hours.\n", encoding="utf-8")
    (kb / "tides.txt").write_text("Tides\n\nThe moon pulls the sea.\n", encoding="utf-8")
    link_encoders(encoders, tmp_path / "index")
    return [str(kb), str(tmp_path / "index")]


def took(command, place):
    done = subprocess.run([*command, sys.executable, "-m", "tests.journey", *place], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_the_whole_journey_works_where_there_is_no_network(place):
    command = alone()
    if command is None:
        pytest.skip("unshare may not make a network namespace here")
    first, *steps = took(command, place)
    assert (first, steps) == ("interfaces lo", [*STEPS, OUTSIDE])


@pytest.mark.torture
def test_the_model_is_compiled_where_there_is_no_network(place):
    command = alone()
    if command is None:
        pytest.skip("unshare may not make a network namespace here")
    shutil.rmtree(place[1])
    first, *steps = took(command, place)
    assert (first, steps) == ("interfaces lo", [*STEPS, OUTSIDE])


def test_no_process_of_the_whole_journey_asks_another_host(place, tmp_path):
    if not traced():
        pytest.skip("strace may not trace here")
    log = tmp_path / "trace"
    command = ["strace", "-f", "-qq", "--seccomp-bpf", "-e", f"trace={CALLS}", "-e", "signal=none", "-o", str(log)]
    assert took(command, place)[1:] == STEPS
    asked = [match[1] or match[2] for line in log.read_text().splitlines() for match in ADDRESS.finditer(line)]
    assert set(asked) == {"127.0.0.1"}
