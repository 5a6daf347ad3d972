"""An index on Milvus: how it is named, and what is said where it can't be used."""

import gc
import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from footnote import settings
from footnote.engines import milvus_connection, milvus_lite
from footnote.engines.milvus_rows import KINDS, schema_of
from footnote.errors import (
    AddressInvalid,
    EngineMissing,
    IndexDamaged,
    IndexMissing,
    IndexOfOtherVersion,
    IndexRefused,
    IndexUnreachable,
    IngestRunning,
    ModelMissing,
)
from footnote.search import Searcher
from footnote.settings import SEARCH
from footnote.status import check
from footnote.stores.addresses import parse
from footnote.stores.local import LocalStore
from footnote.stores.milvus import MilvusStore
from footnote.stores.milvus_lease import Lease
from footnote.stores.opening import store_at, whole
from tests.conftest import ROOT
from tests.library import entry, searcher
from tests.milvus import let_go, lite, needs_milvus

ENTRIES = [entry("a.md", ["trust trust fight", "bread and salt"]), entry("b.md", ["sleep well"])]
QUICK = replace(settings.MILVUS, connect_seconds=0.5, call_seconds=0.5, tries=2, retry_seconds=1.0, pause_seconds=0.01)


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(milvus_connection, "MILVUS", QUICK)


@pytest.mark.parametrize(
    ("text", "name", "uri", "file"),
    [
        ("milvus-lite:library.db", "footnote", "", "library.db"),
        ("milvus-lite:/a b/ü.db", "footnote", "", "/a b/ü.db"),
        ("milvus://localhost:19530/Kb_2", "Kb_2", "http://localhost:19530", None),
        ("milvus+tls://milvus.example:443/kb", "kb", "https://milvus.example:443", None),
    ],
)
def test_an_address_names_a_file_or_a_library_on_a_server(text, name, uri, file):
    found = parse(text)
    assert (str(found), found.name, found.uri, found.file) == (text, name, uri, Path(file) if file else None)


@pytest.mark.parametrize(
    "text",
    [
        "milvus-lite:",
        "milvus-lite:folder/",
        "milvus://",
        "milvus://host",
        "milvus://host/kb",
        "milvus://host:19530",
        "milvus://host:19530/",
        "milvus://host:99999/kb",
        "milvus://host:19530/k-b",
        "milvus://host:19530/2kb",
        "milvus://host:19530/kb/more",
        "milvus+tls://ho st:19530/kb",
    ],
)
def test_what_is_no_address_is_refused_with_the_forms_there_are(text):
    with pytest.raises(AddressInvalid, match=r"Write milvus-lite:FILE, milvus://HOST:PORT/NAME or milvus\+tls://HOST:PORT/NAME"):
        parse(text)


def test_an_address_in_brackets_is_refused_with_the_way_out():
    with pytest.raises(AddressInvalid, match="can't reach an address in brackets. Write the host's name instead"):
        parse("milvus://[::1]:19530/kb")


def test_what_follows_a_question_mark_is_not_repeated():
    with pytest.raises(AddressInvalid) as caught:
        parse("milvus://h:1/kb?token=hunter2")
    assert str(caught.value).startswith("milvus://h:1/kb is not the address of a library.")


def test_a_password_in_an_address_is_refused_and_not_repeated(capsys):
    from footnote.__main__ import main

    assert main(["ask", "trust?", "--index", "milvus://root:hunter2@localhost:19530/kb"]) == 1
    said = capsys.readouterr()
    assert said.err == (
        "footnote: An address holds no user and no password, which every list of processes would show. "
        "Put them into FOOTNOTE_MILVUS_TOKEN, or FOOTNOTE_MILVUS_USER and FOOTNOTE_MILVUS_PASSWORD.\n"
    )


def test_whatever_is_no_address_is_a_folder():
    assert [type(store_at(name)) for name in ("index", "milvus", Path("milvus-lite"), "a:b")] == [LocalStore] * 4
    assert whole("index") == Path("index").absolute()
    assert whole("milvus-lite:a.db") == f"milvus-lite:{Path('a.db').absolute()}"
    assert whole("milvus://h:1/kb") == "milvus://h:1/kb"


