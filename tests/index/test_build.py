import hashlib
import os
import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime

import faiss
import numpy as np
import pytest
from blake3 import blake3

from footnote import build as building
from footnote.build import recipe
from footnote.engines.local import LocalEngine
from footnote.errors import FilesRefused, FolderMissing, IndexDamaged, ModelMissing, NoArticles
from footnote.passages import embedded_text
from footnote.readers.formats import FORMATS, suffixes
from footnote.readers.selection import Patterns
from footnote.records import Notice, Refusal
from footnote.reporting import Report
from footnote.search import Searcher
from footnote.settings import DEFAULT_MODEL, FORMAT_VERSION, PASSAGES, READER_VERSION, SEARCH
from footnote.snapshot import current_snapshot
from footnote.status import check
from tests.conftest import link_encoders

NAME = re.compile(r"\d{8}T\d{12}Z-[0-9a-f]{12}")

SOIL = (
    "Every garden begins with its soil, and most soil can be mended. Dig a hole as deep as your forearm, fill it with water and "
    "wait. Where the water stands for a day, roots will drown; where it is gone within minutes, they will thirst. Old leaves and "
    "compost help in both cases, and worms carry them down without being asked."
)
SEEDS = (
    "Sow lettuce where it is to stand, in a furrow no deeper than a fingernail, and cover it with fine earth. Tomatoes want "
    "warmth before they see the sky, so raise them on a bright sill from March and plant them out when the last frost is over. "
    "Write the date of every sowing into a notebook, since next year you will not remember it."
)
WATER = (
    "Water in the morning and at the foot of the plant, seldom but a lot, so that roots grow downwards after it. A barrel under "
    "the gutter saves the tap and is as warm as the air, which leaves prefer. In a heat wave a layer of straw on the bed keeps "
    "more water in the ground than a second watering would bring."
)
SLUGS = (
    "Slugs come at night and after rain, and they love nothing more than a young dahlia. A ring of sharp sand slows them, a "
    "board laid on the path gathers them, and a duck ends the matter for good. Copper tape round a pot keeps them out for a "
    "summer, as long as no leaf hangs over it like a bridge."
)
PARTS = (("Seeds", SEEDS), ("Water", WATER), ("Slugs", SLUGS))
GARDEN = [SOIL, SEEDS, WATER, SLUGS]  # four passages: each part is too long to be joined to its neighbour


def write_garden(kb, name="garden.md", parts=PARTS, head="title: A small garden", soil=SOIL):
    sections = "".join(f"\n## {heading}\n\n{text}\n" for heading, text in parts)
    (kb / name).write_text(f"---\n{head}\n---\n{soil}\n{sections}", encoding="utf-8")


@pytest.fixture
def garden(tmp_path):
    folder = tmp_path / "garden"
    folder.mkdir()
    write_garden(folder)
    return folder


@pytest.fixture
def grown(garden, index, watcher):
    """The index over the garden; the watcher has forgotten how it was built."""
    build(garden, index, watcher)
    watcher.said.clear()
    watcher.embedded.clear()
    return index


def library(index):
    """Passages and vectors of the live snapshot."""
    engine = LocalEngine(current_snapshot(index).folder, SEARCH)
    rows = list(range(engine.count()))
    passages, vectors = engine.passages(rows), engine.vectors(rows).copy()
    engine.close()
    return passages, vectors


def texts(index):
    return [passage.text for passage in library(index)[0]]


def ask(index, question, **options):
    searcher = Searcher.open(index)
    answer = searcher.ask(question, **options)
    searcher.close()
    return answer


