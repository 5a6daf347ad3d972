"""One contract for both engines: the same library through the same road says the same, to the byte of its CSV.

What the methods of an engine promise one by one is in test_engine.py, which runs over both as well.
"""

import os
from dataclasses import replace

import numpy as np
import pytest

from footnote.build import build
from footnote.export import to_csv
from footnote.records import Filter
from footnote.search import Searcher
from footnote.status import check, histograms, status
from footnote.stores.opening import store_at
from tests.conftest import Silent, link_encoders
from tests.milvus import let_go, lite, needs_milvus

pytestmark = needs_milvus

BUILDING = " ".join(
    f"{what} is dug {where}, because {why}."
    for what, where, why in (
        ("The first pit", "two metres deep", "frost reaches no further than the first of them"),
        ("A drain", "along the north wall", "water gathers there after every thaw"),
        ("The stair", "on the side of the house", "nobody wants to cross the yard in snow for an apple"),
        ("A shaft for air", "opposite the door", "warm air leaves by the one and cold comes in by the other"),
        ("A ledge", "into the clay at the height of the knee", "crates that stand on the floor grow mould from below"),
        ("The vault", "out last of all", "its stones have to settle for a winter before earth is put on them"),
        ("A second pit", "beside it for roots", "apples give off a gas that makes carrots bitter"),
        ("A trench", "around the whole", "mice come along walls and turn back at water"),
        ("A niche", "beside the door for the lamp", "both hands are full whenever one goes in"),
    )
)
ARTICLES = {
    "bread.md": (
        "title: Bread at home\nauthor: A. Baker, 50% Rye\npublished: 2024-03-05\ntags: [baking, Home]\nlanguage: en-GB",
        "Bread needs flour, water, salt and time.\n\n## Rising\n\nLet the dough rise in a warm place for two hours. Cold dough "
        "rises slowly, and a cool cellar keeps it until morning.\n\n## Baking\n\nBake it hot, at 240 degrees, for half an hour.",
    ),
    "deep/apples.md": (
        "title: Keeping apples\nauthor: B. Orchard\npublished: 2024-10\ntags: [storing, home]\nlanguage: en",
        "Apples keep in a cool cellar.\n\n## Wrapping\n\nWrap each of them in paper, so that one that rots spoils no other. "
        "Apples that touch go bad together.\n\n## Sorts\n\nRusset and Boskoop keep longest; early sorts do not keep at all.",
    ),
    "deep/cellars.md": (
        "title: Cellars\nauthor: Zoë Ünal\npublished: 2023\ntags: [storing]",
        "A cellar is cool and damp.\n\n## Building one\n\n"
        + BUILDING
        + "\n\n## Air\n\nA cellar wants air from two sides. Cool cellars smell of nothing.\n\n"
        "## Light\n\nKeep it dark: potatoes turn green in the light, and green potatoes are poisonous.",
    ),
    "deeper/cheese.md": (
        "title: Käse reifen\nauthor: Zoë Ünal\npublished: 2025-01-10\ntags: [storing, milk]\nlanguage: de",
        "Käse reift im kühlen Keller.\n\n## Wenden\n\nJeder Laib wird jeden Tag gewendet und mit Salzwasser abgerieben.",
    ),
    "tides.md": (
        "title: Tides\npublished: 2025-01-10\ntags: [sea]",
        "The moon pulls the sea.\n\n## Spring tides\n\nWhen sun and moon pull in one line, the tide is highest. "
        "A naïve sailor reads the clock; a wise one reads the moon.",
    ),
    "salt.md": (
        "title: Salt\nauthor: A. Baker, 50% Rye\ntags: [baking, sea]",
        "Salt draws water out of cucumbers.\n\n## Bread\n\nLet the dough rise in a warm place for two hours. Cold dough rises "
        "slowly, and a cool cellar keeps it until morning.\n\n## Sea\n\nThe sea is salt because rivers bring it.",
    ),
}
QUESTIONS = [
    "how do apples keep in a cellar",
    "why does dough rise slowly",
    "what pulls the sea",
    "how hot should the oven be?",
    "Keeping apples",  # a title
    "KASE REIFEN",  # a title without its accent
    "russet",  # one passage alone has it
    "celar for potatos",  # misspelled
    "cool cellar",
    '"cool cellar"',
    '"in a warm place"',
    '"cellar cool"',  # nowhere
    "cellar -apples",
    'how does dough rise -"cool cellar"',
    '"cool cellar" -bread',
    "naive sailor",
    "who won the football championship in 1998",  # nothing answers
    "quantum chromodynamics of the gluon",
]
FILTERS = [
    Filter(),
    Filter(tags=("HOME",)),
    Filter(tags=("sea", "milk")),
    Filter(authors=("50% rye",)),
    Filter(authors=("zoë ü",)),
    Filter(authors=("_",)),
    Filter(articles=("deep/apples.md", "no.md")),
    Filter(languages=("en",)),
    Filter(languages=("en-gb", "DE")),
    Filter(since="2024-03-06"),
    Filter(until="2024-10-15"),
    Filter(since="2023-05-05", until="2024-03-05", tags=("home", "storing")),
]


