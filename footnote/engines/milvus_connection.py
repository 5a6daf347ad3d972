"""The way to Milvus: every call with a time limit, tried again where that can help, and every failure in a sentence.

Knows nothing of what the collections hold. Nothing that a reader typed is ever part of a message or a log: pymilvus's own log,
which quotes whole calls, is silenced. Whoever is to connect is told by the environment alone.
"""

from __future__ import annotations

import copy
import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from footnote.engines.milvus_lite import INSTALL, START_SECONDS
from footnote.errors import EngineMissing, IndexDamaged, IndexOfOtherVersion, IndexRefused, IndexUnreachable
from footnote.settings import MILVUS

if TYPE_CHECKING:
    from pymilvus import CollectionSchema, MilvusClient

T = TypeVar("T")
Row = dict[str, Any]

_COLLECTION_MISSING = 100
# Of a server that starts, is too busy, or moves a collection from one node to another (Milvus's pkg/util/merr).
_PASSING_CODES = {2, 4, 8, 9, 11, 12, 103, 503, 901, 902, 905}
_DENIED = ("unauthenticated", "permission_denied", "permission deny", "auth check", "privilege", "need authenticate")
_PASSING = (
    "unavailable",
    "deadline",
    "fail connecting",
    "timeout",
    "rate limit",
    "not ready",
    "recovering",
    "connection",
    "socket",
)
# pymilvus asks every 10 s whether the other side is there, and gRPC's servers break off what asks more often than every 5 minutes
# while nothing else is said, as while an ingest embeds.
_KEEP_ALIVE = {"grpc.keepalive_time_ms": 310_000, "grpc.keepalive_permit_without_calls": 0}
_PAGE = 1_000  # rows of one answer
_REQUEST = 8_000_000  # bytes of one request, about
MOST = 16_384
"""Rows that one answer may have."""


class CollectionMissing(IndexDamaged):
    """There is no such collection (any more)."""


