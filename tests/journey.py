"""The whole of what Footnote does, one after another, in processes of its own: python -m tests.journey KB INDEX

Prints one line a step. Run under strace or in a network namespace by test_offline.py; brings the loopback interface up where it
is down.
"""

import fcntl
import http.client
import socket
import struct
import subprocess
import sys
import tempfile

from footnote.page import texts
from tests.conftest import ROOT
from tests.page.conftest import serving
from tests.page.reader import Reader

QUESTION = "how long should dough rise?"
FOREIGN = {"Origin": "http://evil.example"}
UPGRADE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 0x1


def bring_up_loopback():
    """A new network namespace has its loopback interface, but down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, _GET_FLAGS, request))[1]
        if not flags & _UP:
            fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh14x", b"lo", flags | _UP))


def interfaces():
    return sorted(name for _, name in socket.if_nameindex())


def python(*command):
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def outside(kb, index):
    """What a server says that listens to more than this machine, as one in a container does: not that it asked who it is."""
    with tempfile.TemporaryFile("w+") as log:
        with serving(index, log=log, FOOTNOTE_KB=kb, STREAMLIT_SERVER_ADDRESS="0.0.0.0") as address, Reader(address) as reader:
            found = reader.ask(QUESTION)
            reader.open("index")
            owned = texts.OWNER_ONLY not in reader.said()
        log.seek(0)
        said = log.read()
    return [*found, "external" in said, "owner" if owned else "no owner"]


def main(kb, index):
    bring_up_loopback()
    print("interfaces", *interfaces())
    print("ingest", python("ingest.py", "--kb", kb, "--index", index)[0])
    status, said, complained = python("-m", "footnote", "ask", QUESTION, "--index", index, "--format", "csv")
    print("ask", status, "Bread" in said, complained)
    print("check", python("-m", "footnote", "check", "--index", index)[0])
    with serving(index, FOOTNOTE_KB=kb) as address:
        with Reader(address) as reader:
            print("page", *reader.ask(QUESTION))
            for part in ("articles", "map", "batch", "index"):
                reader.open(part)
            print("parts", len(reader.elements) > 0)
        connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=30)
        for path in ("/", "/_stcore/health", "/_stcore/stream"):
            connection.request("GET", path, headers={**FOREIGN, **(UPGRADE if path.endswith("stream") else {})})
            answer = connection.getresponse()
            answer.read()
            print("foreign", answer.status)
        connection.close()
    if interfaces() == ["lo"]:
        print("outside", *outside(kb, index))


if __name__ == "__main__":
    main(*sys.argv[1:])
