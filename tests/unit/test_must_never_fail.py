"""What a reader may count on, whatever the scores say: titles, names, phrases, words ruled out, filters.

Every library is a real snapshot. With the fake encoder (trust, fight, sleep, bread) each passage's distance to a question is
known by hand: a passage without one of the four words is at 0 to a question with one, and at 1 to a question without.
"""

import pytest

from footnote.records import Filter
from tests.library import entry, searcher


@pytest.fixture
def library(tmp_path):
    """Opens the library of some entries; closes it after the test."""
    opened = []

    def open_library(*entries, **options):
        opened.append(searcher(tmp_path / f"index{len(opened)}", list(entries), **options))
        return opened[-1]

    yield open_library
    for one in opened:
        one.close()


def articles(answer):
    return [hit.passage.article_id for hit in answer.hits]


def shown(answer):
    return [hit.passage.text for hit in answer.hits]


# --- a title -----------------------------------------------------------------------------------------------------------

# Every word of the title stands more often, and nearer together, in the articles beside it.
TITLE = "Trust & sleep: a d\u00e9but"
RIVALS = [
    entry(
        f"rival{number}.md", [f"Trust, sleep, a d\u00e9but {number}.", f"A d\u00e9but of trust and sleep {number}."], title=title
    )
    for number, title in enumerate(["Trust sleep a d\u00e9but again", "A d\u00e9but: trust and sleep", "Trust", "Trust sleep"])
]
TITLED = entry("titled.md", ["Bread, bread and bread.", "Water, flour, salt."], title=TITLE, tags=("rest",), language="en-GB")


@pytest.mark.parametrize(
    "typed",
    [
        TITLE,
        TITLE.lower(),
        TITLE.upper(),
        "Trust sleep a debut",
        "trust, sleep - a d\u00e9but?",
        "  trust &  sleep:\u00a0a d\u00e9but!  ",
        "Trust & sleep: a de\u0301but",
        "\u201cTrust & sleep: a d\u00e9but\u201d",
        '"trust sleep" a debut',
        "TRUST/SLEEP (A DEBUT)",
    ],
)
def test_an_article_whose_title_is_typed_is_first_although_others_say_more(library, typed):
    found = library(*RIVALS, TITLED).ask(typed)
    assert articles(found)[0] == "titled.md"


@pytest.mark.parametrize(
    "where",
    [Filter(tags=("rest",)), Filter(languages=("en",)), Filter(articles=("titled.md", "rival0.md")), Filter(phrases=("a",))],
)
def test_a_title_is_first_under_a_filter_too(library, where):
    rivals = [entry("rival0.md", ["Trust, sleep, a d\u00e9but."], title="Trust sleep", tags=("rest",), language="en")]
    assert articles(library(*rivals, TITLED).ask(TITLE, where=where))[0] == "titled.md"


def test_a_filter_holds_even_against_a_title(library):
    assert "titled.md" not in articles(library(*RIVALS, TITLED).ask(TITLE, where=Filter(articles=("rival0.md",))))
    assert "titled.md" not in articles(library(*RIVALS, TITLED).ask(f"{TITLE} -sleep"))


def test_of_two_articles_of_one_title_both_stand_before_all_others(library):
    twin = entry("twin.md", ["Nothing of the kind.", "Nor here."], title=TITLE.upper())
    found = articles(library(*RIVALS, TITLED, twin).ask(TITLE))
    assert sorted(found[:4]) == ["titled.md", "titled.md", "twin.md", "twin.md"]
    assert found[4].startswith("rival")


def test_a_twin_of_many_passages_does_not_hide_the_other_article_of_that_title(library):
    # All sixty passages of the one come nearer to the question than the only one of the other.
    twin = entry("twin.md", [f"Trust and sleep, {number} times." for number in range(60)], title=TITLE)
    found = articles(library(entry("short.md", ["Flour, water."], title=TITLE), twin).ask(TITLE))
    assert {"short.md", "twin.md"} <= set(found)


def test_a_title_is_first_although_a_dash_in_it_looks_like_a_minus(library):
    found = library(*RIVALS, entry("dash.md", ["Water, flour, salt."], title="Sleep -what helps"))
    assert articles(found.ask("Sleep -what helps"))[:1] == ["dash.md"]


# --- what stands in one passage only ------------------------------------------------------------------------------------

