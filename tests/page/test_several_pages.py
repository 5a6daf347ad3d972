"""Two pages over one library behind the nginx that ships: readers stay with one of them, and go on with the other."""

import shutil
import socket
import subprocess
import time

import psutil
import pytest

from tests.page.conftest import serving
from tests.page.reader import Reader
from tests.page.test_proxies import certificate, free_port, nginx_command

QUESTION = "how long should dough rise?"

pytestmark = pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")


def held(port):
    """The connections that the process listening at ``port`` holds, and its id."""
    found = [one for one in psutil.net_connections("tcp") if one.laddr and one.laddr.port == port and one.pid]
    return sum(one.status == psutil.CONN_ESTABLISHED for one in found), found[0].pid


def test_a_reader_stays_with_one_page_and_goes_on_with_the_other_when_it_is_killed(tmp_path, bakery):
    certificate(tmp_path)
    port = free_port()
    with serving(bakery.index, FOOTNOTE_KB=str(bakery.kb)) as one, serving(bakery.index, FOOTNOTE_KB=str(bakery.kb)) as two:
        command = nginx_command(tmp_path, port, one)
        site = tmp_path / "site.conf"
        line = f"server {one.removeprefix('http://')} max_fails=1 fail_timeout=10s;"
        text = site.read_text().replace(f"listen 127.0.0.1:{port} ssl http2", f"listen 127.0.0.1:{port}")
        site.write_text(text.replace(line, f"{line}\n{line.replace(one[7:], two[7:])}"))
        with subprocess.Popen(command) as nginx:
            try:
                address = f"http://127.0.0.1:{port}"
                for _ in range(100):
                    with socket.socket() as trying:
                        if trying.connect_ex(("127.0.0.1", port)) == 0:
                            break
                    time.sleep(0.05)
                with Reader(address) as first, Reader(address) as second:
                    asked = [first.ask(QUESTION), second.ask(QUESTION)]
                    (count, victim), (others, _) = sorted(
                        (held(int(each.rpartition(":")[2])) for each in (one, two)), reverse=True
                    )
                    assert (count >= 2, others) == (True, 0)
                psutil.Process(victim).kill()
                with Reader(address) as again:
                    assert [*asked, again.ask(QUESTION)] == [asked[0]] * 3
            finally:
                nginx.terminate()