def write(kb, name, about, text):
    path = kb / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"---\n{about}\n---\n{text}\n", encoding="utf-8")


class Both:
    """The same articles, kept by both engines."""

    def __init__(self, folder, encoders):
        self.kb = folder / "kb"
        for name, (about, text) in ARTICLES.items():
            write(self.kb, name, about, text)
        self.indexes = folder / "index", lite(folder)
        for work in (folder / "index", folder / "index.db.footnote"):
            link_encoders(encoders, work)
        self.reports = self.build()
        self.open()

    def build(self, **options):
        return [build(self.kb, index, Silent(), **options) for index in self.indexes]

    def open(self):
        self.local, self.milvus = (Searcher.open(index) for index in self.indexes)

    def close(self):
        self.local.close()
        self.milvus.close()
        del self.local, self.milvus
        let_go()


@pytest.fixture(scope="module")
def both(tmp_path_factory, encoders):
    found = Both(tmp_path_factory.mktemp("both"), encoders)
    yield found
    found.close()


def without_scores(answer):
    """An answer but for what it is called and when, and its scores, which are sums of the same numbers in another order."""
    hits = [replace(hit, score=0.0, similarity=0.0, keyword=0.0) for hit in answer.hits]
    return replace(answer, snapshot="", asked_at="", hits=tuple(hits), nearest=0.0)


def assert_alike(both, question, where=None, top=10):
    """The same answer from both: the same hits in the same order, their passages, offsets and citations, and the scores."""
    expected, found = (searcher.ask(question, top, where) for searcher in (both.local, both.milvus))
    assert without_scores(found) == without_scores(expected)
    for here, there in zip(expected.hits, found.hits, strict=True):
        assert there.similarity == pytest.approx(here.similarity, abs=1e-4)
        assert there.keyword == pytest.approx(here.keyword, rel=1e-5)
        assert there.score == pytest.approx(here.score, abs=1e-4)
    assert found.nearest == pytest.approx(expected.nearest, abs=1e-4)
    assert to_csv([without_scores(found)], empty_rows=True) == to_csv([without_scores(expected)], empty_rows=True)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_has_the_same_answer(both, question):
    assert_alike(both, question)


def test_the_questions_are_of_all_kinds(both):
    answers = {question: both.local.ask(question) for question in QUESTIONS}
    assert [question for question, answer in answers.items() if answer.read_as] == ["celar for potatos"]
    assert [question for question, answer in answers.items() if not answer.hits] == [
        '"cellar cool"',
        "who won the football championship in 1998",
        "quantum chromodynamics of the gluon",
    ]
    assert answers['"cellar cool"'].absent == ("cellar cool",)
    assert [hit.also_in for hit in answers["why does dough rise slowly"].hits] != [()] * 5


