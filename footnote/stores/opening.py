"""The store that a name or an address means."""

from __future__ import annotations

from pathlib import Path

from footnote.stores import Index, Store
from footnote.stores.addresses import is_address, parse


def store_at(index: Index) -> Store:
    """The store of an index. Raises AddressInvalid where it is no address; nothing is opened yet."""
    if not is_address(str(index)):
        from footnote.stores.local import LocalStore

        return LocalStore(Path(index))
    from footnote.stores.milvus import MilvusStore

    return MilvusStore(parse(str(index)))


def whole(index: Index) -> Index:
    """The same index, named so that it is found from any other folder."""
    return str(parse(str(index)).absolute()) if is_address(str(index)) else Path(index).absolute()
