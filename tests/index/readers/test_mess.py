"""A folder in which everything is wrong that can be: the good in it is indexed as written, the bad refused by name."""

import ctypes
import hashlib
import os
import stat
import subprocess
import sys
import threading

import pytest

from footnote.engines.local import LocalEngine
from footnote.readers import read_articles
from footnote.readers.formats import formats, suffixes
from footnote.settings import SEARCH
from footnote.snapshot import current_snapshot
from tests.conftest import ROOT
from tests.unit.readers.office import zipped

PDF = (ROOT / "tests" / "fixtures" / "formats" / "pdf" / "bread.pdf").read_bytes()
SENTENCE = "The café opens at nine, and nobody is late twice."
EMPTY = ("It is empty: no words were found in it.", "Write something in it, or remove it.")
BINARY = ("It holds binary data, not text.", "Remove it, or save its text as UTF-8.")
LINK = ("It is a link, and links are not followed.", "Put the file itself there.")
NO_FILE = ("It is no ordinary file.", "Remove it.")
OTHER_TYPE = f"Save it as one of {', '.join(suffixes(formats()))}, or name it in .footnoteignore."
LINE = ("x" * 124 + " ") * 8_000  # a million characters, of which the model makes few tokens
DEEP = "/".join(["d"] * 200)

# What an ingest is run as: its exit status, what it prints, and the most memory that its own process ever held.
INGEST = """
import sys, ingest
status = ingest.main(sys.argv[1:])
print(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
sys.exit(status)
"""

_BODY = (
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>{}</w:t></w:r></w:p>'
    "</w:body></w:document>"
)
_WORD_TEXT = "A Word file by another name."
_WORD = zipped([("word/document.xml", _BODY.format(_WORD_TEXT))])
_AGAIN = "Copy it again from where it came, or open it in its own program and save it again."
_HARM = "It may be made to do harm; remove it."
_DEEP = ("Its parts are nested too deeply.", "Save it anew in a simpler form.")

# Name, bytes, and the text that must be indexed.
GOOD = {
    "cp1252.txt": (f"A Title\n\n{SENTENCE} It costs 2 €.\n".encode("cp1252"), f"{SENTENCE} It costs 2 €."),
    "utf-16.txt": (f"A Title\n\n{SENTENCE}\n".encode("utf-16"), SENTENCE),
    "utf-16-without-mark.md": (f"# A Title\n\n{SENTENCE}\n".encode("utf-16-le"), SENTENCE),
    "mark.md": (f"# A Title\n\n{SENTENCE}\n".encode("utf-8-sig"), SENTENCE),
    "line-ends.md": (b"# A Title\r\n\r\nFirst line,\rsecond,\r\nthird.\n\rLast.\n", "First line, second, third.\n\nLast."),
    "nul.txt": (b"A Title\n\nA byte of \0nothing stands in this line, and the words around it are kept.\n",) * 2,
    "combining.md": ("# A Title\n\nCafe\u0301 and nai\u0308ve.\n".encode(), "Café and naïve."),
    "a.md": (b"# Small\n\nThe small one.\n", "The small one."),
    "A.md": (b"# Large\n\nThe large one.\n", "The large one."),
    "with spaces  and more.md": (b"# A\n\nSpaces.\n", "Spaces."),
    "🍞 bread.md": (b"# A\n\nBread.\n", "Bread."),
    "\"double\" and 'single'.md": (b"# A\n\nQuotes.\n", "Quotes."),
    "two\nlines.md": (b"# A\n\nTwo lines.\n", "Two lines."),
    "-leading.md": (b"# A\n\nA dash.\n", "A dash."),
    "=1+1.md": (b"# A\n\nA formula.\n", "A formula."),
    "<script>alert(1)<∕script>.md": (b"# A\n\nA script.\n", "A script."),
    "\u202egnp.md": (b"# A\n\nFrom right to left.\n", "From right to left."),
    "x" * 252 + ".md": (b"# A\n\nA long name.\n", "A long name."),
    f"{DEEP}/deep.md": (b"# A\n\nDeep down.\n", "Deep down."),
    "line.md": (b"# A\n\n" + LINE.encode() + b"\n", LINE.strip()),
    "rows.csv": (b'title,text\nA,First row.\nB,\nC,"Third, row."\n', "First row.", "Third, row."),
}
_PAGE = "<h1>Café</h1><p>The café opens at nine, and nobody is late twice; naïve as it is.</p>"
_PAGE_TEXT = "The café opens at nine, and nobody is late twice; naïve as it is."
_NEST = ["Above the nest, where it begins.", "At the bottom of the nest, far below.", "And behind it all a last one."]
_NESTED = "<div>" * 100_000, f"<p>{_NEST[1]}</p>", "</div>" * 100_000
GOOD |= {
    "latin-1-called-utf-8.html": (f'<meta charset="utf-8"><title>Café</title>{_PAGE}'.encode("latin-1"), _PAGE_TEXT),
    "latin-1-called-utf-8.xhtml": (
        f'<?xml version="1.0" encoding="utf-8"?><html><title>Café</title><body>{_PAGE}</body></html>'.encode("latin-1"),
        _PAGE_TEXT,
    ),
    "nest.html": (
        f"<title>Nest</title><h1>Nest</h1><p>{_NEST[0]}</p>{''.join(_NESTED)}<p>{_NEST[2]}</p>".encode(),
        "\n\n".join(_NEST),
    ),
    "word.zip": (_WORD, _WORD_TEXT),
}
GOOD["nul.txt"] = (GOOD["nul.txt"][0], "A byte of nothing stands in this line, and the words around it are kept.")

