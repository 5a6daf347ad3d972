"""Files that are nearly right: a fixture with some of its XML, its control words or its bytes changed at random.

``python -m tests.unit.readers.mutations word --seconds 600`` goes on for as long as it is told, and keeps what it found.
"""

import argparse
import importlib
import io
import random
import time
import traceback
import zipfile
from pathlib import Path
from xml.etree import ElementTree

from footnote.errors import Unreadable
from tests.unit.readers.office import FORMATS, check_offsets, zipped

FIXTURES = {
    "word": sorted((FORMATS / "docx").glob("*.docx")),
    "opendocument": sorted((FORMATS / "odt").iterdir()),
    "rich_text": sorted((FORMATS / "rtf").glob("*.rtf")),
}
VALUES = [
    "",
    "0",
    "1",
    "-1",
    "9",
    "99",
    "999999999999",
    "4294967296",
    "1e9",
    "none",
    "true",
    "on",
    "%1%2%9",
    "a" * 300,
    "\u0301",
    "Title",
]
WORDS = """
    par pard plain s1 s2 b b0 v v0 deleted u233 u-10179 u-8704 u99999999 uc0 uc9 bin3 bin-1 cell row intbl trowd nestcell nestrow
    footnote ftnalt shptxt shpinst fldinst fldrslt field listtext pntext upr ud info title author keywords creatim yr2024 mo13
    stylesheet fonttbl f1 f2 fcharset128 fcharset2 cpg932 cpg65001 ansicpg99999 outlinelevel0 outlinelevel99 ilvl9 ilvl-5
    li-99999 fi-360 tab line emdash header pict object result do dptxbxtext mac rtf1 * ' { } \\ ~ _ -
""".split()
MOST_ELEMENTS = 20_000


def mutated(content, rng):
    """``content`` with one to eight changes, a zip inside of its parts, and now and then in its bare bytes."""
    if rng.random() < 0.1:
        return mutated_bytes(content, rng)
    if content.startswith(b"PK"):
        return mutated_zip(content, rng)
    return mutated_xml(content, rng) if content.startswith(b"<") else mutated_rtf(content, rng)


def mutated_bytes(content, rng):
    changed = bytearray(content)
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(len(changed) + 1)
        length = rng.choice((0, 1, 2, 8, 64))
        changed[at : at + length] = rng.choice((b"", rng.randbytes(rng.randint(0, 4)), bytes(changed[at : at + length]) * 2))
    return bytes(changed)


def mutated_zip(content, rng):
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        parts = {entry.filename: file.read(entry) for entry in file.infolist()}
    xml = [name for name in parts if name.endswith((".xml", ".rels"))]
    likely = [name for name in xml if name.endswith(("document.xml", "content.xml", "styles.xml", "numbering.xml", "notes.xml"))]
    for _ in range(rng.randint(1, 3)):
        name = rng.choice(likely if rng.random() < 0.8 else xml)
        if rng.random() < 0.02:
            parts.pop(name, None)
        elif name in parts:
            parts[name] = (mutated_bytes if rng.random() < 0.1 else mutated_xml)(parts[name], rng)
    return zipped(parts.items())


def mutated_xml(content, rng):
    """Up to eight elements changed; XML that is broken already is left so."""
    try:
        root = ElementTree.fromstring(content)
        for _ in range(rng.randint(1, 8)):
            elements = list(root.iter())
            rng.choice(CHANGES)(rng.choice(elements), rng.choice(elements[:MOST_ELEMENTS]), rng)
        return ElementTree.tostring(root, "utf-8", xml_declaration=True)
    except (ElementTree.ParseError, LookupError, ValueError, RecursionError):
        return content


def drop(one, other, rng):
    if len(one):
        one.remove(rng.choice(list(one)))


def double(one, other, rng):
    if len(one):
        one.insert(rng.randrange(len(one) + 1), rng.choice(list(one)))


def move(one, other, rng):
    if one not in set(other.iter()):
        one.insert(rng.randrange(len(one) + 1), other)


def rename(one, other, rng):
    one.tag = other.tag


def set_value(one, other, rng):
    if one.attrib:
        one.set(rng.choice(list(one.attrib)), rng.choice(VALUES))


def lend_value(one, other, rng):
    if other.attrib:
        key = rng.choice(list(other.attrib))
        one.set(key, other.attrib[key])


def write(one, other, rng):
    one.text, other.tail = rng.choice(VALUES), rng.choice(VALUES)


def nest(one, other, rng):
    for _ in range(rng.choice((1, 5, 200))):
        one = ElementTree.SubElement(one, other.tag, dict(other.attrib))
    one.text = "deep"


CHANGES = (drop, double, move, rename, set_value, lend_value, write, nest)


def mutated_rtf(content, rng):
    changed = bytearray(content)
    for _ in range(rng.randint(1, 12)):
        at = rng.randrange(len(changed) + 1)
        kind = rng.randrange(4)
        if kind == 0:
            word = rng.choice(WORDS)
            changed[at:at] = word.encode() if word in "{}" else b"\\" + word.encode() + b" "
        elif kind == 1:
            del changed[at : at + rng.choice((1, 2, 10, 100))]
        elif kind == 2:
            start = rng.randrange(len(changed) + 1)
            changed[at:at] = changed[start : start + rng.choice((5, 50, 500))]
        else:
            changed[at:at] = b"{" * rng.choice((1, 3, 50)) if rng.random() < 0.5 else b"}"
    open_groups = changed.count(b"{") - changed.count(b"}")
    return bytes(changed + b"}" * max(0, open_groups))


def attempt(read, content):
    """Reads a file that may be broken: an article whose offsets hold, none, or a refusal. Gives what came of it."""
    try:
        articles, _ = read(content, "note")
    except Unreadable as error:
        assert error.reason and error.remedy
        return "refused"
    for article in articles:
        check_offsets(article)
    return "read" if articles else "empty"


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("reader", choices=FIXTURES)
    arguments.add_argument("--seconds", type=float, default=60)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--keep", type=Path, default=Path("found"), help="a folder for files that broke the reader")
    given = arguments.parse_args()
    read = importlib.import_module(f"footnote.readers.{given.reader}").read
    contents = [path.read_bytes() for path in FIXTURES[given.reader]]
    until, seed, counts, slowest = time.monotonic() + given.seconds, given.seed, {}, 0.0
    while time.monotonic() < until:
        rng = random.Random(seed)
        content = mutated(rng.choice(contents), rng)
        began = time.monotonic()
        try:
            outcome = attempt(read, content)
        except Exception:
            outcome = "BROKEN"
            given.keep.mkdir(exist_ok=True)
            (given.keep / f"{given.reader}-{seed}").write_bytes(content)
            print(seed, traceback.format_exc(limit=-3), flush=True)
        slowest = max(slowest, time.monotonic() - began)
        counts[outcome] = counts.get(outcome, 0) + 1
        seed += 1
    print(f"{given.reader}: {seed - given.seed:,} files, {counts}, the slowest took {slowest:.2f} s")


if __name__ == "__main__":
    main()