@pytest.mark.parametrize("where", FILTERS, ids=str)
def test_a_filter_leaves_the_same_passages(both, where):
    vector = both.local.encoder.embed_question("a cool cellar")
    for question, telling, limit in (
        ("a cool cellar", ["cool", "cellar"], 100),
        ("bread, the sea and russet", ["bread", "sea", "russet"], 2),
        ("and the", [], 100),
    ):
        found = [one.engine.candidates(question, telling, vector, where, limit) for one in (both.local, both.milvus)]
        ids = [[one.id for one in searcher.engine.passages([candidate.row for candidate in some])] for searcher, some in
               zip((both.local, both.milvus), found, strict=True)]  # fmt: skip
        assert ids[0] == ids[1]
        for here, there in zip(*found, strict=True):
            assert there.similarity == pytest.approx(here.similarity, abs=1e-4)
            assert (there.keyword, there.titled) == (pytest.approx(here.keyword, rel=1e-5), here.titled)
    assert_alike(both, "how does it keep in a cool cellar", where)


def test_the_library_is_the_same(both):
    here, there = both.local.engine, both.milvus.engine
    assert (there.count(), there.keyword_count(), there.dimension) == (here.count(), here.keyword_count(), here.dimension)
    assert there.listings() == here.listings()
    assert there.languages() == here.languages()
    assert there.sources() == here.sources()
    for listing in here.listings():
        assert there.article(listing.id) == here.article(listing.id)
        assert there.passages_of(listing.id) == here.passages_of(listing.id)
        assert there.entry(there.article(listing.id)) == here.entry(here.article(listing.id))
    assert there.vector_keys().keys() == here.vector_keys().keys()
    for title, vector in here.title_vectors().items():
        assert there.title_vectors()[title] == pytest.approx(vector)
    assert list(there.standing()) == list(here.standing())
    assert histograms(there) == histograms(here)


def test_words_are_held_by_the_same_passages(both):
    here, there = both.local.engine, both.milvus.engine
    texts = [article.text for name in ARTICLES if (article := here.article(name)) is not None]
    for term in sorted({term for text in texts for term in here.terms(text)} | {"nowher"}):
        assert there.holding(term) == here.holding(term)
        ids = [{one.id for one in engine.passages(engine.rows_with(term))} for engine in (here, there)]
        assert ids[0] == ids[1]
    for word in ("celar", "potatos", "kase", "zzzzzz", "brea"):
        assert there.words_like(word, 2) == here.words_like(word, 2)
    assert there.words("Käse, naïve!") == here.words("Käse, naïve!")
    for phrase in ("cool cellar", "cellar cool", "in paper so that", "rising"):
        for where in (Filter(), Filter(tags=("storing",))):
            assert there.stands(phrase, where) == here.stands(phrase, where)


def test_what_resembles_a_passage_and_what_stands_around_it_is_the_same(both):
    hits = both.local.ask("how do apples keep in a cellar").hits
    for hit in hits:
        like = [[other.passage.id for other in searcher.like(hit.passage)] for searcher in (both.local, both.milvus)]
        assert like[0] == like[1]
        assert both.milvus.neighbours(hit.passage) == both.local.neighbours(hit.passage)
        assert both.milvus.engine.passage(hit.passage.id) == hit.passage
    assert both.milvus.engine.passage('" or row >= 0') is None


def test_the_map_has_a_point_for_every_passage_near_what_it_resembles(both):
    engine = both.milvus.engine
    chosen = engine.spread(1_000)
    points = engine.points(chosen)
    assert (points.shape, bool((np.abs(points) <= 1).all())) == ((engine.count(), 2), True)
    assert len({tuple(point) for point in points.tolist()}) > engine.count() // 2
    assert 3 <= len(engine.spread(4)) <= 5


