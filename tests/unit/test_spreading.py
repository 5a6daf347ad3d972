"""Which places are shown: not all from one article, the same text only once."""

import csv
import io
import json
from dataclasses import replace

import pytest

from footnote.__main__ import as_text
from footnote.export import nothing, to_csv, to_json
from footnote.records import Filter, Place
from footnote.settings import SEARCH
from tests.library import entry, searcher


@pytest.fixture
def library(tmp_path):
    opened = []

    def open_library(*entries, **options):
        opened.append(searcher(tmp_path / f"index{len(opened)}", list(entries), **options))
        return opened[-1]

    yield open_library
    for one in opened:
        one.close()


def articles(answer):
    return [hit.passage.article_id for hit in answer.hits]


# Each passage of a.md is trust itself, those of the others are at 1 / sqrt(2).
MANY = entry("a.md", [f"Trust {number}." for number in range(7)])
OTHERS = [entry(f"{name}.md", [f"Trust and sleep, {name}."]) for name in "bcd"]


def test_at_most_two_passages_of_an_article_are_shown_while_others_are_relevant(library):
    assert articles(library(MANY, *OTHERS).ask("trust")) == ["a.md", "a.md", "b.md", "c.md", "d.md"]


def test_places_that_other_articles_leave_empty_are_filled_up_in_the_order_of_scores(library):
    answer = library(MANY, *OTHERS[:2]).ask("trust")
    assert articles(answer) == ["a.md", "a.md", "a.md", "b.md", "c.md"]
    assert [hit.rank for hit in answer.hits] == [1, 2, 3, 4, 5]
    scores = [hit.score for hit in answer.hits]
    assert scores == sorted(scores, reverse=True)


def test_what_is_not_relevant_takes_no_place_from_an_article_that_is(library):
    assert articles(library(MANY, entry("b.md", ["Fight."]), entry("c.md", ["Bread."])).ask("trust")) == ["a.md"] * 5


def test_all_places_are_an_articles_own_where_only_it_was_asked(library):
    assert articles(library(MANY, *OTHERS).ask("trust", where=Filter(articles=("a.md",)))) == ["a.md"] * 5
    both = library(MANY, *OTHERS).ask("trust", where=Filter(articles=("a.md", "b.md")))
    assert articles(both) == ["a.md"] * 5


def test_other_filters_do_not_end_the_spreading(library):
    tagged = [entry(f"{name}.md", [f"Trust and sleep, {name}."], tags=("t",)) for name in "bcd"]
    many = entry("a.md", [f"Trust {number}." for number in range(7)], tags=("t",))
    assert articles(library(many, *tagged).ask("trust", where=Filter(tags=("t",)))) == ["a.md", "a.md", "b.md", "c.md", "d.md"]


def test_top_takes_the_first_of_the_same_places(library):
    found = library(MANY, *OTHERS)
    assert articles(found.ask("trust", top=2)) == ["a.md", "a.md"]
    assert articles(found.ask("trust", top=3)) == ["a.md", "a.md", "b.md"]
    assert articles(found.ask("trust", top=100)) == ["a.md"] * 7 + ["b.md", "c.md", "d.md"]


def test_an_article_of_sixty_passages_leaves_the_others_their_places(library):
    book = entry("a.md", [f"Trust {number}." for number in range(60)])
    assert articles(library(book, *OTHERS).ask("trust")) == ["a.md", "a.md", "b.md", "c.md", "d.md"]


# --- the same text again -----------------------------------------------------------------------------------------------

SAME = "Trust grows slowly. It is kept by small promises."
# Farther from trust than the copies, and longer.
FARTHER = "Trust, a fight, a fight, a fight, and then a long way round to the place where all of it had begun."
COPIES = [entry("one.md", [SAME], title="One"), entry("two.md", ["Bread.", SAME], title="Two"), entry("z.md", [FARTHER])]


