"""What a reader may count on, with the real model: titles and phrases."""

import pytest

from footnote.build import build
from footnote.search import Searcher


@pytest.fixture
def real(tmp_path, index, watcher):
    """Opens the library of some files, built with the real model."""
    opened = []

    def open_library(**files):
        kb = tmp_path / "articles"
        kb.mkdir()
        for name, text in files.items():
            (kb / f"{name}.md").write_text(text, encoding="utf-8")
        build(kb, index, watcher)
        opened.append(Searcher.open(index))
        return opened[-1]

    yield open_library
    for one in opened:
        one.close()


def articles(answer):
    return [hit.passage.article_id for hit in answer.hits]


def test_a_title_is_first_although_a_word_of_it_ends_in_a_figure_and_looks_misspelled(real):
    # "glorf" alone stands nowhere and "glorb" does, but "Glorf7" is what was typed and what the title says.
    found = real(
        rules="# Glorf7 rules\n\nThe first rule is to be kind.\n",
        other="# Glorb rules\n\nThe glorb has rules of its own, glorb7 rules among them.\n",
    )
    answer = found.ask("Glorf7 rules")
    assert (articles(answer)[0], answer.read_as) == ("rules.md", None)


def test_a_title_is_first_with_the_real_model(real):
    found = real(
        a="---\ntitle: Why we argue about money\n---\nThe dishwasher was loaded by the children.\n",
        b="---\ntitle: Quarrels\n---\nWhy do we argue about money? Couples argue about money because money is safety.\n",
        c="---\ntitle: Money\n---\nWe argue about money, and this is why we argue about money.\n",
    )
    assert articles(found.ask("why we argue, about MONEY?"))[0] == "a.md"


def test_a_phrase_is_required_of_the_real_model_too(real):
    found = real(
        a="# Apologies\n\nTo apologise well, say what you did and do not explain it away.\n",
        b="# Trains\n\nThe night train said it was sorry for the delay.\n",
        c="# Regret\n\nWhoever regrets what was done may ask for forgiveness, say so, and make amends.\n",
    )
    assert articles(found.ask('how do I apologise "sorry for the delay"')) == ["b.md"]
    assert found.ask('how do I apologise "sorry for delay"').absent == ("sorry for delay",)