def tree(folder):
    """Every file and its bytes, but for the empty lock files that Tantivy leaves where it reads."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def build(*arguments, **options):
    """The report without what test_freshness.py looks at."""
    return replace(building.build(*arguments, **options), formats=(), changes=None)


def report(index, outcome, articles, passages, embedded, refused=(), notices=()):
    name, reused = current_snapshot(index).name, passages - embedded
    return Report(
        outcome, name, DEFAULT_MODEL, articles, passages, embedded, reused, 0, tuple(refused), tuple(notices), (), None, 0
    )


# --- what is embedded, and what is not ---------------------------------------------------------------------------------


def test_the_first_build_embeds_every_passage(kb, index, watcher):
    made = build(kb, index, watcher)
    assert made == report(index, "built", articles=2, passages=2, embedded=2)
    assert NAME.fullmatch(made.snapshot)
    assert watcher.embedded == [(0, 2), (2, 2)]
    assert watcher.said == ["Writing the index ..."]


def test_a_second_build_finds_the_index_current_and_writes_nothing(kb, built, watcher):
    before = tree(built)
    watcher.embedded.clear()
    watcher.said.clear()
    assert build(kb, built, watcher) == report(built, "current", articles=2, passages=2, embedded=0)
    assert (watcher.embedded, watcher.said) == ([], [])
    assert tree(built) == before


def test_a_file_that_was_only_touched_is_no_change(kb, built, watcher):
    os.utime(kb / "bread.md", (0, 0))
    assert build(kb, built, watcher).outcome == "current"


def test_the_default_model_named_in_full_or_in_short_is_no_change(kb, built, watcher):
    assert build(kb, built, watcher, "sentence-transformers/all-MiniLM-L6-v2").outcome == "current"
    assert build(kb, built, watcher, "all-MiniLM-L6-v2").outcome == "current"


def test_an_edited_paragraph_embeds_its_passage_alone(garden, grown, watcher):
    before = library(grown)
    edited = WATER.replace("A barrel under the gutter", "A tank under the roof")
    write_garden(garden, parts=(("Seeds", SEEDS), ("Water", edited), ("Slugs", SLUGS)))
    assert build(garden, grown, watcher) == report(grown, "built", articles=1, passages=4, embedded=1)
    assert watcher.embedded == [(0, 1), (1, 1)]
    passages, vectors = library(grown)
    assert [passage.text for passage in passages] == [SOIL, SEEDS, edited, SLUGS]
    assert [passage.id in {old.id for old in before[0]} for passage in passages] == [True, True, False, True]
    assert [bool((vector == old).all()) for vector, old in zip(vectors, before[1], strict=True)] == [True, True, False, True]


def test_an_edited_heading_embeds_the_passage_below_it_alone(garden, grown, watcher, encoder):
    write_garden(garden, parts=(("Seeds", SEEDS), ("Watering", WATER), ("Slugs", SLUGS)))
    assert build(garden, grown, watcher) == report(grown, "built", articles=1, passages=4, embedded=1)
    assert watcher.embedded == [(0, 1), (1, 1)]
    passages, vectors = library(grown)
    assert [passage.context for passage in passages] == [(), ("Seeds",), ("Watering",), ("Slugs",)]
    assert (vectors[2] == encoder.embed_passages([f"Watering\n{WATER}"])[0]).all()


def test_edited_front_matter_embeds_nothing_and_is_seen(garden, grown, watcher):
    write_garden(garden, head="title: The small garden\nauthor: A. Gardener\ntags: [garden]")
    assert build(garden, grown, watcher) == report(grown, "built", articles=1, passages=4, embedded=0)
    assert watcher.embedded == []
    hit = ask(grown, "how do I keep slugs away?").hits[0]
    assert (hit.metadata.title, hit.metadata.author, hit.metadata.tags) == ("The small garden", "A. Gardener", ("garden",))


def test_moved_paragraphs_embed_nothing(garden, grown, watcher, encoder):
    write_garden(garden, parts=(("Slugs", SLUGS), ("Seeds", SEEDS), ("Water", WATER)))
    assert build(garden, grown, watcher) == report(grown, "built", articles=1, passages=4, embedded=0)
    passages, vectors = library(grown)
    assert [passage.text for passage in passages] == [SOIL, SLUGS, SEEDS, WATER]
    assert (vectors == encoder.embed_passages([embedded_text(passage) for passage in passages])).all()


def test_a_new_file_embeds_its_own_passages_alone(garden, grown, watcher):
    (garden / "hedge.md").write_text("# Hedges\n\nCut a hedge in late summer, when no bird sits in it.\n", encoding="utf-8")
    assert build(garden, grown, watcher) == report(grown, "built", articles=2, passages=5, embedded=1)
    assert watcher.embedded == [(0, 1), (1, 1)]
    assert texts(grown) == [*GARDEN, "Cut a hedge in late summer, when no bird sits in it."]
    assert ask(grown, "when should I cut the hedge?").hits[0].passage.article_id == "hedge.md"


def test_a_file_that_is_gone_is_gone_from_the_index(kb, built, watcher):
    assert ask(built, "how long should dough rise?").hits[0].passage.article_id == "bread.md"
    (kb / "bread.md").unlink()
    watcher.embedded.clear()
    assert build(kb, built, watcher) == report(built, "built", articles=1, passages=1, embedded=0)
    assert watcher.embedded == []
    assert ask(built, "how long should dough rise?").hits == ()


def test_a_renamed_file_keeps_its_vectors_and_is_cited_by_its_new_name(garden, grown, watcher):
    before = library(grown)
    (garden / "garden.md").rename(garden / "plot.md")
    assert build(garden, grown, watcher) == report(grown, "built", articles=1, passages=4, embedded=0)
    assert watcher.embedded == []
    passages, vectors = library(grown)
    assert [passage.article_id for passage in passages] == ["plot.md"] * 4
    assert [passage.text for passage in passages] == [passage.text for passage in before[0]]
    assert (vectors == before[1]).all()
    assert {passage.id for passage in passages}.isdisjoint(passage.id for passage in before[0])


def test_the_same_text_in_two_files_is_embedded_once(garden, index, watcher):
    shutil.copy(garden / "garden.md", garden / "garden2.md")
    assert build(garden, index, watcher) == report(index, "built", articles=2, passages=8, embedded=4)
    assert watcher.embedded == [(0, 4), (4, 4)]
    passages, vectors = library(index)
    assert [passage.text for passage in passages] == GARDEN * 2
    assert (vectors[:4] == vectors[4:]).all()
    assert len({passage.id for passage in passages}) == 8


def test_the_same_paragraph_twice_in_one_article_is_two_passages_with_one_vector(garden, index, watcher):
    write_garden(garden, parts=(("Slugs", SLUGS), ("Seeds", SEEDS), ("Slugs", SLUGS)))
    assert build(garden, index, watcher) == report(index, "built", articles=1, passages=4, embedded=3)
    passages, vectors = library(index)
    assert [passage.text for passage in passages] == [SOIL, SLUGS, SEEDS, SLUGS]
    assert (vectors[1] == vectors[3]).all()
    assert len({passage.id for passage in passages}) == 4


def test_rebuild_embeds_every_passage_anew(garden, grown, watcher):
    before = library(grown)
    assert build(garden, grown, watcher, rebuild=True) == report(grown, "built", articles=1, passages=4, embedded=4)
    assert watcher.embedded == [(0, 4), (4, 4)]
    passages, vectors = library(grown)
    assert passages == before[0]
    assert (vectors == before[1]).all()


def test_every_vector_is_of_its_own_passage_with_its_headings(grown, encoder):
    passages, vectors = library(grown)
    assert [embedded_text(passage) for passage in passages] == [
        SOIL,
        f"Seeds\n{SEEDS}",
        f"Water\n{WATER}",
        f"Slugs\n{SLUGS}",
    ]
    assert (vectors == encoder.embed_passages([embedded_text(passage) for passage in passages])).all()


# --- the same articles, the same index ---------------------------------------------------------------------------------


def other_index(tmp_path, encoders):
    folder = tmp_path / "other"
    link_encoders(encoders, folder)
    return folder


QUESTIONS = ("how do I keep slugs away?", "when do I plant tomatoes?", "who invented the telephone?", "bread in a warm place")


def answers(index):
    """The answers to all questions, without what differs from run to run."""
    searcher = Searcher.open(index)
    found = [replace(searcher.ask(question), snapshot="", asked_at="") for question in QUESTIONS]
    searcher.close()
    assert [answer.verdict for answer in found] == ["answered", "answered", "nothing_relevant", "answered"]
    return found


def test_the_same_articles_give_the_same_passages_vectors_and_answers(garden, grown, tmp_path, encoders, watcher):
    other = other_index(tmp_path, encoders)
    shutil.copytree(garden, tmp_path / "copy")
    build(tmp_path / "copy", other, watcher)
    (passages, vectors), (other_passages, other_vectors) = library(grown), library(other)
    assert passages == other_passages
    assert (vectors == other_vectors).all()
    assert answers(grown) == answers(other)


def test_an_index_that_grew_by_many_edits_equals_one_built_at_once(kb, built, tmp_path, encoders, watcher):
    write_garden(kb)
    build(kb, built, watcher)
    (kb / "bread.md").rename(kb / "z-bread.md")
    write_garden(kb, parts=PARTS[1:])
    build(kb, built, watcher)
    (kb / "tides.md").unlink()
    write_garden(kb, parts=(("Slugs", SLUGS), ("Seeds", SEEDS)), head="title: The garden\ntags: [garden]")
    assert build(kb, built, watcher) == report(built, "built", articles=2, passages=4, embedded=1)
    other = other_index(tmp_path, encoders)
    assert build(kb, other, watcher) == report(other, "built", articles=2, passages=4, embedded=4)
    (passages, vectors), (other_passages, other_vectors) = library(built), library(other)
    assert passages == other_passages
    assert (vectors == other_vectors).all()
    assert answers(built) == answers(other)


def test_the_manifest_says_what_the_index_holds(kb, index, watcher):
    (kb / "slides.pptx").write_bytes(b"PK")
    before = datetime.now(UTC).replace(microsecond=0)
    build(kb, index, watcher)
    snapshot = current_snapshot(index)
    found = snapshot.manifest
    assert before <= datetime.fromisoformat(found.created_at) <= datetime.now(UTC)
    assert found.format == FORMAT_VERSION
    assert found.model == DEFAULT_MODEL
    assert [found.fingerprint] == os.listdir(index / "encoders")
    assert found.dimension == 384
    assert (
        found.recipe
        == recipe(Patterns())
        == {
            "reader": READER_VERSION,
            "readers": [],
            "files": {"include": [], "exclude": []},
            "passages": {
                "target_tokens": PASSAGES.target_tokens,
                "least_tokens": PASSAGES.least_tokens,
                "context_tokens": PASSAGES.context_tokens,
            },
            "thresholds": {
                "evidence_sentence_share": SEARCH.evidence_sentence_share,
                "evidence_words": SEARCH.evidence_words,
                "unrelated_sds": SEARCH.unrelated_sds,
                "unrelated_floor_sds": SEARCH.unrelated_floor_sds,
                "named_sds": SEARCH.named_sds,
                "related_sds": SEARCH.related_sds,
                "strong_sds": SEARCH.strong_sds,
            },
        }
    )
    assert (found.articles, found.passages, found.truncated) == (2, 2, 0)
    assert found.kb == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in kb.iterdir()}
    assert [refusal.source for refusal in found.refused] == ["slides.pptx"]
    assert found.notices == ()
    assert found.files == {
        name: blake3(content).hexdigest() for name, content in tree(snapshot.folder).items() if name != "manifest.json"
    }
    sentences = {f"sentences/{name}.npy" for name in ("passages", "spans", "vectors", "terms", "titles")}
    assert {"library.sqlite", "vectors.faiss", "keywords/meta.json"} | sentences < found.files.keys()


def test_the_thresholds_rise_from_named_to_strong_by_the_models_own_deviation(built, encoder):
    mean, deviation = encoder.unrelated_similarity
    found = current_snapshot(built).manifest.thresholds
    assert list(found) == ["evidence", "named", "related", "strong"]
    assert found["named"] == pytest.approx(mean + SEARCH.named_sds * deviation)
    assert found["evidence"] >= mean + SEARCH.unrelated_floor_sds * deviation
    assert found["named"] <= found["evidence"] < found["related"] < found["strong"]
    assert found["related"] - found["evidence"] == pytest.approx(SEARCH.related_sds * deviation)
    assert found["strong"] - found["evidence"] == pytest.approx(SEARCH.strong_sds * deviation)


def test_all_vectors_are_unit_vectors(grown):
    lengths = np.linalg.norm(library(grown)[1].astype(np.float64), axis=1)
    assert lengths.tolist() == pytest.approx([1.0] * 4, abs=1e-6)


# --- files that can't be read ------------------------------------------------------------------------------------------

OTHER_TYPE = f"Save it as one of {', '.join(suffixes(FORMATS))}, or name it in .footnoteignore."
NOT_READ = Refusal("slides.pptx", "Files of the type '.pptx' are not read.", OTHER_TYPE)
EMPTY = Refusal("empty.md", "It is empty: no words were found in it.", "Write something in it, or remove it.")


def test_files_that_cannot_be_read_are_refused_by_name_and_stop_nothing(kb, index, watcher):
    (kb / "slides.pptx").write_bytes(b"PK")
    (kb / "empty.md").write_text("")
    assert build(kb, index, watcher) == report(index, "built", articles=2, passages=2, embedded=2, refused=[EMPTY, NOT_READ])
    assert build(kb, index, watcher) == report(index, "current", articles=2, passages=2, embedded=0, refused=[EMPTY, NOT_READ])


def test_a_refused_file_that_is_mended_is_read(kb, index, watcher):
    (kb / "empty.md").write_text("")
    build(kb, index, watcher)
    (kb / "empty.md").write_text("# Salt\n\nSalt draws water out of cucumbers.\n")
    assert build(kb, index, watcher) == report(index, "built", articles=3, passages=3, embedded=1)


def test_what_the_owner_of_a_file_should_know_is_reported_in_every_build(kb, index, watcher):
    (kb / "salt.md").write_text("Salt draws water out of cucumbers.\n")
    notice = Notice("salt.md", "It has no title and is shown as 'salt': give it a 'title:' in its front matter or a '# heading'.")
    assert build(kb, index, watcher) == report(index, "built", articles=3, passages=3, embedded=3, notices=[notice])
    assert build(kb, index, watcher) == report(index, "current", articles=3, passages=3, embedded=0, notices=[notice])


def test_strict_refuses_and_leaves_the_index_as_it_was(kb, built, watcher):
    (kb / "slides.pptx").write_bytes(b"PK")
    (kb / "empty.md").write_text("")
    before = tree(built)
    with pytest.raises(FilesRefused) as raised:
        build(kb, built, watcher, strict=True)
    assert str(raised.value) == (
        "Refused: 2, and --strict wants none. The index is as it was before. "
        "empty.md: It is empty: no words were found in it. Write something in it, or remove it.; "
        f"slides.pptx: Files of the type '.pptx' are not read. {OTHER_TYPE}"
    )
    assert tree(built) == before


def test_strict_builds_where_nothing_is_refused(kb, index, watcher):
    assert build(kb, index, watcher, strict=True) == report(index, "built", articles=2, passages=2, embedded=2)


def refused_and_untouched(kb, built, watcher, error):
    """The sentence of the error; the index is byte for byte as before and answers."""
    before = tree(built)
    with pytest.raises(error) as raised:
        build(kb, built, watcher)
    assert tree(built) == before
    assert [hit.passage.article_id for hit in ask(built, "how long should dough rise?", top=1).hits] == ["bread.md"]
    return str(raised.value)


def clear(kb):
    for path in kb.iterdir():
        path.unlink()


def test_an_empty_folder_is_refused_and_the_index_goes_on_answering(kb, built, watcher):
    clear(kb)
    assert refused_and_untouched(kb, built, watcher, NoArticles) == (
        f"There is no article in {kb}. "
        "Put some there (Markdown, text, HTML, PDF, Word, OpenDocument, RTF, EPUB, CSV, JSON) and run this again."
    )


def test_hidden_files_are_no_articles(kb, built, watcher):
    clear(kb)
    (kb / ".notes.md").write_text("# Hidden\n\nNobody reads this.\n")
    (kb / ".git").mkdir()
    (kb / ".git" / "a.md").write_text("# Hidden\n\nNobody reads this.\n")
    assert refused_and_untouched(kb, built, watcher, NoArticles) == (
        f"There is no article in {kb}. "
        "Put some there (Markdown, text, HTML, PDF, Word, OpenDocument, RTF, EPUB, CSV, JSON) and run this again."
    )


def test_a_missing_folder_is_refused_and_the_index_goes_on_answering(kb, built, watcher):
    shutil.rmtree(kb)
    assert refused_and_untouched(kb, built, watcher, FolderMissing) == (
        f"The knowledge base {kb} does not exist. Create it and put articles in it, or name another with --kb."
    )


def test_a_file_in_place_of_the_folder_is_refused(kb, built, watcher):
    assert refused_and_untouched(kb / "bread.md", built, watcher, FolderMissing) == (
        f"The knowledge base {kb / 'bread.md'} is not a folder. Create it and put articles in it, or name another with --kb."
    )


def test_a_folder_of_unsupported_files_is_refused_and_the_index_goes_on_answering(kb, built, watcher):
    clear(kb)
    (kb / "slides.pptx").write_bytes(b"PK")
    (kb / "photo.jpg").write_bytes(b"\xff\xd8")
    assert refused_and_untouched(kb, built, watcher, NoArticles) == (
        f"No file in {kb} could be read; refused: 2. The first, photo.jpg: Files of the type '.jpg' are not read. " + OTHER_TYPE
    )


def test_a_folder_of_empty_files_is_refused_and_the_index_goes_on_answering(kb, built, watcher):
    clear(kb)
    (kb / "a.md").write_text("")
    (kb / "b.txt").write_text("\n \n\n")
    (kb / "c.md").write_text("---\ntitle: Nothing\n---\n")
    assert refused_and_untouched(kb, built, watcher, NoArticles) == (
        f"No file in {kb} could be read; refused: 3. The first, a.md: It is empty: no words were found in it. "
        "Write something in it, or remove it."
    )


def test_a_folder_of_headings_alone_is_refused_and_the_index_goes_on_answering(kb, built, watcher):
    clear(kb)
    (kb / "a.md").write_text("# Title\n\n## One\n\n## Two\n")
    assert refused_and_untouched(kb, built, watcher, NoArticles) == (
        "No article has any text under its headings. The index is as it was before."
    )


@pytest.mark.parametrize("left", ["nothing", "a refused file", "headings alone"])
def test_a_folder_without_articles_empties_the_index_where_that_is_said_to_be_meant(kb, built, watcher, left):
    texts = {path.name: path.read_text(encoding="utf-8") for path in kb.iterdir()}
    clear(kb)
    if left == "a refused file":
        (kb / "photo.jpg").write_bytes(b"\xff\xd8")
    if left == "headings alone":
        (kb / "a.md").write_text("# Title\n\n## One\n\n## Two\n")
    found = build(kb, built, watcher, allow_empty=True)
    assert (found.outcome, found.passages, len(found.refused)) == ("built", 0, left == "a refused file")
    answer = ask(built, "how long should dough rise?")
    assert (answer.verdict, answer.hits, answer.subjects, answer.snapshot) == ("nothing_relevant", (), (), found.snapshot)
    assert check(built) == []
    assert build(kb, built, watcher, allow_empty=True).outcome == "current"
    for name, text in texts.items():
        (kb / name).write_text(text, encoding="utf-8")
    assert build(kb, built, watcher).passages == 2
    assert ask(built, "how long should dough rise?").hits[0].passage.article_id == "bread.md"


def test_a_missing_folder_empties_nothing_whatever_is_said(kb, built, watcher):
    shutil.rmtree(kb)
    before = tree(built)
    with pytest.raises(FolderMissing):
        build(kb, built, watcher, allow_empty=True)
    assert tree(built) == before


def test_the_first_index_may_be_empty(tmp_path, index, watcher):
    (tmp_path / "kb").mkdir()
    assert build(tmp_path / "kb", index, watcher, allow_empty=True).outcome == "built"
    assert ask(index, '"bread" -salt tide').hits == ()


def test_where_nothing_can_be_built_no_index_folder_is_made(tmp_path, watcher):
    with pytest.raises(FolderMissing):
        build(tmp_path / "kb", tmp_path / "index", watcher)
    (tmp_path / "kb").mkdir()
    with pytest.raises(NoArticles):
        build(tmp_path / "kb", tmp_path / "index", watcher)
    assert os.listdir(tmp_path) == ["kb"]


def test_a_model_that_is_not_there_leaves_the_index_as_it_was(kb, built, watcher):
    (kb / "tides.md").unlink()
    before = tree(built)
    with pytest.raises(ModelMissing):
        build(kb, built, watcher, "no-such-model")
    assert tree(built) == before
    assert ask(built, "what makes the tide highest?").hits[0].passage.article_id == "tides.md"


def test_an_index_inside_the_folder_of_articles_is_not_read_as_articles(kb, encoders, watcher):
    # FAULT: every file of the index is refused by name, and since it changes with every build it is never current.
    link_encoders(encoders, kb / "index")
    assert build(kb, kb / "index", watcher) == report(kb / "index", "built", articles=2, passages=2, embedded=2)
    assert build(kb, kb / "index", watcher) == report(kb / "index", "current", articles=2, passages=2, embedded=0)


# --- an index that is not whole ----------------------------------------------------------------------------------------


def flip(path, position=-1):
    content = bytearray(path.read_bytes())
    content[position] ^= 0x01
    path.unlink()  # the file may be a link to one that other tests share
    path.write_bytes(content)


@pytest.mark.parametrize(
    "name", ["library.sqlite", "vectors.faiss", "keywords/meta.json", "sentences/vectors.npy", "manifest.json"]
)
def test_a_damaged_snapshot_is_built_again_without_its_vectors(kb, built, watcher, name):
    flip(current_snapshot(built).folder / name)
    with pytest.raises(IndexDamaged):
        Searcher.open(built)
    watcher.embedded.clear()
    assert build(kb, built, watcher) == report(built, "built", articles=2, passages=2, embedded=2)
    assert watcher.embedded == [(0, 2), (2, 2)]
    assert check(built) == []
    assert ask(built, "what makes the tide highest?").hits[0].passage.article_id == "tides.md"


@pytest.mark.parametrize("content", [b"", b"nonsense\n", b"20250101T000000000000Z-000000000000\n", b"\xff\xfe\n"])
def test_an_index_whose_current_is_damaged_is_built_again_with_the_vectors_of_its_snapshot(kb, built, watcher, content):
    (built / "CURRENT").write_bytes(content)
    watcher.embedded.clear()
    assert build(kb, built, watcher) == report(built, "built", articles=2, passages=2, embedded=0)
    assert watcher.embedded == []


def test_an_encoder_that_is_missing_or_damaged_is_refused_by_name_and_made_again(kb, built, watcher):
    fingerprint = current_snapshot(built).manifest.fingerprint
    folder = built / "encoders" / fingerprint
    shutil.rmtree(folder)
    with pytest.raises(IndexDamaged) as raised:
        Searcher.open(built)
    assert str(raised.value) == (
        f"The encoder that the index was built with ({DEFAULT_MODEL}, {fingerprint}) is missing from {built / 'encoders'}. "
        "Make it again: python ingest.py"
    )
    watcher.said.clear()
    assert build(kb, built, watcher) == report(built, "current", articles=2, passages=2, embedded=0)
    assert watcher.said[:4] == [
        f"The compiled encoder in {folder} is missing or damaged; it is made again.",
        f"Compiling {DEFAULT_MODEL} for this library, once ...",
        "Exporting it to int8 ...",
        "Comparing its vectors with the original's ...",
    ]
    assert re.fullmatch(r"Compiled to int8; mean cosine to the original 0\.99\d\d, least 0\.9\d\d\d\.", watcher.said[4])
    assert len(watcher.said) == 5
    assert os.listdir(built / "encoders") == [fingerprint]
    assert ask(built, "what makes the tide highest?").hits[0].passage.article_id == "tides.md"


# --- vectors of another model ------------------------------------------------------------------------------------------


def rewrite_snapshot(index, change):
    """Puts a snapshot in the place of the current one whose vectors ``change`` made, every checksum right."""
    from footnote.snapshot import locked, write_snapshot

    last = current_snapshot(index)

    def fill(folder):
        for path in sorted(last.folder.rglob("*")):
            if path.is_file() and path.name != "manifest.json" and path.suffix != ".lock":
                (folder / path.relative_to(last.folder)).parent.mkdir(exist_ok=True)
                shutil.copyfile(path, folder / path.relative_to(last.folder))
        found = faiss.deserialize_index(np.frombuffer((folder / "vectors.faiss").read_bytes(), dtype=np.uint8))
        vectors = change(found.reconstruct_n(0, found.ntotal))
        found = faiss.IndexFlatIP(vectors.shape[1])
        found.add(vectors)
        (folder / "vectors.faiss").write_bytes(faiss.serialize_index(found).tobytes())

    with locked(index) as layout:
        return write_snapshot(layout, lambda files: replace(last.manifest, files=files), fill)


def turned(vectors):
    """Vectors at a cosine of 0.998 to those given."""
    away = np.roll(vectors, 1, axis=1)
    away -= np.sum(away * vectors, axis=1, keepdims=True) * vectors
    away /= np.linalg.norm(away, axis=1, keepdims=True)
    return (0.998 * vectors + np.sqrt(1 - 0.998**2) * away).astype(np.float32)


@pytest.mark.parametrize(
    "change", [turned, lambda vectors: np.ascontiguousarray(vectors[::-1])], ids=["another model", "rows mixed up"]
)
def test_vectors_that_the_model_does_not_give_are_named_by_check_and_not_used_again(kb, built, watcher, change):
    rewrite_snapshot(built, change)
    folder = built / "encoders" / current_snapshot(built).manifest.fingerprint
    assert check(built) == [
        f"The encoder in {folder} does not give the vectors of this index. Build it again: python ingest.py --rebuild"
    ]
    watcher.said.clear()
    report = build(kb, built, watcher)
    assert (report.outcome, report.embedded, report.reused) == ("built", 2, 0)
    assert watcher.said[0] == "The model does not give the vectors that it gave the last index; every passage is embedded anew."


def test_vectors_off_by_what_another_processor_may_round_are_used_again(kb, built, watcher):
    rewrite_snapshot(built, lambda vectors: (vectors + np.float32(1e-4) * np.sign(vectors)).astype(np.float32))
    assert check(built) == []
    assert build(kb, built, watcher).outcome == "current"


def test_the_articles_are_read_while_the_index_is_held(kb, index, watcher, monkeypatch):
    """An ingest that read an older state could otherwise finish after one that read a newer."""
    import fcntl

    held = []

    def progress(activity, done, total):
        if activity == "Reading":
            with open(index / "LOCK") as lock, pytest.raises(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            held.append(done)

    monkeypatch.setattr(watcher, "progress", progress)
    build(kb, index, watcher)
    assert held == [1, 2]