def test_check_and_status_say_the_same(both):
    assert [check(index) for index in both.indexes] == [[], []]
    here, there = (status(index, both.kb) for index in both.indexes)
    assert (here.search["kind"], there.search["kind"]) == ("exact", "milvus")
    assert replace(there, snapshot="", created_at="", search={}) == replace(here, snapshot="", created_at="", search={})
    manifests = [searcher.snapshot.manifest for searcher in (both.local, both.milvus)]
    assert manifests[1].thresholds == pytest.approx(manifests[0].thresholds, abs=1e-5)


def rows_of(both):
    """Of every article its row, and the state that it was written for."""
    engine = both.milvus.engine
    found = engine.rows._connection.rows(engine.rows.articles_in, engine.rows.seen_articles, ["row", "born", "listing"])
    return {row["listing"].split('"id":"')[1].split('"')[0]: (row["row"], row["born"]) for row in found}


def test_what_changed_is_taken_up_and_nothing_else_touched(tmp_path, encoders):
    both = Both(tmp_path, encoders)
    before = rows_of(both)
    both.close()
    (both.kb / "deeper/cheese.md").unlink()
    about, text = ARTICLES["tides.md"]
    write(both.kb, "tides.md", about.replace("[sea]", "[sea, moon]"), text.replace("highest", "highest of all"))
    write(
        both.kb,
        "honey.md",
        "title: Honey\ntags: [storing]",
        "Honey keeps for ever in a cool cellar.\n\n## Jars\n\nJars of glass.",
    )
    os.rename(both.kb / "salt.md", both.kb / "sea-salt.md")
    reports = both.build()
    assert [(one.outcome, one.embedded, one.reused, one.changes) for one in reports[1:]] == [
        (one.outcome, one.embedded, one.reused, one.changes) for one in reports[:1]
    ]
    both.open()
    after = rows_of(both)
    same = {"bread.md", "deep/apples.md", "deep/cellars.md"}
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert {name: born for name, (_, born) in after.items() if name not in same} == dict.fromkeys(
        ("tides.md", "honey.md", "sea-salt.md"), 2
    )
    for question in [*QUESTIONS, "honey in jars", "käse reifen", "highest of all", '"highest of all"', "Honey"]:
        assert_alike(both, question)
    assert both.milvus.engine.holding("käse") == both.local.engine.holding("käse") == 0
    assert [check(index) for index in both.indexes] == [[], []]
    both.close()
    assert [one.outcome for one in both.build()] == ["current", "current"]
    for number in range(2):  # what is gone is removed once no state that is kept sees it
        write(both.kb, "tides.md", about, f"{text} Once more: {number}.")
        both.build()
    both.open()
    assert_alike(both, "what pulls the sea once more")
    assert [check(index) for index in both.indexes] == [[], []]
    engine = both.milvus.engine
    kept = engine.rows._connection.count(engine.rows.articles_in, "row >= 0")
    assert (kept, len(engine.info.gone), len(list(store_at(both.indexes[1]).others()))) == (7, 2, 1)
    both.close()


def test_a_rebuild_goes_into_collections_of_its_own_and_the_old_ones_go(tmp_path, encoders):
    both = Both(tmp_path, encoders)
    both.close()
    for _ in range(2):
        both.build(rebuild=True)
    both.open()
    assert_alike(both, "how do apples keep in a cellar")
    names = both.milvus.engine.rows._connection.collections()
    assert sorted(name for name in names if name.endswith("_passages")) == ["footnote_2_passages", "footnote_3_passages"]
    assert [check(index) for index in both.indexes] == [[], []]
    both.close()


def test_an_empty_library_is_one_too(tmp_path, encoders):
    both = Both(tmp_path, encoders)
    both.close()
    for path in sorted(both.kb.rglob("*.md")):
        path.unlink()
    both.build(allow_empty=True)
    both.open()
    for question in QUESTIONS[:3]:
        assert_alike(both, question)
    assert [check(index) for index in both.indexes] == [[], []]
    both.close()
