"""What an ingest makes of files that are new, changed, renamed, gone or the same, and what it says of them."""

import os
import shutil
from dataclasses import replace

import pytest

from footnote import build as building
from footnote import crew
from footnote.build import build
from footnote.engines.local import LocalEngine
from footnote.freshness import changes_between
from footnote.readers.isolation import Isolation
from footnote.readers.selection import Patterns
from footnote.records import Changes
from footnote.reporting import FormatCount
from footnote.search import Searcher
from footnote.settings import PASSAGES, SEARCH
from footnote.snapshot import current_snapshot
from footnote.status import status
from tests.conftest import link_encoders

EXPORT = """\
Winter bread

Written by A. Baker

What keeps it fresh?

A loaf keeps for a week in a linen bag on a shelf. In plastic it sweats, and then mould comes. A cut loaf stands on its face.

Why does it go stale?

Starch takes up water and hardens. Warmth undoes it for an hour, so stale bread is good as toast. Cold makes it stale sooner.

TLDR

Keep it dry and not too cold.


Summer bread

Written by A. Baker

What is a cold dough?

A cold dough rises overnight in the cellar. It tastes of more, and the morning is free. Shape it before you light the oven.

TLDR

Let it rise where it is cool.
"""


@pytest.fixture
def parsed(monkeypatch):
    """The files that were parsed since the list was last cleared."""
    sources, read = [], Isolation.read

    def listening(self, form, content, source):
        sources.append(source)
        return read(self, form, content, source)

    monkeypatch.setattr(Isolation, "read", listening)
    return sources


# --- what changed ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "before, now, expected",
    [
        ({}, {}, Changes()),
        ({"a": "1"}, {"a": "1"}, Changes()),
        ({"a": "1"}, {"a": "2"}, Changes(changed=("a",))),
        ({"a": "1"}, {"a": "1", "b": "1"}, Changes(new=("b",))),
        ({"a": "1", "b": "1"}, {"b": "1"}, Changes(gone=("a",))),
        ({"a": "1"}, {"b": "1"}, Changes(renamed=(("a", "b"),))),
        ({"a": "1"}, {"b": "2"}, Changes(new=("b",), gone=("a",))),
        ({"a": "1", "b": "1"}, {"c": "1", "d": "1", "e": "1"}, Changes(new=("e",), renamed=(("a", "c"), ("b", "d")))),
        ({"a": "1", "b": "1", "c": "1"}, {"d": "1"}, Changes(renamed=(("a", "d"),), gone=("b", "c"))),
        ({"a": "1", "b": "2"}, {"a": "2", "b": "1"}, Changes(changed=("a", "b"))),
        ({"a": ""}, {"b": ""}, Changes(new=("b",), gone=("a",))),  # neither could be read: nobody knows whether they are alike
    ],
)
def test_files_are_told_apart_by_name_and_content(before, now, expected):
    assert changes_between(before, now) == expected
    assert bool(expected) == (before != now)


def test_changes_are_listed_with_a_word_for_each():
    assert Changes(("a",), ("b", "c"), (("d", "e"),), ("f",)).lines() == [
        ("new", "a"),
        ("changed", "b"),
        ("changed", "c"),
        ("renamed", "d -> e"),
        ("gone", "f"),
    ]


def test_status_before_an_ingest_and_its_report_say_the_same(kb, built, watcher):
    assert status(built, kb).changes == Changes()
    (kb / "bread.md").rename(kb / "loaf.md")
    (kb / "tides.md").write_text("# Tides\n\nThe sea comes and goes.\n")
    (kb / "salt.md").write_text("# Salt\n\nSalt draws water out of cucumbers.\n")
    expected = Changes(new=("salt.md",), changed=("tides.md",), renamed=(("bread.md", "loaf.md"),))
    assert status(built, kb).changes == expected
    assert build(kb, built, watcher).changes == expected
    assert status(built, kb).changes == Changes()
    assert build(kb, built, watcher).changes == Changes()


def test_the_first_ingest_speaks_of_no_changes(kb, index, watcher):
    assert build(kb, index, watcher).changes is None


def test_a_file_that_was_only_touched_is_no_change(kb, built):
    os.utime(kb / "bread.md", (0, 0))
    assert status(built, kb).changes == Changes()


def test_a_file_changed_without_its_size_and_time_is_a_change(kb, built):
    path = kb / "bread.md"
    known = path.stat()
    path.write_text(path.read_text(encoding="utf-8").replace("240 degrees", "190 degrees"), encoding="utf-8")
    os.utime(path, ns=(known.st_atime_ns, known.st_mtime_ns))
    assert path.stat().st_size == known.st_size
    assert status(built, kb).changes == Changes(changed=("bread.md",))