def test_the_same_text_in_two_files_is_shown_once_and_says_where_else_it_stands(library):
    answer = library(*COPIES).ask("trust")
    assert articles(answer) == ["one.md", "z.md"]
    assert answer.hits[0].also_in == (Place("Two", "two.md", "two.md", COPIES[1].passages[1].id),)
    assert answer.hits[1].also_in == ()


def test_where_else_a_text_stands_is_in_json_csv_and_text(library):
    answer = library(*COPIES).ask("trust")
    place = {"title": "Two", "source": "two.md", "article_id": "two.md", "passage_id": COPIES[1].passages[1].id}
    assert [hit["also_in"] for hit in json.loads(to_json(answer))["hits"]] == [[place], []]
    rows = list(csv.DictReader(io.StringIO(to_csv([answer]).decode("utf-8-sig"), newline="")))
    assert [row["also_in"] for row in rows] == ["two.md", ""]
    lines = as_text(answer).split("\n")
    assert [line for line in lines if line.startswith("    Also in")] == ["    Also in: Two, two.md"]


def test_several_places_share_a_cell_of_csv(library):
    three = entry("three.md", [SAME], title="Three")
    answer = library(*COPIES, three).ask("trust")
    assert [place.article_id for place in answer.hits[0].also_in] == ["two.md", "three.md"]
    rows = list(csv.DictReader(io.StringIO(to_csv([answer]).decode("utf-8-sig"), newline="")))
    assert rows[0]["also_in"] == "two.md, three.md"


def test_a_passage_whose_sentences_mostly_stand_in_a_longer_one_is_joined_with_it(library):
    # 52 of the short one's 58 characters stand in the long one; the short one is nearer, for it has no bread.
    sentences = "Trust grows slowly, day by day.", "Trust is soon gone."
    short = entry("short.md", [f"{sentences[0]} {sentences[1]} Trust!"])
    long = entry("long.md", [f"{sentences[0]} {sentences[1]} Bread is another matter. Bread is baked, and bread is eaten."])
    answer = library(long, short).ask("trust")
    assert [(hit.passage.article_id, [place.article_id for place in hit.also_in]) for hit in answer.hits] == [
        ("short.md", ["long.md"])
    ]


def test_passages_that_share_less_are_shown_both(library):
    # 31 characters are common, and the shorter passage has 31 + 19.
    one = entry("one.md", ["Trust grows slowly, day by day. Trust is soon gone."])
    two = entry("two.md", ["Trust grows slowly, day by day. Trust and trust, in another way."])
    assert sorted(articles(library(one, two).ask("trust"))) == ["one.md", "two.md"]


def test_a_text_twice_in_one_article_is_shown_once(library):
    twice = entry("twice.md", [SAME, "Bread.", SAME], title="Twice")
    answer = library(twice).ask("trust")
    assert [(hit.passage.id, [place.passage_id for place in hit.also_in]) for hit in answer.hits] == [
        (twice.passages[0].id, [twice.passages[2].id])
    ]


def test_a_copy_takes_no_place_from_another_text(library):
    copies = [entry(f"copy{number}.md", [SAME]) for number in range(6)]
    answer = library(*copies, *OTHERS).ask("trust")
    assert articles(answer) == ["copy0.md", "b.md", "c.md", "d.md"]
    assert len(answer.hits[0].also_in) == 5


def test_a_text_that_stands_in_sixty_files_does_not_hide_what_else_answers(library):
    copies = [entry(f"copy{number:02}.md", [SAME]) for number in range(60)]
    answer = library(*copies, *OTHERS).ask("trust")
    assert articles(answer) == ["copy00.md", "b.md", "c.md", "d.md"]


def test_a_copy_outside_the_filter_is_not_named(library):
    answer = library(*COPIES).ask("trust", where=Filter(articles=("two.md",)))
    assert (articles(answer), answer.hits[0].also_in) == (["two.md"], ())


# --- nothing relevant --------------------------------------------------------------------------------------------------


