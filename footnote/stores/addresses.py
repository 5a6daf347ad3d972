"""How an index outside a folder is named: ``milvus-lite:FILE``, ``milvus://HOST:PORT/NAME``, ``milvus+tls://HOST:PORT/NAME``."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path

from footnote.errors import AddressInvalid

LITE = "milvus-lite:"
SERVER, ENCRYPTED = "milvus://", "milvus+tls://"
_ON_SERVER = re.compile(r"(?P<host>[A-Za-z0-9.-]+):(?P<port>[0-9]{1,5})/(?P<name>[A-Za-z][A-Za-z0-9_]{0,99})")
_FORMS = f"Write {LITE}FILE, {SERVER}HOST:PORT/NAME or {ENCRYPTED}HOST:PORT/NAME, NAME of letters, digits and underscores."


@dataclass(frozen=True, slots=True)
class Address:
    """Where a library is: in the file ``file``, or under ``name`` on the server at ``uri``."""

    text: str
    name: str
    uri: str = ""
    file: Path | None = None

    def __str__(self) -> str:
        return self.text

    def absolute(self) -> Address:
        """The same, found from any folder."""
        if self.file is None:
            return self
        file = self.file.absolute()
        return replace(self, text=f"{LITE}{file}", file=file)

    def work(self) -> Path:
        """The folder for what stays on this machine."""
        chosen = os.environ.get("FOOTNOTE_WORK")
        if chosen:
            return Path(chosen)
        if self.file is not None:
            return self.file.with_name(f"{self.file.name}.footnote")
        return Path("index", "remote", re.sub(r"[^A-Za-z0-9.]+", "-", self.uri.partition("://")[2] + "-" + self.name))


def is_address(text: str) -> bool:
    """Whether an index is named by an address, well formed or not; anything else names a folder."""
    return text.startswith((LITE, SERVER, ENCRYPTED))


def parse(text: str) -> Address:
    """The address that ``text`` is. Raises AddressInvalid."""
    if text.startswith(LITE):
        file = text.removeprefix(LITE)
        if not file or file.endswith("/"):
            raise AddressInvalid(f"{LITE} names no file. {_FORMS}")
        return Address(text, "footnote", file=Path(file))
    scheme = SERVER if text.startswith(SERVER) else ENCRYPTED
    rest = text.removeprefix(scheme)
    if "@" in rest:  # not repeated: it may hold a password
        raise AddressInvalid(
            "An address holds no user and no password, which every list of processes would show. "
            "Put them into FOOTNOTE_MILVUS_TOKEN, or FOOTNOTE_MILVUS_USER and FOOTNOTE_MILVUS_PASSWORD."
        )
    if rest.startswith("["):
        raise AddressInvalid(f"The client of Milvus can't reach an address in brackets. Write the host's name instead. {_FORMS}")
    found = _ON_SERVER.fullmatch(rest)
    if found is None or not 0 < int(found["port"]) < 65536:
        raise AddressInvalid(f"{text.partition('?')[0]} is not the address of a library. {_FORMS}")
    protocol = "https" if scheme == ENCRYPTED else "http"
    return Address(text, found["name"], f"{protocol}://{found['host']}:{found['port']}")