class Connection:
    """One library's way to Milvus. ``where`` is how its user named it. Safe to use from several threads.

    Raises EngineMissing, IndexUnreachable, IndexRefused.
    """

    def __init__(self, where: str, uri: str) -> None:
        self._where = where
        self._consistency = "Strong"
        self._of: Connection | None = None  # which is closed when nobody holds it
        self._tries, self._seconds = MILVUS.tries, MILVUS.call_seconds
        client_class, self._kinds = _client_class()

        patience = START_SECONDS if uri.startswith("unix:") else MILVUS.connect_seconds

        def connect() -> MilvusClient:
            return client_class(uri, token=_token(), timeout=patience, dedicated=True, grpc_options=_KEEP_ALIVE)

        self.client: MilvusClient = self._tried(connect)

    def close(self) -> None:
        """Lets go of the connection."""
        self.client.close()

    def settled(self) -> Connection:
        """The same for reading what was written seconds ago: a server need not make sure that it has seen every later write."""
        other = copy.copy(self)
        other._consistency, other._of = "Bounded", self
        return other

    def in_haste(self) -> Connection:
        """The same for what can be done without and may be seconds old: tried once, for a short time."""
        other = self.settled()
        other._tries, other._seconds = 1, MILVUS.haste_seconds
        return other

    def collections(self) -> list[str]:
        """The names of all collections."""
        return list(self._tried(lambda: self.client.list_collections(timeout=MILVUS.call_seconds)))

    def fields(self, collection: str) -> dict[str, int]:
        """The fields of a collection and the dimension of each that is a vector, else 0. Raises CollectionMissing."""
        found = self._tried(lambda: self.client.describe_collection(collection, timeout=MILVUS.call_seconds))
        return {field["name"]: int(field.get("params", {}).get("dim", 0)) for field in found["fields"]}

    def create(self, collection: str, schema: CollectionSchema, indexes: Sequence[Row]) -> None:
        """Makes a collection that is ready to be searched, empty where there was none; goes on where another try stopped."""
        seconds = MILVUS.call_seconds

        def make() -> None:
            if not self.client.has_collection(collection, timeout=seconds):
                self.client.create_collection(collection, schema=schema, consistency_level="Strong", timeout=seconds)
            there = {
                name for index in indexes for name in self.client.list_indexes(collection, index["field_name"], timeout=seconds)
            }
            params = self.client.prepare_index_params()
            for index in indexes:
                if index["field_name"] not in there:
                    params.add_index(**index, index_name=index["field_name"])
            if len(params):
                self.client.create_index(collection, params, timeout=seconds)
            self.client.load_collection(collection, timeout=seconds)

        self._tried(make)

    def drop(self, collection: str) -> None:
        """Removes a collection."""
        self._tried(lambda: self.client.drop_collection(collection, timeout=MILVUS.call_seconds))

    def put(self, collection: str, rows: Sequence[Row]) -> None:
        """Writes rows, in the place of those with the same primary key; so a call can be tried again."""
        for batch in _batches(rows):
            self._tried(lambda batch=batch: self.client.upsert(collection, batch, timeout=MILVUS.write_seconds))  # type: ignore[misc]

    def delete(self, collection: str, where: str) -> None:
        """Removes the rows that meet ``where``."""
        self._tried(lambda: self.client.delete(collection, filter=where, timeout=MILVUS.write_seconds))

    def rows(self, collection: str, where: str, fields: Sequence[str], limit: int = MOST) -> list[Row]:
        """The rows that meet ``where``, at most ``limit``."""
        found = self._tried(
            lambda: self.client.query(
                collection,
                filter=where,
                output_fields=list(fields),
                limit=limit,
                consistency_level=self._consistency,
                timeout=self._seconds,
            )
        )
        return [dict(row) for row in found]

    def every(self, collection: str, where: str, fields: Sequence[str]) -> Iterator[Row]:
        """All rows that meet ``where``, in the order of their primary key, some at a time."""
        iterator = self._tried(
            lambda: self.client.query_iterator(
                collection,
                batch_size=_PAGE,
                filter=where,
                output_fields=list(fields),
                consistency_level=self._consistency,
                timeout=self._seconds,
            )
        )
        try:
            while batch := self._tried(iterator.next):
                yield from map(dict, batch)
        finally:
            iterator.close()

    def count(self, collection: str, where: str) -> int:
        """How many rows meet ``where``."""
        found = self._tried(
            lambda: self.client.query(
                collection,
                filter=where,
                output_fields=["count(*)"],
                consistency_level=self._consistency,
                timeout=self._seconds,
            )
        )
        return int(found[0]["count(*)"])

    def search(self, collection: str, field: str, vector: Any, where: str, limit: int) -> list[int]:
        """The keys of the rows with the largest inner product, at most ``limit``, best first."""
        found = self._tried(
            lambda: self.client.search(
                collection,
                data=[vector],
                anns_field=field,
                filter=where,
                limit=min(limit, MOST),
                search_params={"metric_type": "IP"},
                consistency_level=self._consistency,
                timeout=self._seconds,
            )
        )
        return [int(hit["row"] if "row" in hit else hit["id"]) for hit in found[0]]

    def _tried(self, call: Callable[[], T]) -> T:
        """What ``call`` gives; tried again, with pauses, while Milvus can't be reached. Raises IndexProblem."""
        until = time.monotonic() + MILVUS.retry_seconds
        for attempt in range(1, self._tries + 1):
            try:
                return call()
            except self._kinds as error:
                problem = self._problem(error)
                pause = MILVUS.pause_seconds * 2 ** (attempt - 1)
                last = attempt == self._tries or time.monotonic() + pause > until
                if not isinstance(problem, IndexUnreachable) or last:
                    raise problem from None  # what it stems from may quote a question or a password
                time.sleep(pause)
        raise AssertionError("every try ends in a return or an error")

    def _problem(self, error: Exception) -> Exception:
        said = " ".join(_said(error)).lower()
        code = getattr(error, "code", None)
        if code == _COLLECTION_MISSING or "collection not found" in said or "can't find collection" in said:
            return CollectionMissing(f"What was read of {self._where} has been replaced or removed meanwhile. Try again.")
        if any(word in said for word in _DENIED):
            return IndexRefused(
                f"{self._where} does not let us in, or not do what is needed. Put a user's name and password with the rights "
                "to it into FOOTNOTE_MILVUS_TOKEN (name:password), or into FOOTNOTE_MILVUS_USER and FOOTNOTE_MILVUS_PASSWORD."
            )
        is_passing = code in _PASSING_CODES or getattr(error, "retriable", False)
        if is_passing or any(word in said for word in _PASSING):
            return IndexUnreachable(
                f"{self._where} can't be reached, or does not answer in time. See that it runs and that the address is right, "
                "then try again."
            )
        return IndexOfOtherVersion(
            f"{self._where} can't do what was asked of it ({type(error).__name__}, {code}): its collections, or the server "
            "itself, are of another version. Name another library with --index, or build this one again: python ingest.py "
            "--rebuild"
        )


def _said(error: BaseException | None) -> list[str]:
    """What an error and those behind it say; only to tell their kinds apart."""
    found: dict[int, str] = {}
    while error is not None and id(error) not in found:  # pymilvus raises errors from themselves
        code = getattr(error, "code", None)
        found[id(error)] = f"{code() if callable(code) else code} {error}"
        error = error.__cause__
    return list(found.values())


def _client_class() -> tuple[type[MilvusClient], tuple[type[Exception], ...]]:
    """The client, and what it raises; of a channel that was closed meanwhile gRPC says ValueError."""
    os.environ.setdefault("PYTHON_DOTENV_DISABLED", "1")  # it would take settings from any file .env above it
    try:
        from grpc import RpcError
        from pymilvus import MilvusClient
        from pymilvus.exceptions import MilvusException
    except ImportError as error:
        raise EngineMissing(f"The client of Milvus is not installed. {INSTALL}") from error
    logging.getLogger("pymilvus").setLevel(logging.CRITICAL + 1)
    return MilvusClient, (MilvusException, RpcError, OSError, ValueError)


def _token() -> str:
    token = os.environ.get("FOOTNOTE_MILVUS_TOKEN")
    user, password = os.environ.get("FOOTNOTE_MILVUS_USER"), os.environ.get("FOOTNOTE_MILVUS_PASSWORD")
    return token or (f"{user}:{password}" if user and password else "")


def _batches(rows: Sequence[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    size = 0
    for row in rows:
        weight = sum(len(value) if isinstance(value, str) else 16 for value in row.values()) + 4 * _numbers(row)
        if batch and (len(batch) >= _PAGE or size + weight > _REQUEST):
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += weight
    if batch:
        yield batch


def _numbers(row: Row) -> int:
    return sum(len(value) for value in row.values() if not isinstance(value, (str, int, float)))
