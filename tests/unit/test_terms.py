"""The terms that are kept with each passage, and the BM25 that is worked out from them: Tantivy's own, passage by passage."""

import math

import numpy as np
import pytest
import tantivy

from footnote.engines.bm25 import FieldCounts, bm25, rounded_down
from footnote.engines.local import LocalEngine
from footnote.engines.local_terms import TermStore, TermWriter
from footnote.errors import IndexDamaged
from footnote.records import Filter
from footnote.settings import SEARCH
from tests.library import entry, searcher

BOOSTS = {"text": 1.0, "heading": SEARCH.heading_boost, "title": SEARCH.title_boost}


def field(counts, lengths, average, holding, boost=1.0):
    return FieldCounts(np.array(counts), np.array(lengths), average, holding, boost)


def test_one_term_in_one_field_gives_what_the_formula_gives():
    # twice in a passage of 4 terms, the average being 8, held by 1 of 3: ln(1 + 2.5 / 1.5) * 2.2 * 2 / (2 + 1.2 * (0.25 + 0.375))
    expected = math.log(1 + 2.5 / 1.5) * 2.2 * 2 / (2 + 1.2 * (0.25 + 0.75 * 0.5))
    assert bm25([field([[2], [0]], [4, 12], 8.0, [1])], 3).tolist() == pytest.approx([expected, 0.0])


def test_terms_and_fields_add_up_and_a_field_counts_by_its_boost():
    text = field([[1, 1]], [8], 8.0, [1, 2])
    title = field([[1, 0]], [2], 2.0, [1, 0], 0.5)
    rare, common = math.log(1 + 3.5 / 1.5), math.log(1 + 2.5 / 2.5)
    assert bm25([text, title], 4).tolist() == pytest.approx([rare + common + 0.5 * rare])


def test_a_question_without_terms_and_a_library_without_passages_give_no_score():
    assert bm25([field(np.empty((2, 0)), [3, 4], 3.5, [])], 2).tolist() == [0.0, 0.0]
    assert bm25([field(np.empty((0, 1)), [], 0.0, [0])], 0).tolist() == []


def test_lengths_are_exact_to_40_and_then_keep_four_significant_bits():
    lengths = [0, 1, 39, 40, 41, 42, 55, 56, 59, 60, 87, 88, 95, 96, 151, 152, 167, 168, 279, 280, 1000]
    kept = [0, 1, 39, 40, 40, 42, 54, 56, 56, 60, 84, 88, 88, 96, 144, 152, 152, 168, 264, 280, 984]
    assert rounded_down(np.array(lengths)).tolist() == kept


def long_library():
    """Articles of passages from 1 to 400 words, with words that stand in one, some or all of them."""
    words = ["trust", "fight", "sleep", "bread", "salt", "grows", "slowly", "night", "river"]
    texts = [
        " ".join(words[(place * step) % len(words)] for place in range(size)) for step, size in enumerate((1, 7, 40, 90, 400), 1)
    ]
    return [
        entry("a.md", [f"{text}." for text in texts[:3]], title="Trust and bread", headings={1: ("Sleep", "River night")}),
        entry("b.md", [f"{text} moon." for text in texts[3:]], title="Salt salt salt", headings={0: ("Trust",)}),
    ]


def by_tantivy(engine, folder, question):
    """The BM25 of every passage as the keyword index itself gives it, by row."""
    index = tantivy.Index.open(str(folder / "keywords"))
    query, schema = tantivy.Query, index.schema
    clauses = [
        (tantivy.Occur.Should, query.boost_query(query.term_query(schema, name, term), boost))
        for term in dict.fromkeys(engine.terms(question))
        for name, boost in BOOSTS.items()
    ]
    found = index.searcher()
    hits = found.search(query.boolean_query(clauses), 100).hits
    rows = found.fast_field_values("row", [address for _, address in hits])
    return dict(zip(rows, (score for score, _ in hits), strict=True))