def test_a_gone_file_is_said_to_be_gone_before_the_ingest_and_is_gone_after_it(kb, built, watcher):
    (kb / "bread.md").unlink()
    assert status(built, kb).changes == Changes(gone=("bread.md",))
    report = build(kb, built, watcher)
    assert (report.changes, report.articles, report.embedded) == (Changes(gone=("bread.md",)), 1, 0)
    engine = LocalEngine(current_snapshot(built).folder, SEARCH)
    assert [listing.source for listing in engine.listings()] == ["tides.md"]
    engine.close()


# --- what is read again, and what is not -------------------------------------------------------------------------------


def test_only_new_changed_renamed_and_refused_files_are_parsed_again(kb, index, watcher, parsed):
    (kb / "empty.md").write_text("")
    (kb / "salt.md").write_text("# Salt\n\nSalt draws water out of cucumbers.\n")
    build(kb, index, watcher)
    assert parsed == ["bread.md", "empty.md", "salt.md", "tides.md"]
    parsed.clear()
    build(kb, index, watcher)
    assert parsed == ["empty.md"]
    parsed.clear()
    (kb / "bread.md").rename(kb / "loaf.md")
    (kb / "tides.md").write_text("# Tides\n\nThe sea comes and goes.\n")
    (kb / "yeast.md").write_text("# Yeast\n\nYeast lives on sugar.\n")
    assert build(kb, index, watcher).embedded == 2
    assert parsed == ["empty.md", "loaf.md", "tides.md", "yeast.md"]


def test_without_retrying_refused_files_are_refused_for_the_same_reason_until_they_change(kb, index, watcher, parsed):
    (kb / "empty.md").write_text("")
    first = build(kb, index, watcher)
    parsed.clear()
    (kb / "tides.md").unlink()
    second = build(kb, index, watcher, retry=False)
    assert (second.refused, second.formats[0].refused, len(first.refused), parsed) == (first.refused, 1, 1, [])
    (kb / "empty.md").write_text("# Salt\n\nSalt draws water out of cucumbers.\n")
    assert build(kb, index, watcher, retry=False).refused == ()
    assert parsed == ["empty.md"]


def test_rebuild_parses_every_file_again(kb, built, watcher, parsed):
    assert build(kb, built, watcher, rebuild=True).embedded == 2
    assert parsed == ["bread.md", "tides.md"]


def test_where_reading_has_another_version_every_file_is_parsed_and_no_passage_embedded(kb, built, watcher, parsed, monkeypatch):
    monkeypatch.setattr(building, "READER_VERSION", building.READER_VERSION + 1)
    report = build(kb, built, watcher)
    assert (report.outcome, report.embedded, parsed) == ("built", 0, ["bread.md", "tides.md"])


def test_where_passages_are_cut_in_another_way_articles_are_recalled_and_cut_again(kb, built, watcher, parsed, monkeypatch):
    for module in (building, crew):
        monkeypatch.setattr(module, "PASSAGES", replace(PASSAGES, least_tokens=2))
    report = build(kb, built, watcher)
    assert (report.outcome, report.passages, parsed) == ("built", 5, [])


def test_notices_of_files_that_are_not_parsed_again_are_kept(kb, index, watcher, parsed):
    (kb / "salt.md").write_text("Salt draws water out of cucumbers.\n")
    first = build(kb, index, watcher)
    parsed.clear()
    (kb / "tides.md").unlink()
    second = build(kb, index, watcher)
    assert (len(first.notices), second.notices, parsed) == (1, first.notices, [])


# --- the same articles, the same index ---------------------------------------------------------------------------------


QUESTIONS = (
    "how long does a loaf keep?",
    "why does bread go stale?",
    "what is a cold dough?",
    "what makes the tide highest?",
    "what does salt do to cucumbers?",
    "who invented the telephone?",
)


def everything(index):
    """All that an index holds and answers, but for what names its snapshot."""
    searcher = Searcher.open(index)
    engine, manifest = searcher.engine, searcher.snapshot.manifest
    rows = range(engine.count())
    found = {
        "manifest": replace(manifest, created_at="", files={}),
        "articles": [engine.article(listing.id) for listing in engine.listings()],
        "passages": engine.passages(rows),
        "vectors": engine.vectors(rows).tolist(),
        "sentences": [array.tolist() for array in (engine.sentences(rows).spans, engine.sentences(rows).vectors)],
        "points": engine.points(range(engine.count())).tolist(),
        "words": engine.words_like("cucumber", 2),
        "answers": [replace(searcher.ask(question, top=10), snapshot="", asked_at="") for question in QUESTIONS],
    }
    searcher.close()
    return found