CROWD = [
    entry(f"crowd{number}.md", [f"Trust and trust again, day {number}.", f"The sleep of day {number}."]) for number in range(20)
]


def test_a_passage_that_alone_has_a_word_is_first_for_it_although_others_are_nearer(library):
    # To the fake encoder "zyzzyva" and every passage without one of its four words are the same; "trust" is at 0.
    plain = [entry(f"plain{number}.md", [f"Nothing but number {number}."]) for number in range(20)]
    found = library(*plain, entry("beetle.md", ["Trust a zyzzyva, a beetle.", "More beetles."])).ask("zyzzyva")
    assert shown(found)[0] == "Trust a zyzzyva, a beetle."


def test_a_passage_that_alone_has_a_word_in_its_heading_is_among_the_first_three(library):
    beetle = entry("beetle.md", ["It eats leaves and is small.", "Sleep."], headings={0: ("Animals", "The Zyzzyva")})
    for question in ("zyzzyva", "ZYZZYVA?", "what is a zyzzyva"):
        assert "It eats leaves and is small." in shown(library(*CROWD, beetle).ask(question))[:3]


@pytest.mark.parametrize(
    "question",
    [
        "what did they say about the zyzzyva in all that trust",
        "how can I trust again, when there is a zyzzyva, day after day",
        "trust trust trust zyzzyva trust",
    ],
)
def test_a_name_inside_a_long_question_of_which_it_is_half_brings_its_passage_among_the_first_three(library, question):
    # 42 passages: zyzzyva tells ln(1 + 41.5 / 1.5) = 3.4 nats; trust, in half of them, 0.7, as do again and day.
    beetle = entry("beetle.md", ["Behold the zyzzyva, a beetle.", "Sleep."])
    found = library(*CROWD, beetle).ask(question)
    assert "Behold the zyzzyva, a beetle." in shown(found)[:3]


def test_a_name_that_is_half_of_a_question_is_shown_although_nothing_else_speaks_for_its_passage(library):
    # Of 25 passages one has zyzzyva, ln(1 + 24.5 / 1.5) = 2.85, two have quagga, ln(1 + 23.5 / 2.5) = 2.34, and 22 have fight,
    # ln(1 + 3.5 / 22.5) = 0.14: zyzzyva is 53 of 100. To the fake encoder the beetle is at 0 to a fight.
    crowd = [entry(f"crowd{number}.md", [f"Fight number {number}."]) for number in range(22)]
    beetle = entry("beetle.md", ["Behold the zyzzyva, a beetle."])
    quagga = entry("quagga.md", ["A quagga.", "One more quagga."])
    found = library(*crowd, beetle, quagga)
    certain = [one.candidate.row for one in found.ranking("fight a zyzzyva, a quagga?")[:3] if one.is_certain]
    assert certain == [22]
    assert "Behold the zyzzyva, a beetle." in shown(found.ask("fight a zyzzyva, a quagga?"))[:3]


def test_a_name_of_two_words_each_of_which_stands_elsewhere_brings_its_passage_among_the_first_three(library):
    # To the fake encoder all of these are the same distance from the question; only the words tell.
    many = [entry(f"anna{number}.md", [f"Anna sings song {number}.", f"Karenin rides horse {number}."]) for number in range(20)]
    name = entry(
        "novel.md", ["A long book about many things and families, among which Anna Karenin stands at the end of a line."]
    )
    for question in ("Anna Karenin", "who was anna karenin?", "KARENIN, ANNA"):
        assert articles(library(*many, name).ask(question))[0] == "novel.md"


def test_what_stands_in_one_passage_only_is_found_among_thousands_that_say_the_rest_more_often(large):
    # The one passage is long, so that BM25 gives its word little, and 120 short ones have the other word three times over.
    answer = large.ask("zyzzyva quagga")
    assert any("zyzzyva" in text for text in shown(answer)[:3])


def test_what_stands_in_one_passage_only_keeps_its_place_beside_better_passages_of_its_article(library):
    # The article has two passages that come nearer; the place of the third is not for its article's share to give away.
    home = entry(
        "home.md", ["Trust the okapi.", "The okapi trusts, trust.", "A zyzzyva is a beetle that eats palm leaves all day."]
    )
    others = [entry(f"other{number}.md", [f"Trust an okapi of number {number}."]) for number in range(8)]
    answer = library(home, *others).ask("trust okapi zyzzyva")
    assert any("zyzzyva" in text for text in shown(answer)[:3])