@pytest.mark.parametrize(
    "question", ["trust", "moon", "does salt help sleep", "river night bread", "Trust grows, slowly; trust!"]
)
def test_scores_are_those_of_the_keyword_index(tmp_path, question):
    found = searcher(tmp_path / "index", long_library())
    vector = found.encoder.embed_question(question)
    scores = {
        one.row: one.keyword for one in found.engine.candidates(question, found.engine.terms(question), vector, Filter(), 100)
    }
    expected = dict.fromkeys(range(5), 0.0) | by_tantivy(found.engine, found.snapshot.folder, question)
    assert scores == pytest.approx(expected, rel=1e-5)
    found.close()


def test_a_passage_names_the_terms_of_its_text_and_its_headings_but_not_of_its_title(tmp_path):
    entries = [entry("a.md", ["Trust grows. Sleep.", "Bread."], title="Salt", headings={1: ("Rivers", "Nights")})]
    found = searcher(tmp_path / "index", entries)
    naming = found.engine.naming([1, 0], ["trust", "bread", "salt", "river", "night"])
    assert naming.tolist() == [[False, True, False, True, True], [True, False, False, False, False]]
    assert found.engine.naming([], ["trust"]).shape == (0, 1)
    assert found.engine.naming([0], []).shape == (1, 0)
    found.close()


def test_counts_and_lengths_are_kept_for_each_field(tmp_path):
    with TermWriter(tmp_path / "terms", str.split) as writer:
        writer.append(entry("a.md", ["x y x", "y"], title="x z z", headings={0: ("y", "w")}))
        writer.append(entry("b.md", ["q" + " p" * 70_000], title="t " * 300))
    store = TermStore(tmp_path / "terms", 3)
    found = store.counts([0, 1], ["z", "x", "none"])
    assert {name: counts.tolist() for name, counts in found.counts.items()} == {
        "text": [[0, 2, 0], [0, 0, 0]],
        "heading": [[0, 0, 0], [0, 0, 0]],
        "title": [[2, 1, 0], [2, 1, 0]],
    }
    assert {name: lengths.tolist() for name, lengths in found.lengths.items()} == {
        "text": [3, 1],
        "heading": [2, 0],
        "title": [3, 3],
    }
    many = store.counts([2], ["p", "t"])
    assert (many.counts["text"].tolist(), many.counts["title"].tolist()) == ([[65_535, 0]], [[0, 255]])
    assert (many.lengths["text"].tolist(), many.lengths["title"].tolist()) == ([70_001], [300])
    assert store.averages == pytest.approx({"text": (3 + 1 + 70_001) / 3, "heading": 2 / 3, "title": 102.0})


@pytest.fixture
def snapshot(tmp_path):
    found = searcher(tmp_path / "index", [entry("a.md", ["Trust grows. Bread and salt.", "Sleep well."])])
    found.close()
    return found.snapshot


@pytest.mark.unchecked("its files are damaged")
@pytest.mark.parametrize(("name", "wrong"), [("passages", (2, 11)), ("terms", (3, 10))])
def test_files_of_terms_whose_counts_do_not_fit_are_refused(snapshot, name, wrong):
    path = snapshot.folder / "terms" / f"{name}.npy"
    assert [len(np.load(path.with_name(f"{one}.npy"))) for one in ("passages", "terms")] == [3, 11]
    np.save(path, np.load(path)[1:])
    with pytest.raises(IndexDamaged) as raised:
        LocalEngine(snapshot.folder, SEARCH)
    assert str(raised.value) == (
        f"The snapshot {snapshot.name} can't be opened (the terms have {wrong} rows instead of (3, 11)). "
        "Run: python ingest.py --rebuild"
    )


@pytest.mark.unchecked("its files are damaged")
@pytest.mark.parametrize("name", ["passages", "terms"])
def test_files_of_terms_of_another_form_are_refused(snapshot, name):
    np.save(snapshot.folder / "terms" / f"{name}.npy", np.zeros(3, dtype=np.float32))
    with pytest.raises(IndexDamaged) as raised:
        LocalEngine(snapshot.folder, SEARCH)
    assert "(the terms are not of this form)" in str(raised.value)
