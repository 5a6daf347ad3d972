"""What is fuzzed, with which files to begin with, and what must hold of whatever a reader gives."""

import importlib
import random
import signal
import traceback
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from functools import cache

from footnote.errors import Unreadable
from footnote.passages import split
from footnote.readers.decoding import decode
from footnote.readers.formats import FORMATS, format_of
from footnote.readers.selection import SIDECAR_SUFFIX
from footnote.settings import PassageSettings
from tests.conftest import ROOT
from tests.fuzz.mutations import Mutator

FIXTURES = ROOT / "tests" / "fixtures" / "formats"
_MOST_SEED_BYTES = 60_000
_SECONDS = 20  # of a processor, as in the process that parses files
_SMALL = PassageSettings(target_tokens=12, least_tokens=3, context_tokens=8)


class Hang(BaseException):
    """An input took too long; no ``except Exception`` of a reader may swallow it."""


@dataclass
class Tally:
    """What became of the inputs. ``faults`` are one input and one traceback for each place in the code."""

    outcomes: Counter = field(default_factory=Counter)
    faults: dict = field(default_factory=dict)

    def __str__(self):
        counts = ", ".join(f"{name} {count:,}" for name, count in sorted(self.outcomes.items()))
        return f"{self.outcomes.total():,} inputs: {counts}; faults: {len(self.faults)}"


@cache
def seeds():
    """The files to begin with, by the name of their format."""
    found = {form.name: [] for form in FORMATS}
    places = [*FIXTURES.rglob("*"), *FIXTURES.parent.glob("dumps/*.txt"), *ROOT.glob("kb/*.md")]
    for path in sorted(path for path in places if path.is_file()):
        content = path.read_bytes()
        form = format_of(path.name, content, FORMATS)
        if form is not None and len(content) <= _MOST_SEED_BYTES and not path.name.endswith(SIDECAR_SUFFIX):
            found[form.name].append(content)
    found["text"] += found["Markdown"][:5]
    return found


def named(name):
    """The format called ``name``."""
    return next(form for form in FORMATS if form.name.casefold() == name.casefold())


def run(name, count, seed=0):
    """Reads ``count`` changed files of a format, the same ones for the same seed."""
    tally = Tally()
    mutator = Mutator(seeds()[name], random.Random(seed))
    for _ in range(count):
        attempt(named(name), mutator.fresh(), tally)
    return tally


def attempt(form, content, tally):
    """Reads one input; what must not happen is kept in the tally."""
    try:
        tally.outcomes[bounded(form, content)] += 1
    except (Exception, Hang) as error:
        frames = traceback.extract_tb(error.__traceback__)
        ours = [frame for frame in frames if "/footnote/" in frame.filename] or frames
        where = (type(error).__name__, *((frame.name, frame.line) for frame in ours[-1:]))
        tally.outcomes["faulty"] += 1
        tally.faults.setdefault(where, (content, "".join(traceback.format_exception(error))))


def bounded(form, content):
    """``outcome`` that raises Hang after so many seconds of a processor."""

    def stop(number, frame):
        raise Hang(f"{form.name} takes longer than {_SECONDS} seconds")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, _SECONDS)
    try:
        return outcome(form, content)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def outcome(form, content):
    """Whether an input is read, refused or empty; raises whatever must not happen."""
    read = importlib.import_module(form.module).read
    try:
        articles, notices = read(decode(content)[0] if form.is_text else content, "a")
    except Unreadable as error:
        assert error.reason.endswith(".")
        assert error.remedy.endswith(".")
        return "refused"
    except (MemoryError, RecursionError):
        return "refused"  # by the process that parses files, with a reason of its own
    for notice in notices:
        notice.encode()
    assert len({article.id for article in articles}) == len(articles)
    for article in articles:
        check(article)
    return "read" if articles else "empty"


def check(article):
    """Asserts that an article's offsets agree and that its text is clean."""
    text, sections = article.text, article.sections
    text.encode()
    repr(article.metadata).encode()
    assert article.metadata.title.strip()
    assert all(isinstance(tag, str) and tag.strip() for tag in article.metadata.tags)
    assert unicodedata.is_normalized("NFC", text)
    assert not any(character < " " and character != "\n" for character in text)
    assert sections
    assert sections[0].start == 0
    assert sections[-1].end == len(text)
    for before, after in zip(sections, sections[1:], strict=False):
        assert before.end <= after.start  # a paragraph may go on on the next page
        assert not text[before.end : after.start].strip()
    for section in sections:
        assert section.start <= section.body <= section.end
        assert all(name.strip() for name in section.path)
    passages = split(article, lambda texts: [len(one.split()) for one in texts], 32, _SMALL)
    for passage in passages:
        assert passage.text == text[passage.start : passage.end]
        assert passage.text.strip()
    assert all(before.end <= after.start for before, after in zip(passages, passages[1:], strict=False))
    assert len({passage.id for passage in passages}) == len(passages)