# Name, bytes, and why it is refused.
BAD = {
    "empty.md": (b"", *EMPTY),
    "only-matter.md": (b"---\ntitle: Bread\n---\n", *EMPTY),
    "broken-yaml.md": (
        b"---\ntitle: Bread: a story\n---\nWords.\n",
        "The front matter between the '---' lines is not valid YAML (line 2).",
        "Put quotes around a value that holds a colon, or remove the front matter.",
    ),
    "binary.txt": (bytes(range(256)) * 40, *BINARY),
    "picture.md": (b"\x89PNG\r\n\x1a\n" + bytes(1_000), *BINARY),
    "large.txt": (
        b"All work and no play. " * 4_600_000,
        "It has 101,200,000 bytes, more than 50,000,000.",
        "Split it into articles.",
    ),
    "notes.meta.yaml": (
        b"title: Notes\n",
        "There is no file 'notes' beside it.",
        "Give it the whole name of the file that it is about, with '.meta.yaml' behind it, or remove it.",
    ),
    "open.csv": (
        b'title,text\nA,"never closed\n',
        "The row that begins in line 2 has a quotation mark that is never closed.",
        "Close it; within a field, write a quotation mark twice.",
    ),
    "cut.json": (b'[{"title": "A", "te', "It is not valid JSON (line 1, column 17).", "Mend it there, or export it again."),
    "no-pages.pdf": (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF\n",
        "It has no pages.",
        "Save it as PDF again.",
    ),
    "cut.pdf": (PDF[: len(PDF) // 3], "It is cut short: the end of the file is missing.", "Copy or download it again."),
    "cut.docx": (_WORD[: len(_WORD) // 2], "It is damaged or was cut off: the list of its parts can't be read.", _AGAIN),
    "bomb.docx": (
        zipped([("word/document.xml", _BODY.format("a" * 400_000_000))]),
        "It would expand to 400,000,146 bytes, more than 200,000,000.",
        _HARM,
    ),
    "bomb.epub": (
        zipped([("mimetype", "application/epub+zip"), ("a.xhtml", "a" * 300_000_000)]),
        "It would expand to 300,000,020 bytes, more than 200,000,000.",
        _HARM,
    ),
    "laughs.docx": (
        zipped([("word/document.xml", '<!DOCTYPE a [<!ENTITY b "ha">]>' + _BODY.format("&b;"))]),
        "It holds a document type definition (DTD), which can make a parser lose text or read other files.",
        "Open it in its own program and save it again.",
    ),
    "old.doc": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "It is a file of an old Office (.doc).",
        "Open it in a word processor and save it as .docx.",
    ),
    "nest.rtf": (
        b"{\\rtf1 " + b"{" * 200_000 + b"Words" + b"}" * 200_001,
        "Its parts are nested too deeply to be a text.",
        "Open it in its own program and save it again.",
    ),
    "nest.md": (b"# A\n\n" + b"> " * 50_000 + b"Words.\n", *_DEEP),
    "nest.json": (b"[" * 200_000, *_DEEP),
    "slow.md": (
        b"---\n" + b"[" * 200_000 + b"\n---\nWords.\n",
        "Reading it takes longer than 20 seconds.",
        "Split it, or save it anew in a simpler form.",
    ),
    "program.exe": (b"MZ", "Files of the type '.exe' are not read.", OTHER_TYPE),
}


def place(folder, name, content):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def odd_things(folder, outside):
    """What is no file of bytes, and how it is refused."""
    os.mkfifo(folder / "pipe.md")
    os.mknod(folder / "socket.md", stat.S_IFSOCK | 0o600)
    (folder / "device.md").symlink_to("/dev/zero")
    (folder / "outside.md").symlink_to(outside / "secret.md")
    (folder / "outside").symlink_to(outside)
    (folder / "circle.md").symlink_to("circle.md")
    (folder / "there.md").symlink_to("back.md")
    (folder / "back.md").symlink_to("there.md")
    (folder / "round").symlink_to(folder)
    place(folder, "locked.md", b"# Locked\n\nNobody reads this.\n")
    (folder / "locked.md").chmod(0)
    place(folder, "closed/inside.md", b"# Inside\n\nNobody reads this.\n")
    (folder / "closed").chmod(0)
    denied = ("It can't be opened: Permission denied.", "Check that it may be read.")
    links = ("device.md", "outside.md", "outside", "circle.md", "there.md", "back.md", "round")
    return {
        "pipe.md": NO_FILE,
        "socket.md": ("It can't be opened: No such device or address.", "Check that it may be read."),
        "locked.md": denied,
        "closed": denied,
        **dict.fromkeys(links, LINK),
    }


def without_privilege():
    """Takes from root what root may do against the permissions of files; anyone else has nothing to lose."""
    for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP


@pytest.fixture
def mess(tmp_path):
    folder = tmp_path / "mess"
    folder.mkdir()
    outside = tmp_path / "outside"
    place(outside, "secret.md", b"# Secret\n\nThe canary sings.\n")
    for name, (content, *_) in {**GOOD, **BAD}.items():
        place(folder, name, content)
    yield folder, odd_things(folder, outside)
    (folder / "closed").chmod(0o700)


def test_what_is_good_is_indexed_what_is_bad_refused_and_nothing_is_lost(mess, index):
    folder, odd = mess
    done = subprocess.run(
        [sys.executable, "-c", INGEST, "--kb", folder, "--index", index],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        preexec_fn=without_privilege,
        timeout=900,
    )
    assert (done.returncode, done.stderr.decode()) == (3, "")
    output = done.stdout.decode()

    snapshot = current_snapshot(index)
    refused = {refusal.source: (refusal.reason, refusal.remedy) for refusal in snapshot.manifest.refused}
    assert refused == {name: (reason, remedy) for name, (_, reason, remedy) in BAD.items()} | odd
    assert [name for name, (reason, remedy) in refused.items() if f"{reason} {remedy}" not in output] == []
    assert snapshot.manifest.kb.keys() == GOOD.keys() | BAD.keys() | odd.keys()

    engine = LocalEngine(snapshot.folder, SEARCH)
    texts = {}
    for listing in engine.listings():
        texts.setdefault(listing.source, []).append(engine.article(listing.id).text)
    passages = [(article_id, engine.article(article_id).text[start:end]) for _, article_id, start, end in engine.spans()]
    engine.close()
    assert texts == {name: expected for name, (_, *expected) in GOOD.items()}
    assert [article_id for article_id, text in passages if not text.strip()] == []
    assert snapshot.manifest.truncated == 0
    assert b"canary" not in b"".join(path.read_bytes() for path in snapshot.folder.rglob("*") if path.is_file())
    assert int(output.split()[-1]) < 1_000_000  # kB: what the process that indexes held at its peak


def test_a_path_longer_than_the_system_opens_is_refused_by_name(tmp_path):
    place(tmp_path, "a.md", b"# A\n\nWords.\n")
    name = "e" * 200
    descriptor = os.open(tmp_path, os.O_RDONLY)
    for _ in range(25):
        os.mkdir(name, dir_fd=descriptor)
        below = os.open(name, os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = below
    os.close(os.open("b.md", os.O_CREAT, dir_fd=descriptor))
    os.close(descriptor)
    good, bad = read_articles(tmp_path)
    assert good.articles[0].text == "Words."
    assert (bad.refusal.reason, bad.refusal.remedy) == ("It can't be opened: File name too long.", "Check that it may be read.")
    assert bad.source.startswith(f"{name}/{name}/")


def test_a_file_that_goes_while_others_are_read_is_refused(tmp_path):
    for name in ("a.md", "b.md", "c.md"):
        place(tmp_path, name, b"# A\n\nWords.\n")
    readings = read_articles(tmp_path)
    first = next(readings)
    (tmp_path / "b.md").unlink()
    second, third = readings
    assert (first.source, first.refusal, third.source, third.refusal) == ("a.md", None, "c.md", None)
    assert (second.source, second.sha256, second.articles) == ("b.md", "", ())
    assert (second.refusal.reason, second.refusal.remedy) == (
        "It can't be opened: No such file or directory.",
        "Check that it may be read.",
    )


def test_a_file_that_grows_while_it_is_read_gives_what_its_hash_says(tmp_path):
    line = b"One more line, and another one.\n\n"
    place(tmp_path, "log.md", b"# A\n\n" + line)
    stop = threading.Event()

    def grow():
        with open(tmp_path / "log.md", "ab", buffering=0) as file:
            while not stop.is_set() and file.tell() < 5_000_000:
                file.write(line)

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        (reading,) = read_articles(tmp_path)
    finally:
        stop.set()
        writer.join()
    count = len(reading.articles[0].text.split("\n\n"))
    read = b"# A\n\n" + line * count
    assert (tmp_path / "log.md").read_bytes().startswith(read)
    assert reading.sha256 == hashlib.sha256(read).hexdigest()