def fights(number):
    return ", ".join(["Fight"] * number)


# To "bread" these are at 1 / sqrt(82), 1 / sqrt(26), 0 and 1 / sqrt(37); little of the question's information is bread.
FAR = [
    entry("a.md", [f"{fights(9)} and bread."], title="Nine"),
    entry("b.md", [f"{fights(5)} and bread."], title="Five"),
    entry("c.md", ["Fight on."], title="None"),
    entry("d.md", [f"{fights(6)} and bread."], title="Six"),
]
QUESTION = "bread, zyzzyva, quokka"


def test_where_nothing_answers_the_three_nearest_subjects_are_named(library):
    answer = library(*FAR).ask(QUESTION)
    assert (answer.verdict, answer.hits, answer.subjects) == ("nothing_relevant", (), ("Five", "Six", "Nine"))
    # coverage: bread, in three of four passages, has ln(1 + 1.5 / 3.5) of it and two unknown words ln(1 + 4.5 / 0.5) each
    assert 0.7 / 26**0.5 < answer.nearest < 0.3


def test_subjects_are_said_in_text_and_json(library):
    answer = library(*FAR).ask(QUESTION)
    said = ["Nothing in these articles answers that.", "The nearest subjects here: Five; Six; Nine."]
    assert nothing(answer) == said
    assert as_text(answer) == "\n".join(said)
    found = json.loads(to_json(answer))
    assert (found["verdict"], found["subjects"], found["absent"], found["hits"]) == (
        "nothing_relevant",
        ["Five", "Six", "Nine"],
        [],
        [],
    )


def test_no_subject_is_named_twice(library):
    twin = entry("e.md", [f"{fights(5)}, and bread!"], title="Five")
    answer = library(*FAR, twin).ask(QUESTION)
    assert answer.subjects == ("Five", "Six", "Nine")


def test_an_article_of_many_passages_is_one_subject(library):
    many = entry("e.md", [f"{fights(5)} and bread, {number}." for number in range(60)], title="Many")
    assert library(many, FAR[0], FAR[3]).ask(QUESTION).subjects == ("Many", "Six", "Nine")


def test_an_absent_phrase_is_named_instead_of_the_plain_sentence(library):
    answer = library(*FAR).ask('bread "blue door" "red roof"')
    assert nothing(answer) == [
        "No passage holds \u201cblue door\u201d word for word. Ask without the quotation marks?",
        "No passage holds \u201cred roof\u201d word for word. Ask without the quotation marks?",
    ]
    assert json.loads(to_json(answer))["absent"] == ["blue door", "red roof"]


def test_an_answer_with_hits_names_no_subject_and_nothing_absent(library):
    answer = library(*FAR).ask("fight")
    assert answer.hits
    assert (answer.subjects, answer.absent, answer.read_as) == ((), (), None)


def test_confidence_is_a_word_for_the_evidence(library):
    # Thresholds: 0.4 related, 0.7 strong. trust itself: 0.7 + 0.3 + 0.1; at 1/sqrt(2): 1/sqrt(2) + 0.1; at 1/sqrt(10), whose
    # sentence is (42, 127) / hypot once rounded: 0.7 * 0.316 + 0.3 * 0.314 + 0.1 = 0.416; at 1/sqrt(17), (32, 127):
    # 0.7 * 0.243 + 0.3 * 0.244 + 0.1 = 0.343
    found = library(
        entry("a.md", ["Trust."]),
        entry("b.md", ["Trust and sleep."]),
        entry("c.md", ["Trust, fight, fight, fight."]),
        entry("d.md", ["Trust, fight, fight, fight, fight."]),
        settings=replace(SEARCH, evidence_sentence_share=0.3, evidence_words=0.1),
    ).ask("trust")
    words = {hit.passage.article_id: hit.confidence for hit in found.hits}
    assert words == {"a.md": "strong", "b.md": "strong", "c.md": "related", "d.md": "weak"}