def test_a_passage_that_alone_has_a_word_is_not_hidden_behind_one_that_shares_its_other_sentences(library):
    shared = "Trust grows where two people keep the small promises that they make to each other every single day of the week."
    short = entry("short.md", [f"{shared} Trust the okapi, trust trust trust."], title="Trust okapi")
    long = entry("long.md", [f"{shared} A zyzzyva. {shared.replace('week', 'year')}"])
    answer = library(short, long, *CROWD).ask("trust zyzzyva")
    assert any("zyzzyva" in text for text in shown(answer)[:3])


# --- a phrase ----------------------------------------------------------------------------------------------------------


def holds(library, text, phrase, **known):
    """Whether a passage of ``text`` is found by a phrase, in a library whose other passages are nearer to any question."""
    found = library(entry("it.md", [text], **known), *CROWD).ask(f'trust "{phrase}"')
    assert set(articles(found)) <= {"it.md"}
    return articles(found) == ["it.md"]


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Do say sorry first.", "say sorry"),
        ("Do SAY SORRY first.", "say sorry"),
        ("Do say sorry first.", "SAY Sorry"),
        ("Do s\u00e0y s\u00f6rry first.", "say sorry"),
        ("Do say sorry first.", "s\u00e0y s\u00f6rry"),
        ("Do say\nsorry first.", "say sorry"),
        ("Do say, sorry first.", "say sorry"),
        ("Do say \u2014 sorry! first.", "say sorry"),
        ("What we say. Sorry is next.", "say sorry"),
        ("Do say-sorry first.", "say sorry"),
        ("Do say sorry first.", "say-sorry!"),
        ("I don\u2019t say sorry.", "I don't say"),
        ("I don't say sorry.", "don\u2019t say"),
        ("My mother-in-law came.", "mother in law"),
        ("My mother in law came.", "mother-in-law"),
        ("Room 101 is down.", "room 101"),
        ("Sorry", "sorry"),
        ("\u03a3ay \u4f60\u597d now", "\u4f60\u597d"),
        ("A na\u00efve caf\u00e9.", "naive cafe"),
        ("stra\u00dfe", "strasse"),
    ],
)
def test_a_phrase_is_found_whatever_its_case_accents_apostrophes_breaks_and_punctuation(library, text, phrase):
    assert holds(library, text, phrase)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("The party begins.", "art"),
        ("The party begins.", "part"),
        ("Our styles differ.", "style"),
        ("Our style differs.", "styles"),
        ("Our style's edge.", "styles"),
        ("Sorry, say I.", "say sorry"),
        ("Say that you are sorry.", "say sorry"),
        ("Say. And sorry.", "say sorry"),
        ("I do not say sorry.", "don't say"),
        ("Essay sorry.", "say sorry"),
        ("say sorr", "say sorry"),
        ("say", "say sorry"),
        ("say say", "say say say"),
    ],
)
def test_a_phrase_is_never_taken_for_its_stems_its_parts_or_other_words(library, text, phrase):
    assert not holds(library, text, phrase)


def test_a_phrase_that_stands_only_in_a_heading_or_the_title_is_found(library):
    assert holds(library, "Nothing of it here.", "say sorry", headings={0: ("How to", "Say sorry!")})
    assert holds(library, "Nothing of it here.", "say sorry", title="Better to say: sorry")


def test_a_phrase_does_not_run_from_the_text_into_a_heading_or_from_a_heading_into_the_title(library):
    assert not holds(library, "We say", "say sorry", headings={0: ("Sorry",)})
    assert not holds(library, "Nothing of it here.", "say sorry", headings={0: ("We say", "Sorry is next")})
    assert not holds(library, "Nothing of it here.", "say sorry", headings={0: ("We say",)}, title="Sorry is next")


def test_every_phrase_of_a_question_is_required(library):
    both = entry("both.md", ["Say sorry and make up."])
    found = library(both, entry("one.md", ["Say sorry."]), entry("other.md", ["Make up."]), *CROWD)
    assert articles(found.ask('"say sorry" "make up" trust')) == ["both.md"]
    assert articles(found.ask('trust "say sorry"', where=Filter(phrases=("make up",)))) == ["both.md"]