def test_an_index_brought_up_to_date_equals_one_built_at_once(kb, index, tmp_path, encoders, watcher):
    """Renamed, changed, deleted and added files, and files of several articles of which one changes."""
    (kb / "winter.txt").write_text(EXPORT)
    (kb / "autumn.txt").write_text(EXPORT.replace("bread", "rye").replace("loaf", "rye"))
    (kb / "salt.md").write_text("# Salt\n\nSalt draws water out of cucumbers.\n")
    (kb / "old.md").write_text("# Old\n\nThis is soon forgotten.\n")
    build(kb, index, watcher)
    (kb / "bread.md").rename(kb / "z-bread.md")
    (kb / "old.md").unlink()
    (kb / "a-yeast.md").write_text("# Yeast\n\nYeast lives on sugar and gives off a gas that lifts the dough.\n")
    (kb / "winter.txt").write_text(EXPORT.replace("Cold makes it stale sooner.", "The refrigerator makes it stale soonest."))
    (kb / "salt.md").write_text("# Salt\n\nSalt draws water out of cucumbers and out of aubergines.\n")
    report = build(kb, index, watcher)
    assert report.changes == Changes(
        new=("a-yeast.md",), changed=("salt.md", "winter.txt"), renamed=(("bread.md", "z-bread.md"),), gone=("old.md",)
    )
    assert (report.articles, report.embedded) == (8, 3)
    other = tmp_path / "other"
    link_encoders(encoders, other)
    assert build(kb, other, watcher).embedded == report.passages - 1  # the second article of both exports is the same
    ours, whole = everything(index), everything(other)
    assert [ours[name] == whole[name] for name in whole] == [True] * len(whole)
    assert [len(answer.hits) > 0 for answer in ours["answers"]] == [True] * 5 + [False]


# --- the same text in two files ----------------------------------------------------------------------------------------


def hits(index, question):
    searcher = Searcher.open(index)
    found = searcher.ask(question).hits
    searcher.close()
    return found


def test_two_files_with_the_same_content_are_embedded_once_and_cited_as_also_in(kb, index, watcher):
    shutil.copy(kb / "tides.md", kb / "copy of tides.md")
    report = build(kb, index, watcher)
    assert (report.articles, report.passages, report.embedded) == (3, 3, 2)
    (hit,) = hits(index, "what makes the tide highest?")
    (place,) = hit.also_in
    assert (hit.source, place.title, place.source, place.article_id) == ("copy of tides.md", "Tides", "tides.md", "tides.md")


def test_an_article_that_also_stands_in_an_export_is_embedded_once_and_cited_as_also_in(kb, index, watcher):
    sections = EXPORT.split("\n\n\n")[1].split("\n\n")
    keeping = "\n\n".join(f"## {part}" if part.endswith("?") or part == "TLDR" else part for part in sections[2:])
    (kb / "summer.md").write_text(f"---\ntitle: Summer bread\n---\n{keeping}")
    (kb / "export.txt").write_text(EXPORT)
    report = build(kb, index, watcher)
    own = len(LocalEngine(current_snapshot(index).folder, SEARCH).passages_of("summer.md"))
    assert report.embedded == report.passages - own
    hit = hits(index, "what is a cold dough?")[0]
    assert (hit.source, [(place.title, place.article_id) for place in hit.also_in]) == (
        "export.txt",
        [("Summer bread", "summer.md")],
    )


# --- what each format gave ---------------------------------------------------------------------------------------------


def test_every_report_counts_by_format(kb, index, watcher):
    (kb / "winter.txt").write_text(EXPORT)
    (kb / "empty.txt").write_text("")
    (kb / "slides.pptx").write_bytes(b"PK")
    (kb / "loop.md").symlink_to(kb / "bread.md")
    report = build(kb, index, watcher)
    of_text = report.passages - 2
    assert report.formats == (
        FormatCount("Markdown", files=2, articles=2, passages=2, refused=0),
        FormatCount("text", files=2, articles=2, passages=of_text, refused=1),
        FormatCount(None, files=2, articles=0, passages=0, refused=2),
    )
    assert build(kb, index, watcher).formats == report.formats


def test_what_patterns_leave_out_is_counted(kb, index, watcher):
    report = build(kb, index, watcher, patterns=Patterns(exclude=("tides.md",)))
    assert (report.articles, report.excluded) == (1, 1)
    assert build(kb, index, watcher, patterns=Patterns(exclude=("tides.md",))).excluded == 1
    assert build(kb, index, watcher).excluded == 0
