"""The store of a library in Milvus, whether in a file of Milvus Lite, on a server or on a cluster.

A state is current once a row of the collection NAME_states says so, and that row is written last, alone and in one call; no alias
is used, for Milvus Lite has none. The rows that go before it are the state's manifest, in pieces. Whatever happens earlier,
nobody has seen any of it, and the next ingest removes it.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from footnote.encoder import Encoder
from footnote.engines.milvus import MilvusEngine
from footnote.engines.milvus_connection import CollectionMissing, Connection, Row
from footnote.engines.milvus_lite import LiteServer
from footnote.engines.milvus_reading import Info, Rows, parts
from footnote.engines.milvus_rows import NO_VECTOR, SCHEMA, Names, fields_of, one_of, pieces, schema_of
from footnote.engines.milvus_writing import Articles, Writer, plan
from footnote.errors import (
    IndexDamaged,
    IndexMissing,
    IndexOfOtherModel,
    IndexOfOtherVersion,
    IndexProblem,
    ModelMissing,
)
from footnote.manifest import Manifest, State, format_of, from_json, to_json
from footnote.settings import FORMAT_VERSION, KEEP_SNAPSHOTS, MILVUS, SEARCH, SearchSettings
from footnote.snapshot import Layout, locked
from footnote.stores import Making
from footnote.stores.addresses import Address
from footnote.stores.milvus_lease import Lease

_ANEW = "Build it again: python ingest.py --rebuild"
_MOMENT = "%Y%m%dT%H%M%S%fZ"
_HEAD = ["state", "schema", "pieces", "content"]


@dataclass(frozen=True, slots=True)
class MilvusState:
    """A State whose manifest has been read; ``verify`` counts what the collections hold."""

    name: str
    manifest: Manifest
    info: Info
    address: Address

    def verify(self) -> None:
        """Raises IndexDamaged where passages or articles are missing."""
        rows = Rows(connected(self.address), Names(self.address.name), self.info)
        try:
            found = rows.counted()
        except CollectionMissing:
            found = 0, 0
        if found != (self.manifest.passages, self.manifest.articles):
            raise IndexDamaged(
                f"{self.address} holds {found[0]} passages of {found[1]} articles, not {self.manifest.passages} of "
                f"{self.manifest.articles}, so it is not used. {_ANEW}"
            )


class MilvusStore:
    """A Store in Milvus."""

    def __init__(self, address: Address) -> None:
        self._address, self._names = address, Names(address.name)
        self._lease: Lease | None = None
        self._superseded: tuple[str, list[str]] = ("", [])
        self._removed: frozenset[int] = frozenset()

    def layout(self) -> Layout:
        return Layout(self._address.work())

    def name(self) -> str:
        try:
            heads = self._heads(self._connection.in_haste())
        except IndexProblem:
            return ""
        return str(heads[0]["content"]) if heads else ""

    def current(self) -> State:
        heads = self._heads()
        if not heads:
            raise IndexMissing(f"There is no library at {self._address}. Build one: python ingest.py --index {self._address}")
        return self._read(heads[0])

    def others(self) -> Iterator[State]:
        with contextlib.suppress(IndexMissing):
            for head in self._heads()[1:]:
                with contextlib.suppress(IndexProblem):
                    yield self._read(head)

    def library(self, state: State, settings: SearchSettings) -> MilvusEngine:
        assert isinstance(state, MilvusState)
        return MilvusEngine(self._connection, self._names, state.info, settings, _is_settled(state.name))

    def encoder(self, state: State) -> Encoder:
        """Compiled here and now where this machine has none yet: a page need not be where the ingest was."""
        from footnote.encoder.opening import open_encoder

        folder = self.layout().encoders / state.manifest.fingerprint
        if folder.is_dir():
            return open_encoder(folder)
        from footnote.encoder.compiling import encoder_for
        from footnote.encoder.models import find_model

        try:
            model = find_model(state.manifest.model)
        except ModelMissing as error:
            raise ModelMissing(f"{error} The library at {self._address} was built with it.") from error
        wanted = model.in_precision_of(state.manifest.fingerprint)
        if wanted is None:
            raise IndexOfOtherModel(
                f"The library at {self._address} was built with the model {state.manifest.model} ({state.manifest.fingerprint}), "
                f"but the one of that name on this machine is another ({model.fingerprint}). Bring it here, or build the library "
                "again: python ingest.py --rebuild"
            )
        return encoder_for(wanted, self.layout().encoders, lambda text: None)

    @contextlib.contextmanager
    def locked(self) -> Iterator[Layout]:
        work = self._address.work()
        with locked(work) as layout, contextlib.ExitStack() as stack:
            self._prepare()
            if self._address.file is None:  # that of a file is held by this process alone
                self._lease = stack.enter_context(Lease(self._connection, self._names.states, str(self._address)))
            yield layout

    def sweep(self, after_build: bool = False) -> None:
        # What is built is current, whether or not the next ingest has to sweep.
        with contextlib.suppress(IndexProblem) if after_build else contextlib.nullcontext():
            self._sweep(after_build)

    def write(self, making: Making) -> State:
        number = max((head["state"] for head in self._heads()), default=0) + 1
        last = making.before if isinstance(making.before, MilvusEngine) and making.before.info.number == number - 1 else None
        articles = Articles(making.entries, making.keys)
        todo = plan(articles, last, self._removed)
        search = "FLAT" if self._address.file else "AUTOINDEX"
        writer = Writer(self._connection, self._names, number, search, self._make_sure_it_is_held)
        made = making.embed((making.entries[one] for one in todo.chosen), [making.keys[one] for one in todo.chosen])
        info = writer.write(articles, todo, made, making.dimension)
        engine = MilvusEngine(self._connection, self._names, info, SEARCH)
        if writer.lay_out(engine, making.placed):
            info = replace(info, map=number, mapped=info.passages)
        if engine.rows.counted() != (making.passages, len(making.entries)):
            raise IndexDamaged(
                f"{self._address} holds {engine.rows.counted()} passages and articles of {making.passages} and "
                f"{len(making.entries)}. The library is as it was before."
            )
        manifest = making.describe({"kind": "milvus"}, making.thresholds(engine.near), {})
        self._superseded = self._names.of(info.base, "words"), writer.superseded
        return self._made_current(info, manifest)

    @property
    def _connection(self) -> Connection:
        return connected(self._address)

    def _prepare(self) -> None:
        """Makes the collection of states, or sees that it is one."""
        with contextlib.suppress(CollectionMissing):
            if not self._is_ours(self._names.states, "states"):
                raise self._of_other_version()
        schema, indexes = schema_of("states", 0, "FLAT")
        self._connection.create(self._names.states, schema, indexes)

    def _heads(self, connection: Connection | None = None) -> list[Row]:
        """A row a complete state, the newest first."""
        try:
            rows = (connection or self._connection).rows(self._names.states, "state >= 0 and piece == 0", _HEAD)
        except CollectionMissing:
            return []
        if any(row["schema"] != SCHEMA for row in rows):
            raise self._of_other_version()
        return sorted(rows, key=lambda row: -row["state"])

    def _read(self, head: Row) -> MilvusState:
        rows = self._connection.every(
            self._names.states, f"state == {head['state']} and piece > 0 and piece <= {head['pieces']}", ["piece", "content"]
        )
        content = "".join(row["content"] for row in sorted(rows, key=lambda row: row["piece"])).encode()
        name = str(head["content"])
        if hashlib.sha256(content).hexdigest()[:12] != name.rsplit("-", 1)[-1]:
            raise IndexDamaged(f"The state {name} of {self._address} is not what was written, so it is not used. {_ANEW}")
        info, _, manifest = content.partition(b"\n")
        try:
            if format_of(manifest) != FORMAT_VERSION:
                raise self._of_other_version()
            return MilvusState(name, from_json(manifest), msgspec.json.decode(info, type=Info), self._address)
        except ValueError as error:
            raise IndexDamaged(f"The state {name} of {self._address} is of another form ({error}). {_ANEW}") from error

    def _readable(self, head: Row) -> MilvusState | None:
        try:
            return self._read(head)
        except (IndexDamaged, IndexOfOtherVersion):
            return None

    def _made_current(self, info: Info, manifest: Manifest) -> MilvusState:
        content = msgspec.json.encode(info) + b"\n" + to_json(manifest)
        name = f"{datetime.now(UTC):{_MOMENT}}-{hashlib.sha256(content).hexdigest()[:12]}"
        parts = pieces(content.decode())
        rows = [
            {
                "key": f"{info.number}:{piece}",
                "state": info.number,
                "schema": SCHEMA,
                "piece": piece,
                "pieces": len(parts),
                "content": text,
                "vector": NO_VECTOR,
            }
            for piece, text in enumerate([name, *parts])
        ]
        self._connection.put(self._names.states, rows[1:])
        self._make_sure_it_is_held()
        self._connection.put(self._names.states, rows[:1])
        return MilvusState(name, manifest, info, self._address)

    def _make_sure_it_is_held(self) -> None:
        """Raises IngestRunning where another ingest may have begun."""
        if self._lease is not None:
            self._lease.check()

    def _sweep(self, after_build: bool) -> None:
        heads = self._heads()
        kept = heads[:KEEP_SNAPSHOTS]
        newest = kept[0]["state"] if kept else 0
        oldest = kept[-1]["state"] if kept else 0
        self._delete(self._names.states, f"state >= 0 and (state < {oldest} or state > {newest})")
        infos = [state.info for head in kept if (state := self._readable(head)) is not None]
        are_known = len(infos) == len(kept) or after_build  # what a state that can't be read needs is not
        bases = {info.base for info in infos}
        for collection, base, kind in self._collections():
            if not self._is_ours(collection, kind):
                raise self._of_other_version()
            if base > newest or (are_known and base not in bases):
                self._make_sure_it_is_held()
                self._connection.drop(collection)
            else:
                self._delete(collection, f"born > {newest}")  # of an ingest that was stopped
        if infos and are_known:
            self._sweep_base(infos)

    def _sweep_base(self, infos: list[Info]) -> None:
        """Removes the rows of the current base that no state sees any more."""
        newest, oldest = infos[0], infos[-1]
        passages, articles, words, texts = (
            self._names.of(newest.base, kind) for kind in ("passages", "articles", "words", "pieces")
        )
        maps = sorted({-info.map for info in infos})
        self._delete(texts, f"article < 0 and article not in {maps}")
        if oldest.gone and oldest.base == newest.base:
            gone = list(oldest.gone)
            self._delete(passages, f"article in {gone}")
            self._delete(texts, f"article in {gone}")
            self._delete(articles, f"row in {gone}")
            self._removed = frozenset(gone)
        collection, keys = self._superseded
        if collection == words:
            for some in parts(keys):
                self._delete(words, one_of("key", some))
        self._superseded = "", []

    def _delete(self, collection: str, where: str) -> None:
        self._make_sure_it_is_held()
        self._connection.delete(collection, where)

    def _collections(self) -> Iterator[tuple[str, int, str]]:
        """The collections named as those of a base are, with the base and the kind of each."""
        for collection in self._connection.collections():
            base = self._names.base_of(collection)
            if base is not None:
                yield collection, base, collection.rpartition("_")[2]

    def _is_ours(self, collection: str, kind: str) -> bool:
        """Whether a collection has the fields of its kind. Raises CollectionMissing."""
        return set(self._connection.fields(collection)) == fields_of(kind)

    def _of_other_version(self) -> IndexOfOtherVersion:
        return IndexOfOtherVersion(
            f"The collections at {self._address} are of another version of Footnote, or something else's. Name another library "
            "with --index."
        )


def _is_settled(name: str) -> bool:
    """Whether the state of this name, which begins with the moment of its writing, is an older one, whatever the clocks."""
    written = datetime.strptime(name.partition("-")[0], _MOMENT).replace(tzinfo=UTC)
    return (datetime.now(UTC) - written).total_seconds() > MILVUS.settled_seconds


_OPEN: weakref.WeakValueDictionary[tuple[str, str], Connection] = weakref.WeakValueDictionary()
_OPENING = threading.Lock()


def connected(address: Address) -> Connection:
    """The one connection of this process to where a library is, open for as long as anything holds it."""
    file = address.file.absolute() if address.file is not None else None
    key = str(file or address.uri), address.name
    with _OPENING:
        found = _OPEN.get(key)
        if found is None:
            server = LiteServer(file, Path(address.absolute().work())) if file is not None else None
            try:
                found = Connection(str(address), server.uri if server is not None else address.uri)
            except BaseException:
                if server is not None:
                    server.stop()
                raise
            weakref.finalize(found, _close, found.client, server)
            _OPEN[key] = found
    return found


def _close(client: object, server: LiteServer | None) -> None:
    with contextlib.suppress(Exception):
        client.close()  # type: ignore[attr-defined]
    if server is not None:
        server.stop()