def test_a_phrase_with_no_other_merit_is_found_among_three_hundred_passages(library):
    crowd = [entry(f"crowd{number}.md", [f"Trust, day {number}.", "Trust and trust again.", "Sleep."]) for number in range(100)]
    found = library(*crowd, entry("far.md", ["Bread and the blue door.", "Bread."]))
    answer = found.ask('"blue door" trust')
    assert (shown(answer), answer.absent, answer.verdict) == (["Bread and the blue door."], (), "answered")
    assert shown(found.ask('"blue door"')) == ["Bread and the blue door."]


def test_a_phrase_of_one_word_that_says_nothing_is_required_all_the_same(library):
    found = library(entry("a.md", ["Trust the door."]), entry("b.md", ["Trust no door."]))
    assert shown(found.ask('"the" trust door')) == ["Trust the door."]


def test_a_phrase_that_stands_nowhere_is_said_to_be_absent(library):
    answer = library(*CROWD).ask('trust "blue door" "the sleep"')
    assert (answer.hits, answer.absent, answer.verdict) == ((), ("blue door",), "nothing_relevant")


def test_phrases_that_stand_but_never_together_are_not_said_to_be_absent(library):
    answer = library(entry("a.md", ["The blue door."]), entry("b.md", ["The red roof."])).ask('"blue door" "red roof"')
    assert (answer.hits, answer.absent) == ((), ())


def test_a_phrase_that_stands_only_outside_the_filter_is_absent_within_it(library):
    found = library(entry("a.md", ["The blue door."]), entry("b.md", ["The red roof."]))
    answer = found.ask('"blue door"', where=Filter(articles=("b.md",)))
    assert (answer.hits, answer.absent) == ((), ("blue door",))


def test_a_phrase_that_runs_over_a_very_long_word_is_found(library):
    # Longer words than 60 letters are left out of the words that the keyword index knows, but not out of a reader's phrase.
    word = "ab" * 31
    assert holds(library, f"Do say {word} sorry.", f"say {word} sorry")


def test_a_phrase_of_nothing_but_a_very_long_word_is_found(library):
    assert holds(library, f"Do say {'ab' * 31}.", "ab" * 31)


# --- words ruled out ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "headings", "title"),
    [
        ("Trust the cat.", (), "It"),
        ("Trust the CAT!", (), "It"),
        ("Trust the c\u00e0t.", (), "It"),
        ("Trust the cat\u2019s way.", (), "It"),
        ("Trust a tom-cat.", (), "It"),
        ("Trust.", ("On a cat",), "It"),
        ("Trust.", (), "Cat and mouse"),
    ],
)
@pytest.mark.parametrize("minus", ["-cat", "-CAT", "\u2212c\u00e0t", "-cat,"])
def test_a_word_ruled_out_stands_in_no_text_heading_or_title(library, text, headings, title, minus):
    found = library(entry("it.md", [text], title=title, headings={0: headings}), entry("dog.md", ["Trust the dog."]))
    assert articles(found.ask(f"trust {minus}")) == ["dog.md"]


def test_a_word_ruled_out_is_not_ruled_out_of_longer_words(library):
    found = library(entry("it.md", ["Trust cats, category, concatenate."]), entry("dog.md", ["Trust."]))
    assert sorted(articles(found.ask("trust -cat"))) == ["dog.md", "it.md"]


def test_words_joined_by_a_hyphen_are_ruled_out_as_a_phrase(library):
    found = library(entry("a.md", ["Trust a mother-in-law."]), entry("b.md", ["Trust a mother at law, in short."]))
    assert articles(found.ask("trust -mother-in-law")) == ["b.md"]


def test_a_ruled_out_passage_takes_only_itself_away(library):
    found = library(entry("a.md", ["Trust the cat.", "Trust the dog."]))
    assert shown(found.ask("trust -cat")) == ["Trust the dog."]


def test_what_holds_a_phrase_and_a_word_ruled_out_is_not_found(library):
    found = library(entry("a.md", ["The blue door, the cat."]), entry("b.md", ["The blue door, the dog."]))
    assert articles(found.ask('"blue door" -cat')) == ["b.md"]
    # The phrase stands somewhere, so it is not said to be absent.
    answer = found.ask('"blue door" -the')
    assert (answer.hits, answer.absent) == ((), ())