def test_a_folder_needs_nothing_of_milvus(built):
    code = (
        "import sys; from footnote.search import Searcher; answer = Searcher.open(sys.argv[1]).ask('bread?'); "
        "print(len(answer.hits), [name for name in ('pymilvus', 'grpc', 'footnote.engines.milvus') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(built)], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "1 []\n"


def test_what_stays_on_this_machine_is_beside_the_file_or_under_index_or_where_the_owner_says(monkeypatch):
    assert store_at("milvus-lite:a/b.db").layout().index == Path("a/b.db.footnote")
    assert store_at("milvus://h.example:19530/kb").layout().index == Path("index/remote/h.example-19530-kb")
    monkeypatch.setenv("FOOTNOTE_WORK", "/elsewhere")
    assert store_at("milvus://h.example:19530/kb").layout().index == Path("/elsewhere")


def test_without_the_client_a_sentence_names_the_command(monkeypatch, quick):
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    with pytest.raises(
        EngineMissing, match=r"^The client of Milvus is not installed. Install it: pip install -r requirements-milvus.txt$"
    ):
        store_at("milvus://127.0.0.1:1/kb").current()


def test_without_milvus_lite_a_sentence_names_the_command(monkeypatch, tmp_path):
    monkeypatch.setattr(milvus_lite.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(
        EngineMissing, match=r"^Milvus Lite is not installed. Install it: pip install -r requirements-milvus.txt$"
    ):
        store_at(lite(tmp_path)).current()


UNREACHABLE = "can't be reached, or does not answer in time. See that it runs and that the address is right, then try again."


@needs_milvus
def test_where_nobody_listens_a_sentence_says_so(quick):
    with pytest.raises(IndexUnreachable) as caught:
        store_at("milvus://127.0.0.1:1/kb").current()
    assert str(caught.value) == f"milvus://127.0.0.1:1/kb {UNREACHABLE}"
    assert store_at("milvus://127.0.0.1:1/kb").name() == ""
    assert check("milvus://127.0.0.1:1/kb") == [f"milvus://127.0.0.1:1/kb {UNREACHABLE}"]


@needs_milvus
def test_a_server_that_never_answers_is_not_waited_for_without_end(quick):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        address = f"milvus://127.0.0.1:{listener.getsockname()[1]}/kb"
        with pytest.raises(IndexUnreachable) as caught:
            store_at(address).current()
    assert str(caught.value) == f"{address} {UNREACHABLE}"


@needs_milvus
@pytest.mark.parametrize("status", ["UNAUTHENTICATED", "PERMISSION_DENIED"])
def test_a_server_that_lets_us_not_in_is_told_apart_and_no_credential_shown(status, quick, monkeypatch, caplog):
    import grpc

    class Refusing(grpc.GenericRpcHandler):
        def service(self, handler_call_details):
            def refuse(request, context):
                context.abort(getattr(grpc.StatusCode, status), "no")

            return grpc.unary_unary_rpc_method_handler(refuse)

    monkeypatch.setenv("FOOTNOTE_MILVUS_TOKEN", "root:hunter2")
    with ThreadPoolExecutor(1) as pool:
        server = grpc.server(pool, handlers=[Refusing()])
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            with pytest.raises(IndexRefused) as caught:
                store_at(f"milvus://127.0.0.1:{port}/kb").current()
        finally:
            server.stop(None).wait()
    assert str(caught.value) == (
        f"milvus://127.0.0.1:{port}/kb does not let us in, or not do what is needed. Put a user's name and password with the "
        "rights to it into FOOTNOTE_MILVUS_TOKEN (name:password), or into FOOTNOTE_MILVUS_USER and FOOTNOTE_MILVUS_PASSWORD."
    )
    assert (caught.value.__cause__, caught.value.__suppress_context__, caplog.text) == (None, True, "")


@needs_milvus
def test_the_command_says_it_in_one_line_and_logs_nothing(tmp_path):
    environment = {
        **os.environ,
        "FOOTNOTE_MILVUS_USER": "root",
        "FOOTNOTE_MILVUS_PASSWORD": "hunter2",
        "FOOTNOTE_WORK": str(tmp_path),
    }
    code = (
        "import sys, dataclasses; from footnote.engines import milvus_connection as way; from footnote.__main__ import main; "
        "way.MILVUS = dataclasses.replace(way.MILVUS, tries=2, pause_seconds=0.01); sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "ask", "a secret question", "--index", "milvus://127.0.0.1:1/kb"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"footnote: milvus://127.0.0.1:1/kb {UNREACHABLE}\n")


@needs_milvus
def test_where_nothing_was_ingested_a_sentence_says_how(tmp_path):
    with pytest.raises(IndexMissing) as caught:
        store_at(lite(tmp_path)).current()
    assert str(caught.value) == f"There is no library at {lite(tmp_path)}. Build one: python ingest.py --index {lite(tmp_path)}"
    let_go()


@needs_milvus
def test_tries_are_counted_and_only_what_may_pass_is_tried_again(tmp_path, monkeypatch):
    from pymilvus.exceptions import MilvusException

    monkeypatch.setattr(milvus_connection, "MILVUS", replace(settings.MILVUS, tries=3, retry_seconds=600.0, pause_seconds=0.01))
    connection = searcher(lite(tmp_path), ENTRIES).engine.rows._connection
    calls = []

    def failing(said, **known):
        def call():
            calls.append(said)
            raise MilvusException(message=said, **known)

        return call

    with pytest.raises(IndexUnreachable):
        connection._tried(failing("StatusCode.UNAVAILABLE"))
    with pytest.raises(IndexUnreachable):
        connection._tried(failing("one node has it no more", code=503))
    with pytest.raises(IndexUnreachable):
        connection._tried(failing("soon", code=12345, retriable=True))
    with pytest.raises(IndexUnreachable):
        connection.in_haste()._tried(failing("in haste", code=503))
    with pytest.raises(IndexRefused):
        connection._tried(failing("StatusCode.PERMISSION_DENIED"))
    with pytest.raises(IndexOfOtherVersion):
        connection._tried(failing("no such field"))
    repeated = ["StatusCode.UNAVAILABLE", "one node has it no more", "soon"]
    assert calls == [said for said in repeated for _ in range(3)] + ["in haste", "StatusCode.PERMISSION_DENIED", "no such field"]


@needs_milvus
def test_a_connection_that_is_lost_is_told(tmp_path, monkeypatch):
    engine = searcher(lite(tmp_path), ENTRIES).engine
    assert engine.count() == 3
    for pid in servers_of(tmp_path):
        os.kill(pid, 9)
    monkeypatch.setattr(milvus_connection, "MILVUS", QUICK)
    with pytest.raises(IndexUnreachable, match="can't be reached, or does not answer in time"):
        engine.article("a.md")
    engine.close()


@needs_milvus
def test_a_page_that_has_lost_the_server_goes_on_with_what_it_holds_and_does_not_look_at_each_question(tmp_path, monkeypatch):
    from footnote.page import library

    searcher(lite(tmp_path), ENTRIES).close()
    monkeypatch.setattr(Searcher, "open", lambda *_, **__: searcher(lite(tmp_path), ENTRIES))
    page = library.Library(lite(tmp_path))
    held, is_older = page.searcher()
    assert not is_older
    for pid in servers_of(tmp_path):
        os.kill(pid, 9)
    looks = []
    look = MilvusStore.name

    def name(store):
        looks.append(look(store))
        return looks[-1]

    monkeypatch.setattr(MilvusStore, "name", name)
    monkeypatch.setattr(library, "_RETRY_SHARE", 1e6)
    monkeypatch.setattr(library, "_RETRY_SECONDS", 3600.0)
    assert [page.searcher() for _ in range(3)] == [(held, True)] * 3
    assert looks == [""]
    held.close()


@needs_milvus
def test_readers_who_wait_for_a_server_that_is_not_there_do_not_each_try_it(monkeypatch):
    from footnote.page import library

    tries = []

    def unreachable(*_, **__):
        tries.append("tried")
        raise IndexUnreachable("milvus://h:1/kb can't be reached.")

    monkeypatch.setattr(Searcher, "open", unreachable)
    monkeypatch.setattr(library, "store_at", lambda _: SimpleNamespace(name=lambda: ""))
    monkeypatch.setattr(library, "_RETRY_SECONDS", 3600.0)
    page = library.Library("milvus://h:1/kb")
    for _ in range(3):
        with pytest.raises(IndexUnreachable, match="milvus://h:1/kb can't be reached."):
            page.searcher()
    assert tries == ["tried"]
    monkeypatch.setattr(library, "_RETRY_SECONDS", 0.0)
    page._retry_at = 0.0
    with pytest.raises(IndexUnreachable):
        page.searcher()
    assert tries == ["tried"] * 2


@needs_milvus
def test_a_file_that_another_program_has_open_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(milvus_lite, "_LEAVE_SECONDS", 0.2)
    searcher(lite(tmp_path), ENTRIES).engine.close()
    let_go()
    code = "import sys; from footnote.search import Searcher; from footnote.stores.opening import store_at as at; "
    code += "state = at(sys.argv[1]); found = state._connection; print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, lite(tmp_path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "open\n"
        with pytest.raises(IndexUnreachable) as caught:
            store_at(lite(tmp_path)).current()
        other.stdin.close()
    assert str(caught.value) == (
        f"The file {tmp_path / 'index.db'} is in use by another program, and Milvus Lite lets in one at a time: a page, "
        "an ingest or a question. Stop that one first, or keep the library on a Milvus server."
    )


@needs_milvus
def test_a_file_that_is_none_of_milvus_is_told(tmp_path):
    (tmp_path / "index.db").write_bytes(b"something else entirely" * 500)
    with pytest.raises((IndexUnreachable, IndexMissing, IndexOfOtherVersion)):
        store_at(lite(tmp_path)).current()
    let_go()


@needs_milvus
def test_collections_of_something_else_are_left_alone_and_told(tmp_path):
    from pymilvus import MilvusClient

    store = store_at(lite(tmp_path))
    connection = store._connection
    client: MilvusClient = connection.client
    client.create_collection("footnote_states", dimension=2)
    with pytest.raises(IndexOfOtherVersion, match="another version of Footnote, or something else's"), store.locked():
        pass
    assert client.list_collections() == ["footnote_states"]


@needs_milvus
def test_a_collection_of_something_else_that_is_named_as_one_of_ours_is_left_alone_and_told(tmp_path):
    store = store_at(lite(tmp_path))
    connection = store._connection
    client = connection.client
    client.create_collection("footnote_2024_articles", dimension=2)
    client.insert("footnote_2024_articles", [{"id": 1, "vector": [1.0, 0.0]}])
    with store.locked(), pytest.raises(IndexOfOtherVersion, match="another version of Footnote, or something else's"):
        store.sweep()
    assert client.query("footnote_2024_articles", filter="id > 0", output_fields=["id"]) == [{"id": 1}]


@needs_milvus
def test_a_collection_that_was_half_made_is_made_whole(tmp_path):
    connection = store_at(lite(tmp_path))._connection
    schema, indexes = schema_of("passages", 4, "FLAT")
    connection.client.create_collection("footnote_1_passages", schema=schema)  # and no more, as where an ingest was killed
    assert connection.client.list_indexes("footnote_1_passages") == []
    for _ in range(2):
        connection.create("footnote_1_passages", schema, indexes)
        assert sorted(connection.client.list_indexes("footnote_1_passages")) == ["terms", "vector"]
    assert str(connection.client.get_load_state("footnote_1_passages")["state"]) == "Loaded"


def begun(folder):
    """The store of a library of three articles' rows, one of which an ingest has written for the state that it makes."""
    searcher(lite(folder), ENTRIES).close()
    store = store_at(lite(folder))
    connection = store._connection
    article = connection.rows("footnote_1_articles", "row == 0", ["*"])[0]
    connection.put("footnote_1_articles", [{**article, "row": 99, "born": 2}])
    return store, connection


@needs_milvus
def test_what_a_stopped_ingest_left_goes_even_where_the_current_state_cannot_be_read(tmp_path):
    store, connection = begun(tmp_path)
    row = connection.rows("footnote_states", 'key == "1:1"', ["*"])[0]
    connection.put("footnote_states", [{**row, "content": row["content"].replace("fake", "fakE")}])
    schema, indexes = schema_of("words", 0, "FLAT")
    connection.create("footnote_2_words", schema, indexes)
    with store.locked():
        store.sweep()
    assert sorted(connection.collections()) == [f"footnote_1_{kind}" for kind in sorted(KINDS)] + ["footnote_states"]
    assert connection.count("footnote_1_articles", "row >= 0") == 2


@needs_milvus
def test_an_ingest_that_holds_the_library_no_longer_sweeps_nothing(tmp_path):
    store, connection = begun(tmp_path)
    with store.locked():
        store._lease = Lease(connection, "footnote_states", "milvus://h:1/kb")  # whose time is over
        with pytest.raises(IngestRunning):
            store.sweep()
        store.sweep(after_build=True)  # what is built is current whether or not this can be done
        assert connection.count("footnote_1_articles", "row >= 0") == 3


@needs_milvus
def test_a_reader_of_a_state_that_two_later_ones_have_replaced_is_told_to_try_again(tmp_path):
    found = searcher(lite(tmp_path), ENTRIES)
    for name in ("articles", "passages", "words", "pieces"):
        found.engine.rows._connection.drop(f"footnote_1_{name}")
    with pytest.raises(IndexDamaged) as caught:
        found.ask("trust")
    assert str(caught.value) == f"What was read of {lite(tmp_path)} has been replaced or removed meanwhile. Try again."
    found.close()


@needs_milvus
def test_a_state_that_was_written_a_while_ago_is_read_without_waiting_for_every_later_write(tmp_path, monkeypatch):
    found = searcher(lite(tmp_path), ENTRIES)
    client, asked = found.engine.rows._connection.client, []
    store, state, query = store_at(lite(tmp_path)), found.snapshot, client.query

    def noting(collection, **how):
        asked.append((collection, how["consistency_level"]))
        return query(collection, **how)

    monkeypatch.setattr(client, "query", noting)
    store.library(state, SEARCH).passages_of("a.md")
    assert set(asked) == {("footnote_1_articles", "Strong"), ("footnote_1_passages", "Strong")}
    asked.clear()
    long_ago = replace(state, name=f"20260101T000000000000Z-{state.name.partition('-')[2]}")
    settled = store.library(long_ago, SEARCH)
    settled.passages_of("a.md")
    settled.rows.make_sure_it_is_kept()
    assert set(asked) == {
        ("footnote_1_articles", "Bounded"),
        ("footnote_1_passages", "Bounded"),
        ("footnote_states", "Strong"),  # whether it is still kept
    }
    found.close()


@needs_milvus
def test_a_state_that_is_not_what_was_written_is_not_used_and_the_one_before_it_is(tmp_path):
    searcher(lite(tmp_path), ENTRIES).engine.close()
    last = searcher(lite(tmp_path), ENTRIES[:1])
    store = store_at(lite(tmp_path))
    row = store._connection.rows("footnote_states", 'key == "2:1"', ["*"])[0]
    store._connection.put("footnote_states", [{**row, "content": row["content"].replace("fake", "fakE")}])
    with pytest.raises(IndexDamaged, match="is not what was written"):
        store.current()
    assert [state.manifest.articles for state in store.others()] == [2]
    assert store.name() == last.snapshot.name
    last.close()
    let_go()
    assert store.name() == last.snapshot.name  # nobody holds a connection now


@needs_milvus
def test_passages_that_are_missing_are_found(tmp_path):
    found = searcher(lite(tmp_path), ENTRIES)
    found.engine.rows._connection.delete("footnote_1_passages", "row == 1")
    with pytest.raises(IndexDamaged) as caught:
        found.snapshot.verify()
    assert str(caught.value) == (
        f"{lite(tmp_path)} holds 2 passages of 2 articles, not 3 of 2, so it is not used. "
        "Build it again: python ingest.py --rebuild"
    )
    found.close()


@needs_milvus
def test_a_library_of_a_model_that_is_not_here_is_told(tmp_path):
    searcher(lite(tmp_path), ENTRIES).close()
    with pytest.raises(ModelMissing, match=f"The library at {lite(tmp_path)} was built with it.$"):
        Searcher.open(lite(tmp_path))
    let_go()


@needs_milvus
def test_texts_too_long_for_a_field_are_kept_in_pieces(tmp_path):
    long = " ".join(f"trust{number} ümläut" for number in range(9_000))
    texts = [long, "a fight"]
    found = searcher(lite(tmp_path), [entry("long.md", texts, title="T" * 70_000)])
    assert [passage.text for passage in found.engine.passages_of("long.md")] == texts
    assert found.engine.article("long.md").text == "\n\n".join(texts)
    assert [listing.metadata.title for listing in found.engine.listings()] == ["T" * 70_000]
    assert found.ask("trust8999").hits[0].passage.text == long
    found.close()


def servers_of(folder):
    found = []
    for pid in filter(str.isdecimal, os.listdir("/proc")):
        try:
            said = Path("/proc", pid, "cmdline").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in said and said.split(b"\0")[0].endswith(b"/milvus"):
            found.append(int(pid))
    return found


@pytest.fixture(autouse=True)
def nothing_is_left_open(request):
    yield
    gc.collect()