def test_a_library_of_nothing_but_ruled_out_passages_answers_nothing(library):
    assert library(*CROWD).ask("trust -day").hits == ()


# --- filters -----------------------------------------------------------------------------------------------------------

FILTERED = {
    "tag": Filter(tags=("RARE",)),
    "author": Filter(authors=("lee",)),
    "article": Filter(articles=("far.md",)),
    "since": Filter(since="2025-01-01"),
    "until": Filter(until="1999-12-31", since="1999-01-01"),
    "language": Filter(languages=("en",)),
    "region": Filter(languages=("EN-gb",)),
    "all": Filter(("rare",), ("Ann",), ("far.md",), languages=("en",)),
}


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """Three thousand passages that are trust itself, and a few at the end that are hardly."""
    common = [
        entry(
            f"common{number:03}.md", [f"Trust, trust {number}.{part}" for part in range(10)], language="de", published="2020-05"
        )
        for number in range(288)
    ]
    quagga = [
        entry(f"quagga{number:02}.md", ["Quagga quagga quagga."] * 10, title="Quagga", language="de") for number in range(12)
    ]
    beetle = "Fight on. " + "So it went on for a long while with many words of no weight at all. " * 20 + "A zyzzyva."
    texts = ["Trust and a fight, a fight, a fight.", "A fight by the blue door."]
    rest = [
        entry("far.md", texts, author="Ann Lee", tags=("Rare",), language="en-GB", published="2025-06-01", title="Far"),
        entry("old.md", texts, published="1999-07", language="fr", title="Old"),
        entry("beetle.md", [beetle], language="de", title="Beetle"),
    ]
    found = searcher(tmp_path_factory.mktemp("large") / "index", common + quagga + rest)
    yield found
    found.close()


@pytest.mark.parametrize("name", FILTERED)
def test_a_filter_applies_before_the_best_are_taken(large, name):
    # "trust" is at 1 / sqrt(10) from the far passage, with half as much BM25, and at 1 from 2,880 others.
    expected = "old.md" if name == "until" else "far.md"
    answer = large.ask("trust", where=FILTERED[name])
    assert [(hit.passage.article_id, hit.passage.text) for hit in answer.hits] == [
        (expected, "Trust and a fight, a fight, a fight.")
    ]


@pytest.mark.parametrize("name", FILTERED)
def test_a_filter_holds_together_with_phrases_and_words_ruled_out(large, name):
    expected = "old.md" if name == "until" else "far.md"
    answer = large.ask('trust "blue door" -quagga', where=FILTERED[name])
    assert [(hit.passage.article_id, hit.passage.text) for hit in answer.hits] == [(expected, "A fight by the blue door.")]
    assert large.ask('trust "blue door" -fight', where=FILTERED[name]).hits == ()


def test_without_a_filter_the_far_article_is_not_among_the_first(large):
    assert all(name.startswith("common") for name in articles(large.ask("trust")))


@pytest.mark.parametrize(
    "where",
    [
        Filter(tags=("none",)),
        Filter(authors=("nobody",)),
        Filter(articles=("no.md",)),
        Filter(since="2030-01-01"),
        Filter(languages=("e",)),
        Filter(languages=("en-US",)),
        Filter(tags=("rare",), articles=("old.md",)),
    ],
)
@pytest.mark.parametrize("question", ["trust", 'trust "blue door"', "trust -quagga", 'trust "blue door" -quagga'])
def test_a_filter_that_no_article_passes_leaves_nothing(large, where, question):
    assert (large.ask(question, where=where).hits, large.ask(question, where=where).subjects) == ((), ())


def test_a_language_takes_its_regions_and_a_region_only_itself(library):
    found = library(
        *(entry(f"{code}.md", [f"Trust {code}."], language=code) for code in ("en", "en-GB", "EN-us", "de", "enm")),
        entry("unknown.md", ["Trust nothing."]),
    )

    def passing(*codes):
        return sorted(articles(found.ask("trust", top=10, where=Filter(languages=codes))))

    assert passing("en") == passing("EN") == ["EN-us.md", "en-GB.md", "en.md"]
    assert passing("en-gb") == ["en-GB.md"]
    assert passing("de", "en-US") == ["EN-us.md", "de.md"]
    assert passing("fr") == []
